/* The bytes of Control.Solve's request. All but the definition is packed by
 * protobuf-c; the definition, which may have megabytes, follows as a field of
 * its own, in place. */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/slice.h>

#include <control.pb-c.h>

#include "call.h"
#include "error.h"
#include "policy.h"
#include "bounds.h"
#include "wire.h"

typedef Bk__Control__SolveRequest request;
typedef Bk__Control__CacheOptionsEntry cache_entry;

BK__SAME_LAYOUT(Bk__Control__SolveRequest__FrontendAttrsEntry);
BK__SAME_LAYOUT(Bk__Control__SolveRequest__ExporterAttrsDeprecatedEntry);
BK__SAME_LAYOUT(Bk__Control__Exporter__AttrsEntry);
BK__SAME_LAYOUT(Bk__Control__CacheOptionsEntry__AttrsEntry);

llb_status bk__fill_map(llb__arena *a, const ProtobufCMessageDescriptor *d,
                        const bk_pair *pairs, size_t n, void **ret,
                        llb_error *err)
{
    bk__map_entry *entries = llb__arena_array(a, n + 1, sizeof *entries);
    bk__map_entry **list = llb__arena_array(a, n + 1, sizeof *list);

    if (!entries || !list)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        protobuf_c_message_init(d, &entries[i]);
        entries[i].key = bk__mutable(pairs[i].key);
        entries[i].value = bk__mutable(pairs[i].value);
        list[i] = &entries[i];
    }
    *ret = list;
    return LLB_OK;
}

static llb_status fill_exports(llb__arena *a, const bk__exports *x,
                               request *req, llb_error *err)
{
    Bk__Control__Exporter *entries =
        llb__arena_array(a, x->n + 1, sizeof *entries);
    Bk__Control__Exporter **list = llb__arena_array(a, x->n + 1, sizeof *list);
    llb_status st = entries && list ? LLB_OK : llb__fail_nomem(err);

    for (size_t i = 0; i < x->n && st == LLB_OK; i++) {
        void *attrs = NULL;
        bk__control__exporter__init(&entries[i]);
        st = bk__fill_map(a, &bk__control__exporter__attrs_entry__descriptor,
                          x->list[i].attrs, x->list[i].n_attrs, &attrs, err);
        if (st != LLB_OK)
            break;
        entries[i].type = bk__mutable(x->list[i].type);
        entries[i].attrs = attrs;
        entries[i].n_attrs = x->list[i].n_attrs;
        list[i] = &entries[i];
    }
    if (st != LLB_OK || x->n == 0)
        return st;
    req->exporters = list;
    req->n_exporters = x->n;
    /* Daemons before v0.13 know only this pair; newer ones ignore it. */
    void *old = NULL;
    st = bk__fill_map(
        a,
        &bk__control__solve_request__exporter_attrs_deprecated_entry__descriptor,
        x->list[0].attrs, x->list[0].n_attrs, &old, err);
    if (st != LLB_OK)
        return st;
    req->exporterdeprecated = bk__mutable(x->list[0].type);
    req->exporterattrsdeprecated = old;
    req->n_exporterattrsdeprecated = x->list[0].n_attrs;
    return LLB_OK;
}

static llb_status fill_caches(llb__arena *a, const bk_cache *caches, size_t n,
                              cache_entry ***ret, llb_error *err)
{
    cache_entry *entries = llb__arena_array(a, n + 1, sizeof *entries);
    cache_entry **list = llb__arena_array(a, n + 1, sizeof *list);
    llb_status st = entries && list ? LLB_OK : llb__fail_nomem(err);

    for (size_t i = 0; i < n && st == LLB_OK; i++) {
        void *attrs = NULL;
        bk__control__cache_options_entry__init(&entries[i]);
        st = bk__fill_map(
            a, &bk__control__cache_options_entry__attrs_entry__descriptor,
            caches[i].attrs, caches[i].n_attrs, &attrs, err);
        if (st != LLB_OK)
            break;
        entries[i].type = bk__mutable(caches[i].type);
        entries[i].attrs = attrs;
        entries[i].n_attrs = caches[i].n_attrs;
        list[i] = &entries[i];
    }
    *ret = list;
    return st;
}

