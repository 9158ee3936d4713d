/* Caches in folders, and image layouts. The daemon knows a folder by a store
 * id, "local:" and the path as it was given; which manifest in it is meant is
 * for us to find out, and to note in index.json at the end. */
#include "exports_content.h"

#include <string.h>

#include "base64.h"
#include "conn.h"
#include "error.h"
#include "exports_attrs.h"
#include "pairs.h"
#include "svc_content_index.h"

static llb_status add_store(bk__contents *c, llb__arena *a, const char *kind,
                            const char *name, const char *path, bool writes,
                            size_t *ret, llb_error *err)
{
    const char *id = llb__arena_printf(a, "%s:%s", kind, name);
    size_t i = 0;

    if (!id)
        return llb__fail_nomem(err);
    while (i < c->n_stores && strcmp(c->stores[i].id, id) != 0)
        i++;
    if (i == c->n_stores)
        c->stores[c->n_stores++] = (bk__store){id, path, false};
    c->stores[i].writes |= writes;
    if (ret)
        *ret = i;
    return LLB_OK;
}

/* ---- image layouts that the definition reads ---- */

static const char *given_layout(const bk_solve_opts *o, const char *name)
{
    for (size_t i = 0; i < o->n_stores; i++) {
        if (strcmp(o->stores[i].name, name) == 0)
            return o->stores[i].path;
    }
    return NULL;
}

static llb_status add_wanted(bk__contents *c, llb__arena *a,
                             const bk_solve_opts *o, const llb_def_needs *needs,
                             llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < needs->n && st == LLB_OK; i++) {
        const char *name = needs->list[i].name;
        if (needs->list[i].kind != LLB_NEED_OCI_STORE)
            continue;
        const char *path = given_layout(o, name);
        st = path ? add_store(c, a, "oci", name, path, false, NULL, err)
                  : llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                              "the definition reads the image layout "
                              "\"%.100s\", but no folder was given for it "
                              "(--oci-layout NAME=PATH)",
                              name);
    }
    return st;
}

static llb_status add_layouts(bk__contents *c, llb__arena *a,
                              const bk_solve_opts *o,
                              llb_def_needs *const *needs, size_t n,
                              llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < n && st == LLB_OK; i++)
        st = add_wanted(c, a, o, needs[i], err);
    for (size_t i = 0; n == 0 && i < o->n_stores && st == LLB_OK; i++)
        st = add_store(c, a, "oci", o->stores[i].name, o->stores[i].path, false,
                       NULL, err);
    return st;
}

/* ---- caches ---- */

static const char *attr(const bk_cache *c, const char *key, const char *none)
{
    const char *v = bk__pairs_get(c->attrs, c->n_attrs, key);

    return v ? v : none;
}

/* A copy of the attributes without those that are ours, and with room for one
 * more. */
static llb_status copy_attrs(llb__arena *a, const bk_cache *from, bk_cache *to,
                             bk_pair **ret, llb_error *err)
{
    bk_pair *list = llb__arena_array(a, from->n_attrs + 1, sizeof *list);

    *to = (bk_cache){from->type, list, 0};
    if (!list)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < from->n_attrs; i++) {
        if (strcmp(from->attrs[i].key, "tag") != 0 &&
            strcmp(from->attrs[i].key, "reset") != 0)
            list[to->n_attrs++] = from->attrs[i];
    }
    *ret = list;
    return LLB_OK;
}

static void warn(const bk_solve_opts *o, const char *text)
{
    bk_vertex_warning w = {.vertex = "",
                           .level = 1,
                           .text = text,
                           .url = "",
                           .place = {.file = ""}};

    if (!o->progress || !o->progress->warning)
        return;
    bk__in_callback = true;
    o->progress->warning(o->progress->ctx, &w);
    bk__in_callback = false;
}

/* The manifest of a cache, if all of it is there: the daemon takes a cached
 * step for done before it asks for its blobs. */
