/* The walk over nodes, inputs first, on a stack of our own. */
#include "marshal_int.h"

bool llb__kid(llb__marshal *m, llb__node *node)
{
    if (!node)
        return true;
    llb__node **room = llb__vec_room(m, &m->kids, 1, sizeof *room);
    if (!room)
        return false;
    *room = node;
    m->kids.n++;
    return true;
}

/* What an op is made of was mostly made just before its node, so it lies there:
 * all of that is loaded at once rather than from pointer to pointer. */
static void fetch_node(const llb__node *n)
{
    enum { LINE = 64, BEFORE = 5 * LINE, AFTER = 3 * LINE };
    uintptr_t at = (uintptr_t)n;

    for (uintptr_t p = at - BEFORE; p < at + AFTER; p += LINE)
        __builtin_prefetch((const void *)p);
}

/* Lists the inputs of a node in the order in which they are visited. */
static bool list_kids(llb__marshal *m, llb__node *n)
{
    switch (n->kind) {
    case LLB__SOURCE_NODE:
        return true;
    case LLB__EXEC_NODE:
        return llb__exec_kids(m, (llb_exec *)n);
    case LLB__FILE_NODE:
        return llb__file_kids(m, (const llb__file_node *)n);
    case LLB__MERGE_NODE:
    case LLB__DIFF_NODE:
    case LLB__BUILD_NODE:
    case LLB__PASS_NODE: {
        const llb__many_node *k = (const llb__many_node *)n;
        llb__node **room =
            llb__vec_room(m, &m->kids, k->n_inputs, sizeof *room);
        if (!room)
            return false;
        for (size_t i = 0; i < k->n_inputs; i++)
            room[i] = k->inputs[i]->node;
        m->kids.n += k->n_inputs;
        return true;
    }
    case LLB__LOADED_NODE: {
        const llb__loaded_node *l = (const llb__loaded_node *)n;
        for (size_t i = 0; i < l->n_kids; i++)
            if (!llb__kid(m, &l->kids[i]->node))
                return false;
        return true;
    }
    }
    return true;
}

static bool open_node(llb__marshal *m, llb__node *n)
{
    llb__frame *f = llb__vec_room(m, &m->frames, 1, sizeof *f);

    if (!f)
        return false;
    *f = (llb__frame){n, m->kids.n, m->kids.n};
    m->frames.n++;
    m->vertex_of[n->id] = LLB__OPEN;
    fetch_node(n);
    return list_kids(m, n);
}

/* All inputs of a node have vertices: makes its own. */
static bool close_node(llb__marshal *m, llb__node *n)
{
    const llb__place *places = n->cons ? n->cons->places : NULL;
    size_t n_places = n->cons ? n->cons->n_places : 0;
    llb__caps caps = n->caps;
    uint32_t v;
    bool is_new;

    if (n->kind == LLB__LOADED_NODE) {
        const llb__loaded_node *l = (const llb__loaded_node *)n;
        m->ins.n = l->n_inputs;
        v = llb__vertex_of(m, l->op, l->sum, &is_new);
        places = l->places;
        n_places = l->n_places;
    } else {
        if (!llb__op_encode(m, n, &caps))
            return false;
        llb__bytes op = {llb__enc_data(&m->enc), llb__enc_len(&m->enc)};
        v = llb__vertex_of(m, op, NULL, &is_new);
    }
    if (v == LLB__OPEN)
        return false;
    m->vertex_of[n->id] = v + 1;
    return llb__describe(m, v, is_new, n, caps) &&
           (!n_places || llb__locate(m, v, places, n_places));
}

/* Nodes are opened from the result down and closed on the way back, so what is
 * closed next lies deeper in the stack: fetched while the one at hand is
 * encoded. */
static void fetch_parents(const llb__marshal *m)
{
    const llb__frame *f = m->frames.items;

    if (m->frames.n >= 2)
        fetch_node(f[m->frames.n - 2].node);
}

bool llb__visit(llb__marshal *m, llb__node *root)
{
    if (!open_node(m, root))
        return false;
    while (m->frames.n) {
        llb__frame *f = (llb__frame *)m->frames.items + m->frames.n - 1;
        llb__node **kids = m->kids.items;
        if (f->next_kid == m->kids.n) {
            m->kids.n = f->first_kid;
            m->frames.n--;
            fetch_parents(m);
            if (!close_node(m, f->node))
                return false;
            continue;
        }
        llb__node *kid = kids[f->next_kid++];
        uint32_t seen = m->vertex_of[kid->id];
        if (seen == LLB__OPEN)
            return llb__marshal_fail(
                m, LLB_EINVAL,
                "an exec depends on itself through a mount that was added "
                "with llb_exec_add_mount");
        if (!seen && !open_node(m, kid))
            return false;
    }
    return true;
}
