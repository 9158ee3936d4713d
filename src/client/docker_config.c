/* Docker's config.json. The forms that its entries have come from docker/cli
 * (cli/config/configfile and cli/config/credentials). */
#include "docker_config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <jansson.h>

#include "base64.h"
#include "error.h"
#include "file.h"
#include "wipe.h"

#define HUB_KEY "https://index.docker.io/v1/"

enum { MAX_FILE = 1 << 20 };

struct bk__docker_config {
    llb__arena *a;
    const char *dir, *path;
    json_t *file;    /* NULL: there is none */
    json_t *inline_; /* of DOCKER_AUTH_CONFIG */
    const char *system_helper;
};

/* Docker Hub, as references, daemons and configs call it. */
static bool is_hub(const char *host)
{
    static const char *const names[] = {"docker.io", "registry-1.docker.io",
                                        "index.docker.io",
                                        "registry.hub.docker.com"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(host, names[i]) == 0)
            return true;
    return false;
}

bool bk__docker_same_host(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0 || (is_hub(a) && is_hub(b));
}

const char *bk__docker_config_key(const char *host)
{
    return is_hub(host) ? HUB_KEY : host;
}

static llb_status parse(const char *name, const char *text, size_t len,
                        json_t **ret, llb_error *err)
{
    json_error_t wrong;

    *ret = json_loadb(text, len, 0, &wrong);
    if (json_is_object(*ret))
        return LLB_OK;
    /* jansson's text quotes what is near, which may be a password */
    bool is_json = *ret != NULL;
    json_decref(*ret);
    *ret = NULL;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "%.300s:%d: this is no JSON%s", name,
                     is_json ? 1 : wrong.line, is_json ? " object" : "");
}

static llb_status read_file(bk__docker_config *c, llb_error *err)
{
    char *text;
    size_t len;
    llb_status st = llb__file_read(c->path, MAX_FILE, &text, &len, err);

    if (st == LLB_ENOENT)
        return LLB_OK;
    if (st != LLB_OK)
        return st;
    st = parse(c->path, text, len, &c->file, err);
    explicit_bzero(text, len);
    free(text);
    return st;
}

static llb_status read_inline(bk__docker_config *c, llb_error *err)
{
    const char *text = getenv("DOCKER_AUTH_CONFIG");

    if (!text || !*text)
        return LLB_OK;
    return parse("DOCKER_AUTH_CONFIG", text, strlen(text), &c->inline_, err);
}

static const char *find_dir(llb__arena *a, const char *dir)
{
    const char *home = getenv("HOME");

    if (!dir)
        dir = getenv("DOCKER_CONFIG");
    if (dir && *dir)
        return llb__arena_strdup(a, dir);
    return llb__arena_printf(a, "%s/.docker", home ? home : "");
}

