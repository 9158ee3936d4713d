/* Chains of file actions on states: as an op, or for others to copy from. */
#include "file_int.h"

#include "cons.h"
#include "nowhere.h"

/* Binds a chain to a state, both checked. */
static bool bind(llb__call *c, llb__chain *chain, const llb_actions *a,
                 const llb_state *base)
{
    if (c->error)
        return false;
    if (!a) {
        llb__call_fail(c, LLB_EINVAL, "the actions are NULL");
    } else if (llb__actions_error(a)) {
        c->error = a->error;
        c->failed = a->from.failed;
    } else if (a->g != c->g) {
        llb__call_fail(c, LLB_EINVAL, "the actions belong to another graph");
    } else if (a->n == 0) {
        llb__call_fail(c, LLB_EINVAL, "there is no action");
    }
    if (c->error)
        return false;
    chain->last = a;
    chain->base = base;
    chain->id = c->g->n_chains++;
    return true;
}

const llb_bound_actions *llb_actions_bind(const llb_actions *a,
                                          const llb_state *base)
{
    llb__call c = llb__call_on(base, "llb_actions_bind");
    llb_bound_actions *b = c.error ? NULL : llb__alloc(&c, sizeof *b);

    if (!c.g)
        return &llb__nowhere_of(c.error)->bound;
    if (!b)
        b = llb__arena_alloc(c.g->arena, sizeof *b);
    if (!b)
        return &llb__nowhere_of(llb__no_memory())->bound;
    b->g = c.g;
    if (bind(&c, &b->chain, a, base))
        return b;
    b->error = c.error;
    b->failed = c.failed;
    return b;
}

const llb_state *llb_file(const llb_state *base, const llb_actions *a,
                          const llb_constraints *constraints)
{
    llb__call c = llb__call_on(base, "llb_file");
    const llb__cons *cons;

    c.constraints = constraints;
    if (!llb__cons_new(&c, constraints, LLB__CONS_OP, &cons))
        return llb__failed(&c);
    llb__file_node *n = llb__alloc(&c, sizeof *n);
    if (!n || !bind(&c, &n->chain, a, base))
        return llb__failed(&c);
    llb__node_init(&c, &n->node, LLB__FILE_NODE, cons);
    n->node.caps = LLB__CAP(FILE_BASE);
    if (!llb__state_set(&c, &n->state, &n->node, base->values, NULL))
        return llb__failed(&c);
    return &n->state;
}
