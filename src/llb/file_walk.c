/* File ops in a marshal. Chains may copy from each other, so both walks keep a
 * stack of chains and look at each chain once for each op. */
#include "marshal_int.h"

#include <stdlib.h>

#include "bounds.h"

/* One action of the op, in the order in which it is written. */
struct step {
    const llb_actions *action;
    const llb__chain *chain;
    int64_t base;   /* input that the chain starts from; -1: scratch */
    int64_t second; /* what a copy takes: an input, or a step; -1: none */
    bool second_is_step;
    uint32_t prev; /* step before it in its chain; UINT32_MAX: none */
};

/* The entry of a chain: {epoch in which it was seen, number of its last step}.
 */
static uint32_t *entry(llb__marshal *m, const llb__chain *chain)
{
    return m->chains + 2 * (size_t)chain->id;
}

static bool new_epoch(llb__marshal *m)
{
    if (!m->chains) {
        m->chains = calloc(2 * (size_t)m->g->n_chains, sizeof *m->chains);
        if (!m->chains)
            return llb__marshal_nomem(m);
    }
    m->chain_epoch++;
    return true;
}

/* ---- Inputs in the order of the walk ------------------------------------- */

static bool push_walk(llb__marshal *m, const llb__chain *chain)
{
    llb__chain_frame *f = llb__vec_room(m, &m->chain_frames, 1, sizeof *f);

    if (!f)
        return false;
    *f = (llb__chain_frame){.chain = chain, .at = chain->last};
    m->chain_frames.n++;
    entry(m, chain)[0] = m->chain_epoch;
    return llb__kid(m, chain->base->node);
}

/* The inputs of what nearly all chains are: none of their actions copies from
 * another chain. */
static bool plain_kids(llb__marshal *m, const llb__chain *chain)
{
    if (!llb__kid(m, chain->base->node))
        return false;
    for (const llb_actions *a = chain->last; a; a = a->prev)
        if (a->from.state && !llb__kid(m, a->from.state->node))
            return false;
    return true;
}

/* From the last action back: the state of its chain, what it copies from, then
 * the action before it. */
bool llb__file_kids(llb__marshal *m, const llb__file_node *n)
{
    if (!n->chain.last->any_from_chain)
        return plain_kids(m, &n->chain);
    if (!new_epoch(m) || !push_walk(m, &n->chain))
        return false;
    while (m->chain_frames.n) {
        llb__chain_frame *f =
            (llb__chain_frame *)m->chain_frames.items + m->chain_frames.n - 1;
        const llb_actions *a = f->at;
        if (!a) {
            m->chain_frames.n--;
            continue;
        }
        f->at = a->prev;
        bool ok = true;
        if (!a->from_chain)
            ok = !a->from.state || llb__kid(m, a->from.state->node);
        else if (entry(m, a->from.chain)[0] != m->chain_epoch)
            ok = push_walk(m, a->from.chain);
        if (!ok)
            return false;
    }
    return true;
}

/* ---- Encoding ------------------------------------------------------------ */

/* Enters a chain: lists its actions, first one first. */
static bool push_chain(llb__marshal *m, const llb__chain *chain)
{
    size_t n = chain->last->n, first = m->actions.n;
    llb__chain_frame *f = llb__vec_room(m, &m->chain_frames, 1, sizeof *f);
    const llb_actions **list =
        llb__vec_room(m, &m->actions, n, sizeof(const llb_actions *));

    if (!f || !list)
        return false;
    const llb_actions *a = chain->last;
    for (size_t i = n; i-- > 0; a = a->prev)
        list[i] = a;
    m->actions.n += n;
    *f = (llb__chain_frame){
        .chain = chain, .first = first, .next = first, .prev = UINT32_MAX};
    m->chain_frames.n++;
    return true;
}

/* Adds the next action of the chain on top, or enters the chain that it copies
 * from. */
static bool step(llb__marshal *m, llb__chain_frame *f)
{
    const llb_actions *a = ((const llb_actions **)m->actions.items)[f->next];
    struct step s = {.action = a, .chain = f->chain, .prev = f->prev};

    s.base = llb__input(m, f->chain->base);
    s.second = -1;
    if (s.base < -1)
        return false;
    if (a->from_chain) {
        const uint32_t *e = entry(m, a->from.chain);
        if (e[0] != m->chain_epoch)
            return push_chain(m, a->from.chain);
        s.second = e[1];
        s.second_is_step = true;
    } else if (a->from.state) {
        s.second = llb__input(m, a->from.state);
        if (s.second < -1)
            return false;
    }
    struct step *room = llb__vec_room(m, &m->steps, 1, sizeof *room);
    if (!room)
        return false;
    *room = s;
    f->prev = (uint32_t)m->steps.n++;
    f->next++;
    return true;
}

