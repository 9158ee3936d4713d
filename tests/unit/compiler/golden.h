/* Golden cases of the language: a folder of .llb files, each beside the file
 * that says what comes out. LLB_UPDATE_GOLDEN=1 writes those anew.
 *
 * A line `# test: WORD...` in a case sets how it is compiled: `source` keeps
 * source places, `unresolved` asks for no image, `host` and `none` are default
 * networks, `platform=P`, `build=P` (`build=` for a daemon nobody asked) and
 * `arg=NAME=VALUE`. `pins` has commits and checksums looked up. `lint`, in
 * errors, looks for more and compiles for all platforms. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <dirent.h>
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

/* The whole of a file, "" if it is not there; freed by the caller. */
static inline char *golden_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(1 << 20);
    size_t n = 0;

    assert_non_null(text);
    if (f) {
        n = fread(text, 1, (1 << 20) - 1, f);
        fclose(f);
    }
    text[n] = '\0';
    return text;
}

/* Compares what came out with the golden file, or writes that. */
static inline void golden_compare(const char *path, const char *got)
{
    if (getenv("LLB_UPDATE_GOLDEN")) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_true(fputs(got, f) >= 0);
        assert_int_equal(fclose(f), 0);
        return;
    }
    char *want = golden_read(path);
    if (strcmp(want, got) != 0) {
        size_t at = 0, line = 1;
        for (; want[at] && want[at] == got[at]; at++)
            line += want[at] == '\n';
        print_error("%s differs from line %zu on; got:\n%s\n", path, line, got);
    }
    assert_string_equal(want, got);
    free(want);
}

/* --- a world without daemon and registry ---------------------------------- */

static inline llb_status golden_image(const char *config, llbc_image *ret)
{
    ret->config = strdup(config);
    assert_non_null(ret->config);
    ret->config_len = strlen(config);
    return LLB_OK;
}

/* Knows images by a word in their name. */
static inline llb_status golden_resolve(void *ctx, const char *ref,
                                        const char *platform, const char *mode,
                                        llbc_image *ret, llb_error *err)
{
    char config[1024];
    char os[32], arch[32] = "";

    (void)ctx;
    (void)mode;
    if (strstr(ref, "missing")) {
        snprintf(err->message, sizeof(err->message), "not found");
        return LLB_ENOENT;
    }
    if (strstr(ref, "unreachable")) {
        snprintf(err->message, sizeof(err->message), "no daemon");
        return LLB_EUNAVAILABLE;
    }
    snprintf(ret->digest, sizeof(ret->digest), "sha256:%064d", 1);
    ret->unlocked = strstr(ref, "unlocked") != NULL;
    if (strstr(ref, "nonsense"))
        return golden_image("{\"config\":[1]}", ret);
    if (sscanf(platform, "%31[^/]/%31[^/]", os, arch) != 2)
        return LLB_EINVAL;
    /* One image is there for amd64 only, whatever is asked. */
    snprintf(config, sizeof(config),
             "{\"architecture\":\"%s\",\"os\":\"%s\","
             "\"created\":\"2026-01-02T03:04:05Z\",\"author\":\"Ada\","
             "\"config\":{\"Env\":[\"PATH=/usr/bin:/bin\",\"LANG=C\"],"
             "\"User\":\"app\",\"WorkingDir\":\"/home/app\","
             "\"Entrypoint\":[\"/entry\"],\"Cmd\":[\"serve\"],"
             "\"ExposedPorts\":{\"80/tcp\":{}},\"Labels\":{\"a\":\"1\"}%s%s},"
             "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:1\"]},"
             "\"history\":[{\"created_by\":\"base\"}]}",
             strstr(ref, "amdonly") ? "amd64" : arch, os,
             strstr(ref, "bash") ? ",\"Shell\":[\"/bin/bash\",\"-c\"]" : "",
             strstr(ref, "onbuild") ? ",\"OnBuild\":[\"RUN make\"]" : "");
    return golden_image(config, ret);
}

static inline llb_status golden_git(void *ctx, const char *remote,
                                    const char *ref, llbc_pin *ret,
                                    llb_error *err)
{
    (void)ctx;
    if (strcmp(ref, "missing") == 0) {
        snprintf(err->message, sizeof(err->message), "no such ref");
        return LLB_ENOENT;
    }
    ret->unlocked = strstr(remote, "unlocked") != NULL;
    snprintf(ret->value, sizeof(ret->value), "%040d", *ref ? 1 : 2);
    return LLB_OK;
}

static inline llb_status golden_http(void *ctx, const char *url, llbc_pin *ret,
                                     llb_error *err)
{
    (void)ctx;
    (void)err;
    if (!strstr(url, "unknown"))
        snprintf(ret->value, sizeof(ret->value), "sha256:%064d", 3);
    return LLB_OK;
}

