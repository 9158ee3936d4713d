/* pb.Op, last field first: the oneof member, then constraints, platform and
 * inputs before it. */
#include "marshal_int.h"

#include <stdlib.h>

#include <xxhash.h>

enum { FEW_INPUTS = 8 };

/* The vertex and output of a state that is not scratch. */
static llb__in input_of(const llb__marshal *m, const llb_state *s)
{
    llb__in in = {m->vertex_of[s->node->id] - 1, s->out.index};

    if (s->node->kind == LLB__EXEC_NODE)
        in.index = s->out.mount->output;
    return in;
}

static bool push(llb__marshal *m, llb__in in)
{
    llb__in *room = llb__vec_room(m, &m->ins, 1, sizeof *room);

    if (!room)
        return false;
    *room = in;
    m->ins.n++;
    /* Its digest is written last of all, and by then it is here. */
    llb__fetch_sum(m, in.vertex);
    return true;
}

bool llb__input_add(llb__marshal *m, const llb_state *s)
{
    return push(m, input_of(m, s));
}

static bool same(llb__in a, llb__in b)
{
    return a.vertex == b.vertex && a.index == b.index;
}

static size_t slot_of(llb__in in, size_t mask)
{
    return (size_t)(in.vertex * UINT64_C(0x9e3779b97f4a7c15) + in.index * 31) &
           mask;
}

static void put_slot(uint32_t *slots, size_t mask, llb__in in, uint32_t number)
{
    size_t at = slot_of(in, mask);

    while (slots[at])
        at = (at + 1) & mask;
    slots[at] = number + 1;
}

/* Makes the table of inputs for at least twice as many as there are. */
static bool rebuild_slots(llb__marshal *m)
{
    size_t cap = 4 * FEW_INPUTS;
    const llb__in *ins = m->ins.items;

    while (cap < 4 * m->ins.n)
        cap *= 2;
    m->in_slots.n = 0;
    uint32_t *slots = llb__vec_room(m, &m->in_slots, cap, sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, cap * sizeof *slots);
    m->in_slots.n = cap;
    for (size_t i = 0; i < m->ins.n; i++)
        put_slot(slots, cap - 1, ins[i], (uint32_t)i);
    return true;
}

/* Number of an equal input, or -1. */
static int64_t find(llb__marshal *m, llb__in in)
{
    const llb__in *ins = m->ins.items;

    if (m->ins.n <= FEW_INPUTS) {
        for (size_t i = 0; i < m->ins.n; i++)
            if (same(ins[i], in))
                return (int64_t)i;
        return -1;
    }
    const uint32_t *slots = m->in_slots.items;
    size_t mask = m->in_slots.n - 1;
    for (size_t at = slot_of(in, mask); slots[at]; at = (at + 1) & mask)
        if (same(ins[slots[at] - 1], in))
            return slots[at] - 1;
    return -1;
}

int64_t llb__input(llb__marshal *m, const llb_state *s)
{
    if (!s || !s->node)
        return -1;
    llb__in in = input_of(m, s);
    int64_t at = find(m, in);
    if (at >= 0)
        return at;
    if (!push(m, in))
        return -2;
    size_t n = m->ins.n;
    if (n == FEW_INPUTS + 1 || (n > FEW_INPUTS && 2 * n > m->in_slots.n)) {
        if (!rebuild_slots(m))
            return -2;
    } else if (n > FEW_INPUTS) {
        put_slot(m->in_slots.items, m->in_slots.n - 1, in, (uint32_t)(n - 1));
    }
    return (int64_t)n - 1;
}

static void encode_input(llb__marshal *m, llb__in in)
{
    llb__enc *e = &m->enc;
    size_t mark = llb__enc_len(e);

    llb__enc_u64(e, 2, in.index);
    llb__enc_digest(e, 1, m->ops[in.vertex].sum);
    llb__enc_wrap(e, 1, mark);
}

void llb__inputs_encode(llb__marshal *m)
{
    const llb__in *ins = m->ins.items;

    for (size_t i = m->ins.n; i-- > 0;)
        encode_input(m, ins[i]);
}

void llb__op_finish(llb__marshal *m, const llb__cons *cons, llb__bytes platform)
{
    llb__enc *e = &m->enc;
    size_t mark = llb__enc_len(e);

    if (cons) {
        llb__bytes own = llb__cons_filters(cons);
        llb__enc_bytes(e, own.data, own.len);
    }
    if (m->base) {
        llb__bytes base = llb__cons_filters(m->base);
        llb__enc_bytes(e, base.data, base.len);
    }
    llb__enc_wrap(e, 11, mark); /* written even when empty, as Go does */
    llb__enc_bytes(e, platform.data, platform.len);
    llb__inputs_encode(m);
}

/* The platform of an op that takes its own or else the marshal's. */
static llb__bytes own_platform(const llb__marshal *m, const llb__cons *cons)
{
    const llb__platform *p =
        cons && cons->platform ? cons->platform : m->platform;

    return (llb__bytes){p->field, p->field_len};
}

