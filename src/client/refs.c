/* Results: refs by platform, with metadata beside them. */
#include "refs.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bounds.h"
#include "error.h"
#include "wire.h"

enum { MAX_REFS = 1024 }; /* no image has as many platforms */

struct refs {
    bk_refs pub; /* first: bk_refs_free() finds the rest behind it */
    llb__arena *arena;
    bk_ref *list;
    ProtobufCMessage *message; /* what it was read from, or NULL */
    const Bk__Gw__Result *result;
};

static struct refs *refs_new(size_t n, size_t n_meta)
{
    struct refs *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->arena = llb__arena_new(16 * LLB__MAX_MESSAGE);
    if (r->arena)
        r->list = llb__arena_array(r->arena, n + 1, sizeof *r->list);
    bk_meta *meta =
        r->list ? llb__arena_array(r->arena, n_meta + 2, sizeof *meta) : NULL;
    r->pub.list = r->list;
    r->pub.meta = meta;
    if (meta)
        return r;
    bk_refs_free(&r->pub);
    return NULL;
}

void bk_refs_free(bk_refs *pub)
{
    struct refs *r = (struct refs *)pub;

    if (!r)
        return;
    for (size_t i = 0; i < r->pub.n; i++)
        llb_def_free(r->list[i].def);
    bk__free(r->message);
    llb__arena_free(r->arena);
    free(r);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const bk_meta *)a)->key, ((const bk_meta *)b)->key);
}

const bk_meta *bk_refs_meta(const bk_refs *refs, const char *key)
{
    bk_meta wanted = {.key = key};

    return refs->n_meta ? bsearch(&wanted, refs->meta, refs->n_meta,
                                  sizeof *refs->meta, by_key)
                        : NULL;
}

/* ---- made by us ---- */

/* Adds a ref; def is counted once more. False: no memory. */
static bool add_ref(struct refs *r, const char *platform, const char *id,
                    llb_def *def)
{
    bk_ref *ref = &r->list[r->pub.n];

    ref->platform = llb__arena_strdup(r->arena, platform ? platform : "");
    ref->id = llb__arena_strdup(r->arena, id ? id : "");
    ref->def = def ? llb_def_ref(def) : NULL;
    r->pub.n++;
    return ref->platform && ref->id;
}

static bool add_meta(struct refs *r, const char *key, const void *value,
                     size_t len)
{
    union {
        const bk_meta *in;
        bk_meta *out;
    } list = {r->pub.meta};
    bk_meta *m = &list.out[r->pub.n_meta];

    m->key = llb__arena_strdup(r->arena, key);
    m->value = llb__arena_strndup(r->arena, len ? value : "", len);
    m->len = len;
    r->pub.n_meta++;
    return m->key && m->value;
}

static void sort_meta(struct refs *r)
{
    union {
        const bk_meta *in;
        bk_meta *out;
    } list = {r->pub.meta};

    if (r->pub.n_meta > 1)
        qsort(list.out, r->pub.n_meta, sizeof *list.out, by_key);
}

/* One entry of refs.platforms; NULL: the text is no platform. */
static json_t *platform_json(const char *text)
{
    const char *arch = strchr(text, '/');
    const char *variant = arch ? strchr(arch + 1, '/') : NULL;

    if (!arch || arch == text || !arch[1] || variant == arch + 1 ||
        (variant && (!variant[1] || strchr(variant + 1, '/'))))
        return NULL;
    size_t len = variant ? (size_t)(variant - arch - 1) : strlen(arch + 1);
    json_t *p = json_pack("{s:s%, s:s%}", "architecture", arch + 1, len, "os",
                          text, (size_t)(arch - text));
    if (p && variant)
        json_object_set_new(p, "variant", json_string(variant + 1));
    return json_pack("{s:s, s:o}", "ID", text, "Platform", p);
}

/* "refs.platforms" of the refs' keys. */
static llb_status add_platforms(struct refs *r, llb_error *err)
{
    json_t *list = json_array();
    llb_status st = LLB_OK;

    for (size_t i = 0; i < r->pub.n && st == LLB_OK; i++) {
        json_t *one = platform_json(r->list[i].platform);
        if (!one)
            st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                           "platform \"%.80s\" is not of the form "
                           "OS/ARCH[/VARIANT]",
                           r->list[i].platform);
        for (size_t j = 0; j < i && st == LLB_OK; j++)
            if (strcmp(r->list[j].platform, r->list[i].platform) == 0)
                st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                               "platform %.80s is there twice",
                               r->list[i].platform);
        json_array_append_new(list, one);
    }
    json_t *o = json_pack("{s:o}", "Platforms", list);
    char *text = o && st == LLB_OK ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    if (st == LLB_OK &&
        (!text || !add_meta(r, "refs.platforms", text, strlen(text))))
        st = llb__fail_nomem(err);
    free(text);
    return st;
}

