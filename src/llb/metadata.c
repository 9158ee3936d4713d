/* OpMetadata as it is written. Most vertices are written from the constraints
 * of their one call as they are; what several calls say is merged here, in
 * visiting order. */
#include "metadata.h"

#include <stdlib.h>

#include "pages.h"
#include "wire.h"

static int by_key(const void *a, const void *b)
{
    const llb__desc_pair *x = a, *y = b;
    int c = llb__bytes_cmp(x->key, y->key);

    return c ? c : (x->order > y->order) - (x->order < y->order);
}

static bool add_pairs(llb__marshal *m, llb__vec *pairs, llb__bytes encoded)
{
    llb__wire w = llb__wire_of(encoded);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        llb__desc_pair *p = llb__vec_room(m, pairs, 1, sizeof *p);
        if (!p)
            return false;
        llb__wire_field value;
        *p = (llb__desc_pair){llb__wire_body(f.body, 1),
                              llb__wire_body(f.body, 2), pairs->n};
        /* A cap's value is a bool: keep it as a length. */
        if (!p->value.data && llb__wire_find(f.body, 2, LLB__VARINT, &value))
            p->value.len = value.value != 0;
        pairs->n++;
    }
    return true;
}

static bool is_last_of_key(const llb__desc_pair *list, size_t n, size_t i)
{
    return i + 1 == n || llb__bytes_cmp(list[i].key, list[i + 1].key) != 0;
}

static bool add_shared(llb__marshal *m, llb__vec *pairs, uint32_t n_shared)
{
    for (size_t i = 0; i < llb__shared_n_keys(m); i++) {
        const llb__desc_pair *shared = llb__shared_at(m, i, n_shared);
        if (!shared)
            continue;
        llb__desc_pair *p = llb__vec_room(m, pairs, 1, sizeof *p);
        if (!p)
            return false;
        *p = (llb__desc_pair){shared->key, shared->value, pairs->n};
        pairs->n++;
    }
    return true;
}

/* The description of all calls: of equal keys the last. Of the calls that
 * carry the shared one only the last counts, as it holds all the others. */
static bool encode_descs(llb__marshal *m, const llb__said *first)
{
    llb__vec pairs = {NULL, 0, 0};
    const llb__said *last_shared = NULL;
    bool ok = true;

    for (const llb__said *s = first; s; s = s->next)
        if (s->n_shared)
            last_shared = s;
    for (const llb__said *s = first; s && ok; s = s->next) {
        if (!s->n_shared)
            ok = add_pairs(m, &pairs, llb__meta_of(m, s).desc);
        else if (s == last_shared)
            ok = add_shared(m, &pairs, s->n_shared);
    }
    llb__desc_pair *list = pairs.items;
    if (ok && pairs.n > 1)
        qsort(list, pairs.n, sizeof *list, by_key);
    for (size_t i = ok ? pairs.n : 0; i-- > 0;)
        if (is_last_of_key(list, pairs.n, i))
            llb__desc_pair_encode(&m->enc, &list[i]);
    free(list);
    return ok;
}

/* The description of a call that is alone: no need to merge anything. */
static void encode_desc(llb__marshal *m, const llb__said *s, llb__bytes own)
{
    llb__enc_bytes(&m->enc, own.data, own.len);
    for (size_t i = s->n_shared ? llb__shared_n_keys(m) : 0; i-- > 0;) {
        const llb__desc_pair *p = llb__shared_at(m, i, s->n_shared);
        if (p)
            llb__desc_pair_encode(&m->enc, p);
    }
}