static llb_status fill(llb__arena *a, const bk__request *r, request *req,
                       Bk__Control__CacheOptions *cache, llb_error *err)
{
    const bk_solve_opts *o = r->o;
    void *attrs = NULL;

    req->ref = bk__mutable(r->ref);
    req->session = bk__mutable(r->session);
    req->internal = o->internal;
    req->cache = cache; /* some daemons crash without it */
    req->n_entitlements = o->n_entitlements;
    req->entitlements =
        llb__arena_array(a, o->n_entitlements + 1, sizeof(char *));
    if (!req->entitlements)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_entitlements; i++)
        req->entitlements[i] = bk__mutable(o->entitlements[i]);
    if (o->frontend)
        req->frontend = bk__mutable(o->frontend);
    llb_status st = bk__fill_map(
        a, &bk__control__solve_request__frontend_attrs_entry__descriptor,
        o->frontend_attrs, o->n_frontend_attrs, &attrs, err);
    if (st != LLB_OK)
        return st;
    req->frontendattrs = attrs;
    if (o->source_policy)
        st = bk__policy_read(a, o->source_policy, &req->sourcepolicy, err);
    if (st != LLB_OK)
        return st;
    req->n_frontendattrs = o->n_frontend_attrs;
    st = fill_exports(a, r->exports, req, err);
    if (st == LLB_OK)
        st = fill_caches(a, r->contents->cache_to, r->contents->n_cache_to,
                         &cache->exports, err);
    if (st == LLB_OK)
        st = fill_caches(a, r->contents->cache_from, r->contents->n_cache_from,
                         &cache->imports, err);
    cache->n_exports = r->contents->n_cache_to;
    cache->n_imports = r->contents->n_cache_from;
    return st;
}

static void drop_def(void *def) { llb_def_free(def); }

static grpc_slice def_slice(llb_def *def)
{
    size_t len;
    union {
        const uint8_t *in;
        void *out;
    } bytes = {llb_def_bytes(def, &len)};

    return grpc_slice_new_with_user_data(bytes.out, len, drop_def,
                                         llb_def_ref(def));
}

llb_status bk__join_def(const uint8_t *packed, size_t packed_len,
                        unsigned number, llb_def *def, grpc_byte_buffer **ret,
                        llb_error *err)
{
    uint8_t head[11] = {(uint8_t)(number << 3 | 2)};
    size_t def_len;

    llb_def_bytes(def, &def_len);
    size_t head_len = 1 + bk__varint(def_len, head + 1);
    if (packed_len + head_len + def_len > LLB__MAX_MESSAGE)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "the definition has %zu bytes and %zu ops, but a "
                         "daemon takes requests of 16 MiB; split the build, or "
                         "leave the sources' text out (--no-source)",
                         def_len, llb_def_n_ops(def));
    grpc_slice slices[3] = {
        grpc_slice_from_copied_buffer((const char *)packed, packed_len),
        grpc_slice_from_copied_buffer((const char *)head, head_len),
        def_slice(def)};
    *ret = grpc_raw_byte_buffer_create(slices, 3);
    for (size_t i = 0; i < 3; i++)
        grpc_slice_unref(slices[i]);
    return LLB_OK;
}

llb_status bk__request_make(llb__arena *a, const bk__request *r,
                            grpc_byte_buffer **ret, llb_error *err)
{
    request req = BK__CONTROL__SOLVE_REQUEST__INIT;
    Bk__Control__CacheOptions cache = BK__CONTROL__CACHE_OPTIONS__INIT;
    size_t len;
    uint8_t *packed;
    llb_status st = fill(a, r, &req, &cache, err);

    if (st == LLB_OK)
        st = bk__pack(&req.base, &packed, &len, err);
    if (st != LLB_OK)
        return st;
    if (r->def)
        st = bk__join_def(packed, len, 2, r->def, ret, err);
    else
        *ret = bk__buffer(packed, len);
    free(packed);
    return st;
}
