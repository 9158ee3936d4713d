/* Passthrough ops, and the nodes that are little more than their inputs. */
#include <llb/passthrough.h>

#include <stdlib.h>

#include "cons.h"
#include "merge_int.h"

llb__many_node *llb__many_new(llb__call *c, llb__kind kind,
                              const llb__cons *cons, size_t n)
{
    llb__many_node *m = NULL;

    if (n < (SIZE_MAX - sizeof *m) / sizeof(llb_state *))
        m = llb__alloc(c, sizeof *m + n * sizeof(llb_state *));
    else
        llb__call_nomem(c);
    if (m)
        llb__node_init(c, &m->node, kind, cons);
    return m;
}

/* Packs the numbers of those inputs that are outputs, scratch left out. */
static bool encode_outputs(llb__call *c, llb__many_node *m,
                           const llb_pass_input *inputs, size_t n_inputs)
{
    uint64_t number = m->n_inputs;

    for (size_t i = n_inputs; i-- > 0;) {
        if (!inputs[i].state->node)
            continue;
        number--;
        if (!inputs[i].output)
            continue;
        llb__enc_varint(&c->g->enc, number);
        m->n_outputs++;
    }
    if (m->n_outputs == 0)
        llb__call_fail(c, LLB_EINVAL,
                       "no input that is not scratch is an output");
    m->outputs = llb__take_enc(c, &m->outputs_len);
    return m->outputs != NULL;
}

static llb__many_node *pass_node(llb__call *c, const char *id,
                                 const llb_pass_input *inputs, size_t n_inputs,
                                 const llb__cons *cons)
{
    if (!llb__need_text(c, "id", id) ||
        !llb__need_list(c, "inputs", inputs, n_inputs))
        return NULL;
    if (!*id)
        llb__call_fail(c, LLB_EINVAL, "the id is empty");
    for (size_t i = 0; i < n_inputs; i++)
        if (!llb__need_state(c, "an input", inputs[i].state))
            return NULL;
    llb__many_node *m =
        c->error ? NULL : llb__many_new(c, LLB__PASS_NODE, cons, n_inputs);
    if (!m)
        return NULL;
    for (size_t i = 0; i < n_inputs; i++)
        if (inputs[i].state->node)
            m->inputs[m->n_inputs++] = inputs[i].state;
    m->node.caps = LLB__CAP(PASSTHROUGHOP);
    m->text = llb__copy_text(c, id);
    return m->text && encode_outputs(c, m, inputs, n_inputs) ? m : NULL;
}

const llb_state *llb_passthrough(llb_graph *g, const char *id,
                                 const llb_pass_input *inputs, size_t n_inputs,
                                 const llb_constraints *constraints)
{
    llb__call c = llb__call_begin(g, "llb_passthrough");
    const llb__cons *cons;

    c.constraints = constraints;
    if (!llb__cons_new(&c, constraints, LLB__CONS_OP, &cons))
        return llb__failed(&c);
    llb__many_node *m = pass_node(&c, id, inputs, n_inputs, cons);
    if (!m || !llb__state_set(&c, &m->state, &m->node, &llb__no_values, NULL))
        return llb__failed(&c);
    return &m->state;
}

const llb_state *llb_passthrough_output(const llb_state *s, size_t index)
{
    llb__call c = llb__call_on(s, "llb_passthrough_output");

    if (c.error)
        return llb__failed(&c);
    if (!s->node || s->node->kind != LLB__PASS_NODE) {
        llb__call_fail(&c, LLB_EINVAL, "the state is no passthrough's output");
        return llb__failed(&c);
    }
    llb__many_node *m = (llb__many_node *)s->node;
    if (index >= m->n_outputs)
        llb__call_fail(&c, LLB_EINVAL, "output %zu of %zu", index,
                       m->n_outputs);
    llb_state *t = llb__alloc(&c, sizeof *t);
    if (!t || !llb__state_set(&c, t, s->node, &llb__no_values, NULL))
        return llb__failed(&c);
    t->out.index = index;
    return t;
}

const llb_state *llb_requires(const llb_state *s, const char *id,
                              const llb_state *const *deps, size_t n_deps)
{
    llb__call c = llb__call_on(s, "llb_requires");

    if (!llb__need_list(&c, "deps", deps, n_deps))
        return llb__failed(&c);
    if (n_deps == 0)
        return s;
    llb_pass_input *inputs = llb__alloc_array(&c, n_deps + 1, sizeof *inputs);
    if (!inputs)
        return llb__failed(&c);
    inputs[0] = (llb_pass_input){s, 1};
    for (size_t i = 0; i < n_deps; i++)
        inputs[i + 1] = (llb_pass_input){deps[i], 0};
    llb__many_node *m = pass_node(&c, id, inputs, n_deps + 1, NULL);
    if (!m || !llb__state_set(&c, &m->state, &m->node, s->values, NULL))
        return llb__failed(&c);
    return &m->state;
}
