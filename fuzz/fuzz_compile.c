/* Any bytes as a project file: it is opened, and what opens is compiled. It
 * ends, what is wrong is said, and what comes out is a definition that passes
 * the daemon's own checks. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llb/compiler.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

static const char config[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=1\"]"
    ","
    "\"Shell\":[\"/bin/bash\",\"-c\"],\"OnBuild\":[\"RUN x\"],\"User\":\"u\"}}";

static llb_status resolve(void *ctx, const char *ref, const char *platform,
                          const char *mode, llbc_image *ret, llb_error *err)
{
    (void)ctx;
    (void)platform;
    (void)mode;
    if (strstr(ref, "missing")) {
        snprintf(err->message, sizeof(err->message), "not found");
        return LLB_ENOENT;
    }
    snprintf(ret->digest, sizeof(ret->digest), "sha256:%064d", 1);
    ret->config = strdup(config);
    ret->config_len = sizeof(config) - 1;
    return ret->config ? LLB_OK : LLB_ENOMEM;
}

static void check_result(const llbc_result *r)
{
    size_t len;
    const uint8_t *bytes = llb_def_bytes(llbc_result_def(r), &len);
    llb_def *again = NULL;

    check(llb_def_parse(bytes, len, LLB_DEF_EMPTY_OK, &again, NULL) == LLB_OK);
    llb_def_free(again);
    check(llbc_result_config(r, NULL)[0] == '{');
}

static void compile(llbc_project *p, llbc_diags *d, size_t target)
{
    llbc_resolver resolver = LLBC_RESOLVER_INIT;
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    llbc_result *r = NULL;
    llb_error err = {0};

    resolver.resolve_image = resolve;
    o.resolver = &resolver;
    o.build_platform = "linux/amd64";
    o.no_env = 1;
    llb_status st = llbc_compile(p, target, &o, &r, &err);
    check((st == LLB_OK) == (r != NULL));
    check(st == LLB_OK || err.message[0]);
    if (st == LLB_EINVAL && llbc_diags_n_errors(d) == 0)
        fprintf(stderr, "%s\n", err.message);
    check(st != LLB_EINVAL || llbc_diags_n_errors(d) > 0);
    if (r)
        check_result(r);
    llbc_result_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llb_error err = {0};
    char *text;

    check(d != NULL);
    llb_status st =
        llbc_open_text("x.llb", (const char *)data, len, NULL, d, &p, &err);
    check((st == LLB_OK) == (llbc_diags_status(d) == LLB_OK));
    for (size_t i = 0; st == LLB_OK && i < llbc_n_targets(p) && i < 20; i++)
        compile(p, d, i);
    check(llbc_diags_render(d, 0, &text, NULL) == LLB_OK);
    free(text);
    llbc_project_free(p);
    llbc_diags_free(d);
    return 0;
}
