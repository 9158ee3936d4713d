/* Asking the daemon what an image is: its digest and config. */
#include <stdlib.h>
#include <string.h>

#include <gateway.pb-c.h>

#include "error.h"
#include "gateway.h"
#include "bounds.h"
#include "services.h"
#include "wire.h"

static const char *const modes[] = {
    [BK_RESOLVE_DEFAULT] = "default",
    [BK_RESOLVE_PULL] = "pull",
    [BK_RESOLVE_LOCAL] = "local",
};

/* A question about one image, in the arena that it lives in. */
struct question {
    llb__arena *arena;
    char *ref, *mode, *log_name;
    Bk__Pb__Platform *platform; /* NULL: the daemon's */
};

llb_status bk__platform_read(llb__arena *a, const char *text,
                             Bk__Pb__Platform **ret, llb_error *err)
{
    Bk__Pb__Platform *p = llb__arena_alloc(a, sizeof *p);
    char *os = llb__arena_strdup(a, text);
    char *arch = os ? strchr(os, '/') : NULL;
    char *variant = arch ? strchr(arch + 1, '/') : NULL;

    if (!p || !os)
        return llb__fail_nomem(err);
    bk__pb__platform__init(p);
    if (!arch || arch == os || !arch[1] ||
        (variant && (!variant[1] || strchr(variant + 1, '/'))))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "platform \"%.80s\" is not of the form "
                         "OS/ARCH[/VARIANT]",
                         text);
    *arch++ = '\0';
    if (variant)
        *variant++ = '\0';
    p->os = os;
    p->architecture = arch;
    if (variant)
        p->variant = variant;
    *ret = p;
    return LLB_OK;
}

static llb_status ask(struct question *q, const char *ref, const char *platform,
                      bk_resolve_mode mode, llb_error *err)
{
    if ((unsigned)mode >= sizeof modes / sizeof *modes)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "no such resolve mode");
    q->ref = llb__arena_strdup(q->arena, ref);
    q->mode = llb__arena_strdup(q->arena, modes[mode]);
    q->log_name =
        llb__arena_printf(q->arena, "resolve image config for %s", ref);
    if (!q->ref || !q->mode || !q->log_name)
        return llb__fail_nomem(err);
    return platform ? bk__platform_read(q->arena, platform, &q->platform, err)
                    : LLB_OK;
}

/* Hands out copies of both answers, or neither. */
static llb_status answer(const char *digest, ProtobufCBinaryData config,
                         char **ret_digest, char **ret_config, llb_error *err)
{
    if (config.len > LLB__MAX_CONFIG)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "the image's config has %zu bytes, more than %zu",
                         config.len, LLB__MAX_CONFIG);
    char *d = strdup(digest);
    char *c = malloc(config.len + 1);
    if (!d || !c) {
        free(d);
        free(c);
        return llb__fail_nomem(err);
    }
    if (config.len)
        memcpy(c, config.data, config.len);
    c[config.len] = '\0';
    *ret_digest = d;
    *ret_config = c;
    return LLB_OK;
}

static llb_status ask_meta(bk_build *b, struct question *q, char **ret_digest,
                           char **ret_config, bk_failure **failure,
                           llb_error *err)
{
    Bk__Gw__ResolveSourceMetaRequest req =
        BK__GW__RESOLVE_SOURCE_META_REQUEST__INIT;
    Bk__Pb__SourceOp source = BK__PB__SOURCE_OP__INIT;
    ProtobufCMessage *m;

    source.identifier =
        llb__arena_printf(q->arena, "docker-image://%s", q->ref);
    if (!source.identifier)
        return llb__fail_nomem(err);
    req.source = &source;
    req.platform = q->platform;
    req.logname = q->log_name;
    req.resolvemode = q->mode;
    llb_status st = bk__gateway_ask(
        b, BK__BRIDGE "ResolveSourceMeta", &req.base, 0,
        &bk__gw__resolve_source_meta_response__descriptor, &m, failure, err);
    if (st != LLB_OK)
        return st;
    const Bk__Gw__ResolveSourceImageResponse *image =
        ((const Bk__Gw__ResolveSourceMetaResponse *)m)->image;
    if (image)
        st = answer(bk__text(image->digest), image->config, ret_digest,
                    ret_config, err);
    else
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "the daemon says nothing of the image %.200s", q->ref);
    bk__free(m);
    return st;
}

