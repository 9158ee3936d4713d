/* Builders of expressions, types and lists. They keep depth, which is what
 * later walks rely on. */
#include "parse_impl.h"

#include <string.h>

void *llbc__alloc(llbc__parser *p, size_t size)
{
    void *made = llb__arena_alloc(p->arena, size);

    if (!made)
        p->failed = true;
    return made;
}

uint32_t llbc__above(llbc__parser *p, uint32_t children, llb_span at)
{
    if (children >= LLBC__MAX_DEPTH) {
        llbc__complain(p, LLBC__E_DEPTH, at,
                       "more than %d levels of expressions and statements",
                       LLBC__MAX_DEPTH);
        p->stop = true;
    }
    return children + 1;
}

static uint32_t max(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t depth_of(const llbc__expr *e) { return e ? e->depth : 0; }

uint32_t llbc__args_depth(const llbc__args *args)
{
    uint32_t depth = 0;

    for (const llbc__arg *a = args->first; a; a = a->next)
        depth = max(depth, max(depth_of(a->key), depth_of(a->value)));
    return depth;
}

static uint32_t type_depth(const llbc__type *t) { return t ? t->depth : 0; }

/* --- expressions ------------------------------------------------------- */

static llbc__expr *expr_over(llbc__parser *p, llbc__expr_kind kind, llb_span at,
                             uint32_t children)
{
    llbc__expr *e = llbc__alloc(p, sizeof *e);

    if (!e)
        return NULL;
    e->kind = kind;
    e->span = at;
    e->depth = llbc__above(p, children, at);
    return e;
}

llbc__expr *llbc__expr_new(llbc__parser *p, llbc__expr_kind kind, llb_span at)
{
    return expr_over(p, kind, at, 0);
}

llbc__expr *llbc__name_expr(llbc__parser *p, llbc__name name)
{
    llbc__expr *e = llbc__expr_new(p, LLBC__EXPR_NAME, name.span);

    if (e)
        e->u.name = name;
    return e;
}

llbc__expr *llbc__unary(llbc__parser *p, llb_span at, llbc__op op,
                        llb_span op_at, llbc__expr *a)
{
    llbc__expr *e = expr_over(p, LLBC__EXPR_UNARY, at, a->depth);

    if (!e)
        return NULL;
    e->u.op.op = op;
    e->u.op.op_span = op_at;
    e->u.op.a = a;
    return e;
}

llbc__expr *llbc__binary(llbc__parser *p, llb_span at, llbc__op op,
                         llb_span op_at, llbc__expr *a, llbc__expr *b)
{
    llbc__expr *e =
        expr_over(p, LLBC__EXPR_BINARY, at, max(a->depth, b->depth));

    if (!e)
        return NULL;
    e->u.op.op = op;
    e->u.op.op_span = op_at;
    e->u.op.a = a;
    e->u.op.b = b;
    return e;
}

llbc__expr *llbc__call(llbc__parser *p, llb_span at, llbc__expr *callee,
                       llbc__args args, llb_span close)
{
    llbc__expr *e = expr_over(p, LLBC__EXPR_CALL, at,
                              max(callee->depth, llbc__args_depth(&args)));

    if (!e)
        return NULL;
    e->u.call.callee = callee;
    e->u.call.args = args;
    e->u.call.close = close;
    return e;
}

llbc__expr *llbc__member(llbc__parser *p, llb_span at, llbc__expr *base,
                         llbc__name name)
{
    llbc__expr *e = expr_over(p, LLBC__EXPR_MEMBER, at, base->depth);

    if (!e)
        return NULL;
    e->u.member.base = base;
    e->u.member.name = name;
    return e;
}

llbc__expr *llbc__index(llbc__parser *p, llb_span at, llbc__expr *base,
                        llbc__expr *index)
{
    llbc__expr *e =
        expr_over(p, LLBC__EXPR_INDEX, at, max(base->depth, index->depth));

    if (!e)
        return NULL;
    e->u.index.base = base;
    e->u.index.index = index;
    return e;
}

llbc__expr *llbc__list(llbc__parser *p, llb_span at, llbc__args items)
{
    llbc__expr *e = expr_over(p, LLBC__EXPR_LIST, at, llbc__args_depth(&items));
    llbc__expr **tail;

    if (!e)
        return NULL;
    tail = &e->u.list.first;
    for (const llbc__arg *a = items.first; a; a = a->next) {
        *tail = a->value;
        tail = &a->value->next;
    }
    e->u.list.n = items.n;
    return e;
}

llbc__expr *llbc__comp(llbc__parser *p, llb_span at, const llbc__name names[2],
                       llbc__expr *in, llbc__expr *cond, llbc__expr *value)
{
    uint32_t depth = max(max(in->depth, value->depth), depth_of(cond));
    llbc__expr *e = expr_over(p, LLBC__EXPR_COMP, at, depth);

    if (!e)
        return NULL;
    e->u.comp.name = names[0];
    e->u.comp.name2 = names[1];
    e->u.comp.in = in;
    e->u.comp.cond = cond;
    e->u.comp.value = value;
    return e;
}

llbc__expr *llbc__map(llbc__parser *p, llb_span at, llbc__args entries)
{
    llbc__expr *e =
        expr_over(p, LLBC__EXPR_MAP, at, llbc__args_depth(&entries));

    if (e)
        e->u.map = entries;
    return e;
}

llbc__expr *llbc__fs(llbc__parser *p, llb_span at, llbc__block *block)
{
    llbc__expr *e = expr_over(p, LLBC__EXPR_FS, at, block->depth);

    if (e)
        e->u.fs = block;
    return e;
}

llbc__expr *llbc__cond(llbc__parser *p, llb_span at, llbc__expr *cond,
                       llbc__expr *then, llbc__expr *otherwise)
{
    uint32_t depth = max(max(cond->depth, then->depth), otherwise->depth);
    llbc__expr *e = expr_over(p, LLBC__EXPR_IF, at, depth);

    if (!e)
        return NULL;
    e->u.cond.cond = cond;
    e->u.cond.then = then;
    e->u.cond.otherwise = otherwise;
    return e;
}

/* --- lists and types --------------------------------------------------- */

llbc__type *llbc__type_new(llbc__parser *p, llbc__type_kind kind, llb_span at,
                           llbc__name name, llbc__type *of)
{
    llbc__type *t = llbc__alloc(p, sizeof *t);

    if (!t)
        return NULL;
    *t = (llbc__type){.kind = kind,
                      .depth = llbc__above(p, type_depth(of), at),
                      .span = at,
                      .name = name,
                      .of = of};
    return t;
}

llbc__arg *llbc__arg_new(llbc__parser *p, llb_span at, llbc__expr *key,
                         llbc__expr *value, bool spread)
{
    llbc__arg *a = llbc__alloc(p, sizeof *a);

    if (a)
        *a = (llbc__arg){
            .span = at, .key = key, .value = value, .spread = spread};
    return a;
}

void llbc__arg_link(llbc__args *args, llbc__arg *a)
{
    if (args->last)
        args->last->next = a;
    else
        args->first = a;
    args->last = a;
    args->n++;
}

bool llbc__arg_add(llbc__parser *p, llbc__args *args, llb_span at,
                   llbc__expr *key, llbc__expr *value, bool spread)
{
    llbc__arg *a = llbc__arg_new(p, at, key, value, spread);

    if (a)
        llbc__arg_link(args, a);
    return a != NULL;
}

llbc__params *llbc__params_new(llbc__parser *p)
{
    return llbc__alloc(p, sizeof(llbc__params));
}

llbc__param *llbc__param_new(llbc__parser *p, llbc__param param)
{
    llbc__param *made = llbc__alloc(p, sizeof *made);

    if (made)
        *made = param;
    return made;
}

void llbc__param_add(llbc__params *params, llbc__param *param)
{
    if (params->last)
        params->last->next = param;
    else
        params->first = param;
    params->last = param;
    params->n++;
}
