/* Ops on whole filesystems: merge, diff and nested builds. */
#include "merge_int.h"

#include <llb/merge.h>

#include "cons.h"

const llb_state *llb_merge(llb_graph *g, const llb_state *const *inputs,
                           size_t n_inputs, const llb_constraints *constraints)
{
    llb__call c = llb__call_begin(g, "llb_merge");
    const llb__cons *cons;
    size_t n = 0;

    c.constraints = constraints;
    if (!llb__need_list(&c, "inputs", inputs, n_inputs) ||
        !llb__cons_new(&c, constraints, LLB__CONS_OP, &cons))
        return llb__failed(&c);
    const llb_state *first = NULL;
    for (size_t i = 0; i < n_inputs; i++) {
        if (!llb__need_state(&c, "an input", inputs[i]))
            return llb__failed(&c);
        if (inputs[i]->node && n++ == 0)
            first = inputs[i];
    }
    if (n == 0)
        return llb_scratch(g);
    if (n == 1)
        return first;
    llb__many_node *m = llb__many_new(&c, LLB__MERGE_NODE, cons, n);
    if (!m)
        return llb__failed(&c);
    for (size_t i = 0; i < n_inputs; i++)
        if (inputs[i]->node)
            m->inputs[m->n_inputs++] = inputs[i];
    m->node.caps = LLB__CAP(MERGEOP);
    if (!llb__state_set(&c, &m->state, &m->node, first->values, NULL))
        return llb__failed(&c);
    return &m->state;
}

const llb_state *llb_diff(const llb_state *lower, const llb_state *upper,
                          const llb_constraints *constraints)
{
    llb__call c = llb__call_on(lower, "llb_diff");
    const llb__cons *cons;

    c.constraints = constraints;
    if (!llb__need_state(&c, "upper", upper) ||
        !llb__cons_new(&c, constraints, LLB__CONS_OP, &cons))
        return llb__failed(&c);
    /* From scratch to scratch is scratch, without what upper's state says. */
    if (!lower->node)
        return upper->node ? upper : llb_scratch(c.g);
    llb__many_node *m = llb__many_new(&c, LLB__DIFF_NODE, cons, 2);
    if (!m)
        return llb__failed(&c);
    m->inputs[m->n_inputs++] = lower;
    if (upper->node)
        m->inputs[m->n_inputs++] = upper;
    m->node.caps = LLB__CAP(DIFFOP);
    if (!llb__state_set(&c, &m->state, &m->node, lower->values, NULL))
        return llb__failed(&c);
    return &m->state;
}

const llb_state *llb_build(const llb_state *source, const llb_build_opts *opts)
{
    llb__call c = llb__call_on(source, "llb_build");
    llb_build_opts o = LLB_BUILD_OPTS_INIT;
    const llb__cons *cons;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_build_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!llb__opt_text(&c, "filename", o.filename) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &cons))
        return llb__failed(&c);
    if (!source->node)
        llb__call_fail(&c, LLB_EINVAL,
                       "scratch holds no file to build a definition from");
    llb__many_node *m =
        c.error ? NULL : llb__many_new(&c, LLB__BUILD_NODE, cons, 1);
    if (!m)
        return llb__failed(&c);
    m->inputs[m->n_inputs++] = source;
    m->node.caps = LLB__CAP(BUILD_FILENAME);
    if (o.filename && *o.filename)
        m->text = llb__copy_text(&c, o.filename);
    if (c.error ||
        !llb__state_set(&c, &m->state, &m->node, source->values, NULL))
        return llb__failed(&c);
    return &m->state;
}
