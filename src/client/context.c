/* Which engine Docker's own client would talk to: DOCKER_HOST, else the
 * context of DOCKER_CONTEXT or config.json. A context is a folder named by the
 * SHA-256 of its name, with a meta.json. */
#include "context.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "error.h"
#include "file.h"
#include "sha256.h"

#define MAX_JSON ((size_t)1 << 20)
#define DEFAULT_SOCKET "docker:///var/run/docker.sock"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

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
    free(text);
    if (*ret)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s:%d: %s", path,
                     wrong.line, wrong.text);
}

/* The address of an engine for Docker's spelling of its host. */
static const char *engine_addr(llb__arena *a, const char *source,
                               const char *host, llb_error *err)
{
    if (strncmp(host, "unix://", 7) == 0)
        return llb__arena_printf(a, "docker://%s", host + 7);
    if (strncmp(host, "tcp://", 6) == 0 && !env("DOCKER_TLS_VERIFY"))
        return llb__arena_printf(a, "docker+tcp://%s", host + 6);
    const char *why = strncmp(host, "tcp://", 6) == 0
                          ? "this llb does not speak TLS to engines"
                          : "this llb reaches engines by unix:// and tcp://";
    llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
              "%s names the Docker Engine \"%.200s\", but %s", source, host,
              why);
    return NULL;
}

static const char *meta_path(llb__arena *a, const char *name)
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
    return llb__arena_printf(a, "%s/contexts/meta/%.*s/meta.json", dir,
                             (int)(LLB__DIGEST_LEN - scheme), digest + scheme);
}

/* The host that a context's file names. */
static const char *context_addr(llb__arena *a, const char *source,
                                const char *name, llb_error *err)
{
    const char *host = NULL, *addr = NULL, *path = meta_path(a, name);
    json_t *meta;

    if (!path) {
        llb__fail_nomem(err);
        return NULL;
    }
    if (load(path, &meta, err) != LLB_OK)
        return NULL;
    if (!meta) {
        llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                  "%s names the Docker context \"%.100s\", but there is no "
                  "such context (no %s)",
                  source, name, path);
        return NULL;
    }
    json_unpack(meta, "{s:{s:{s:s}}}", "Endpoints", "docker", "Host", &host);
    if (host)
        addr = engine_addr(a, source, host, err);
    else
        llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                  "%s: the Docker context \"%.100s\" names no engine", path,
                  name);
    json_decref(meta);
    return addr;
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
    json_decref(config);
    return name;
}

bool bk__docker_engine(llb__arena *a, bk__engine_ref *ret, llb_error *err)
{
    *ret = (bk__engine_ref){0};
    if ((ret->name = env("DOCKER_HOST"))) {
        ret->source = "DOCKER_HOST";
        ret->addr = engine_addr(a, ret->source, ret->name, err);
        return true;
    }
    if ((ret->name = env("DOCKER_CONTEXT"))) {
        ret->source = "DOCKER_CONTEXT";
        ret->addr = strcmp(ret->name, "default") == 0
                        ? DEFAULT_SOCKET
                        : context_addr(a, ret->source, ret->name, err);
        return true;
    }
    if ((ret->name = current_context(a))) {
        ret->source = "currentContext of Docker's config.json";
        ret->addr = context_addr(a, ret->source, ret->name, err);
        return true;
    }
    return false;
}
