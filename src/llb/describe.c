/* What calls say about a vertex: caps, names, cache flags. Most vertices come
 * from one call; what others add is kept in visiting order. */
#include "metadata.h"

#include "wire.h"

int llb__bytes_cmp(llb__bytes a, llb__bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.data, b.data, n) : 0;

    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* ---- A description at marshal -------------------------------------------- */

/* Puts a pair into the sorted map that all ops share; true if it changed. */
static bool put_pair(llb__marshal *m, llb__bytes key, llb__bytes value)
{
    llb__desc_pair *list = m->desc_pairs.items;
    size_t lo = 0, hi = m->desc_pairs.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = llb__bytes_cmp(list[mid].key, key);
        if (c == 0) {
            bool changed = llb__bytes_cmp(list[mid].value, value) != 0;
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
    list[lo] = (llb__desc_pair){key, value, 0};
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

void llb__desc_pair_encode(llb__enc *e, const llb__desc_pair *p)
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
    const llb__desc_pair *list = m->desc_pairs.items;
    for (size_t i = m->desc_pairs.n; i-- > 0;)
        llb__desc_pair_encode(e, &list[i]);
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

llb__meta llb__meta_of(const llb__marshal *m, const llb__said *s)
{
    const llb__cons *k = s->cons, *b = m->base;
    llb__meta t = {.caps = s->caps, .desc = s->desc};

    if (s->loaded) {
        const llb__loaded_meta *l = s->loaded->meta;
        return (llb__meta){l->ignore_cache, l->export_cache, s->caps,
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
    llb__meta t = llb__meta_of(m, s);

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
