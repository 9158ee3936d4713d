/* Calls of functions: built-ins, and defs with a frame of their own. */
#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"

#include <string.h>

/* Binds parameters; defaults are evaluated where the def stands. */
static void bind_params(llbc__eval *e, const llbc__global *g,
                        const llbc__actuals *a)
{
    const llbc__param *p = g->decl->u.def.params.first;

    for (size_t i = 0; p && i < a->sig->n_formals && !e->stopped;
         p = p->next, i++) {
        const llbc__actual *actual = &a->formals[i];
        llbc__value v = actual->value;
        if (!actual->given && p->value) {
            e->frame->stmt = p->span;
            v = llbc__eval_convert(e, llbc__eval_expr(e, p->value),
                                   a->sig->formals[i].type, p->value->span);
        }
        llbc__eval_bind(e, p->name.text, p->name.span, v);
    }
}

/* How the steps of a def start: as a statement with what its caller has, which
 * it may narrow and never widen; as an expression with nothing. */
static llbc__block_state start_block(llbc__eval *e, const llbc__frame *caller,
                                     bool statement)
{
    llbc__block_state b = {.set = llbc__no_settings};

    if (!statement) {
        b.fs = llbc__fs_scratch(e);
        return b;
    }
    b = *caller->block;
    if (b.set.network >= 0)
        b.set.network_max = b.set.network;
    if (b.set.security >= 0)
        b.set.security_max = b.set.security;
    return b;
}

static llbc__value run_body(llbc__eval *e, const llbc__decl *d,
                            const llbc__ty *type, llbc__block_state *b)
{
    if (d->u.def.value) {
        e->frame->stmt = d->u.def.value->span;
        return llbc__eval_convert(e, llbc__eval_expr(e, d->u.def.value), type,
                                  d->u.def.value->span);
    }
    if (!b->fs)
        return llbc__no_value();
    e->frame->block = b;
    llbc__eval_block(e, d->u.def.block);
    return llbc__fs_value(b->fs);
}

llbc__value llbc__eval_def(llbc__eval *e, llbc__global *g,
                           const llbc__actuals *a, bool statement)
{
    llbc__frame *caller = e->frame;
    llbc__value platform = llbc__value_of(a, "platform");
    llbc__frame frame = {.caller = caller,
                         .call_at = a->whole,
                         .unit = g->unit,
                         .platform = caller->platform,
                         .n_calls = caller->n_calls + 1};
    llbc__value v = llbc__no_value();

    if (frame.n_calls > LLBC__MAX_CALLS) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_NESTING, a->at,
                         "calls within calls go too deep here (more than %d)",
                         LLBC__MAX_CALLS);
        llbc__eval_way(e, n);
        llbc__eval_stop(e);
        return v;
    }
    if (a->sig->n_options && platform.kind == LLBC__PLATFORM)
        frame.platform = platform.u.platform;
    llbc__block_state block = start_block(e, caller, statement);
    frame.entry = statement && !block.body ? block.fs : NULL;
    e->frame = &frame;
    bind_params(e, g, a);
    if (!e->stopped)
        v = run_body(e, g->decl, g->type, &block);
    e->frame = caller;
    return e->stopped ? llbc__no_value() : v;
}

/* Looking at the arguments is work, too: a text of 16 MiB in a loop would take
 * hours. How many elements a list has is known. */
static void charge_args(llbc__eval *e, const llbc__actuals *a)
{
    bool is_len = a->sig->builtin && a->sig->builtin->call == llbc__fn_len;

    for (size_t i = 0; i < a->sig->n_formals && !e->stopped; i++) {
        llbc__value v = a->formals[i].value;
        if (!is_len || v.kind == LLBC__STRING)
            llbc__eval_charge_value(e, v);
    }
}

/* A call in an expression sees nothing of its caller but the platform. */
static llbc__value call_once(llbc__eval *e, llbc__global *g,
                             const llbc__actuals *a)
{
    llbc__value asked = llbc__value_of(a, "platform");
    const llbc__platform *platform =
        a->sig->n_options && asked.kind == LLBC__PLATFORM ? asked.u.platform
                                                          : e->frame->platform;
    bool known;

    charge_args(e, a);
    if (e->stopped)
        return llbc__no_value();
    llbc__value *kept = llbc__eval_memo(e, g, platform, a, &known);

    if (!kept)
        return llbc__no_value();
    if (!known)
        *kept = llbc__eval_def(e, g, a, false);
    return *kept;
}

llbc__value llbc__eval_call(llbc__eval *e, const llbc__expr *x)
{
    const llbc__expr *callee = x->u.call.callee;
    const char *name =
        callee->kind == LLBC__EXPR_NAME ? callee->u.name.text : "";
    const llbc__builtin *b = llbc__builtin_find(name, LLBC__FUNCTION);
    llbc__global *g = b ? NULL
                        : llbc__meant(e->frame->unit, e->frame->names,
                                      LLBC__FUNCTIONS, callee);
    const llbc__sig *sig = b ? llbc__builtin_sig(e->sigs, e->project->arena, b)
                           : g ? g->sig
                               : NULL;

    if (b && !sig)
        llbc__eval_nomem(e);
    if (!sig || (b && !b->call))
        return llbc__no_value();
    llbc__actuals *a =
        llbc__eval_args(e, sig, &x->u.call.args, callee->span, x->span);
    if (!a || a->failed)
        return llbc__no_value();
    if (!b)
        return call_once(e, g, a);
    charge_args(e, a);
    if (e->stopped)
        return llbc__no_value();
    llbc__value v = b->call(e, a);
    llbc__eval_args_done(e, a);
    return v;
}

llbc__value llbc__eval_fs(llbc__eval *e, const llbc__block *b)
{
    llbc__block_state *outer = e->frame->block, inner = {0};
    const llbc__fs *entry = e->frame->entry;

    inner.set = llbc__no_settings;
    inner.fs = llbc__fs_scratch(e);
    if (!inner.fs)
        return llbc__no_value();
    e->frame->block = &inner;
    e->frame->entry = NULL; /* nobody's files are at stake here */
    llbc__eval_block(e, b);
    e->frame->entry = entry;
    e->frame->block = outer;
    return llbc__fs_value(inner.fs);
}
