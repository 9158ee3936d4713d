/* The public interface: opening, listing, choosing, arguments, results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <llb/compiler.h>

static const char program[] =
    "## The name.\n"
    "arg name: string = \"x\" env=\"LLB_TEST_NAME\"\n"
    "arg n: int\n"
    "arg list: [string] = []\n"
    "arg on: bool = false\n"
    "let src = local(\".\", include=[\"none\"])\n"
    "## Builds.\n"
    "## All of it.\n"
    "target app platforms=[\"linux/arm64\", \"linux/amd64\"] {\n"
    "    from image(\"base\")\n"
    "    copy src \"a\" \"/a\"\n"
    "    label name=name n=n list=join(list, \",\") on=on\n"
    "    run \"x\" network=\"host\" { secret \"token\" }\n"
    "    export image(\"app:1\", push=true)\n"
    "}\n"
    "target test { }\n"
    "group all = [test, app, inner]\n"
    "group inner = [app]\n";

static llbc_project *open_text(llbc_diags *d, const char *text)
{
    llbc_project *p = NULL;
    llb_error err = {0};

    assert_int_equal(
        llbc_open_text("x.llb", text, strlen(text), NULL, d, &p, &err), LLB_OK);
    return p;
}

static void lists_what_is_declared(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = open_text(d, program);

    (void)state;
    assert_int_equal(llbc_n_targets(p), 2);
    const llbc_target *app = llbc_target_at(p, 0);
    assert_string_equal(app->name, "app");
    assert_string_equal(app->doc, "Builds.\nAll of it.");
    assert_int_equal(app->n_platforms, 2);
    assert_string_equal(app->platforms[0], "linux/arm64");
    assert_int_equal(llbc_n_groups(p), 2);
    const llbc_group *all = llbc_group_at(p, 0);
    assert_int_equal(all->n_members, 2);
    assert_int_equal(all->members[0], 1);
    assert_int_equal(all->members[1], 0);
    assert_int_equal(llbc_n_args(p), 4);
    const llbc_arg *name = llbc_arg_at(p, 0), *n = llbc_arg_at(p, 1);
    assert_string_equal(name->doc, "The name.");
    assert_string_equal(name->type, "string");
    assert_string_equal(name->env, "LLB_TEST_NAME");
    assert_string_equal(name->default_text, "\"x\"");
    assert_null(n->default_text);
    assert_string_equal(llbc_arg_at(p, 2)->type, "[string]");
    llbc_project_free(p);
    llbc_diags_free(d);
}

static void targets_are_chosen_by_name_group_or_default(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = open_text(d, program);
    const char *const all[] = {"app", "all"}, *const wrong[] = {"nope"};
    llb_error err = {0};
    size_t *list = NULL, n = 0;

    (void)state;
    assert_int_equal(llbc_select(p, all, 2, &list, &n, &err), LLB_OK);
    assert_int_equal(n, 2);
    assert_int_equal(list[0], 0);
    assert_int_equal(list[1], 1);
    free(list);
    assert_int_equal(llbc_select(p, wrong, 1, &list, &n, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, "app, test, all, inner"));
    assert_int_equal(llbc_select(p, NULL, 0, &list, &n, &err), LLB_ENOENT);
    llbc_project_free(p);
    p = open_text(d, "target other { }\ngroup default = [other]\n");
    assert_int_equal(llbc_select(p, NULL, 0, &list, &n, &err), LLB_OK);
    assert_int_equal(n, 1);
    free(list);
    llbc_project_free(p);
    p = open_text(d, "target only { }\n");
    assert_int_equal(llbc_select(p, NULL, 0, &list, &n, &err), LLB_OK);
    assert_int_equal(n, 1);
    free(list);
    llbc_project_free(p);
    p = open_text(d, "let a = 1\n");
    assert_int_equal(llbc_select(p, NULL, 0, &list, &n, &err), LLB_ENOENT);
    assert_string_equal(err.message, "x.llb has no target");
    llbc_project_free(p);
    llbc_diags_free(d);
}

static struct arg_case {
    const char *name, *value, *message;
    llb_status status;
} arg_cases[] = {
    {"nmae", "v", "did you mean \"name\"", LLB_ENOENT},
    {"zzzzzz", "v", "no argument", LLB_ENOENT},
    {"n", "1x", "an int", LLB_EINVAL},
    {"n", "", "an int", LLB_EINVAL},
    {"n", "99999999999999999999", "an int", LLB_EINVAL},
    {"on", "yes", "true or false", LLB_EINVAL},
    {"n", "5", NULL, LLB_OK},
    {"n", "6", "twice", LLB_EINVAL},
    {"list", "a", NULL, LLB_OK},
    {"list", "b", NULL, LLB_OK},
};

static void arguments_are_checked_when_they_are_set(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = open_text(d, program);

    (void)state;
    for (size_t i = 0; i < sizeof(arg_cases) / sizeof(arg_cases[0]); i++) {
        const struct arg_case *c = &arg_cases[i];
        llb_error err = {0};
        assert_int_equal(llbc_set_arg(p, c->name, c->value, &err), c->status);
        if (c->message)
            assert_non_null(strstr(err.message, c->message));
    }
    assert_true(llbc_arg_at(p, 1)->is_set);
    assert_false(llbc_arg_at(p, 0)->is_set);
    llbc_project_free(p);
    llbc_diags_free(d);
}

/* --- results
 * ------------------------------------------------------------------ */

