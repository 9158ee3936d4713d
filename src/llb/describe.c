/* OpMetadata: caps, names, cache flags. Most vertices come from one call and
 * are written from its constraints as they are; what several calls say is
 * merged here, in visiting order. */
#include "marshal_int.h"

#include <stdlib.h>

#include "limits.h"
#include "wire.h"

/* An entry of a description or of odd caps. */
struct pair {
    llb__bytes key, value;
    size_t order; /* later wins */
};

/* Metadata before it is written; bodies with data NULL are absent. */
struct meta {
    bool ignore_cache;
    llb_export_cache export_cache;
    llb__caps caps;
    llb__bytes desc;             /* encoded entries */
    llb__bytes group, resources; /* encoded fields */
};

static int compare(llb__bytes a, llb__bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.data, b.data, n) : 0;

    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* ---- A description at marshal -------------------------------------------- */

/* Puts a pair into the sorted map that all ops share; true if it changed. */
static bool put_pair(llb__marshal *m, llb__bytes key, llb__bytes value)
{
    struct pair *list = m->desc_pairs.items;
    size_t lo = 0, hi = m->desc_pairs.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = compare(list[mid].key, key);
        if (c == 0) {
            bool changed = compare(list[mid].value, value) != 0;
            list[mid].value = value;
            return changed;
        }
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (!llb__vec_room(m, &m->desc_pairs, 1, sizeof *list))
        return false;
    list = m->desc_pairs.items;
    memmove(list + lo + 1, list + lo, (m->desc_pairs.n - lo) * sizeof *list);
    list[lo] = (struct pair){key, value, 0};
    m->desc_pairs.n++;
    return true;
}

static void put_pairs(llb__marshal *m, llb__bytes desc, bool *changed)
{
    llb__wire w = llb__wire_of(desc);
    llb__wire_field f;

    while (llb__wire_next(&w, &f))
        if (put_pair(m, llb__wire_body(f.body, 1), llb__wire_body(f.body, 2)))
            *changed = true;
}

static void encode_pair(llb__enc *e, const struct pair *p)
{
    size_t mark = llb__enc_len(e);

    llb__enc_elem(e, 2, p->value.data, p->value.len);
    llb__enc_elem(e, 1, p->key.data, p->key.len);
    llb__enc_wrap(e, 2, mark);
}

/* Adds what an op says to the map of the call, and returns all of it: Go's
 * client shares one map, so later ops carry the keys of earlier ones. */
static llb__bytes shared_desc(llb__marshal *m, const llb__cons *cons)
{
    bool changed = !m->desc.data;
    llb__enc *e = &m->enc;

    if (changed)
        put_pairs(m, llb__cons_desc(m->base), &changed);
    if (cons)
        put_pairs(m, llb__cons_desc(cons), &changed);
    if (!changed || m->status != LLB_OK)
        return m->desc;
    llb__enc_reset(e);
    const struct pair *list = m->desc_pairs.items;
    for (size_t i = m->desc_pairs.n; i-- > 0;)
        encode_pair(e, &list[i]);
    uint8_t *copy = llb__scratch(m, llb__enc_len(e));
    if (e->failed)
        llb__marshal_nomem(m);
    else if (copy) {
        memcpy(copy, llb__enc_data(e), llb__enc_len(e));
        m->desc = (llb__bytes){copy, llb__enc_len(e)};
    }
    return m->desc;
}

/* ---- What one call says -------------------------------------------------- */

static struct meta meta_of(const llb__marshal *m, const llb__said *s)
{
    const llb__cons *k = s->cons, *b = m->base;
    struct meta t = {.caps = s->caps, .desc = s->desc};

    if (s->loaded) {
        const llb__loaded_meta *l = s->loaded->meta;
        return (struct meta){l->ignore_cache, l->export_cache, s->caps,
                             l->desc,         l->group,        l->resources};
    }
    t.ignore_cache = (k && k->ignore_cache) || (b && b->ignore_cache);
    t.export_cache = (llb_export_cache)(k && k->export_cache ? k->export_cache
                                        : b                  ? b->export_cache
                                                             : 0);
    if (k && !t.desc.data)
        t.desc = llb__cons_desc(k);
    if ((k && k->has_group) || (b && b->has_group))
        t.group = llb__cons_group(k && k->has_group ? k : b);
    if ((k && k->has_resources) || (b && b->has_resources))
        t.resources = llb__cons_resources(k && k->has_resources ? k : b);
    return t;
}

/* Whether a call adds nothing to what the call before it said. */
static bool says_the_same(const llb__said *a, const llb__said *b)
{
    return a->cons == b->cons && !a->loaded && !b->loaded &&
           a->caps == b->caps && a->desc.data == b->desc.data;
}

llb__more *llb__more_of(llb__marshal *m, uint32_t vertex)
{
    llb__vertex *v = &m->vertices[vertex];

    if (!v->more) {
        llb__more *more = llb__scratch(m, sizeof *more);
        if (!more)
            return NULL;
        more->first.caps = v->caps;
        more->first.cons = v->cons;
        more->last = &more->first;
        v->more = more;
    }
    return v->more;
}

static void note_flags(llb__marshal *m, const llb__said *s)
{
    struct meta t = meta_of(m, s);

    m->any_ignore |= t.ignore_cache;
    m->any_desc |= t.desc.len != 0;
    m->any_export |= t.export_cache != LLB_EXPORT_CACHE_UNSET;
}

