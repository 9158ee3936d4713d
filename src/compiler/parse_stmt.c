/* Builders of statements and declarations. */
#include "parse_impl.h"

static uint32_t max(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t depth_of(const llbc__expr *e) { return e ? e->depth : 0; }

static uint32_t type_depth(const llbc__type *t) { return t ? t->depth : 0; }

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
                              max(callee->depth, llbc__args_depth(&args)));

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
                   llbc__args_depth(&d->u.arg.options));
    case LLBC__DECL_LET:
        return max(type_depth(d->u.let.type), d->u.let.value->depth);
    case LLBC__DECL_DEF:
        return max(
            max(params_depth(&d->u.def.params), type_depth(d->u.def.type)),
            max(block_depth(d->u.def.block), depth_of(d->u.def.value)));
    case LLBC__DECL_TARGET:
        return max(max(params_depth(&d->u.target.params),
                       llbc__args_depth(&d->u.target.options)),
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

llbc__target_name *llbc__target_name_new(llbc__parser *p, llbc__name name)
{
    llbc__target_name *made = llbc__alloc(p, sizeof *made);

    if (made)
        made->name = name;
    return made;
}

llbc__target_name *llbc__quoted_name(llbc__parser *p, llbc__expr *string)
{
    size_t len;
    const char *text = llbc__expr_text(string, &len);

    if (!text) {
        llbc__report(p->diags, LLBC__E_SYNTAX, string->span,
                     "a target or group has a name without ${}");
        text = "";
        len = 0;
    }
    llbc__target_name *made = llbc__target_name_new(
        p, (llbc__name){text, (uint32_t)len, string->span});
    if (made)
        made->quoted = string;
    return made;
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