static llb_status find_cache(const char *src, const bk_cache *given,
                             char ret[BK__BLOB_DIGEST], llb_error *err)
{
    const char *digest = attr(given, "digest", NULL);
    llb_status st = LLB_OK;

    if (digest && !bk__blob_is_digest(digest))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.160s\" is no digest", digest);
    if (digest)
        memcpy(ret, digest, strlen(digest) + 1);
    else
        st = bk__layout_find(src, attr(given, "tag", "latest"), ret, err);
    return st == LLB_OK ? bk__layout_complete(src, ret, err) : st;
}

/* A local cache to read. *ret_use false: there is nothing to read. */
static llb_status import_local(bk__contents *c, llb__arena *a,
                               const bk_solve_opts *o, const bk_cache *given,
                               bool *ret_use, llb_error *err)
{
    const char *src = attr(given, "src", "");
    char found[BK__BLOB_DIGEST];
    bk_cache *to = &c->cache_from[c->n_cache_from];
    bk_pair *attrs;
    llb_error why;
    llb_status st = find_cache(src, given, found, &why);

    *ret_use = st == LLB_OK;
    if (st != LLB_OK) {
        const char *text = llb__arena_printf(a, "the cache %s is not used: %s",
                                             src, why.message);
        warn(o, text ? text : why.message);
        return LLB_OK;
    }
    st = copy_attrs(a, given, to, &attrs, err);
    if (st == LLB_OK && !attr(given, "digest", NULL)) {
        attrs[to->n_attrs++] = (bk_pair){"digest", llb__arena_strdup(a, found)};
        if (!attrs[to->n_attrs - 1].value)
            st = llb__fail_nomem(err);
    }
    return st == LLB_OK ? add_store(c, a, "local", src, src, false, NULL, err)
                        : st;
}

static llb_status export_local(bk__contents *c, llb__arena *a,
                               const bk_cache *given, llb_error *err)
{
    const char *dest = attr(given, "dest", "");
    bk_pair *attrs;
    size_t store = 0;
    llb_status st =
        copy_attrs(a, given, &c->cache_to[c->n_cache_to], &attrs, err);

    if (st == LLB_OK)
        st = add_store(c, a, "local", dest, dest, true, &store, err);
    for (size_t i = 0; i < c->n_keeps && st == LLB_OK; i++) {
        if (c->keeps[i].store == store)
            st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                           "two caches go to the folder %s", dest);
    }
    if (st == LLB_OK)
        c->keeps[c->n_keeps++] =
            (bk__keep){store, attr(given, "tag", "latest"), true,
                       bk__attr_is_true(attr(given, "reset", "false"))};
    return st;
}

static llb_status add_imports(bk__contents *c, llb__arena *a,
                              const bk_solve_opts *o, llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < o->n_cache_from && st == LLB_OK; i++) {
        const bk_cache *given = &o->cache_from[i];
        bool use = true;
        st = bk_cache_check(given, false, err);
        c->cache_from[c->n_cache_from] = *given;
        if (st == LLB_OK && strcmp(given->type, "local") == 0)
            st = import_local(c, a, o, given, &use, err);
        c->n_cache_from += use;
    }
    return st;
}

static bool same(const bk_cache *a, const bk_cache *b)
{
    if (strcmp(a->type, b->type) != 0 || a->n_attrs != b->n_attrs)
        return false;
    for (size_t i = 0; i < a->n_attrs; i++) {
        const char *v = bk__pairs_get(b->attrs, b->n_attrs, a->attrs[i].key);
        if (!v || strcmp(v, a->attrs[i].value) != 0)
            return false;
    }
    return true;
}

static llb_status add_cache_to(bk__contents *c, llb__arena *a,
                               const bk_solve_opts *o, size_t i, llb_error *err)
{
    const bk_cache *given = &o->cache_to[i];
    llb_status st = bk_cache_check(given, true, err);

    for (size_t k = 0; k < i && st == LLB_OK; k++) {
        if (same(given, &o->cache_to[k]))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "the same cache type=%s is written twice",
                             given->type);
    }
    c->cache_to[c->n_cache_to] = *given;
    if (st == LLB_OK && strcmp(given->type, "local") == 0)
        st = export_local(c, a, given, err);
    c->n_cache_to += st == LLB_OK;
    return st;
}

