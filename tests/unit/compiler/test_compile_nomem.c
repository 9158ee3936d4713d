/* Each allocation of a compilation fails in turn: LLB_ENOMEM, or the result
 * that it always is where the failure could be borne; no leak, no crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <llb/compiler.h>

#include "fail_alloc.h"

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
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=1\"]"
    ","
    "\"Labels\":{\"a\":\"1\"},\"User\":\"u\",\"Cmd\":[\"c\"]}}";

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

/* Digest of the definition, then the config, of a compilation that worked. */
static char outcome[2048];

static llb_status compile(void)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llbc_result *r = NULL;
    llbc_resolver resolver = LLBC_RESOLVER_INIT;
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    llb_error err = {0};

    if (!d)
        return LLB_ENOMEM;
    resolver.resolve_image = resolve;
    o.resolver = &resolver;
    o.build_platform = "linux/amd64";
    llb_status st = llbc_open_text("x.llb", program, sizeof(program) - 1, NULL,
                                   d, &p, &err);
    if (st == LLB_OK)
        st = llbc_compile(p, 0, &o, &r, &err);
    assert_int_equal(st == LLB_OK, r != NULL);
    if (r)
        snprintf(outcome, sizeof(outcome), "%s %s",
                 llb_def_digest(llbc_result_def(r)),
                 llbc_result_config(r, NULL));
    if (st != LLB_OK && st != LLB_ENOMEM)
        print_error("%s: %s\n", llb_status_name(st), err.message);
    llbc_result_free(r);
    llbc_project_free(p);
    llbc_diags_free(d);
    return st;
}

static void every_failed_allocation_is_reported(void **state)
{
    bool failed = true;
    char usual[sizeof(outcome)];

    (void)state;
    assert_int_equal(compile(), LLB_OK);
    strcpy(usual, outcome);
    for (long n = 0; failed && n < 20000; n++) {
        fail_alloc_at(n);
        llb_status st = compile();
        failed = fail_alloc_done();
        if (!failed || st != LLB_ENOMEM)
            assert_int_equal(st, LLB_OK);
        if (st == LLB_OK)
            assert_string_equal(outcome, usual);
    }
    assert_false(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