/* Caps of which some are not in our table or are false. */
static bool encode_odd_caps(llb__marshal *m, const llb__said *first,
                            llb__caps caps)
{
    llb__vec pairs = {NULL, 0, 0};
    llb__enc *e = &m->enc;
    bool ok = true, merged = first->next != NULL;

    for (const llb__said *s = first; s && ok; s = s->next)
        if (s->loaded)
            ok = add_pairs(m, &pairs, s->loaded->meta->odd_caps);
    for (unsigned i = 0; i < LLB__N_CAPS && ok; i++) {
        if (!(caps >> i & 1))
            continue;
        llb__desc_pair *p = llb__vec_room(m, &pairs, 1, sizeof *p);
        const char *id = llb__cap_id(i);
        ok = p != NULL;
        if (ok)
            *p = (llb__desc_pair){
                {(const uint8_t *)id, strlen(id)}, {NULL, 1}, pairs.n++};
    }
    llb__desc_pair *list = pairs.items;
    if (ok && pairs.n > 1)
        qsort(list, pairs.n, sizeof *list, by_key);
    for (size_t i = ok ? pairs.n : 0; i-- > 0;) {
        if (!is_last_of_key(list, pairs.n, i))
            continue;
        size_t mark = llb__enc_len(e);
        llb__enc_varint(e, merged || list[i].value.len);
        llb__enc_tag(e, 2, LLB__WIRE_VARINT);
        llb__enc_elem(e, 1, list[i].key.data, list[i].key.len);
        llb__enc_wrap(e, 5, mark);
    }
    free(list);
    return ok;
}

static bool has_odd_caps(const llb__said *first)
{
    for (const llb__said *s = first; s; s = s->next)
        if (s->loaded && s->loaded->meta->odd_caps.len)
            return true;
    return false;
}

/* All that was said, the descriptions left out. */
static llb__meta merge(const llb__marshal *m, const llb__said *first)
{
    llb__meta t = llb__meta_of(m, first);

    for (const llb__said *s = first->next; s; s = s->next) {
        llb__meta u = llb__meta_of(m, s);
        t.ignore_cache |= u.ignore_cache;
        t.caps |= u.caps;
        if (u.export_cache != LLB_EXPORT_CACHE_UNSET)
            t.export_cache = u.export_cache;
        if (u.group.data)
            t.group = u.group;
        if (u.resources.data)
            t.resources = u.resources;
    }
    return t;
}

/* Writes the members of pb.OpMetadata, last one first. */
static bool encode_meta(llb__marshal *m, const llb__said *first)
{
    llb__enc *e = &m->enc;
    llb__meta t = merge(m, first);

    llb__enc_bytes(e, t.resources.data, t.resources.len);
    llb__enc_bytes(e, t.group.data, t.group.len);
    if (!has_odd_caps(first))
        llb__caps_encode(e, 5, t.caps);
    else if (!encode_odd_caps(m, first, t.caps))
        return false;
    if (t.export_cache != LLB_EXPORT_CACHE_UNSET) {
        size_t mark = llb__enc_len(e);
        llb__enc_u64(e, 1, t.export_cache == LLB_EXPORT_CACHE_ON);
        llb__enc_wrap(e, 4, mark);
    }
    if (!first->next)
        encode_desc(m, first, t.desc);
    else if (!encode_descs(m, first))
        return false;
    llb__enc_u64(e, 1, t.ignore_cache);
    return true;
}

/* The last vertex is the terminal, about which no call has said anything. */
static void encode_terminal(llb__marshal *m)
{
    llb__caps caps = LLB__CAP(CONSTRAINTS) | LLB__CAP(PLATFORM);

    if (m->any_ignore)
        caps |= LLB__CAP(META_IGNORECACHE);
    if (m->any_desc)
        caps |= LLB__CAP(META_DESCRIPTION);
    if (m->any_export)
        caps |= LLB__CAP(META_EXPORTCACHE);
    llb__caps_encode(&m->enc, 5, caps);
}

/* Members 5 of OpMetadata; valid until m->enc is written to. */
static llb__bytes encoded_caps(llb__marshal *m, llb__caps caps)
{
    llb__enc *e = &m->enc;
    size_t slot = caps * UINT64_C(0x9e3779b97f4a7c15) >> 60;
    llb__kept_caps *k = &m->kept_caps[slot];

    if (k->caps == caps)
        return (llb__bytes){k->bytes, k->len};
    llb__enc_reset(e);
    llb__caps_encode(e, 5, caps);
    size_t len = llb__enc_len(e);
    if (len > sizeof k->bytes || e->failed)
        return (llb__bytes){llb__enc_data(e), len};
    k->caps = caps;
    k->len = (uint32_t)len;
    memcpy(k->bytes, llb__enc_data(e), len);
    return (llb__bytes){k->bytes, len};
}

