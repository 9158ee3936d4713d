/* Which engine Docker's own client would talk to: DOCKER_HOST, else the
 * context of DOCKER_CONTEXT or config.json. A context is a folder named by the
 * SHA-256 of its name, with a meta.json. */
#include "context.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "error.h"
#include "file.h"
#include "sha256.h"
#include "wipe.h"

#define MAX_JSON ((size_t)1 << 20)
#define DEFAULT_SOCKET "docker:///var/run/docker.sock"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* NULL: no memory. */
static const char *config_dir(llb__arena *a)
{
    const char *home = env("HOME");

    if (env("DOCKER_CONFIG"))
        return env("DOCKER_CONFIG");
    return llb__arena_printf(a, "%s/.docker", home ? home : "");
}

/* The JSON object in a file. *ret NULL with LLB_OK: no such file. */
static llb_status load(const char *path, json_t **ret, llb_error *err)
{
    char *text;
    size_t len;
    json_error_t wrong;
    llb_status st = llb__file_read(path, MAX_JSON, &text, &len, err);

    *ret = NULL;
    if (st == LLB_ENOENT)
        return LLB_OK;
    if (st != LLB_OK)
        return st;
    *ret = json_loadb(text, len, 0, &wrong);
    explicit_bzero(text, len); /* config.json has logins */
    free(text);
    if (*ret)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s:%d: %s", path,
                     wrong.line, wrong.text);
}

/* The address of an engine for Docker's spelling of its host. Docker takes a
 * host without a scheme for tcp. */
static const char *engine_addr(llb__arena *a, const char *source,
                               const char *host, llb_error *err)
{
    static const char *const schemes[][2] = {{"unix://", "docker"},
                                             {"tcp://", "docker+tcp"},
                                             {"ssh://", "docker+ssh"}};
    const char *addr = NULL;

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i][0]);
        if (strncmp(host, schemes[i][0], len) == 0)
            addr = llb__arena_printf(a, "%s://%s", schemes[i][1], host + len);
    }
    if (!strstr(host, "://"))
        addr = llb__arena_printf(a, "docker+tcp://%s", host);
    if (!addr)
        llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                  "%s names the Docker Engine \"%.200s\", but engines are "
                  "reached by unix://, tcp:// and ssh:// only",
                  source, host);
    return addr;
}

/* Sets *ret to the file name in dir, if it is there. False: no memory. */
static bool tls_file(llb__arena *a, const char *dir, const char *name,
                     const char **ret)
{
    const char *path = llb__arena_printf(a, "%s/%s", dir, name);

    if (path && access(path, F_OK) == 0)
        *ret = path;
    return path;
}

/* What the files ca.pem, cert.pem and key.pem in dir say; NULL: no memory. */
static const bk_tls *tls_of(llb__arena *a, const char *dir, bool verify)
{
    bk_tls *t = dir ? llb__arena_alloc(a, sizeof *t) : NULL;

    if (!t)
        return NULL;
    *t = (bk_tls)BK_TLS_INIT;
    t->skip_verify = !verify;
    return tls_file(a, dir, "ca.pem", &t->ca) &&
                   tls_file(a, dir, "cert.pem", &t->cert) &&
                   tls_file(a, dir, "key.pem", &t->key)
               ? t
               : NULL;
}

/* DOCKER_HOST, or the socket of Docker's "default" context, with what the
 * variables say of TLS; it is not for sockets of this machine. */
static void take_host(llb__arena *a, const char *host, bk__engine_ref *ret,
                      llb_error *err)
{
    const char *dir = env("DOCKER_CERT_PATH");

    ret->addr = engine_addr(a, ret->source, host, err);
    if (!ret->addr || strncmp(ret->addr, "docker+tcp", 10) != 0 ||
        (!env("DOCKER_TLS_VERIFY") && !env("DOCKER_TLS")))
        return;
    ret->tls =
        tls_of(a, dir ? dir : config_dir(a), env("DOCKER_TLS_VERIFY") != NULL);
    if (!ret->tls) {
        ret->addr = NULL;
        llb__fail_nomem(err);
    }
}