/* The steps of a chain of which no action copies from another chain. */
static bool list_plain(llb__marshal *m, const llb__chain *chain)
{
    uint32_t n = chain->last->n;
    struct step *steps = llb__vec_room(m, &m->steps, n, sizeof *steps);
    int64_t base = llb__input(m, chain->base);
    const llb_actions *a = chain->last;

    if (!steps || base < -1)
        return false;
    for (uint32_t i = n; i-- > 0; a = a->prev)
        steps[i] = (struct step){a, chain, base, -1, false, i - 1};
    for (uint32_t i = 0; i < n; i++) {
        steps[i].second = llb__input(m, steps[i].action->from.state);
        if (steps[i].second < -1)
            return false;
    }
    m->steps.n = n;
    return true;
}

/* Lists the actions of the op, each after those that it needs. */
static bool list_steps(llb__marshal *m, const llb__file_node *n)
{
    m->steps.n = 0;
    m->actions.n = 0;
    if (!n->chain.last->any_from_chain)
        return list_plain(m, &n->chain);
    if (!new_epoch(m) || !push_chain(m, &n->chain))
        return false;
    while (m->chain_frames.n) {
        llb__chain_frame *f =
            (llb__chain_frame *)m->chain_frames.items + m->chain_frames.n - 1;
        if (f->next < m->actions.n) {
            if (!step(m, f))
                return false;
            continue;
        }
        uint32_t *e = entry(m, f->chain);
        e[0] = m->chain_epoch;
        e[1] = f->prev;
        m->actions.n = f->first;
        m->chain_frames.n--;
    }
    return true;
}

static bool encode_path(llb__marshal *m, const struct step *s)
{
    const llb__late *late = s->action->late;
    const char *dir = s->chain->base->values->dir;

    m->path.len = 0;
    if (!llb__buf_reserve(&m->path, strlen(dir) + strlen(late->rel_path) + 6))
        return llb__marshal_nomem(m);
    llb__path_encode(&m->enc, late->path_field, dir, late->rel_path,
                     s->action->field == LLB__ACTION_COPY, m->path.data);
    return true;
}

/* The member that holds the owner, by the kind of action. */
static uint32_t owner_field(const llb_actions *a)
{
    return a->field == LLB__ACTION_MKFILE || a->field == LLB__ACTION_MKDIR ? 4
                                                                           : 3;
}

/* What follows the head of an action. */
static bool encode_late(llb__marshal *m, const struct step *s)
{
    llb__enc *e = &m->enc;
    const llb_actions *a = s->action;
    const llb__late *late = a->late;
    const uint8_t *mid = llb__action_fields(a) + a->head_len;

    llb__enc_bytes(e, mid + late->mid_len, late->tail_len);
    if (late->owner)
        llb__owner_encode(e, owner_field(a), late->owner, s->base);
    llb__enc_bytes(e, mid, late->mid_len);
    return !late->rel_path || encode_path(m, s);
}

static bool encode_step(llb__marshal *m, const struct step *s, bool is_last)
{
    llb__enc *e = &m->enc;
    const llb_actions *a = s->action;
    size_t mark = llb__enc_len(e);
    int64_t n = (int64_t)m->ins.n;

    if (a->usual) {
        llb__bytes tail = llb__usual_tail(a->field);
        llb__enc_bytes(e, tail.data, tail.len);
    }
    if (a->late && !encode_late(m, s))
        return false;
    llb__enc_bytes(e, llb__action_fields(a), a->head_len);
    llb__enc_wrap(e, a->field, mark);
    llb__enc_i64(e, 3, is_last ? 0 : -1);
    llb__enc_i64(e, 2, s->second_is_step ? n + s->second : s->second);
    llb__enc_i64(e, 1, s->prev == UINT32_MAX ? s->base : n + s->prev);
    llb__enc_wrap(e, 2, mark);
    return true;
}

bool llb__file_encode(llb__marshal *m, const llb__file_node *n)
{
    if (!list_steps(m, n))
        return false;
    const struct step *steps = m->steps.items;
    for (size_t i = m->steps.n; i-- > 0;) {
        if (!encode_step(m, &steps[i], i + 1 == m->steps.n))
            return false;
        /* One action can be used many times, so what is written may be much
         * more than what the graph holds. */
        if (llb__enc_len(&m->enc) > LLB__MAX_DEFINITION)
            return llb__marshal_fail(m, LLB_ELIMIT,
                                     "a file op is larger than 1 GiB");
    }
    llb__enc_wrap(&m->enc, 4, 0);
    llb__op_finish(m, n->node.cons, (llb__bytes){NULL, 0});
    return true;
}