/* The question of daemons before v0.13. */
static llb_status ask_config(bk_build *b, struct question *q, char **ret_digest,
                             char **ret_config, bk_failure **failure,
                             llb_error *err)
{
    Bk__Gw__ResolveImageConfigRequest req =
        BK__GW__RESOLVE_IMAGE_CONFIG_REQUEST__INIT;
    ProtobufCMessage *m;

    req.ref = q->ref;
    req.platform = q->platform;
    req.resolvemode = q->mode;
    req.logname = q->log_name;
    llb_status st = bk__gateway_ask(
        b, BK__BRIDGE "ResolveImageConfig", &req.base, 0,
        &bk__gw__resolve_image_config_response__descriptor, &m, failure, err);
    if (st != LLB_OK)
        return st;
    const Bk__Gw__ResolveImageConfigResponse *r =
        (const Bk__Gw__ResolveImageConfigResponse *)m;
    st = answer(bk__text(r->digest), r->config, ret_digest, ret_config, err);
    bk__free(m);
    return st;
}

static llb_status resolve(bk_build *b, struct question *q, char **ret_digest,
                          char **ret_config, llb_error *err)
{
    const bk_caps *caps;
    bk_failure *failure = NULL;
    llb_error why = {0};
    llb_status st = bk_build_ping(b, &caps, err);

    if (st != LLB_OK)
        return st;
    if (bk_caps_has_frontend(caps, "source.metaresolver"))
        st = ask_meta(b, q, ret_digest, ret_config, &failure, &why);
    else
        st = ask_config(b, q, ret_digest, ret_config, &failure, &why);
    bk_failure_free(failure);
    if (st == LLB_OK)
        return st;
    /* A daemon has many words for an image that is not there, or not for us. */
    if (st == LLB_EBUILD) {
        char *note = bk__record_take_note(b->job.record);
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE, "image %.200s: %.*s%s%s",
                       q->ref, note ? 200 : 500, why.message, note ? "; " : "",
                       note ? note : "");
        free(note);
        return st;
    }
    return llb__fail(err, st, LLB__NOWHERE, "%s", why.message);
}

llb_status bk_build_resolve_image(bk_build *b, const char *ref,
                                  const char *platform, bk_resolve_mode mode,
                                  char **ret_digest, char **ret_config,
                                  llb_error *err)
{
    struct question q = {.arena = llb__arena_new(1 << 20)};
    llb_status st =
        q.arena ? ask(&q, ref, platform, mode, err) : llb__fail_nomem(err);

    if (st == LLB_OK)
        bk__services_allow_image(&b->job, ref);
    if (st == LLB_OK)
        st = resolve(b, &q, ret_digest, ret_config, err);
    llb__arena_free(q.arena);
    return st;
}

/* The build that the client keeps for such questions. */
static llb_status kept_build(bk_client *c, bk_build **ret, llb_error *err)
{
    bk_build **kept = bk__client_resolver(c);
    bk_solve_opts opts = BK_SOLVE_OPTS_INIT;
    llb_status st = LLB_OK;

    opts.internal = true;
    if (!*kept)
        st = bk_build_new(c, &opts, kept, err);
    *ret = *kept;
    return st;
}

static void drop_kept(bk_client *c)
{
    bk_build_free(*bk__client_resolver(c));
    *bk__client_resolver(c) = NULL;
}

/* One question in the kept build, which goes when the daemon has lost it. */
static llb_status ask_kept(bk_client *c, const char *ref, const char *platform,
                           bk_resolve_mode mode, bk_cancel *cancel,
                           char **ret_digest, char **ret_config, llb_error *err)
{
    bk_build *b;
    llb_status st = kept_build(c, &b, err);

    if (st != LLB_OK)
        return st;
    b->job.o.cancel = cancel;
    st = bk_build_resolve_image(b, ref, platform, mode, ret_digest, ret_config,
                                err);
    b->job.o.cancel = NULL;
    if (st != LLB_OK && (b->over || st == LLB_EUNAVAILABLE))
        drop_kept(c);
    return st;
}

llb_status bk_resolve_image(bk_client *c, const char *ref, const char *platform,
                            bk_resolve_mode mode, bk_cancel *cancel,
                            char **ret_digest, char **ret_config,
                            llb_error *err)
{
    if (bk__in_callback)
        return bk__busy(err);
    bk__client_lock_resolver(c);
    bool fresh = !*bk__client_resolver(c);
    llb_status st =
        ask_kept(c, ref, platform, mode, cancel, ret_digest, ret_config, err);
    /* A daemon may have been started anew since the build was opened. */
    if (st == LLB_EUNAVAILABLE && !fresh)
        st = ask_kept(c, ref, platform, mode, cancel, ret_digest, ret_config,
                      err);
    bk__client_unlock_resolver(c);
    return st;
}

llb_status bk__client_has_cap(bk_client *c, const char *id, bool *ret,
                              llb_error *err)
{
    const bk_caps *caps;
    bk_build *b;

    bk__client_lock_resolver(c);
    llb_status st = kept_build(c, &b, err);
    if (st == LLB_OK)
        st = bk_build_ping(b, &caps, err);
    if (st == LLB_OK)
        *ret = bk_caps_has_llb(caps, id);
    else
        drop_kept(c);
    bk__client_unlock_resolver(c);
    return st;
}