/* The path of a context below the folder contexts/KIND. */
static const char *context_path(llb__arena *a, const char *kind,
                                const char *name, const char *rest)
{
    uint8_t sum[LLB__SHA256_LEN];
    char digest[LLB__DIGEST_LEN];
    llb__sha256 *h = llb__sha256_new();
    bool ok = h && llb__sha256_sum(h, name, strlen(name), sum);
    const char *dir = config_dir(a);

    llb__sha256_free(h);
    if (!ok || !dir)
        return NULL;
    llb__digest_text(sum, digest);
    size_t scheme = strlen("sha256:");
    return llb__arena_printf(a, "%s/contexts/%s/%.*s/%s", dir, kind,
                             (int)(LLB__DIGEST_LEN - scheme), digest + scheme,
                             rest);
}

/* What a context says of TLS: its files, if it has any. */
static llb_status take_tls(llb__arena *a, bool skip_verify, bk__engine_ref *ret,
                           llb_error *err)
{
    const char *dir = context_path(a, "tls", ret->name, "docker");

    if (!dir)
        return llb__fail_nomem(err);
    if (strncmp(ret->addr, "docker+tcp", 10) != 0 ||
        (!skip_verify && access(dir, F_OK) != 0))
        return LLB_OK;
    ret->tls = tls_of(a, dir, !skip_verify);
    return ret->tls ? LLB_OK : llb__fail_nomem(err);
}

/* The engine that the context ret->name is for. */
static void take_context(llb__arena *a, bk__engine_ref *ret, llb_error *err)
{
    const char *host = NULL;
    const char *path = context_path(a, "meta", ret->name, "meta.json");
    int skip_verify = 0;
    json_t *meta;

    if (!path) {
        llb__fail_nomem(err);
        return;
    }
    if (load(path, &meta, err) != LLB_OK)
        return;
    if (!meta) {
        llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                  "%s names the Docker context \"%.100s\", but there is no "
                  "such context (no %s)",
                  ret->source, ret->name, path);
        return;
    }
    json_unpack(meta, "{s:{s:{s:s, s?b}}}", "Endpoints", "docker", "Host",
                &host, "SkipTLSVerify", &skip_verify);
    if (host)
        ret->addr = engine_addr(a, ret->source, host, err);
    else
        llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                  "%s: the Docker context \"%.100s\" names no engine", path,
                  ret->name);
    json_decref(meta);
    if (ret->addr && take_tls(a, skip_verify, ret, err) != LLB_OK)
        ret->addr = NULL;
}

/* currentContext of config.json, in the arena; NULL when it says nothing. */
static const char *current_context(llb__arena *a)
{
    const char *name = NULL, *dir = config_dir(a);
    const char *path = dir ? llb__arena_printf(a, "%s/config.json", dir) : NULL;
    json_t *config;

    /* A config.json that cannot be read is Docker's to complain about. */
    if (!path || load(path, &config, NULL) != LLB_OK || !config)
        return NULL;
    json_unpack(config, "{s:s}", "currentContext", &name);
    if (name && *name && strcmp(name, "default") != 0)
        name = llb__arena_strdup(a, name);
    else
        name = NULL;
    bk__wipe_json(config);
    return name;
}

bool bk__docker_engine(llb__arena *a, bk__engine_ref *ret, llb_error *err)
{
    *ret = (bk__engine_ref){0};
    if ((ret->name = env("DOCKER_HOST"))) {
        ret->source = "DOCKER_HOST";
        take_host(a, ret->name, ret, err);
        return true;
    }
    if ((ret->name = env("DOCKER_CONTEXT")))
        ret->source = llb__arena_printf(a, "DOCKER_CONTEXT=%s", ret->name);
    else if ((ret->name = current_context(a)))
        ret->source = llb__arena_printf(a, "currentContext of %s/config.json",
                                        config_dir(a));
    else
        return false;
    if (!ret->source)
        llb__fail_nomem(err);
    else if (strcmp(ret->name, "default") == 0)
        ret->addr = DEFAULT_SOCKET;
    else
        take_context(a, ret, err);
    return true;
}