llb_status bk__contents_make(llb__arena *a, const bk_solve_opts *o,
                             llb_def_needs *const *needs, size_t n_needs,
                             bk__contents *ret, llb_error *err)
{
    bk__contents c = {.n_stores = 0};
    size_t n = o->n_cache_from + o->n_cache_to + o->n_stores + 1;

    c.stores = llb__arena_array(a, n, sizeof *c.stores);
    c.keeps = llb__arena_array(a, n, sizeof *c.keeps);
    c.cache_from = llb__arena_array(a, n, sizeof *c.cache_from);
    c.cache_to = llb__arena_array(a, n, sizeof *c.cache_to);
    if (!c.stores || !c.keeps || !c.cache_from || !c.cache_to)
        return llb__fail_nomem(err);
    llb_status st = add_layouts(&c, a, o, needs, n_needs, err);
    if (st == LLB_OK)
        st = add_imports(&c, a, o, err);
    for (size_t i = 0; i < o->n_cache_to && st == LLB_OK; i++)
        st = add_cache_to(&c, a, o, i, err);
    if (st == LLB_OK)
        *ret = c;
    return st;
}

void bk__contents_add_export(bk__contents *c, const bk__exports *x)
{
    if (!x->layout)
        return;
    c->keeps[c->n_keeps++] = (bk__keep){.store = c->n_stores, .tag = "latest"};
    c->stores[c->n_stores++] = (bk__store){"export", x->layout, true};
}

/* ---- the end ---- */

/* The descriptor of what the store has received: that of the answer if it is
 * about this store at all (other exporters write their own over it), else one
 * of the blob that came last. */
static llb_status find_desc(const bk__store *store, const char *last,
                            json_t *said, json_t **ret, llb_error *err)
{
    const char *digest = json_string_value(json_object_get(said, "digest"));

    if (digest && (!*last || strcmp(digest, last) == 0)) {
        *ret = json_incref(said);
        return bk__layout_has(store->path, digest, err);
    }
    return bk__layout_describe(store->path, last, ret, err);
}

/* The descriptor in the answer: that of a cache is JSON, that of an image is
 * base64 of JSON. NULL: there is none. */
static json_t *said_desc(llb__arena *a, const bk__keep *k, const bk_result *r)
{
    const char *text = bk_result_get(
        r, k->is_cache ? "cache.manifest" : "containerimage.descriptor");
    size_t len = text ? strlen(text) : 0;

    if (text && !k->is_cache)
        text = bk__base64_decode(a, text, len, &len);
    return text ? json_loadb(text, len, 0, NULL) : NULL;
}

static llb_status keep(llb__arena *a, const bk__contents *c, const bk__keep *k,
                       bk__service *svc, const bk_result *r, llb_error *err)
{
    const bk__store *store = &c->stores[k->store];
    json_t *said = said_desc(a, k, r), *desc = NULL;

    if (!said && k->is_cache) /* it failed, and ignore-error was asked for */
        return LLB_OK;
    llb_status st =
        find_desc(store, bk__svc_content_last(svc, k->store), said, &desc, err);
    json_decref(said);
    if (st == LLB_OK)
        st = bk__layout_put(store->path, desc,
                            k->is_cache ? NULL : bk_result_get(r, "image.name"),
                            k->tag, err);
    json_decref(desc);
    if (st == LLB_OK)
        bk__svc_content_commit(svc, k->store);
    if (st == LLB_OK && k->reset)
        st = bk__layout_prune(store->path, err);
    return st;
}

llb_status bk__contents_keep(llb__arena *a, const bk__contents *c,
                             bk__service *svc, const bk_result *r,
                             llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < c->n_keeps && st == LLB_OK; i++)
        st = keep(a, c, &c->keeps[i], svc, r, err);
    return st;
}
