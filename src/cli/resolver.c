#include "resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "error.h"
#include "frontends.h"
#include "pins.h"
#include "report.h"

static llb_status connect_daemon(cmd__resolver *r, llb_error *err)
{
    return r->daemon->client ? LLB_OK
                             : cmd__daemon_open(r->daemon, r->where, err);
}

/* Whether the command line wants the entry made anew. */
static bool is_anew(const cmd__resolver *r, const char *name)
{
    for (size_t i = 0; !r->all_anew && r->anew && i < r->anew->n; i++) {
        if (strstr(name, r->anew->items[i]))
            return true;
    }
    return r->all_anew;
}

/* What the lock says; false: nothing. A record keeps what is used. */
static llb_status look_up(const cmd__resolver *r, llbc_lock_kind kind,
                          const char *name, llbc_lock_entry *ret, bool *found,
                          llb_error *err)
{
    *found = r->lock && !is_anew(r, name) &&
             llbc_lock_find(r->lock, kind, name, ret);
    return *found && r->record ? llbc_lock_set(r->record, kind, name,
                                               ret->value, ret->config, err)
                               : LLB_OK;
}

/* Whether that deserves a warning: nobody is going to write it down. */
static bool is_missing(const cmd__resolver *r, bool found)
{
    return r->lock && !found && (!r->record || r->offline);
}

/* ---- images ---- */

static bk_resolve_mode mode_of(const char *mode)
{
    if (strcmp(mode, "pull") == 0)
        return BK_RESOLVE_PULL;
    if (strcmp(mode, "local") == 0)
        return BK_RESOLVE_LOCAL;
    return BK_RESOLVE_DEFAULT;
}

/* A copy of an answer for the compiler, which frees the config. */
static llb_status fill_image(llbc_image *image, const char *digest,
                             const char *config, llb_error *err)
{
    if (strlen(digest) >= sizeof(image->digest))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "a digest of %zu bytes",
                         strlen(digest));
    strcpy(image->digest, digest);
    if (!config)
        return LLB_OK;
    image->config_len = strlen(config);
    image->config = strdup(config);
    return image->config ? LLB_OK : llb__fail_nomem(err);
}

static llb_status ask_image(cmd__resolver *r, const char *name, const char *ref,
                            const char *platform, const char *mode,
                            llbc_image *image, llb_error *err)
{
    char *digest, *config;
    llb_status st = connect_daemon(r, err);

    if (st == LLB_OK)
        st = bk_resolve_image(r->daemon->client, ref, platform, mode_of(mode),
                              NULL, &digest, &config, err);
    if (st != LLB_OK)
        return st;
    st = fill_image(image, digest, config, err);
    if (st == LLB_OK && r->record && *digest)
        st = llbc_lock_set(r->record, LLBC_LOCK_IMAGE, name, digest, config,
                           err);
    else if (st == LLB_OK && r->record)
        cmd__say("%s is in no registry, so it cannot be locked", ref);
    free(digest);
    free(config);
    return st;
}

static llb_status resolve_image(void *ctx, const char *ref,
                                const char *platform, const char *mode,
                                llbc_image *image, llb_error *err)
{
    cmd__resolver *r = ctx;
    llbc_lock_entry entry;
    char *name = NULL;
    bool found;

    if (asprintf(&name, "%s %s", ref, platform) < 0)
        return llb__fail_nomem(err);
    llb_status st = look_up(r, LLBC_LOCK_IMAGE, name, &entry, &found, err);
    image->unlocked = is_missing(r, found);
    if (st == LLB_OK && found)
        st = fill_image(image, entry.value, entry.config, err);
    else if (st == LLB_OK && !r->offline)
        st = ask_image(r, name, ref, platform, mode, image, err);
    free(name);
    return st;
}

/* ---- repositories and files ---- */

/* The build of our own in which the daemon looks things up. */
static llb_status begin_build(cmd__resolver *r, llb_error *err)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;

    if (r->build)
        return LLB_OK;
    llb_status st = connect_daemon(r, err);
    o.internal = true;
    return st == LLB_OK ? bk_build_new(r->daemon->client, &o, &r->build, err)
                        : st;
}

