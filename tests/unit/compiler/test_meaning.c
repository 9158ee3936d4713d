/* tests/golden/meaning: what programs compile to, all targets of each. */
#include "golden.h"

#include <jansson.h>

static json_t *load(const char *text)
{
    json_error_t err;
    json_t *j = json_loads(text, 0, &err);

    assert_non_null(j);
    return j;
}

static json_t *definition(const llbc_result *r)
{
    char *text;

    assert_int_equal(
        llb_def_print(llbc_result_def(r), LLB_DEF_JSON, &text, NULL, NULL),
        LLB_OK);
    json_t *j = load(text);
    free(text);
    return j;
}

static json_t *pairs(const llbc_pair *p, size_t n)
{
    json_t *j = json_object();

    for (size_t i = 0; i < n; i++)
        json_object_set_new(j, p[i].key, json_string(p[i].value));
    return j;
}

/* Absolute paths without what differs between machines. */
static const char *below_root(const char *path)
{
    static char root[4096];

    assert_non_null(getcwd(root, sizeof(root)));
    size_t n = strlen(root);
    if (strncmp(path, root, n) == 0 && (path[n] == '/' || !path[n]))
        return path[n] ? path + n + 1 : ".";
    /* One that lies outside, where the tests are. */
    return path[0] == '/' ? strrchr(path, '/') : path;
}

static json_t *outputs(const llbc_result *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < llbc_result_n_exports(r); i++) {
        const llbc_export *x = llbc_result_export(r, i);
        json_t *j = json_pack("{s:s, s:o}", "type", x->type, "attrs",
                              pairs(x->attrs, x->n_attrs));
        if (x->dest)
            json_object_set_new(j, "dest", json_string(below_root(x->dest)));
        if (x->outside_root)
            json_object_set_new(j, "outside_root", json_true());
        json_array_append_new(list, j);
    }
    for (size_t i = 0; i < llbc_result_n_caches(r); i++) {
        const llbc_cache *x = llbc_result_cache(r, i);
        json_t *attrs = json_object();
        for (size_t k = 0; k < x->n_attrs; k++)
            json_object_set_new(attrs, x->attrs[k].key,
                                json_string(below_root(x->attrs[k].value)));
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "cache",
                                              x->to ? "to" : "from", "type",
                                              x->type, "attrs", attrs));
    }
    return list;
}

static json_t *locals(const llbc_result *r)
{
    json_t *j = json_object();

    for (size_t i = 0; i < llbc_result_n_locals(r); i++)
        json_object_set_new(
            j, llbc_result_local(r, i)->name,
            json_string(below_root(llbc_result_local(r, i)->path)));
    return j;
}

static json_t *result(const llbc_result *r)
{
    json_t *j = json_object();

    json_object_set_new(j, "platform", json_string(llbc_result_platform(r)));
    json_object_set_new(j, "config", load(llbc_result_config(r, NULL)));
    if (llbc_result_n_locals(r))
        json_object_set_new(j, "locals", locals(r));
    json_t *list = outputs(r);
    if (json_array_size(list))
        json_object_set_new(j, "outputs", list);
    else
        json_decref(list);
    json_object_set_new(j, "definition", definition(r));
    return j;
}

static void fail_with(llbc_diags *d, const llb_error *err)
{
    char *text;

    assert_int_equal(llbc_diags_render(d, 0, &text, NULL), LLB_OK);
    print_error("%s%s\n", text, err->message);
    free(text);
    fail();
}

static json_t *compile_all(llbc_project *p, llbc_diags *d, const golden_opts *o)
{
    json_t *all = json_object();
    llb_error err = {0};

    for (size_t i = 0; i < llbc_n_targets(p); i++) {
        llbc_result *r = NULL;
        if (llbc_compile(p, i, &o->compile, &r, &err) != LLB_OK)
            fail_with(d, &err);
        json_object_set_new(all, llbc_target_at(p, i)->name, result(r));
        llbc_result_free(r);
    }
    return all;
}

static void means_what_its_file_says(void **state)
{
    const char *name = *state;
    char golden[512];
    char *text = golden_read(name);
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llb_error err = {0};
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    golden_opts o;

    golden_opts_read(&o, NULL, text);
    open.resolver = &o.resolver;
    if (llbc_open_text(name, text, strlen(text), &open, d, &p, &err) != LLB_OK)
        fail_with(d, &err);
    golden_opts_read(&o, p, text);
    json_t *all = compile_all(p, d, &o);
    char *got = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    assert_non_null(got);
    size_t len = strlen(got);
    got = realloc(got, len + 2);
    memcpy(got + len, "\n", 2);
    snprintf(golden, sizeof(golden), "%.*s.json", (int)strlen(name) - 4, name);
    golden_compare(golden, got);
    free(got);
    json_decref(all);
    llbc_project_free(p);
    llbc_diags_free(d);
    free(text);
}

int main(void)
{
    return golden_run(LLB_SOURCE_DIR "/tests/golden/meaning",
                      means_what_its_file_says);
}
