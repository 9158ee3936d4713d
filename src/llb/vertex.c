/* Equal ops are one vertex. The bytes decide; XXH3 only picks the slot, and
 * SHA-256 is computed once for each vertex. */
#include "marshal_int.h"

#include <stdlib.h>

#define XXH_INLINE_ALL /* a quarter less for an op, which is short */
#include <xxhash.h>

#include "bounds.h"
#include "pages.h"

enum { FIRST_OUT = 4096, FIRST_OPS = 14 };

/* Room that nearly always lasts: growing would copy all, and memory that is
 * not written to is not there. Much room, as malloc keeps freed memory up to
 * twice the largest block: the next graph of the size then faults none in. */
static size_t first_out(const llb__marshal *m)
{
    size_t guess = FIRST_OUT + 3 * llb__arena_used(m->g->arena);

    return guess < LLB__MAX_DEFINITION ? guess : LLB__MAX_DEFINITION;
}

/* How much of that is written to as well, by and large: the ops alone have 0.6
 * to 1.4 times the bytes of their graph. */
static size_t sure_out(const llb__marshal *m, size_t cap)
{
    size_t used = llb__arena_used(m->g->arena);
    size_t sure = used + used / 2;

    return m->out || sure > cap ? cap : sure;
}

/* No more ops than there are nodes, and a terminal. */
static size_t first_ops(const llb__marshal *m)
{
    return FIRST_OPS + (size_t)m->g->n_nodes;
}

bool llb__out_room(llb__marshal *m, size_t n)
{
    if (m->status != LLB_OK)
        return false;
    if (n <= m->out_cap - m->out_len)
        return true;
    if (n > LLB__MAX_DEFINITION - m->out_len)
        return llb__marshal_fail(m, LLB_ELIMIT,
                                 "the definition is larger than 1 GiB");
    size_t cap = m->out_cap ? m->out_cap : first_out(m);
    while (cap < m->out_len + n)
        cap *= 2;
    uint8_t *out = llb__pages_grow(m->out, m->out_len, cap, sure_out(m, cap));
    if (!out)
        return llb__marshal_nomem(m);
    m->out = out;
    m->out_cap = cap;
    return true;
}

void llb__out_bytes(llb__marshal *m, const void *data, size_t len)
{
    if (len && llb__out_room(m, len)) {
        memcpy(m->out + m->out_len, data, len);
        m->out_len += len;
    }
}

static bool grow_ops(llb__marshal *m)
{
    size_t cap = m->cap_ops ? 2 * m->cap_ops : first_ops(m);
    llb__def_op *ops = llb__pages_grow(m->ops, m->n_ops * sizeof *ops,
                                       cap * sizeof *ops, cap * sizeof *ops);

    if (!ops)
        return llb__marshal_nomem(m);
    m->ops = ops;
    llb__vertex *vertices =
        llb__pages_grow(m->vertices, m->n_ops * sizeof *vertices,
                        cap * sizeof *vertices, cap * sizeof *vertices);
    if (!vertices)
        return llb__marshal_nomem(m);
    m->vertices = vertices;
    m->cap_ops = cap;
    return true;
}

/* Three quarters of the slots may be taken: where hashes are as far apart as
 * these, a search looks at a line of memory or two. */
static size_t most_ops(size_t n_slots) { return n_slots / 4 * 3; }

static bool grow_slots(llb__marshal *m)
{
    size_t cap = m->slots ? 2 * (m->mask + 1) : 32;

    while (!m->slots && most_ops(cap) < first_ops(m))
        cap *= 2;
    llb__slot *slots = llb__pages_zeroed(cap, sizeof *slots);

    if (!slots)
        return llb__marshal_nomem(m);
    for (size_t i = 0; m->slots && i <= m->mask; i++) {
        if (!m->slots[i].vertex)
            continue;
        size_t at = m->slots[i].hash & (cap - 1);
        while (slots[at].vertex)
            at = (at + 1) & (cap - 1);
        slots[at] = m->slots[i];
    }
    free(m->slots);
    m->slots = slots;
    m->mask = cap - 1;
    return true;
}

static bool sum_op(llb__marshal *m, llb__bytes op, uint8_t *out)
{
    if (llb__sha256_sum(m->g->sha, op.data, op.len, out))
        return true;
    return llb__marshal_fail(m, LLB_ENOMEM, "libcrypto made no SHA-256");
}

/* Appends "0a LEN bytes", the op as an element of Definition.def. */
static bool append_op(llb__marshal *m, llb__bytes op, const uint8_t *sum)
{
    if (!llb__out_room(m, LLB__MAX_HEAD + op.len))
        return false;
    uint8_t *start = llb__put_head(m->out + m->out_len, 1, op.len);
    memcpy(start, op.data, op.len);
    llb__def_op *d = &m->ops[m->n_ops];
    memset(d, 0, sizeof *d);
    d->offset = (uint32_t)(start - m->out);
    d->len = (uint32_t)op.len;
    d->n_inputs = (uint32_t)m->ins.n;
    if (sum)
        memcpy(d->sum, sum, sizeof d->sum);
    else if (!sum_op(m, op, d->sum))
        return false;
    m->out_len = d->offset + op.len;
    memset(&m->vertices[m->n_ops], 0, sizeof *m->vertices);
    m->n_ops++;
    return true;
}

/* While few ops were there before. */
static bool is_likely_new(const llb__marshal *m)
{
    enum { FEW = 8 };

    return m->n_again * FEW <= m->n_ops;
}

uint32_t llb__vertex_of(llb__marshal *m, llb__bytes op, const uint8_t *sum,
                        bool *ret_new)
{
    uint32_t hash = (uint32_t)XXH3_64bits_withSeed(op.data, op.len, m->seed);
    uint8_t early[LLB__SHA256_LEN];

    *ret_new = false;
    if ((m->n_ops == m->cap_ops && !grow_ops(m)) ||
        (m->n_ops >= most_ops(m->mask + 1) && !grow_slots(m)))
        return LLB__OPEN;
    size_t at = hash & m->mask;
    /* The slot is far away in a large table, and the sum takes as long as it
     * needs to come. */
    __builtin_prefetch(&m->slots[at]);
    if (!sum && is_likely_new(m)) {
        if (!sum_op(m, op, early))
            return LLB__OPEN;
        sum = early;
    }
    for (; m->slots[at].vertex; at = (at + 1) & m->mask) {
        const llb__def_op *d = &m->ops[m->slots[at].vertex - 1];
        if (m->slots[at].hash == hash && d->len == op.len &&
            memcmp(m->out + d->offset, op.data, op.len) == 0) {
            m->n_again++;
            return m->slots[at].vertex - 1;
        }
    }
    if (!append_op(m, op, sum))
        return LLB__OPEN;
    m->slots[at] = (llb__slot){(uint32_t)m->n_ops, hash};
    *ret_new = true;
    return (uint32_t)(m->n_ops - 1);
}