bool llb__describe(llb__marshal *m, uint32_t vertex, bool is_new,
                   const llb__node *n, llb__caps caps)
{
    llb__vertex *v = &m->vertices[vertex];
    llb__said s = {.caps = caps, .cons = n->cons};

    if (n->kind == LLB__LOADED_NODE)
        s.loaded = (const llb__loaded_node *)n;
    else if (m->base && m->base->desc_len)
        s.desc = shared_desc(m, n->cons);
    if (m->status != LLB_OK)
        return false;
    if (s.cons || s.loaded || m->base)
        note_flags(m, &s);
    if (is_new) {
        v->caps = caps;
        v->cons = n->cons;
        if (!s.loaded && !s.desc.data)
            return true;
        llb__more *more = llb__more_of(m, vertex);
        if (more)
            more->first = s;
        return more != NULL;
    }
    llb__said only = {.caps = v->caps, .cons = v->cons};
    if (says_the_same(v->more ? v->more->last : &only, &s))
        return true;
    llb__more *more = llb__more_of(m, vertex);
    llb__said *said = llb__scratch(m, sizeof *said);
    if (!more || !said)
        return false;
    *said = s;
    more->last->next = said;
    more->last = said;
    return true;
}

/* ---- Writing ------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int c = compare(x->key, y->key);

    return c ? c : (x->order > y->order) - (x->order < y->order);
}

static bool add_pairs(llb__marshal *m, llb__vec *pairs, llb__bytes encoded)
{
    llb__wire w = llb__wire_of(encoded);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        struct pair *p = llb__vec_room(m, pairs, 1, sizeof *p);
        if (!p)
            return false;
        llb__wire_field value;
        *p = (struct pair){llb__wire_body(f.body, 1), llb__wire_body(f.body, 2),
                           pairs->n};
        /* A cap's value is a bool: keep it as a length. */
        if (!p->value.data && llb__wire_find(f.body, 2, LLB__VARINT, &value))
            p->value.len = value.value != 0;
        pairs->n++;
    }
    return true;
}

static bool is_last_of_key(const struct pair *list, size_t n, size_t i)
{
    return i + 1 == n || compare(list[i].key, list[i + 1].key) != 0;
}

/* The description of all calls: of equal keys the last. Of the calls that
 * carry the shared map only the last counts, as it holds all the others. */
static bool encode_descs(llb__marshal *m, const llb__said *first)
{
    llb__vec pairs = {NULL, 0, 0};
    const llb__said *last_shared = NULL;
    bool ok = true;

    for (const llb__said *s = first; s; s = s->next)
        if (s->desc.data)
            last_shared = s;
    for (const llb__said *s = first; s && ok; s = s->next)
        if (!s->desc.data || s == last_shared)
            ok = add_pairs(m, &pairs, meta_of(m, s).desc);
    struct pair *list = pairs.items;
    if (ok && pairs.n > 1)
        qsort(list, pairs.n, sizeof *list, by_key);
    for (size_t i = ok ? pairs.n : 0; i-- > 0;)
        if (is_last_of_key(list, pairs.n, i))
            encode_pair(&m->enc, &list[i]);
    free(list);
    return ok;
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
        struct pair *p = llb__vec_room(m, &pairs, 1, sizeof *p);
        const char *id = llb__cap_id(i);
        ok = p != NULL;
        if (ok)
            *p = (struct pair){
                {(const uint8_t *)id, strlen(id)}, {NULL, 1}, pairs.n++};
    }
    struct pair *list = pairs.items;
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
static struct meta merge(const llb__marshal *m, const llb__said *first)
{
    struct meta t = meta_of(m, first);

    for (const llb__said *s = first->next; s; s = s->next) {
        struct meta u = meta_of(m, s);
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
    struct meta t = merge(m, first);

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
        llb__enc_bytes(e, t.desc.data, t.desc.len);
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

/* One entry of Definition.metadata. */
static bool write_entry(llb__marshal *m, uint32_t number)
{
    llb__enc *e = &m->enc;
    const llb__vertex *v = &m->vertices[number];
    llb__said only = {.caps = v->caps, .cons = v->cons};

    llb__enc_reset(e);
    if (number + 1 == m->n_ops)
        encode_terminal(m);
    else if (!encode_meta(m, v->more ? &v->more->first : &only))
        return false;
    llb__enc_wrap(e, 2, 0);
    llb__enc_digest(e, 1, m->ops[number].sum);
    llb__enc_wrap(e, 2, 0);
    if (e->failed)
        return llb__marshal_nomem(m);
    llb__out_bytes(m, llb__enc_data(e), llb__enc_len(e));
    return m->status == LLB_OK;
}

/* The order is random to the memory, so what comes next is fetched ahead: the
 * vertex, then its constraints, then what these point to. */
static void fetch_ahead(const llb__marshal *m, const uint32_t *order, size_t i)
{
    const llb__vertex *v = m->vertices;

    if (i + 12 < m->n_ops) {
        __builtin_prefetch(&v[order[i + 12]]);
        __builtin_prefetch(&m->ops[order[i + 12]]);
    }
    if (i + 8 < m->n_ops && v[order[i + 8]].cons)
        __builtin_prefetch(v[order[i + 8]].cons);
    if (i + 4 < m->n_ops && v[order[i + 4]].cons)
        __builtin_prefetch(v[order[i + 4]].cons->fields);
}

bool llb__metadata_write(llb__marshal *m, const uint32_t *order)
{
    for (size_t i = 0; i < m->n_ops; i++) {
        fetch_ahead(m, order, i);
        if (!write_entry(m, order[i]))
            return false;
    }
    return true;
}