/* Looks up what is there today, for the record. */
static llb_status ask_pin(cmd__resolver *r, llbc_lock_kind kind,
                          const char *name, const char *url, const char *ref,
                          llbc_pin *pin, llb_error *err)
{
    char *value = NULL;
    llb_status st = begin_build(r, err);

    if (st == LLB_OK)
        st = kind == LLBC_LOCK_GIT
                 ? cmd__pin_git(r->build, url, ref, &value, err)
                 : cmd__pin_http(r->build, url, &value, err);
    if (st == LLB_OK)
        st = llbc_lock_set(r->record, kind, name, value, NULL, err);
    if (st == LLB_OK)
        snprintf(pin->value, sizeof(pin->value), "%s", value);
    free(value);
    return st;
}

/* Only a lock file pins these: without one a build takes what is there. */
static llb_status resolve_pin(cmd__resolver *r, llbc_lock_kind kind,
                              const char *name, const char *url,
                              const char *ref, llbc_pin *pin, llb_error *err)
{
    llbc_lock_entry entry;
    bool found;
    llb_status st = look_up(r, kind, name, &entry, &found, err);

    pin->unlocked = is_missing(r, found);
    if (st == LLB_OK && found)
        snprintf(pin->value, sizeof(pin->value), "%s", entry.value);
    else if (st == LLB_OK && r->record && !r->offline)
        st = ask_pin(r, kind, name, url, ref, pin, err);
    return st;
}

static llb_status resolve_git(void *ctx, const char *remote, const char *ref,
                              llbc_pin *pin, llb_error *err)
{
    char *name = NULL;

    if (asprintf(&name, "%s#%s", remote, ref) < 0)
        return llb__fail_nomem(err);
    llb_status st =
        resolve_pin(ctx, LLBC_LOCK_GIT, name, remote, ref, pin, err);
    free(name);
    return st;
}

static llb_status resolve_http(void *ctx, const char *url, llbc_pin *pin,
                               llb_error *err)
{
    return resolve_pin(ctx, LLBC_LOCK_HTTP, url, url, NULL, pin, err);
}

/* ---- modules ---- */

static llb_status not_here(const cmd__resolver *r, const char *name,
                           llb_error *err)
{
    return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                     "module \"%s\" is not %s; run llb lock", name,
                     r->lock ? "in the lock file, or its text not on this "
                               "machine"
                             : "on this machine");
}

/* Reads a module at its commit, or where nobody pins it at its ref, and keeps
 * the text of one that is locked. */
static llb_status fetch_module(cmd__resolver *r, const char *name,
                               const char *remote, const char *ref,
                               const char *path, char **text, size_t *len,
                               llb_error *err)
{
    llbc_pin pin = {.size = (uint32_t)sizeof(pin)};
    llb_status st = begin_build(r, err);

    if (st == LLB_OK)
        st = resolve_git(r, remote, ref, &pin, err);
    if (st == LLB_OK)
        st = cmd__read_git(r->build, remote, *pin.value ? pin.value : ref, path,
                           text, len, err);
    if (st != LLB_OK)
        return st;
    char *digest = cmd__content_digest(*text, *len);
    if (!digest)
        st = llb__fail_nomem(err);
    if (st == LLB_OK && r->record)
        st =
            llbc_lock_set(r->record, LLBC_LOCK_MODULE, name, digest, NULL, err);
    if (st == LLB_OK && (r->record || r->lock))
        st = cmd__content_put(NULL, *text, *len, err);
    free(digest);
    if (st != LLB_OK)
        free(*text);
    return st;
}

/* A locked module: its text from this machine, else from its commit, where it
 * must be the same. */
static llb_status locked_module(cmd__resolver *r, const char *name,
                                const char *digest, const char *remote,
                                const char *ref, const char *path, char **text,
                                size_t *len, llb_error *err)
{
    llbc_pin pin = {.size = (uint32_t)sizeof(pin)};
    llb_error ignored = {0};

    if (r->record)
        (void)resolve_git(r, remote, ref, &pin, &ignored); /* it is in use */
    if (cmd__content_get(r->vendor, digest, text, len, &ignored) == LLB_OK)
        return LLB_OK;
    if (r->offline)
        return not_here(r, name, err);
    llb_status st = fetch_module(r, name, remote, ref, path, text, len, err);
    char *real = st == LLB_OK ? cmd__content_digest(*text, *len) : NULL;
    if (st == LLB_OK && (!real || strcmp(real, digest) != 0)) {
        free(*text);
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "module \"%s\" is not what the lock file says; run llb "
                       "lock --update",
                       name);
    }
    free(real);
    return st;
}

