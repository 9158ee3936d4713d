/* Which op of one definition became which op of another. */
#ifndef LLB__DEF_PAIRS_H
#define LLB__DEF_PAIRS_H

#include "def_int.h"

#define LLB__NO_OP UINT32_MAX

/* One of the two definitions. What is called "own" of an op are its bytes but
 * for its inputs: equal where only what lies below has changed. */
typedef struct llb__side {
    const llb_def *d;
    uint32_t *ops; /* those that the other lacks, inputs first */
    size_t n;
    uint32_t *pair; /* by op: its counterpart, or LLB__NO_OP */
    uint32_t *pos;  /* by op: where it stands in ops */
    uint64_t *own;  /* by op, for those in ops: hash of its own bytes */
} llb__side;

typedef struct llb__pairs {
    llb__side a, b;
} llb__pairs;

/* Pairs the ops of two definitions, both indexed, borrowed: ops
 * of one digest first, then those with equal own bytes in the order in which
 * they run, then those of one kind that stand in the same place. Cost is about
 * linear. False: no memory. llb__pairs_clear in any case. */
bool llb__pair_ops(const llb_def *a, const llb_def *b, llb__pairs *ret_pairs);
void llb__pairs_clear(llb__pairs *p);

/* Pairs ops of equal own bytes, all still unpaired. False: no memory. */
bool llb__align(llb__side *a, llb__side *b);

/* A stretch of ops without a pair, [start, end) of ops. */
typedef struct llb__gap {
    size_t start, end;
} llb__gap;

/* The next gap of a from start on, and the gap of b in the same place, which
 * may be empty. False: there is none. */
bool llb__next_gap(const llb__side *a, const llb__side *b, size_t start,
                   llb__gap *ret_a, llb__gap *ret_b);

/* Makes op number i of a's list and number j of b's a pair. */
static inline void llb__pair(llb__side *a, size_t i, llb__side *b, size_t j)
{
    a->pair[a->ops[i]] = b->ops[j];
    b->pair[b->ops[j]] = a->ops[i];
}

static inline bool llb__unpaired(const llb__side *s, size_t i)
{
    return s->pair[s->ops[i]] == LLB__NO_OP;
}

/* The bytes of op i but for its inputs, one field after the other; start w
 * from llb__wire_of(llb__op_bytes()). False at the end. */
static inline bool llb__next_own(llb__wire *w, llb__bytes *ret_field)
{
    llb__wire_field f;

    while (llb__wire_next(w, &f)) {
        if (f.number == LLB__OP_INPUTS)
            continue;
        *ret_field = (llb__bytes){f.start, (size_t)(w->p - f.start)};
        return true;
    }
    return false;
}

#endif