static bool on_path(const char *program)
{
    const char *path = getenv("PATH");
    char name[4096];

    while (path && *path) {
        size_t len = strcspn(path, ":");
        int n = snprintf(name, sizeof name, "%.*s/%s", (int)len, path, program);
        if (n > 0 && (size_t)n < sizeof name && access(name, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

/* Docker looks for these where nothing is configured at all. */
static const char *find_system_helper(void)
{
    if (on_path("pass"))
        return on_path("docker-credential-pass") ? "pass" : NULL;
    return on_path("docker-credential-secretservice") ? "secretservice" : NULL;
}

/* A member that is not null; NULL for none. */
static json_t *member(const json_t *o, const char *key)
{
    json_t *m = json_object_get(o, key);

    return json_is_null(m) ? NULL : m;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(member(o, key));

    return s ? s : "";
}

static bool has_any(const bk__docker_config *c)
{
    return json_object_size(member(c->file, "auths")) > 0 ||
           json_object_size(member(c->file, "credHelpers")) > 0 ||
           *text_of(c->file, "credsStore");
}

llb_status bk__docker_config_read(const char *dir, bk__docker_config **ret,
                                  llb_error *err)
{
    bk__docker_config *c = calloc(1, sizeof *c);

    if (!c)
        return llb__fail_nomem(err);
    c->a = llb__arena_new(1 << 20);
    c->dir = c->a ? find_dir(c->a, dir) : NULL;
    c->path = c->dir ? llb__arena_printf(c->a, "%s/config.json", c->dir) : NULL;
    llb_status st = c->path ? read_file(c, err) : llb__fail_nomem(err);
    if (st == LLB_OK)
        st = read_inline(c, err);
    if (st != LLB_OK) {
        bk__docker_config_free(c);
        return st;
    }
    if (!has_any(c))
        c->system_helper = find_system_helper();
    *ret = c;
    return LLB_OK;
}

void bk__docker_config_free(bk__docker_config *c)
{
    if (!c)
        return;
    bk__wipe_json(c->file);
    bk__wipe_json(c->inline_);
    llb__arena_free(c->a);
    free(c);
}

const char *bk__docker_config_dir(const bk__docker_config *c) { return c->dir; }

const char *bk__docker_config_path(const bk__docker_config *c)
{
    return c->path;
}

/* Whether a key of the file means host: keys may be addresses, as in
 * "https://HOST/v1/". */
static bool key_is(const char *key, const char *host)
{
    const char *scheme = strstr(key, "://");
    char name[300];

    if (scheme)
        key = scheme + 3;
    size_t len = strcspn(key, "/");
    if (len >= sizeof name)
        return false;
    memcpy(name, key, len);
    name[len] = '\0';
    return bk__docker_same_host(name, host);
}

/* The member for host: the exact key, else one that means the same. */
static json_t *find_host(json_t *o, const char *host)
{
    const char *key;
    json_t *value, *exact = member(o, bk__docker_config_key(host));

    if (exact)
        return exact;
    json_object_foreach(o, key, value)
    {
        if (!json_is_null(value) && key_is(key, host))
            return value;
    }
    return NULL;
}

static json_t *inline_auth(const bk__docker_config *c, const char *host)
{
    return find_host(member(c->inline_, "auths"), host);
}

const char *bk__docker_config_helper(const bk__docker_config *c,
                                     const char *host, bool *ret_named)
{
    json_t *own = find_host(member(c->file, "credHelpers"), host);
    const char *store = text_of(c->file, "credsStore");

    *ret_named = true;
    if (inline_auth(c, host))
        return NULL;
    if (json_is_string(own)) /* "" says that the file has this one */
        store = json_string_value(own);
    if (*store)
        return store;
    *ret_named = false;
    return own ? NULL : c->system_helper;
}

/* Splits "user:password" in base64. */
static bool split_auth(llb__arena *a, const char *auth, bk__login *ret)
{
    size_t len;
    char *text = bk__base64_decode(a, auth, strlen(auth), &len);
    char *colon = text ? memchr(text, ':', len) : NULL;

    if (!colon)
        return false;
    *colon = '\0'; /* NULs at the end of the password are padding */
    bk__wipe_text(ret->secret);
    ret->username = text;
    ret->secret = colon + 1;
    return true;
}

static llb_status read_auth(const bk__docker_config *c, const char *host,
                            const json_t *entry, llb__arena *a, bk__login *ret,
                            llb_error *err)
{
    const char *auth = text_of(entry, "auth");
    const char *token = text_of(entry, "identitytoken");

    ret->username = llb__arena_strdup(a, text_of(entry, "username"));
    ret->secret = llb__arena_strdup(a, text_of(entry, "password"));
    ret->registry_token = llb__arena_strdup(a, text_of(entry, "registrytoken"));
    if (*auth && !split_auth(a, auth, ret))
        return llb__fail(
            err, LLB_EINVAL, LLB__NOWHERE,
            "%.250s: \"auth\" of \"%.100s\" is not USER:PASSWORD in "
            "base64; log in again",
            c->path, host);
    if (*token) {
        bk__wipe_text(ret->secret);
        ret->username = "";
        ret->secret = llb__arena_strdup(a, token);
    }
    return ret->username && ret->secret && ret->registry_token
               ? LLB_OK
               : llb__fail_nomem(err);
}

llb_status bk__docker_config_login(const bk__docker_config *c, const char *host,
                                   llb__arena *a, bk__login *ret,
                                   llb_error *err)
{
    json_t *entry = inline_auth(c, host);

    *ret = (bk__login){"", "", ""};
    if (!entry)
        entry = find_host(member(c->file, "auths"), host);
    return entry ? read_auth(c, host, entry, a, ret, err) : LLB_OK;
}