llb_status bk_refs_new(const bk_ref *list, size_t n, bool keyed,
                       const bk_meta *meta, size_t n_meta, bk_refs **ret_refs,
                       llb_error *err)
{
    if (n == 0 || n > MAX_REFS || (!keyed && n != 1))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a result has one ref, or one for each platform");
    struct refs *r = refs_new(n, n_meta);
    if (!r)
        return llb__fail_nomem(err);
    bool ok = true;
    r->pub.keyed = keyed;
    for (size_t i = 0; i < n && ok; i++)
        ok = add_ref(r, list[i].platform, list[i].id, list[i].def);
    for (size_t i = 0; i < n_meta && ok; i++)
        ok = add_meta(r, meta[i].key, meta[i].value, meta[i].len);
    llb_status st = ok ? LLB_OK : llb__fail_nomem(err);
    if (ok)
        sort_meta(r);
    if (st == LLB_OK && keyed && !bk_refs_meta(&r->pub, "refs.platforms")) {
        st = add_platforms(r, err);
        if (st == LLB_OK)
            sort_meta(r);
    }
    if (st == LLB_OK)
        *ret_refs = &r->pub;
    else
        bk_refs_free(&r->pub);
    return st;
}

/* ---- read from messages ---- */

llb_status bk__refs_def(const Bk__Pb__Definition *m, llb_def **ret,
                        llb_error *err)
{
    uint8_t *data;
    size_t len;
    llb_error why = {0};
    llb_status st = bk__pack(&m->base, &data, &len, err);

    if (st != LLB_OK)
        return st;
    st = llb_def_parse(data, len, LLB_DEF_TAKE | LLB_DEF_EMPTY_OK, ret, &why);
    if (st == LLB_OK)
        return st;
    free(data); /* taken on success only */
    return llb__fail(err, st, LLB__NOWHERE, "a ref's definition: %s",
                     why.message);
}

static llb_status read_ref(struct refs *r, const char *key,
                           const Bk__Gw__Ref *ref, bool is_bundle,
                           llb_error *err)
{
    llb_def *def = NULL;
    const char *id = ref ? bk__text(ref->id) : "";
    llb_status st = LLB_OK;

    if (is_bundle && *id)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a ref has the id of some build, which is over");
    if (ref && ref->def)
        st = bk__refs_def(ref->def, &def, err);
    /* Nothing is in a ref without id and definition. */
    if (st == LLB_OK && !def && !*id)
        st = llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &def, err);
    if (st == LLB_OK && !add_ref(r, key, id, def))
        st = llb__fail_nomem(err);
    llb_def_free(def);
    return st;
}

static llb_status read_list(struct refs *r, const Bk__Gw__Result *m,
                            bool is_bundle, llb_error *err)
{
    llb_status st = LLB_OK;

    r->pub.keyed = m->result_case == BK__GW__RESULT__RESULT_REFS;
    if (m->result_case == BK__GW__RESULT__RESULT_REF)
        return read_ref(r, "", m->ref, is_bundle, err);
    if (r->pub.keyed)
        for (size_t i = 0; i < m->refs->n_refs && st == LLB_OK; i++)
            st = read_ref(r, bk__text(m->refs->refs[i]->key),
                          m->refs->refs[i]->value, is_bundle, err);
    else if (m->result_case == BK__GW__RESULT__RESULT_REF_DEPRECATED)
        st = add_ref(r, "", m->refdeprecated, NULL) ? LLB_OK
                                                    : llb__fail_nomem(err);
    else if (m->result_case == BK__GW__RESULT__RESULT__NOT_SET)
        st = read_ref(r, "", NULL, is_bundle, err);
    else
        st = llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                       "the result is in a form of before BuildKit v0.8");
    return st;
}

/* The refs of a map come in any order; "refs.platforms" has the one that
 * people gave. Without it, by name. */
static int by_platform(const void *a, const void *b)
{
    return strcmp(((const bk_ref *)a)->platform, ((const bk_ref *)b)->platform);
}

static void order_refs(struct refs *r)
{
    const bk_meta *m = bk_refs_meta(&r->pub, "refs.platforms");
    json_t *o = m ? json_loadb(m->value, m->len, 0, NULL) : NULL;
    const json_t *list = json_object_get(o, "Platforms");
    size_t done = 0;

    if (r->pub.n > 1)
        qsort(r->list, r->pub.n, sizeof *r->list, by_platform);
    for (size_t i = 0; i < json_array_size(list) && i < MAX_REFS; i++) {
        const char *id =
            json_string_value(json_object_get(json_array_get(list, i), "ID"));
        for (size_t j = done; id && j < r->pub.n; j++) {
            if (strcmp(r->list[j].platform, id) != 0)
                continue;
            bk_ref ref = r->list[j];
            memmove(&r->list[done + 1], &r->list[done],
                    (j - done) * sizeof *r->list);
            r->list[done++] = ref;
            break;
        }
    }
    json_decref(o);
}

