/* Numbers of vertices in the order of their digests. */
#ifndef LLB__LLB_ORDER_H
#define LLB__LLB_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "def_make.h"

/* 0 .. n-1, sorted by the sums of ops; freed with free(). NULL: no memory. */
uint32_t *llb__order_by_sum(const llb__def_op *ops, size_t n);

#endif