static void encode_source(llb__marshal *m, const llb__source_node *n,
                          llb__caps *caps)
{
    llb__enc *e = &m->enc;
    const llb__cons *cons = n->node.cons;
    const char *unique = NULL;

    if (n->is_local) {
        unique = cons && cons->unique         ? cons->unique
                 : m->base && m->base->unique ? m->base->unique
                                              : n->unique;
    }
    llb__enc_bytes(e, n->body + n->head_len, n->tail_len);
    if (unique) {
        llb__enc_pair(e, 2, "local.unique", unique);
        *caps |= LLB__CAP(LOCAL_UNIQUE);
    }
    llb__enc_bytes(e, n->body, n->head_len);
    llb__enc_wrap(e, 3, 0);
    llb__op_finish(m, cons,
                   n->has_platform ? own_platform(m, cons)
                                   : (llb__bytes){NULL, 0});
}

/* MergeInput messages: their numbers, 0 left out. */
static void encode_merge(llb__marshal *m, const llb__many_node *n)
{
    llb__enc *e = &m->enc;

    for (size_t i = n->n_inputs; i-- > 0;) {
        size_t mark = llb__enc_len(e);
        llb__enc_u64(e, 1, i);
        llb__enc_wrap(e, 1, mark);
    }
    llb__enc_wrap(e, 6, 0);
}

static void encode_diff(llb__marshal *m, const llb__many_node *n)
{
    llb__enc *e = &m->enc;

    llb__enc_i64(e, 1, n->n_inputs == 2 ? 1 : -1);
    llb__enc_wrap(e, 2, 0);
    llb__enc_wrap(e, 1, llb__enc_len(e)); /* lower is input 0: empty */
    llb__enc_wrap(e, 7, 0);
}

static void encode_build(llb__marshal *m, const llb__many_node *n)
{
    static const char input[] = "buildkit.llb.definition";
    llb__enc *e = &m->enc;

    if (n->text)
        llb__enc_pair(e, 4, "llbbuild.filename", n->text);
    size_t mark = llb__enc_len(e);
    llb__enc_wrap(e, 2, mark); /* BuildInput 0: empty */
    llb__enc_elem(e, 1, input, sizeof input - 1);
    llb__enc_wrap(e, 2, mark);
    llb__enc_i64(e, 1, -1); /* builder: the LLB builder */
    llb__enc_wrap(e, 5, 0);
}

static void encode_pass(llb__marshal *m, const llb__many_node *n)
{
    llb__enc *e = &m->enc;

    llb__enc_text(e, 2, n->outputs, n->outputs_len);
    llb__enc_str(e, 1, n->text);
    llb__enc_wrap(e, 8, 0);
}

/* Bytes that an input takes here and in a merge, and what else there is. */
enum { INPUT_LEN = 96, HEAD_LEN = 256 };

static bool encode_many(llb__marshal *m, const llb__many_node *n)
{
    llb__bytes platform = {NULL, 0};

    /* A merge may be most of its definition: room for it at once. */
    if (!llb__enc_room(&m->enc, INPUT_LEN * n->n_inputs + HEAD_LEN))
        return llb__marshal_nomem(m);

    for (size_t i = 0; i < n->n_inputs; i++)
        if (!llb__input_add(m, n->inputs[i]))
            return false;
    if (n->node.kind == LLB__MERGE_NODE)
        encode_merge(m, n);
    else if (n->node.kind == LLB__DIFF_NODE)
        encode_diff(m, n);
    else if (n->node.kind == LLB__PASS_NODE)
        encode_pass(m, n);
    else
        encode_build(m, n);
    if (n->node.kind == LLB__BUILD_NODE)
        platform = own_platform(m, n->node.cons);
    llb__op_finish(m, n->node.cons, platform);
    return true;
}

bool llb__op_encode(llb__marshal *m, llb__node *n, llb__caps *caps)
{
    bool ok = true;

    llb__enc_reset(&m->enc);
    m->ins.n = 0;
    switch (n->kind) {
    case LLB__SOURCE_NODE:
        encode_source(m, (const llb__source_node *)n, caps);
        break;
    case LLB__EXEC_NODE:
        ok = llb__exec_op_encode(m, (llb_exec *)n, caps);
        break;
    case LLB__FILE_NODE:
        ok = llb__file_encode(m, (const llb__file_node *)n);
        break;
    case LLB__MERGE_NODE:
    case LLB__DIFF_NODE:
    case LLB__BUILD_NODE:
    case LLB__PASS_NODE:
        ok = encode_many(m, (const llb__many_node *)n);
        break;
    case LLB__LOADED_NODE:
        break; /* has bytes already */
    }
    if (m->enc.failed)
        return llb__marshal_nomem(m);
    return ok;
}