llb_status bk__refs_read(ProtobufCMessage *m, const Bk__Gw__Result *result,
                         bool is_bundle, bk_refs **ret, llb_error *err)
{
    bool map = result->result_case == BK__GW__RESULT__RESULT_REFS;
    size_t n = map ? result->refs->n_refs : 1;
    struct refs *r =
        n && n <= MAX_REFS ? refs_new(n, result->n_metadata) : NULL;

    if (!r) {
        bk__free(m);
        return n && n <= MAX_REFS ? llb__fail_nomem(err)
                                  : llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                                              "a result with %zu refs", n);
    }
    r->message = m;
    r->result = result;
    llb_status st = read_list(r, result, is_bundle, err);
    for (size_t i = 0; i < result->n_metadata && st == LLB_OK; i++) {
        const Bk__Gw__Result__MetadataEntry *e = result->metadata[i];
        if (!add_meta(r, bk__text(e->key), e->value.data, e->value.len))
            st = llb__fail_nomem(err);
    }
    if (st != LLB_OK) { /* the last key or platform may be NULL */
        bk_refs_free(&r->pub);
        return st;
    }
    sort_meta(r);
    if (map)
        order_refs(r);
    *ret = &r->pub;
    return LLB_OK;
}

/* ---- written to messages ---- */

static bool fill_meta(llb__arena *a, const bk_refs *refs, Bk__Gw__Result *m)
{
    Bk__Gw__Result__MetadataEntry *entries =
        llb__arena_array(a, refs->n_meta + 1, sizeof *entries);

    m->metadata = llb__arena_array(a, refs->n_meta + 1, sizeof *m->metadata);
    if (!entries || !m->metadata)
        return false;
    for (size_t i = 0; i < refs->n_meta; i++) {
        bk__gw__result__metadata_entry__init(&entries[i]);
        entries[i].key = bk__mutable(refs->meta[i].key);
        entries[i].value.data = (uint8_t *)bk__mutable(refs->meta[i].value);
        entries[i].value.len = refs->meta[i].len;
        m->metadata[i] = &entries[i];
    }
    m->n_metadata = refs->n_meta;
    return true;
}

static Bk__Gw__Ref *ref_message(llb__arena *a, const bk_ref *ref, bool by_id)
{
    Bk__Gw__Ref *m = llb__arena_alloc(a, sizeof *m);

    if (!m)
        return NULL;
    bk__gw__ref__init(m);
    if (by_id)
        m->id = bk__mutable(ref->id);
    return m;
}

static bool fill_refs(llb__arena *a, const bk_refs *refs, bool by_id,
                      Bk__Gw__Result *m)
{
    Bk__Gw__RefMap *map = llb__arena_alloc(a, sizeof *map);
    Bk__Gw__RefMap__RefsEntry *entries =
        llb__arena_array(a, refs->n, sizeof *entries);

    if (!map || !entries)
        return false;
    bk__gw__ref_map__init(map);
    map->refs = llb__arena_array(a, refs->n, sizeof *map->refs);
    if (!map->refs)
        return false;
    for (size_t i = 0; i < refs->n; i++) {
        bk__gw__ref_map__refs_entry__init(&entries[i]);
        entries[i].key = bk__mutable(refs->list[i].platform);
        entries[i].value = ref_message(a, &refs->list[i], by_id);
        map->refs[i] = &entries[i];
        if (!entries[i].value)
            return false;
    }
    map->n_refs = refs->n;
    m->result_case = BK__GW__RESULT__RESULT_REFS;
    m->refs = map;
    return true;
}

Bk__Gw__Result *bk__refs_message(llb__arena *a, const bk_refs *refs, bool by_id)
{
    const struct refs *r = (const struct refs *)refs;
    Bk__Gw__Result *m = llb__arena_alloc(a, sizeof *m);

    if (!m)
        return NULL;
    bk__gw__result__init(m);
    if (!fill_meta(a, refs, m))
        return NULL;
    if (by_id && bk__refs_attested(refs)) {
        m->attestations = r->result->attestations;
        m->n_attestations = r->result->n_attestations;
    }
    if (refs->keyed)
        return fill_refs(a, refs, by_id, m) ? m : NULL;
    m->result_case = BK__GW__RESULT__RESULT_REF;
    m->ref = ref_message(a, &refs->list[0], by_id);
    return m->ref ? m : NULL;
}

bool bk__refs_attested(const bk_refs *refs)
{
    const struct refs *r = (const struct refs *)refs;

    return r->result && r->result->n_attestations > 0;
}