static llb_status read_module(void *ctx, const char *remote, const char *ref,
                              const char *path, char **text, size_t *len,
                              llb_error *err)
{
    cmd__resolver *r = ctx;
    llbc_lock_entry entry;
    char *name = NULL;
    bool found;

    if (asprintf(&name, "%s#%s %s", remote, ref, path) < 0)
        return llb__fail_nomem(err);
    llb_status st = look_up(r, LLBC_LOCK_MODULE, name, &entry, &found, err);
    if (st == LLB_OK && found)
        st = locked_module(r, name, entry.value, remote, ref, path, text, len,
                           err);
    else if (st == LLB_OK && r->offline)
        st = not_here(r, name, err);
    else if (st == LLB_OK)
        st = fetch_module(r, name, remote, ref, path, text, len, err);
    free(name);
    return st;
}

/* ---- frontends ---- */

/* The bundle of a request: from the lock, else from the daemon. */
static llb_status frontend_bundle(cmd__resolver *r, const char *name,
                                  const llbc_frontend *req, bool *found,
                                  char **bundle, size_t *len, llb_error *err)
{
    llbc_lock_entry entry;
    llb_error ignored = {0};
    llb_status st = look_up(r, LLBC_LOCK_FRONTEND, name, &entry, found, err);

    if (st != LLB_OK)
        return st;
    if (*found && cmd__content_get(r->vendor, entry.value, bundle, len,
                                   &ignored) == LLB_OK)
        return LLB_OK;
    if (r->offline)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "its result is not on this machine; run llb lock");
    st = connect_daemon(r, err);
    if (st == LLB_OK)
        st = cmd__frontend_run(r->daemon->client, req, bundle, len, err);
    return st;
}

/* Keeps what a frontend gave, and sees to it that it is what was locked. */
static llb_status keep_bundle(cmd__resolver *r, const char *name, bool found,
                              const char *bundle, size_t len, llb_error *err)
{
    char *digest = cmd__content_digest(bundle, len);
    llbc_lock_entry entry;
    llb_status st = digest ? LLB_OK : llb__fail_nomem(err);

    if (st == LLB_OK && found &&
        llbc_lock_find(r->lock, LLBC_LOCK_FRONTEND, name, &entry) &&
        strcmp(entry.value, digest) != 0)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "it gives another result than the lock file says; run "
                       "llb lock --update");
    if (st == LLB_OK && r->record)
        st = llbc_lock_set(r->record, LLBC_LOCK_FRONTEND, name, digest, NULL,
                           err);
    if (st == LLB_OK && (r->record || found))
        st = cmd__content_put(NULL, bundle, len, err);
    free(digest);
    return st;
}

/* A check needs no files: nothing is as good as what there would be. */
static llb_status stand_in(llbc_frontend_result *ret, llb_error *err)
{
    ret->locked = ret->unknown = 1;
    return llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &ret->def, err);
}

static llb_status run_frontend(void *ctx, const llbc_frontend *req,
                               llbc_frontend_result *ret, llb_error *err)
{
    cmd__resolver *r = ctx;
    char *name = cmd__frontend_name(req), *bundle = NULL;
    size_t len;
    bool found = false;

    if (!name)
        return llb__fail_nomem(err);
    llb_status st = frontend_bundle(r, name, req, &found, &bundle, &len, err);
    if (st == LLB_OK)
        st = keep_bundle(r, name, found, bundle, len, err);
    if (st == LLB_OK)
        st = cmd__frontend_read(bundle, len, ret, err);
    ret->locked = found || r->record;
    ret->unlocked = is_missing(r, found);
    free(bundle);
    free(name);
    return st == LLB_ENOENT && r->offline && !r->record ? stand_in(ret, err)
                                                        : st;
}

llbc_resolver cmd__resolver_of(cmd__resolver *r)
{
    llbc_resolver resolver = LLBC_RESOLVER_INIT;

    resolver.ctx = r;
    resolver.resolve_image = resolve_image;
    resolver.resolve_git = resolve_git;
    resolver.resolve_http = resolve_http;
    resolver.read_module = read_module;
    resolver.run_frontend = run_frontend;
    return resolver;
}

void cmd__resolver_close(cmd__resolver *r)
{
    bk_build_free(r->build);
    r->build = NULL;
}
