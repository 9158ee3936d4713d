/* Which op of one definition became which op of another: digests first, for
 * all that did not change, then what the ops themselves say. */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL /* the client's library has this folder, not libxxhash  \
                        */
#include <xxhash.h>

static uint64_t own_hash(const llb_def *d, size_t i)
{
    llb__wire w = llb__wire_of(llb__op_bytes(d, i));
    uint64_t hash = 0;
    llb__bytes f;

    while (llb__next_own(&w, &f))
        hash = XXH3_64bits_withSeed(f.data, f.len, hash);
    return hash;
}

static bool side_init(llb__side *s, const llb_def *d)
{
    s->d = d;
    s->ops = llb__input_order(d);
    s->pair = calloc(d->n_ops + 1, sizeof *s->pair);
    s->pos = calloc(d->n_ops + 1, sizeof *s->pos);
    s->own = calloc(d->n_ops + 1, sizeof *s->own);
    return s->ops && s->pair && s->pos && s->own;
}

static void side_clear(llb__side *s)
{
    free(s->ops);
    free(s->pair);
    free(s->pos);
    free(s->own);
}

/* Ops of one digest are a pair, however often they are listed; the others
 * stay in the list. */
static void keep_changed(llb__side *s, const llb_def *other)
{
    size_t n = 0;

    for (size_t k = 0; k < s->d->n_ops; k++) {
        uint32_t i = s->ops[k];
        size_t found = llb__lookup(other, s->d->ops[i].sum);
        s->pair[i] = found < other->n_ops ? (uint32_t)found : LLB__NO_OP;
        if (found < other->n_ops || llb__lookup(s->d, s->d->ops[i].sum) != i)
            continue;
        s->own[i] = own_hash(s->d, i);
        s->pos[i] = (uint32_t)n;
        s->ops[n++] = i;
    }
    s->n = n;
}

static bool may_pair(const llb__side *a, uint32_t i, const llb__side *b,
                     uint32_t j)
{
    return a->pair[i] == LLB__NO_OP && b->pair[j] == LLB__NO_OP &&
           a->d->index[i].kind == b->d->index[j].kind;
}

/* Inputs of a pair that stand in one place are a pair. From the result down,
 * so that what becomes a pair here passes it on to its own inputs. */
static void pair_inputs(llb__side *a, llb__side *b)
{
    for (size_t at = a->n; at-- > 0;) {
        uint32_t i = a->ops[at], j = a->pair[i];
        if (j == LLB__NO_OP)
            continue;
        uint32_t n = a->d->ops[i].n_inputs;
        if (n != b->d->ops[j].n_inputs)
            continue;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t in_a = llb__op_input(a->d, i, k)->op;
            uint32_t in_b = llb__op_input(b->d, j, k)->op;
            if (may_pair(a, in_a, b, in_b))
                llb__pair(a, a->pos[in_a], b, b->pos[in_b]);
        }
    }
}

/* What is left between two pairs: ops of one kind, in their order. */
static void pair_gaps(llb__side *a, llb__side *b)
{
    llb__gap ga, gb;

    for (size_t at = 0; llb__next_gap(a, b, at, &ga, &gb); at = ga.end) {
        for (size_t i = ga.start, j = gb.start; i < ga.end && j < gb.end; i++) {
            if (!may_pair(a, a->ops[i], b, b->ops[j]))
                continue;
            llb__pair(a, i, b, j++);
        }
    }
}

bool llb__pair_ops(const llb_def *a, const llb_def *b, llb__pairs *ret_pairs)
{
    llb__pairs *p = ret_pairs;

    memset(p, 0, sizeof *p);
    if (!side_init(&p->a, a) || !side_init(&p->b, b))
        return false;
    keep_changed(&p->a, b);
    keep_changed(&p->b, a);
    if (!llb__align(&p->a, &p->b))
        return false;
    pair_inputs(&p->a, &p->b);
    pair_gaps(&p->a, &p->b);
    return true;
}

void llb__pairs_clear(llb__pairs *p)
{
    side_clear(&p->a);
    side_clear(&p->b);
}
