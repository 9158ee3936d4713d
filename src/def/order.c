/* Walks over the graph of a definition that was just read: with stacks of
 * their own, since a chain of ops can be as long as memory allows. */
#include "def_int.h"

#include <stdlib.h>

bool llb__mark_reached(llb_def *d)
{
    uint32_t *stack = calloc(d->n_ops, sizeof *stack);
    size_t n = 0;

    if (!stack)
        return false;
    stack[n++] = (uint32_t)d->n_ops - 1;
    for (size_t i = 0; i + 1 < d->n_ops; i++)
        d->index[i].is_unreached = true;
    while (n > 0) {
        uint32_t op = stack[--n];
        for (uint32_t k = 0; k < d->ops[op].n_inputs; k++) {
            uint32_t in = llb__op_input(d, op, k)->op;
            if (!d->index[in].is_unreached)
                continue;
            d->index[in].is_unreached = false;
            stack[n++] = in; /* each op once: n_ops entries are enough */
        }
    }
    free(stack);
    return true;
}

struct visit {
    uint32_t op, next_input;
};

/* Puts root behind all that it needs and that is not in the order yet. The
 * seen flags make each op enter the stack once, so it cannot overflow. */
static size_t order_from(const llb_def *d, uint32_t root, struct visit *stack,
                         bool *seen, uint32_t *order, size_t n_order)
{
    size_t n = 0;

    stack[n++] = (struct visit){root, 0};
    seen[root] = true;
    while (n > 0) {
        struct visit *v = &stack[n - 1];
        if (v->next_input == d->ops[v->op].n_inputs) {
            order[n_order++] = v->op;
            n--;
            continue;
        }
        uint32_t in = llb__op_input(d, v->op, v->next_input++)->op;
        if (!seen[in]) {
            seen[in] = true;
            stack[n++] = (struct visit){in, 0};
        }
    }
    return n_order;
}

uint32_t *llb__input_order(const llb_def *d)
{
    uint32_t *order = calloc(d->n_ops + 1, sizeof *order);
    struct visit *stack = calloc(d->n_ops + 1, sizeof *stack);
    bool *seen = calloc(d->n_ops + 1, sizeof *seen);
    size_t n = 0;

    if (order && stack && seen) {
        for (size_t i = d->n_ops; i-- > 0;) /* the result's own ops first */
            if (!seen[i])
                n = order_from(d, (uint32_t)i, stack, seen, order, n);
    } else {
        free(order);
        order = NULL;
    }
    free(stack);
    free(seen);
    return order;
}
