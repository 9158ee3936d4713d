/* Numbers of vertices in the order of their digests. */
#ifndef LLB__LLB_ORDER_H
#define LLB__LLB_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "def_make.h"

/* What is sorted: the first bits of a sum, and whose it is. */
typedef struct llb__order_item {
    uint32_t key, number;
} llb__order_item;

/* Fills order with 0 .. n-1, sorted by the sums of ops. items has room for 2 n
 * and need not be initialized. */
void llb__order_by_sum(const llb__def_op *ops, size_t n, llb__order_item *items,
                       uint32_t *order);

#endif
