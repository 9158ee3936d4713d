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

static llb_status pin(llbc_pin *ret, const char *name, const char *value,
                      llb_error *err)
{
    if (strstr(name, "missing")) {
        snprintf(err->message, sizeof(err->message), "not found");
        return LLB_ENOENT;
    }
    snprintf(ret->value, sizeof(ret->value), "%s", value);
    return LLB_OK;
}

static llb_status resolve_git(void *ctx, const char *remote, const char *ref,
                              llbc_pin *ret, llb_error *err)
{
    (void)ctx;
    (void)remote;
    return pin(ret, ref, "0123456789012345678901234567890123456789", err);
}

static llb_status resolve_http(void *ctx, const char *url, llbc_pin *ret,
                               llb_error *err)
{
    (void)ctx;
    return pin(ret, url, "", err);
}

/* Every module has the same text, which imports itself when it is called so.
 */
static llb_status read_module(void *ctx, const char *remote, const char *ref,
                              const char *path, char **ret_text,
                              size_t *ret_len, llb_error *err)
{
    static const char text[] =
        "arg a: string = \"x\"\ndef f(s: string) { from image(s); run a }\n"
        "def g(x: fs) = merge(x, fs { mkdir \"/m\" })\ntarget t { f(a) }\n";

    (void)ctx;
    (void)remote;
    (void)ref;
    if (strstr(path, "missing")) {
        snprintf(err->message, sizeof(err->message), "not found");
        return LLB_ENOENT;
    }
    *ret_text = strdup(strstr(path, "self") ? "import \"self\" as s" : text);
    *ret_len = *ret_text ? strlen(*ret_text) : 0;
    return *ret_text ? LLB_OK : LLB_ENOMEM;
}

/* Gives back its first input. */
static llb_status run_frontend(void *ctx, const llbc_frontend *request,
                               llbc_frontend_result *ret, llb_error *err)
{
    (void)ctx;
    ret->locked = 1;
    ret->config = strdup(config);
    ret->config_len = sizeof(config) - 1;
    if (!ret->config)
        return LLB_ENOMEM;
    if (!request->n_inputs)
        return llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &ret->def, err);
    ret->def = llb_def_ref(request->inputs[0].def);
    return LLB_OK;
}

static void fill_resolver(llbc_resolver *r)
{
    r->resolve_image = resolve;
    r->resolve_git = resolve_git;
    r->resolve_http = resolve_http;
    r->read_module = read_module;
    r->run_frontend = run_frontend;
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

    fill_resolver(&resolver);
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
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    llbc_resolver resolver = LLBC_RESOLVER_INIT;
    llbc_project *p = NULL;
    llb_error err = {0};
    char *text;

    check(d != NULL);
    fill_resolver(&resolver);
    open.resolver = &resolver;
    open.lint = 1;
    llb_status st =
        llbc_open_text("x.llb", (const char *)data, len, &open, d, &p, &err);
    check((st == LLB_OK) == (llbc_diags_status(d) == LLB_OK));
    for (size_t i = 0; st == LLB_OK && i < llbc_n_targets(p) && i < 20; i++)
        compile(p, d, i);
    check(llbc_diags_render(d, 0, &text, NULL) == LLB_OK);
    free(text);
    llbc_project_free(p);
    llbc_diags_free(d);
    return 0;
}
