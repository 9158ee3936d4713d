/* Sums are random, so three passes over their first 32 bits sort nearly all of
 * it; the few neighbours that share those bits are put right one by one. */
#include "order.h"

#include <stdbool.h>
#include <string.h>

enum { BITS = 11, BUCKETS = 1 << BITS, PASSES = 3, FEW = 32 };

static uint32_t key_of(const llb__def_op *op)
{
    const uint8_t *s = op->sum;

    return (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 | (uint32_t)s[2] << 8 |
           s[3];
}

static void pass(const llb__order_item *from, llb__order_item *to, size_t n,
                 int shift)
{
    uint32_t at[BUCKETS] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++)
        at[from[i].key >> shift & (BUCKETS - 1)]++;
    for (size_t b = 0; b < BUCKETS; b++) {
        uint32_t count = at[b];
        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i].key >> shift & (BUCKETS - 1)]++] = from[i];
}

static bool is_before(const llb__def_op *ops, llb__order_item a,
                      llb__order_item b)
{
    if (a.key != b.key) /* the sums lie all over the memory */
        return a.key < b.key;
    return memcmp(ops[a.number].sum, ops[b.number].sum, LLB__SHA256_LEN) < 0;
}

/* Insertion sort: n log n comparisons are all but done. */
static void settle(const llb__def_op *ops, llb__order_item *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        llb__order_item x = items[i];
        size_t k = i;
        for (; k > 0 && is_before(ops, x, items[k - 1]); k--)
            items[k] = items[k - 1];
        items[k] = x;
    }
}

void llb__order_by_sum(const llb__def_op *ops, size_t n, llb__order_item *items,
                       uint32_t *order)
{
    llb__order_item *from = items, *to = items + n;

    for (size_t i = 0; i < n; i++)
        from[i] = (llb__order_item){key_of(&ops[i]), (uint32_t)i};
    for (int p = 0; p < PASSES && n >= FEW; p++) {
        pass(from, to, n, p * BITS);
        llb__order_item *swap = from;
        from = to;
        to = swap;
    }
    settle(ops, from, n);
    for (size_t i = 0; i < n; i++)
        order[i] = from[i].number;
}
