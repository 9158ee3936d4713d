/* Statements, one after the other. */
#include "compile.h"
#include "eval.h"

#include <string.h>

static void eval_let(llbc__eval *e, const llbc__stmt *s)
{
    const llbc__let *let = &s->u.let;
    llbc__value v = llbc__eval_expr(e, let->value);

    if (let->type && let->type->kind == LLBC__TYPE_NAME &&
        strcmp(let->type->name.text, "platform") == 0)
        v = llbc__eval_convert(e, v, &llbc__ty_platform, let->value->span);
    llbc__eval_bind(e, let->name.text, let->name.span, v);
}

static void eval_if(llbc__eval *e, const llbc__stmt *s)
{
    for (;; s = s->u.cond.else_if) {
        llbc__value v = llbc__eval_expr(e, s->u.cond.cond);
        if (!llbc__known(v))
            return;
        if (v.u.flag) {
            llbc__eval_block(e, s->u.cond.then);
            return;
        }
        if (!s->u.cond.else_if)
            break;
    }
    if (s->u.cond.otherwise)
        llbc__eval_block(e, s->u.cond.otherwise);
}

static void eval_for(llbc__eval *e, const llbc__stmt *s)
{
    llbc__value in = llbc__eval_expr(e, s->u.loop.in);
    const llbc__binding *names = e->frame->names;

    if (!llbc__known(in))
        return;
    llbc__loop loop = {e->loop, e->frame, s->u.loop.in->span, 0, in.n};
    e->loop = &loop;
    for (; loop.i < in.n && !e->stopped; loop.i++) {
        llbc__eval_bind_element(e, &s->u.loop.name, &s->u.loop.name2, in,
                                loop.i);
        llbc__eval_block(e, s->u.loop.body);
        e->frame->names = names;
    }
    e->loop = loop.outer;
}

/* A def as a statement goes on with what it leaves. */
static void call_def(llbc__eval *e, llbc__global *g, const llbc__actuals *a)
{
    llbc__value v = llbc__eval_def(e, g, a, true);
    llbc__block_state *b = e->frame->block;

    if (v.kind != LLBC__FS || b->body)
        return;
    /* In a block it is `from` that asks; a value is all that the def has. */
    if (!g->decl->u.def.value ||
        llbc__keeps_caller(e, b->fs, v.u.fs, g->decl->u.def.value->span,
                           a->whole))
        b->fs = v.u.fs;
}

void llbc__eval_call_stmt(llbc__eval *e, const llbc__stmt *s)
{
    const llbc__expr *callee = s->u.call.callee;
    const char *name =
        callee->kind == LLBC__EXPR_NAME ? callee->u.name.text : "";
    llbc__role role = e->frame->block->body ? LLBC__IN_RUN : LLBC__STEP;
    const llbc__builtin *b = llbc__builtin_find(name, role);
    llbc__global *g = b ? NULL
                        : llbc__meant(e->frame->unit, e->frame->names,
                                      LLBC__FUNCTIONS, callee);
    const llbc__sig *sig = b ? llbc__builtin_sig(e->sigs, e->project->arena, b)
                           : g ? g->sig
                               : NULL;

    if (b && !sig)
        llbc__eval_nomem(e);
    if (!sig || (b && !b->step))
        return;
    llbc__actuals *a =
        llbc__eval_args(e, sig, &s->u.call.args, callee->span, s->u.call.head);
    if (!a)
        return;
    a->stmt = s;
    if (b) {
        b->step(e, a);
        llbc__eval_args_done(e, a);
    } else if (!a->failed) {
        call_def(e, g, a);
    }
}

static void eval_stmt(llbc__eval *e, const llbc__stmt *s)
{
    switch (s->kind) {
    case LLBC__STMT_CALL:
        e->frame->stmt = s->u.call.head;
        llbc__eval_call_stmt(e, s);
        return;
    case LLBC__STMT_LET:
        e->frame->stmt = s->span;
        eval_let(e, s);
        return;
    case LLBC__STMT_IF:
        e->frame->stmt = s->u.cond.cond->span;
        eval_if(e, s);
        return;
    case LLBC__STMT_FOR:
        e->frame->stmt = s->u.loop.in->span;
        eval_for(e, s);
        return;
    }
}

void llbc__eval_block(llbc__eval *e, const llbc__block *b)
{
    const llbc__binding *names = e->frame->names;
    llb_span stmt = e->frame->stmt;

    if (++e->depth > LLBC__MAX_EVAL_DEPTH) {
        llbc__eval_way(e, llbc__report(e->diags, LLBC__E_NESTING, b->span,
                                       "blocks within each other go too deep "
                                       "here"));
        llbc__eval_stop(e);
    }
    for (const llbc__stmt *s = b->first; s && !e->stopped; s = s->next) {
        if (llbc__eval_step(e, s->span) && !llbc__diags_full(e->diags))
            eval_stmt(e, s);
    }
    e->depth--;
    e->frame->names = names;
    e->frame->stmt = stmt;
}
