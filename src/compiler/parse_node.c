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

static uint32_t args_depth(const llbc__args *args)
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
                              max(callee->depth, args_depth(&args)));

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
    llbc__expr *e = expr_over(p, LLBC__EXPR_LIST, at, args_depth(&items));
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
    llbc__expr *e = expr_over(p, LLBC__EXPR_MAP, at, args_depth(&entries));

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

bool llbc__arg_add(llbc__parser *p, llbc__args *args, llb_span at,
                   llbc__expr *key, llbc__expr *value, bool spread)
{
    llbc__arg *a = llbc__alloc(p, sizeof *a);

    if (!a)
        return false;
    *a = (llbc__arg){.span = at, .key = key, .value = value, .spread = spread};
    if (args->last)
        args->last->next = a;
    else
        args->first = a;
    args->last = a;
    args->n++;
    return true;
}

bool llbc__param_add(llbc__parser *p, llbc__params *params, llb_span at,
                     llbc__param param)
{
    llbc__param *made = llbc__alloc(p, sizeof *made);

    if (!made)
        return false;
    *made = param;
    made->span = at;
    if (params->last)
        params->last->next = made;
    else
        params->first = made;
    params->last = made;
    params->n++;
    return true;
}

/* --- statements -------------------------------------------------------- */

void llbc__stmt_add(llbc__stmts *stmts, llbc__stmt *s)
{
    if (stmts->last)
        stmts->last->next = s;
    else
        stmts->first = s;
    stmts->last = s;
    stmts->n++;
    stmts->depth = max(stmts->depth, s->depth);
}

llbc__block *llbc__block_new(llbc__parser *p, llb_span at, llbc__stmts stmts)
{
    llbc__block *b = llbc__alloc(p, sizeof *b);

    if (!b)
        return NULL;
    *b = (llbc__block){.span = at,
                       .first = stmts.first,
                       .n = stmts.n,
                       .depth = llbc__above(p, stmts.depth, at)};
    return b;
}

static uint32_t block_depth(const llbc__block *b) { return b ? b->depth : 0; }

static llbc__stmt *stmt_over(llbc__parser *p, llbc__stmt_kind kind, llb_span at,
                             uint32_t children)
{
    llbc__stmt *s = llbc__alloc(p, sizeof *s);

    if (!s)
        return NULL;
    s->kind = kind;
    s->span = at;
    s->depth = llbc__above(p, children, at);
    return s;
}

llbc__stmt *llbc__stmt_call(llbc__parser *p, llb_span at, llbc__expr *callee,
                            llbc__args args)
{
    llbc__stmt *s = stmt_over(p, LLBC__STMT_CALL, at,
                              max(callee->depth, args_depth(&args)));

    if (!s)
        return NULL;
    s->u.call.callee = callee;
    s->u.call.args = args;
    s->u.call.head = at;
    return s;
}

bool llbc__stmt_finish(llbc__parser *p, llb_span at, llbc__stmt *call,
                       llbc__name as, llbc__block *block)
{
    call->span = at;
    call->u.call.as = as;
    call->u.call.block = block;
    call->depth = max(call->depth, llbc__above(p, block_depth(block), at));
    if (as.text)
        llbc__as_misplaced(p, call);
    return !p->failed;
}

llbc__stmt *llbc__stmt_let(llbc__parser *p, llb_span at, llbc__let let)
{
    llbc__stmt *s = stmt_over(p, LLBC__STMT_LET, at,
                              max(let.value->depth, type_depth(let.type)));

    if (s)
        s->u.let = let;
    return s;
}

llbc__stmt *llbc__stmt_if(llbc__parser *p, llb_span at, llbc__expr *cond,
                          llbc__block *then, llbc__stmt *else_if,
                          llbc__block *otherwise)
{
    uint32_t depth =
        max(max(cond->depth, then->depth),
            max(else_if ? else_if->depth : 0, block_depth(otherwise)));
    llbc__stmt *s = stmt_over(p, LLBC__STMT_IF, at, depth);

    if (!s)
        return NULL;
    s->u.cond.cond = cond;
    s->u.cond.then = then;
    s->u.cond.else_if = else_if;
    s->u.cond.otherwise = otherwise;
    return s;
}

llbc__stmt *llbc__stmt_for(llbc__parser *p, llb_span at,
                           const llbc__name names[2], llbc__expr *in,
                           llbc__block *body)
{
    llbc__stmt *s =
        stmt_over(p, LLBC__STMT_FOR, at, max(in->depth, body->depth));

    if (!s)
        return NULL;
    s->u.loop.name = names[0];
    s->u.loop.name2 = names[1];
    s->u.loop.in = in;
    s->u.loop.body = body;
    return s;
}

/* --- declarations ------------------------------------------------------ */

static uint32_t params_depth(const llbc__params *params)
{
    uint32_t depth = 0;

    for (const llbc__param *q = params->first; q; q = q->next)
        depth = max(depth, max(depth_of(q->value), type_depth(q->type)));
    return depth;
}

static uint32_t decl_children(const llbc__decl *d)
{
    switch (d->kind) {
    case LLBC__DECL_IMPORT:
        return max(depth_of(d->u.import.from), d->u.import.path->depth);
    case LLBC__DECL_ARG:
        return max(max(type_depth(d->u.arg.type), depth_of(d->u.arg.value)),
                   args_depth(&d->u.arg.options));
    case LLBC__DECL_LET:
        return max(type_depth(d->u.let.type), d->u.let.value->depth);
    case LLBC__DECL_DEF:
        return max(
            max(params_depth(&d->u.def.params), type_depth(d->u.def.type)),
            max(block_depth(d->u.def.block), depth_of(d->u.def.value)));
    case LLBC__DECL_TARGET:
        return max(max(params_depth(&d->u.target.params),
                       args_depth(&d->u.target.options)),
                   block_depth(d->u.target.block));
    case LLBC__DECL_GROUP:
        return d->u.group->depth;
    }
    return 0;
}

void llbc__edition(llbc__parser *p, llb_span at, int64_t edition)
{
    if (p->file->n || p->file->edition_span.file) {
        llbc__report(p->diags, LLBC__E_SYNTAX, at,
                     "the `llb` line comes once, before everything else");
        return;
    }
    p->file->edition = edition;
    p->file->edition_span = at;
}

llbc__target_name llbc__quoted_name(llbc__parser *p, llbc__expr *string)
{
    size_t len;
    const char *text = llbc__expr_text(string, &len);

    if (!text) {
        llbc__report(p->diags, LLBC__E_SYNTAX, string->span,
                     "a target or group has a name without ${}");
        text = "";
        len = 0;
    }
    return (llbc__target_name){{text, (uint32_t)len, string->span}, string};
}

bool llbc__decl_add(llbc__parser *p, llb_span at, llbc__decl d)
{
    llbc__decl *made = llbc__alloc(p, sizeof *made);

    if (!made)
        return false;
    *made = d;
    made->span = at;
    made->depth = llbc__above(p, decl_children(&d), at);
    *p->decl_tail = made;
    p->decl_tail = &made->next;
    p->file->n++;
    return true;
}
