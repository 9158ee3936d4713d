/* What calls say about a vertex: caps, names, cache flags. Most vertices come
 * from one call; what others add is kept in visiting order. */
#include "metadata.h"

int llb__bytes_cmp(llb__bytes a, llb__bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.data, b.data, n) : 0;

    return c ? c : (a.len > b.len) - (a.len < b.len);
}

void llb__desc_pair_encode(llb__enc *e, const llb__desc_pair *p)
{
    size_t mark = llb__enc_len(e);

    llb__enc_elem(e, 2, p->value.data, p->value.len);
    llb__enc_elem(e, 1, p->key.data, p->key.len);
    llb__enc_wrap(e, 2, mark);
}

llb__meta llb__meta_of(const llb__marshal *m, const llb__said *s)
{
    const llb__cons *k = s->cons, *b = m->base;
    llb__meta t = {.caps = s->caps};

    if (s->loaded) {
        const llb__loaded_meta *l = s->loaded->meta;
        return (llb__meta){l->ignore_cache, l->export_cache, s->caps,
                           l->desc,         l->group,        l->resources};
    }
    t.ignore_cache = (k && k->ignore_cache) || (b && b->ignore_cache);
    t.export_cache = (llb_export_cache)(k && k->export_cache ? k->export_cache
                                        : b                  ? b->export_cache
                                                             : 0);
    if (k && !s->n_shared)
        t.desc = llb__cons_desc(k);
    if ((k && k->has_group) || (b && b->has_group))
        t.group = llb__cons_group(k && k->has_group ? k : b);
    if ((k && k->has_resources) || (b && b->has_resources))
        t.resources = llb__cons_resources(k && k->has_resources ? k : b);
    return t;
}

/* Whether a call adds nothing to what the call before it said, but perhaps a
 * longer shared description, which holds the shorter one. */
static bool says_the_same(const llb__said *a, const llb__said *b)
{
    return a->cons == b->cons && !a->loaded && !b->loaded && a->caps == b->caps;
}

llb__more *llb__more_of(llb__marshal *m, uint32_t vertex)
{
    llb__vertex *v = &m->vertices[vertex];
    llb__more *more = llb__vertex_more(v);

    if (more)
        return more;
    more = llb__scratch(m, sizeof *more);
    if (!more)
        return NULL;
    more->first.caps = v->caps;
    more->first.cons = v->cons;
    more->last = &more->first;
    v->more = more;
    v->desc_at = LLB__HAS_MORE;
    return more;
}

static void note_flags(llb__marshal *m, const llb__said *s, const llb__meta *t)
{
    m->any_ignore |= t->ignore_cache;
    m->any_desc |= t->desc.len || s->n_shared;
    m->any_export |= t->export_cache != LLB_EXPORT_CACHE_UNSET;
}

/* Keeps the description of a new vertex if its call says nothing else. */
static bool keep_plain(llb__marshal *m, llb__vertex *v, const llb__meta *t)
{
    v->desc_at = LLB__NOT_PLAIN;
    if (t->ignore_cache || t->export_cache != LLB_EXPORT_CACHE_UNSET ||
        t->group.data || t->resources.data ||
        t->desc.len > LLB__HAS_MORE - 1 - m->descs.n)
        return true;
    if (t->desc.len) {
        void *room = llb__vec_room(m, &m->descs, t->desc.len, 1);
        if (!room)
            return false;
        memcpy(room, t->desc.data, t->desc.len);
    }
    v->desc_at = (uint32_t)m->descs.n;
    v->desc_len = (uint32_t)t->desc.len;
    m->descs.n += t->desc.len;
    return true;
}

/* Notes what the first call says about a vertex. */
static bool describe_new(llb__marshal *m, uint32_t vertex, const llb__said *s,
                         const llb__meta *t)
{
    llb__vertex *v = &m->vertices[vertex];

    v->caps = s->caps;
    v->cons = s->cons;
    if (!s->loaded && !s->n_shared)
        return keep_plain(m, v, t);
    llb__more *more = llb__more_of(m, vertex);
    if (more)
        more->first = *s;
    return more != NULL;
}

bool llb__describe(llb__marshal *m, uint32_t vertex, bool is_new,
                   const llb__node *n, llb__caps caps)
{
    llb__vertex *v = &m->vertices[vertex];
    llb__said s = {.caps = caps, .cons = n->cons};
    llb__meta t = {.caps = caps};

    if (n->kind == LLB__LOADED_NODE)
        s.loaded = (const llb__loaded_node *)n;
    else if (m->base && m->base->desc_len)
        s.n_shared = llb__shared_note(m, n->cons);
    if (m->status != LLB_OK)
        return false;
    if (s.cons || s.loaded || m->base) {
        t = llb__meta_of(m, &s);
        note_flags(m, &s, &t);
    }
    if (is_new)
        return describe_new(m, vertex, &s, &t);
    llb__more *more = llb__vertex_more(v);
    llb__said only = {.caps = v->caps, .cons = more ? NULL : v->cons};
    if (says_the_same(more ? more->last : &only, &s)) {
        if (more)
            more->last->n_shared = s.n_shared;
        return true;
    }
    more = llb__more_of(m, vertex);
    llb__said *said = llb__scratch(m, sizeof *said);
    if (!more || !said)
        return false;
    *said = s;
    more->last->next = said;
    more->last = said;
    return true;
}
