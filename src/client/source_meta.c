/* Asking the daemon what a source is, without fetching it. */
#include <stdlib.h>
#include <string.h>

#include <llb/gateway.h>

#include <gateway.pb-c.h>

#include "bounds.h"
#include "error.h"
#include "gateway.h"
#include "pairs.h"
#include "request.h"
#include "services.h"
#include "times.h"
#include "wire.h"

BK__SAME_LAYOUT(Bk__Pb__SourceOp__AttrsEntry);

struct meta {
    bk_source_meta pub; /* first: bk_source_meta_free() finds the rest */
    llb__arena *arena;
    bool nomem;
};

void bk_source_meta_free(bk_source_meta *pub)
{
    struct meta *m = (struct meta *)pub;

    if (!m)
        return;
    llb__arena_free(m->arena);
    free(m);
}

static const char *copy(struct meta *m, const char *s)
{
    const char *c = llb__arena_strdup(m->arena, bk__text(s));

    m->nomem |= !c;
    return c ? c : "";
}

static const char *copy_bytes(struct meta *m, ProtobufCBinaryData b)
{
    const char *c =
        llb__arena_strndup(m->arena, b.len ? (const char *)b.data : "", b.len);

    m->nomem |= !c;
    return c ? c : "";
}

static void read_source(struct meta *m, const Bk__Pb__SourceOp *s)
{
    bk_pair *attrs = llb__arena_array(m->arena, s->n_attrs + 1, sizeof *attrs);

    m->pub.identifier = copy(m, s->identifier);
    m->nomem |= !attrs;
    for (size_t i = 0; attrs && i < s->n_attrs; i++)
        attrs[i] =
            (bk_pair){copy(m, s->attrs[i]->key), copy(m, s->attrs[i]->value)};
    if (!attrs)
        return;
    bk__pairs_sort(attrs, s->n_attrs);
    m->pub.attrs = attrs;
    m->pub.n_attrs = s->n_attrs;
}

static void read_answer(struct meta *m,
                        const Bk__Gw__ResolveSourceMetaResponse *r)
{
    if (r->source)
        read_source(m, r->source);
    if (r->image) {
        m->pub.image_digest = copy(m, r->image->digest);
        m->pub.image_config = copy_bytes(m, r->image->config);
    }
    if (r->git) {
        m->pub.git_checksum = copy(m, r->git->checksum);
        m->pub.git_ref = copy(m, r->git->ref);
        m->pub.git_commit = copy(m, r->git->commitchecksum);
    }
    if (r->http) {
        m->pub.http_checksum = copy(m, r->http->checksum);
        m->pub.http_filename = copy(m, r->http->filename);
        m->pub.http_modified_ns = bk__time_ns(r->http->lastmodified);
    }
}

static struct meta *meta_new(void)
{
    struct meta *m = calloc(1, sizeof *m);

    if (!m)
        return NULL;
    m->pub = (bk_source_meta){"", NULL, 0, "", "", "", "", "", "", "", 0};
    m->arena = llb__arena_new(4 * LLB__MAX_MESSAGE);
    if (m->arena)
        return m;
    free(m);
    return NULL;
}

static llb_status ask(bk_build *b, struct meta *m, const char *identifier,
                      const bk_pair *attrs, size_t n_attrs,
                      const char *platform, llb_error *err)
{
    Bk__Gw__ResolveSourceMetaRequest req =
        BK__GW__RESOLVE_SOURCE_META_REQUEST__INIT;
    Bk__Pb__SourceOp source = BK__PB__SOURCE_OP__INIT;
    bk_failure *failure = NULL;
    ProtobufCMessage *reply;
    void *list;

    llb_status st =
        bk__fill_map(m->arena, &bk__pb__source_op__attrs_entry__descriptor,
                     attrs, n_attrs, &list, err);
    if (st == LLB_OK && platform)
        st = bk__platform_read(m->arena, platform, &req.platform, err);
    if (st != LLB_OK)
        return st;
    source.identifier = bk__mutable(identifier);
    source.attrs = list;
    source.n_attrs = n_attrs;
    req.source = &source;
    req.logname = llb__arena_printf(m->arena, "resolve %s", identifier);
    if (!req.logname)
        return llb__fail_nomem(err);
    st = bk__gateway_ask(b, BK__BRIDGE "ResolveSourceMeta", &req.base, 0,
                         &bk__gw__resolve_source_meta_response__descriptor,
                         &reply, &failure, err);
    bk_failure_free(failure);
    if (st != LLB_OK)
        return st;
    read_answer(m, (const Bk__Gw__ResolveSourceMetaResponse *)reply);
    bk__free(reply);
    return m->nomem ? llb__fail_nomem(err) : LLB_OK;
}

llb_status bk_build_source_meta(bk_build *b, const char *identifier,
                                const bk_pair *attrs, size_t n_attrs,
                                const char *platform, bk_source_meta **ret_meta,
                                llb_error *err)
{
    const bk_caps *caps;
    llb_error why = {0};
    llb_status st = bk_build_ping(b, &caps, err);

    if (st != LLB_OK)
        return st;
    if (!bk_caps_has_frontend(caps, "source.metaresolver"))
        return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                         "this daemon cannot say what a source is without "
                         "fetching it (needs BuildKit v0.13)");
    struct meta *m = meta_new();
    if (!m)
        return llb__fail_nomem(err);
    const char *image = strstr(identifier, "://");
    if (image)
        bk__services_allow_image(&b->job, image + 3);
    st = ask(b, m, identifier, attrs, n_attrs, platform, &why);
    if (st == LLB_OK) {
        *ret_meta = &m->pub;
        return LLB_OK;
    }
    bk_source_meta_free(&m->pub);
    /* A daemon has many words for what is not there, or not for us. */
    if (st == LLB_EBUILD)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE, "%.200s: %s",
                         identifier, why.message);
    return llb__fail(err, st, LLB__NOWHERE, "%s", why.message);
}