static size_t n_asked;
static char asked_platform[64];

static llb_status resolve(void *ctx, const char *ref, const char *platform,
                          const char *mode, llbc_image *ret, llb_error *err)
{
    (void)ctx;
    (void)err;
    assert_string_equal(ref, "docker.io/library/base:latest");
    assert_string_equal(mode, "default");
    snprintf(asked_platform, sizeof(asked_platform), "%s", platform);
    n_asked++;
    ret->config = strdup("{\"config\":{\"Env\":[\"A=1\"]}}");
    ret->config_len = strlen(ret->config);
    return LLB_OK;
}

static llbc_compile_opts with_resolver(llbc_resolver *r)
{
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;

    *r = (llbc_resolver)LLBC_RESOLVER_INIT;
    r->resolve_image = resolve;
    o.resolver = r;
    o.build_platform = "linux/amd64";
    return o;
}

static void a_result_outlives_its_project(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = open_text(d, program);
    llbc_resolver r;
    llbc_compile_opts o = with_resolver(&r);
    llbc_result *x = NULL;
    llb_error err = {0};

    (void)state;
    assert_int_equal(llbc_set_arg(p, "n", "5", &err), LLB_OK);
    setenv("LLB_TEST_NAME", "from the environment", 1);
    assert_int_equal(llbc_compile(p, 0, &o, &x, &err), LLB_OK);
    unsetenv("LLB_TEST_NAME");
    assert_int_equal(llbc_set_arg(p, "n", "6", &err), LLB_EBUSY);
    llbc_project_free(p);
    llbc_diags_free(d);

    /* The first of platforms=, since nothing else was asked for. */
    assert_string_equal(llbc_result_platform(x), "linux/arm64");
    assert_string_equal(asked_platform, "linux/arm64");
    assert_non_null(strstr(llbc_result_config(x, NULL), "\"A=1\""));
    assert_non_null(
        strstr(llbc_result_config(x, NULL), "from the environment"));
    assert_int_equal(llbc_result_n_locals(x), 1);
    assert_string_equal(llbc_result_local(x, 0)->name, ".");
    assert_true(llbc_result_local(x, 0)->path[0] == '/');
    assert_int_equal(llbc_result_n_exports(x), 1);
    assert_string_equal(llbc_result_export(x, 0)->type, "image");
    assert_string_equal(llbc_result_export(x, 0)->attrs[0].value, "app:1");
    const llb_def_needs *needs = llbc_result_needs(x);
    assert_non_null(llb_def_needs_find(needs, LLB_NEED_SECRET, "token", 5));
    assert_non_null(
        llb_def_needs_find(needs, LLB_NEED_ENTITLEMENT, "network.host", 12));
    assert_true(llb_def_n_ops(llbc_result_def(x)) > 3);
    llbc_result_free(x);
}

/* The file names no source itself: what the context is made by is found out
 * while the first target is compiled, and needed for the second one. */
static void a_context_serves_every_target(void **state)
{
    static const char text[] = "arg src: fs\n"
                               "target a { copy src \"/\" \"/a\" }\n"
                               "target b { copy src \"/\" \"/b\" }\n";
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;

    (void)state;
    o.build_platform = "linux/amd64";
    assert_int_equal(
        llbc_open_text("x.llb", text, strlen(text), NULL, d, &p, NULL), LLB_OK);
    assert_int_equal(llbc_set_arg(p, "src", ".", NULL), LLB_OK);
    for (size_t i = 0; i < 2; i++) {
        llbc_result *r = NULL;
        assert_int_equal(llbc_compile(p, i, &o, &r, NULL), LLB_OK);
        assert_int_equal(llbc_result_n_locals(r), 1);
        llbc_result_free(r);
    }
    llbc_project_free(p);
    llbc_diags_free(d);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    size_t len[2];
    char *bytes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        llbc_diags *d = llbc_diags_new();
        llbc_project *p = open_text(d, program);
        llbc_resolver r;
        llbc_compile_opts o = with_resolver(&r);
        llbc_result *x = NULL;
        assert_int_equal(llbc_set_arg(p, "n", "5", NULL), LLB_OK);
        assert_int_equal(llbc_compile(p, 0, &o, &x, NULL), LLB_OK);
        const void *data = llb_def_bytes(llbc_result_def(x), &len[i]);
        bytes[i] = malloc(len[i]);
        assert_non_null(bytes[i]);
        memcpy(bytes[i], data, len[i]);
        llbc_result_free(x);
        llbc_project_free(p);
        llbc_diags_free(d);
    }
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(bytes[0], bytes[1], len[0]);
    /* No path of this machine is in them. */
    char cwd[4096];
    assert_non_null(getcwd(cwd, sizeof(cwd)));
    assert_null(memmem(bytes[0], len[0], cwd, strlen(cwd)));
    free(bytes[0]);
    free(bytes[1]);
}