/* Modules of repositories lie in the folder inputs/mod. */
static inline llb_status golden_module(void *ctx, const char *remote,
                                       const char *ref, const char *path,
                                       char **ret_text, size_t *ret_len,
                                       llb_error *err)
{
    char file[256];

    (void)ctx;
    (void)ref;
    snprintf(file, sizeof(file), "inputs/mod/%s", path);
    if (strstr(remote, "unreachable") || access(file, R_OK) != 0) {
        snprintf(err->message, sizeof(err->message), "no file %s there", path);
        return LLB_ENOENT;
    }
    *ret_text = golden_read(file);
    *ret_len = strlen(*ret_text);
    return LLB_OK;
}

/* " key:value" behind the text of up to 511 bytes. */
static inline void golden_append(char all[512], const char *key,
                                 const char *value)
{
    size_t n = strlen(all);

    snprintf(all + n, 512 - n, " %s:%s", key, value);
}

/* A frontend that gives back its first input, with a config. */
static inline llb_status golden_frontend(void *ctx, const llbc_frontend *req,
                                         llbc_frontend_result *ret,
                                         llb_error *err)
{
    static const char config[] =
        "{\"architecture\":\"amd64\",\"os\":\"linux\","
        "\"config\":{\"Env\":[\"MADE=%s\"],\"WorkingDir\":\"/made\"}}";
    char all[512] = "";

    (void)ctx;
    for (size_t i = 0; i < req->n_attrs; i++) {
        if (strstr(req->attrs[i].value, "missing")) {
            snprintf(err->message, sizeof(err->message), "no such target");
            return LLB_EINVAL;
        }
        golden_append(all, req->attrs[i].key, req->attrs[i].value);
    }
    for (size_t i = 0; i < req->n_inputs; i++)
        golden_append(all, "input", req->inputs[i].name);
    ret->config_len = (size_t)asprintf(&ret->config, config, all);
    ret->def = req->n_inputs ? llb_def_ref(req->inputs[0].def) : NULL;
    return ret->def ? LLB_OK
                    : llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &ret->def, err);
}

/* How a case wants to be compiled. */
typedef struct golden_opts {
    llbc_compile_opts compile;
    llbc_resolver resolver;
    char platform[64], build[64];
    bool lint;
} golden_opts;

static inline void golden_word(golden_opts *o, llbc_project *p,
                               const char *word)
{
    char name[64];
    int n = 0;

    if (strcmp(word, "source") == 0)
        o->compile.no_source = 0;
    else if (strcmp(word, "pins") == 0) {
        o->resolver.resolve_git = golden_git;
        o->resolver.resolve_http = golden_http;
    } else if (strcmp(word, "lint") == 0)
        o->lint = true;
    else if (strcmp(word, "unresolved") == 0)
        o->compile.no_resolve = 1;
    else if (strcmp(word, "host") == 0)
        o->compile.network_default = LLBC_NETWORK_HOST;
    else if (strcmp(word, "none") == 0)
        o->compile.network_default = LLBC_NETWORK_NONE;
    else if (sscanf(word, "platform=%63s", o->platform) == 1)
        o->compile.platform = o->platform;
    else if (sscanf(word, "build=%63s", o->build) == 1)
        o->compile.build_platform = o->build;
    else if (strcmp(word, "build=") == 0)
        o->compile.build_platform = NULL;
    else if (sscanf(word, "arg=%63[^=]=%n", name, &n) == 1 && n)
        assert_int_equal(p ? llbc_set_arg(p, name, word + n, NULL) : LLB_OK,
                         LLB_OK);
    else
        fail_msg("unknown word \"%s\" in a `# test:` line", word);
}

static inline void golden_opts_read(golden_opts *o, llbc_project *p,
                                    const char *text)
{
    const char *line = strstr(text, "# test: ");
    char words[256] = "";

    *o = (golden_opts){.compile = LLBC_COMPILE_OPTS_INIT,
                       .resolver = LLBC_RESOLVER_INIT};
    o->resolver.resolve_image = golden_resolve;
    o->resolver.read_module = golden_module;
    o->resolver.run_frontend = golden_frontend;
    o->compile.resolver = &o->resolver;
    o->compile.no_source = 1;
    o->compile.build_platform = "linux/amd64";
    if (line)
        sscanf(line, "# test: %255[^\n]", words);
    for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
        golden_word(o, p, w);
}

/* --- a test for each .llb file of a folder ---------------------------------
 */

static inline int golden_is_case(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return n > 4 && strcmp(d->d_name + n - 4, ".llb") == 0;
}

/* Runs check with the name of each case, inside of the folder. */
static inline int golden_run(const char *folder, CMUnitTestFunction check)
{
    struct dirent **cases;
    int n;

    if (chdir(folder) != 0 ||
        (n = scandir(".", &cases, golden_is_case, alphasort)) <= 0) {
        fprintf(stderr, "no cases in %s\n", folder);
        return 1;
    }
    struct CMUnitTest *tests = calloc((size_t)n, sizeof(*tests));
    for (int i = 0; tests && i < n; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i]->d_name,
                                       .test_func = check,
                                       .initial_state = cases[i]->d_name};
    int failed =
        tests ? _cmocka_run_group_tests("golden", tests, (size_t)n, NULL, NULL)
              : 1;
    for (int i = 0; i < n; i++)
        free(cases[i]);
    free(cases);
    free(tests);
    return failed;
}

#endif
