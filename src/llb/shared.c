/* A description given to a marshal. Go's client keeps it in one map, to which
 * each op adds its own keys before it takes all of them, so an op carries the
 * keys of those visited before it. Here that map is a log of pairs: what an op
 * carries is what a prefix of the log says, of equal keys the last. */
#include "metadata.h"

#include <stdlib.h>

#include "wire.h"

static bool note(llb__marshal *m, llb__bytes desc)
{
    llb__wire w = llb__wire_of(desc);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        llb__desc_pair *p = llb__vec_room(m, &m->shared, 1, sizeof *p);
        if (!p)
            return false;
        if (m->shared.n == UINT32_MAX)
            return llb__marshal_fail(m, LLB_ELIMIT, "too many descriptions");
        *p = (llb__desc_pair){llb__wire_body(f.body, 1),
                              llb__wire_body(f.body, 2), m->shared.n};
        m->shared.n++;
    }
    return true;
}

uint32_t llb__shared_note(llb__marshal *m, const llb__cons *cons)
{
    if ((!m->shared.n && !note(m, llb__cons_desc(m->base))) ||
        (cons && !note(m, llb__cons_desc(cons))))
        return 0;
    return (uint32_t)m->shared.n;
}

static int by_key(const void *a, const void *b)
{
    const llb__desc_pair *x = a, *y = b;
    int c = llb__bytes_cmp(x->key, y->key);

    return c ? c : (x->order > y->order) - (x->order < y->order);
}

bool llb__shared_sort(llb__marshal *m)
{
    llb__desc_pair *list = m->shared.items;

    if (m->shared.n > 1)
        qsort(list, m->shared.n, sizeof *list, by_key);
    for (size_t i = 0; i < m->shared.n; i++) {
        if (i && llb__bytes_cmp(list[i - 1].key, list[i].key) == 0)
            continue;
        size_t *at = llb__vec_room(m, &m->shared_keys, 1, sizeof *at);
        if (!at)
            return false;
        *at = i;
        m->shared_keys.n++;
    }
    return true;
}

size_t llb__shared_n_keys(const llb__marshal *m) { return m->shared_keys.n; }

const llb__desc_pair *llb__shared_at(const llb__marshal *m, size_t key,
                                     uint32_t n_shared)
{
    const llb__desc_pair *list = m->shared.items;
    const size_t *starts = m->shared_keys.items;
    size_t first = starts[key], lo = first;
    size_t hi = key + 1 < m->shared_keys.n ? starts[key + 1] : m->shared.n;

    while (lo < hi) { /* the first pair that comes too late */
        size_t mid = lo + (hi - lo) / 2;
        if (list[mid].order < n_shared)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo > first ? &list[lo - 1] : NULL;
}