static void an_image_is_asked_for_once(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = open_text(d, "target a { from image(\"base\") }\n"
                                   "target b { from image(\"base\") }\n");
    llbc_resolver r;
    llbc_compile_opts o = with_resolver(&r);
    llbc_result *x = NULL;

    (void)state;
    n_asked = 0;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(llbc_compile(p, i, &o, &x, NULL), LLB_OK);
        llbc_result_free(x);
    }
    assert_int_equal(n_asked, 1);
    o.platform = "linux/arm64";
    assert_int_equal(llbc_compile(p, 0, &o, &x, NULL), LLB_OK);
    llbc_result_free(x);
    assert_int_equal(n_asked, 2);
    llbc_project_free(p);
    llbc_diags_free(d);
}

/* 2 to the power of 60 calls, were each evaluated. */
static void equal_calls_cost_one(void **state)
{
    llbc_diags *d = llbc_diags_new();
    char *text = malloc(1 << 16);
    size_t n = 0;
    llbc_result *x = NULL;

    (void)state;
    assert_non_null(text);
    n += (size_t)sprintf(text + n, "def f0() { mkdir \"/x\" }\n");
    for (int i = 1; i <= 60; i++)
        n += (size_t)sprintf(text + n,
                             "def f%d() { copy f%d() \"/\" \"/a/\"\n copy "
                             "f%d() \"/\" \"/b/\" }\n",
                             i, i - 1, i - 1);
    sprintf(text + n, "target t { from f60() }\n");
    llbc_project *p = open_text(d, text);
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    o.build_platform = "linux/amd64";
    assert_int_equal(llbc_compile(p, 0, &o, &x, NULL), LLB_OK);
    assert_int_equal(llb_def_n_ops(llbc_result_def(x)), 122);
    llbc_result_free(x);
    llbc_project_free(p);
    llbc_diags_free(d);
    free(text);
}

static void options_of_another_version_are_judged(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = open_text(d, "target t { }\n");
    struct {
        llbc_compile_opts o;
        uint64_t more;
    } newer = {.o = LLBC_COMPILE_OPTS_INIT, .more = 0};
    llbc_result *x = NULL;
    llb_error err = {0};

    (void)state;
    newer.o.size = sizeof(newer);
    newer.o.build_platform = "linux/amd64";
    assert_int_equal(llbc_compile(p, 0, &newer.o, &x, &err), LLB_OK);
    llbc_result_free(x);
    newer.more = 1;
    assert_int_equal(llbc_compile(p, 0, &newer.o, &x, &err), LLB_EINVAL);
    newer.more = 0;
    newer.o.platform = "linux/amd46";
    assert_int_equal(llbc_compile(p, 0, &newer.o, &x, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "amd64"));
    assert_int_equal(llbc_compile(p, 1, NULL, &x, &err), LLB_EINVAL);
    llbc_project_free(p);
    llbc_diags_free(d);
}

static void files_that_cannot_be_read_are_named(void **state)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llb_error err = {0};

    (void)state;
    assert_int_equal(llbc_open("/nowhere/x.llb", NULL, d, &p, &err),
                     LLB_ENOENT);
    assert_non_null(strstr(err.message, "/nowhere/x.llb"));
    assert_int_not_equal(llbc_open("/", NULL, d, &p, &err), LLB_OK);
    llbc_open_opts o = LLBC_OPEN_OPTS_INIT;
    o.root = "/usr/bin";
    assert_int_equal(llbc_open_text("x.llb", "", 0, &o, d, &p, &err),
                     LLB_EINVAL);
    assert_int_equal(llbc_open_text("x.llb", "a b", 3, NULL, d, &p, &err),
                     LLB_EINVAL);
    assert_string_equal(err.message, "1 error in x.llb");
    assert_null(p);
    llbc_diags_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_what_is_declared),
        cmocka_unit_test(targets_are_chosen_by_name_group_or_default),
        cmocka_unit_test(arguments_are_checked_when_they_are_set),
        cmocka_unit_test(a_result_outlives_its_project),
        cmocka_unit_test(a_context_serves_every_target),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(an_image_is_asked_for_once),
        cmocka_unit_test(equal_calls_cost_one),
        cmocka_unit_test(options_of_another_version_are_judged),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