/* Writes the entry of what nearly all vertices are: made by one call, which
 * says no more than a description. All lengths are known, so it is written once
 * and in its place. */
static bool write_plain(llb__marshal *m, uint32_t number)
{
    enum { KEY_LEN = 2 + LLB__DIGEST_LEN };
    const llb__vertex *v = &m->vertices[number];
    const uint8_t *descs = m->descs.items;
    llb__bytes caps = encoded_caps(m, v->caps);
    size_t len = v->desc_len + caps.len;
    size_t entry = KEY_LEN + 1 + llb__varint_len(len) + len;

    if (m->enc.failed)
        return llb__marshal_nomem(m);
    if (!llb__out_room(m, LLB__MAX_HEAD + entry))
        return false;
    uint8_t *p = llb__put_head(m->out + m->out_len, 2, entry);
    p = llb__put_head(p, 1, LLB__DIGEST_LEN);
    llb__digest_text(m->ops[number].sum, (char *)p);
    p = llb__put_head(p + LLB__DIGEST_LEN, 2, len);
    if (v->desc_len)
        memcpy(p, descs + v->desc_at, v->desc_len);
    p += v->desc_len;
    if (caps.len)
        memcpy(p, caps.data, caps.len);
    m->out_len = (size_t)(p - m->out) + caps.len;
    return true;
}

/* One entry of Definition.metadata. */
static bool write_entry(llb__marshal *m, uint32_t number)
{
    llb__enc *e = &m->enc;
    const llb__vertex *v = &m->vertices[number];
    const llb__more *more = llb__vertex_more(v);
    llb__said only = {.caps = v->caps, .cons = more ? NULL : v->cons};

    if (v->desc_at < LLB__HAS_MORE && number + 1 < m->n_ops)
        return write_plain(m, number);
    llb__enc_reset(e);
    if (number + 1 == m->n_ops)
        encode_terminal(m);
    else if (!encode_meta(m, more ? &more->first : &only))
        return false;
    llb__enc_wrap(e, 2, 0);
    llb__enc_digest(e, 1, m->ops[number].sum);
    llb__enc_wrap(e, 2, 0);
    if (e->failed)
        return llb__marshal_nomem(m);
    llb__out_bytes(m, llb__enc_data(e), llb__enc_len(e));
    return m->status == LLB_OK;
}

/* The order is random to the memory, so what comes next is fetched ahead: sum
 * and vertex, then the description. */
static void fetch_ahead(const llb__marshal *m, const uint32_t *order, size_t i)
{
    enum { FAR = 24, NEAR = 12 };
    const llb__vertex *v = m->vertices;
    const uint8_t *descs = m->descs.items;

    if (i + FAR < m->n_ops) {
        __builtin_prefetch(&v[order[i + FAR]]);
        llb__fetch_sum(m, order[i + FAR]);
    }
    if (m->descs.n && i + NEAR < m->n_ops) {
        v = &v[order[i + NEAR]];
        if (v->desc_at < m->descs.n)
            __builtin_prefetch(descs + v->desc_at);
    }
}

/* Tells what of the definition is sure to come: of each op its digest and its
 * caps here and its digest in the source. */
static void expect_rest(llb__marshal *m)
{
    enum { PER_OP = 160 };

    llb__pages_expect(m->out, m->out_len,
                      m->out_len + PER_OP * m->n_ops + m->descs.n);
}

bool llb__metadata_write(llb__marshal *m, const uint32_t *order)
{
    m->metadata_at = m->out_len;
    expect_rest(m);
    for (size_t i = 0; i < m->n_ops; i++) {
        fetch_ahead(m, order, i);
        if (!write_entry(m, order[i]))
            return false;
    }
    return true;
}
