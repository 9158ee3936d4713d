/* Metadata of loaded ops, brought into the form in which it is written. */
#include <stdlib.h>

#include "loaded.h"
#include "metadata.h"

struct entry {
    llb__bytes key, value, field;
    size_t order;
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = llb__bytes_cmp(x->key, y->key);

    return c ? c : (x->order > y->order) - (x->order < y->order);
}

/* Entries of the maps in an OpMetadata, counted or listed. */
static size_t entries(llb__bytes meta, uint32_t number, struct entry *list)
{
    llb__wire w = llb__wire_of(meta);
    llb__wire_field f;
    size_t n = 0;

    while (llb__wire_next(&w, &f)) {
        if (f.number != number || f.type != LLB__LEN)
            continue;
        if (list)
            list[n] = (struct entry){llb__wire_body(f.body, 1),
                                     llb__wire_body(f.body, 2),
                                     llb__whole_field(&w, &f), n};
        n++;
    }
    return n;
}

/* The entries of a map in order, of equal keys the last; *ret_n of them. NULL:
 * the call has failed. */
static struct entry *sorted_entries(llb__call *c, llb__bytes meta,
                                    uint32_t number, size_t *ret_n)
{
    size_t n = entries(meta, number, NULL), kept = 0;
    struct entry *list = llb__alloc_array(c, n + 1, sizeof *list);

    if (!list)
        return NULL;
    entries(meta, number, list);
    if (n > 1)
        qsort(list, n, sizeof *list, by_key);
    for (size_t i = 0; i < n; i++)
        if (i + 1 == n || llb__bytes_cmp(list[i].key, list[i + 1].key) != 0)
            list[kept++] = list[i];
    *ret_n = kept;
    return list;
}

/* The description in the form in which it is written: keys sorted, key and
 * value always there. */
static bool read_desc(llb__call *c, llb__bytes meta, llb__loaded_meta *m)
{
    llb__enc *e = &c->g->enc;
    size_t n, mark;
    struct entry *list = sorted_entries(c, meta, 2, &n);

    if (!list)
        return false;
    for (size_t i = n; i-- > 0;) {
        mark = llb__enc_len(e);
        llb__enc_elem(e, 2, list[i].value.data, list[i].value.len);
        llb__enc_elem(e, 1, list[i].key.data, list[i].key.len);
        llb__enc_wrap(e, 2, mark);
    }
    m->desc.data = llb__take_enc(c, &m->desc.len);
    return m->desc.data != NULL;
}

/* Splits caps into those of our table that are true, and the others. */
static bool read_caps(llb__call *c, llb__bytes meta, llb__loaded_meta *m,
                      llb__caps *caps)
{
    llb__enc *e = &c->g->enc;
    size_t n;
    struct entry *list = sorted_entries(c, meta, 5, &n);

    if (!list)
        return false;
    for (size_t i = n; i-- > 0;) {
        int number =
            llb__cap_find((const char *)list[i].key.data, list[i].key.len);
        llb__bytes body = llb__wire_body(list[i].field, 5);
        if (number >= 0 && llb__wire_int(body, 2))
            *caps |= (llb__caps)1 << number;
        else
            llb__enc_bytes(e, list[i].field.data, list[i].field.len);
    }
    m->odd_caps.data = llb__take_enc(c, &m->odd_caps.len);
    return m->odd_caps.data != NULL;
}

bool llb__meta_read(llb__call *c, llb__bytes meta, const llb__loaded_meta **ret,
                    llb__caps *caps)
{
    llb__loaded_meta *m = llb__alloc(c, sizeof *m);
    llb__wire w = llb__wire_of(meta);
    llb__wire_field f;

    if (!m)
        return false;
    while (llb__wire_next(&w, &f)) {
        if (f.number == 1 && f.type == LLB__VARINT)
            m->ignore_cache = f.value != 0;
        else if (f.number == 4 && f.type == LLB__LEN)
            m->export_cache = llb__wire_int(f.body, 1) ? LLB_EXPORT_CACHE_ON
                                                       : LLB_EXPORT_CACHE_OFF;
        else if (f.number == 6 && f.type == LLB__LEN)
            m->group = llb__whole_field(&w, &f);
        else if (f.number == 7 && f.type == LLB__LEN)
            m->resources = llb__whole_field(&w, &f);
    }
    *ret = m;
    return read_desc(c, meta, m) && read_caps(c, meta, m, caps);
}
