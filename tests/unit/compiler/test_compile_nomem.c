/* Each allocation of a compilation fails in turn (not those within jansson,
 * whose scanner loses bytes then): LLB_ENOMEM, or the result that it always is
 * where the failure could be borne; no leak, no crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <llb/compiler.h>

#include "fail_alloc.h"

#define MEANING LLB_SOURCE_DIR "/tests/golden/meaning"

static const char program[] =
    "arg who: string = \"x\"\n"
    "let src = local(\"src\")\n"
    "def tools(rest: string...) {\n"
    "    from image(\"base\")\n"
    "    run \"install ${join(rest, \" \")}\" { cache \"/c\"; secret \"s\" }\n"
    "}\n"
    "target t {\n"
    "    from tools(\"a\", \"b\")\n"
    "    env A=who B=2\n"
    "    workdir \"/w\"\n"
    "    copy src \"a\" \"b\" \"/to/\"\n"
    "    run [\"x\"] { mount scratch() \"/out\" as out }\n"
    "    copy merge(out, src) \"/\" \"/m\"\n"
    "    for i, x in [\"a\", \"b\"] { label ({\"l-${i}\": upper(x)}) }\n"
    "    entrypoint \"x\"\n"
    "    expose 80\n"
    "    export image(\"n\", push=true)\n"
    "    cache_to inline()\n"
    "}\n";

static const char config[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"MADE="
    "1\"]"
    ","
    "\"Labels\":{\"a\":\"1\"},\"User\":\"u\",\"Cmd\":[\"c\"]}}";

/* --- a world that answers, if it has memory --------------------------------
 */

static llb_status resolve(void *ctx, const char *ref, const char *platform,
                          const char *mode, llbc_image *ret, llb_error *err)
{
    (void)ctx;
    (void)ref;
    (void)platform;
    (void)mode;
    (void)err;
    ret->config = strdup(config);
    ret->config_len = sizeof(config) - 1;
    return ret->config ? LLB_OK : LLB_ENOMEM;
}

static llb_status resolve_pin(void *ctx, const char *remote, const char *ref,
                              llbc_pin *ret, llb_error *err)
{
    (void)ctx;
    (void)remote;
    (void)ref;
    (void)err;
    snprintf(ret->value, sizeof(ret->value), "%040d", 1);
    return LLB_OK;
}

static llb_status read_module(void *ctx, const char *remote, const char *ref,
                              const char *path, char **ret_text,
                              size_t *ret_len, llb_error *err)
{
    static const char text[] = "arg a = \"x\"\ndef f() { run a }\n";

    (void)ctx;
    (void)remote;
    (void)ref;
    (void)path;
    (void)err;
    *ret_text = strdup(text);
    *ret_len = sizeof(text) - 1;
    return *ret_text ? LLB_OK : LLB_ENOMEM;
}

static llb_status run_frontend(void *ctx, const llbc_frontend *request,
                               llbc_frontend_result *ret, llb_error *err)
{
    (void)ctx;
    if (request->n_inputs)
        ret->def = llb_def_ref(request->inputs[0].def);
    else if (llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &ret->def, err) != LLB_OK)
        return LLB_ENOMEM;
    ret->config = strdup(config);
    ret->config_len = sizeof(config) - 1;
    return ret->config ? LLB_OK : LLB_ENOMEM; /* def is the compiler's */
}

/* --- compiling -------------------------------------------------------------
 */

/* Name and text of what is compiled; all of its targets are. */
typedef struct source {
    const char *name;
    const char *text;
} source;

/* Digests of the definitions, then the configs, of what worked. */
static char outcome[8192];

static void note(const llbc_result *r)
{
    size_t n = strlen(outcome);

    snprintf(outcome + n, sizeof(outcome) - n, "%s %s\n",
             llb_def_digest(llbc_result_def(r)), llbc_result_config(r, NULL));
}

static llb_status compile_all(llbc_project *p, const llbc_resolver *resolver,
                              llb_error *err)
{
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    llb_status st = LLB_OK;

    o.resolver = resolver;
    o.build_platform = "linux/amd64";
    for (size_t i = 0; st == LLB_OK && i < llbc_n_targets(p); i++) {
        llbc_result *r = NULL;
        st = llbc_compile(p, i, &o, &r, err);
        assert_int_equal(st == LLB_OK, r != NULL);
        if (r)
            note(r);
        llbc_result_free(r);
    }
    return st;
}

static llb_status compile(const source *s)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llbc_resolver resolver = LLBC_RESOLVER_INIT;
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    llb_error err = {0};

    outcome[0] = '\0';
    if (!d)
        return LLB_ENOMEM;
    resolver.resolve_image = resolve;
    resolver.resolve_git = resolve_pin;
    resolver.read_module = read_module;
    resolver.run_frontend = run_frontend;
    open.resolver = &resolver;
    open.lint = 1;
    llb_status st =
        llbc_open_text(s->name, s->text, strlen(s->text), &open, d, &p, &err);
    if (st == LLB_OK)
        st = compile_all(p, &resolver, &err);
    if (st != LLB_OK && st != LLB_ENOMEM)
        print_error("%s: %s: %s\n", llb_status_name(st), err.message,
                    llbc_diags_count(d) ? llbc_diags_get(d, 0)->message : "");
    llbc_project_free(p);
    llbc_diags_free(d);
    return st;
}

static void every_failed_allocation_is_reported(void **state)
{
    const source *s = *state;
    bool failed = true;
    char usual[sizeof(outcome)];

    assert_int_equal(compile(s), LLB_OK);
    strcpy(usual, outcome);
    for (long n = 0; failed && n < 20000; n++) {
        fail_alloc_at(n);
        llb_status st = compile(s);
        failed = fail_alloc_done();
        if (!failed || st != LLB_ENOMEM)
            assert_int_equal(st, LLB_OK);
        if (st == LLB_OK)
            assert_string_equal(outcome, usual);
    }
    assert_false(failed);
}

/* The text of a golden case, for all of the test. */
static const char *read_case(const char *name, char text[16384])
{
    FILE *f = fopen(name, "rb");

    assert_non_null(f);
    text[fread(text, 1, 16383, f)] = '\0';
    fclose(f);
    return text;
}

int main(void)
{
    static const char remote[] =
        "import git(\"https://example.com/m.git\", ref=\"v1\") \"a\" as m\n"
        "target t { m.f() }\ngroup g = [t, h]\ngroup h = [t]\n";
    /* Of the golden cases those whose memory comes from everywhere. */
    static const char *const files[] = {
        "modules.llb",   "matrix.llb",       "copies.llb",
        "frontends.llb", "repositories.llb", "places.llb",
    };
    enum { N_FILES = sizeof(files) / sizeof(files[0]) };
    static char texts[N_FILES][16384];
    source sources[N_FILES + 2] = {{"x.llb", program}, {"y.llb", remote}};
    struct CMUnitTest tests[N_FILES + 2];

    if (chdir(MEANING) != 0)
        return 1;
    for (size_t i = 0; i < N_FILES + 2; i++) {
        if (i >= 2)
            sources[i] =
                (source){files[i - 2], read_case(files[i - 2], texts[i - 2])};
        tests[i] = (struct CMUnitTest){.name = sources[i].name,
                                       .test_func =
                                           every_failed_allocation_is_reported,
                                       .initial_state = &sources[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
