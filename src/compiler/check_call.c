/* Calls in expressions: what is called, and whether that gives a value. */
#include <string.h>

#include "check.h"

/* Functions that read files beside the source. */
static const char near_files[] = " local read glob definition oci_layout ";

void llbc__only_here(llbc__check *c, llb_span at, const char *what)
{
    llbc__note *n = llbc__report(c->diags, LLBC__E_FOREIGN, at,
                                 "a module of a repository sees nothing of "
                                 "this machine: \"%s\" cannot stand here",
                                 what);
    llbc__help(n, "take it as a parameter of a function");
}

/* A built-in that is no function: say what it is. */
static void no_function(llbc__check *c, const llbc__expr *callee,
                        const char *name)
{
    const llbc__builtin *b = llbc__builtin_any(name);
    llbc__note *n;

    if (b && (b->role == LLBC__STEP || b->role == LLBC__IN_RUN)) {
        n = llbc__report(c->diags, LLBC__E_STEP_VALUE, callee->span,
                         "\"%s\" is a step, and here a value is expected",
                         name);
        if (b->role == LLBC__STEP)
            llbc__help(n, "for a filesystem made of steps write fs { %s ... }",
                       name);
        return;
    }
    if (llbc__binding_find(c->names, name) ||
        llbc__unit_find(c->unit, LLBC__VALUES, name)) {
        n = llbc__report(c->diags, LLBC__E_UNKNOWN_FUNCTION, callee->span,
                         "\"%s\" is a value, and only functions are called",
                         name);
        return;
    }
    n = llbc__report(c->diags, LLBC__E_UNKNOWN_FUNCTION, callee->span,
                     "unknown function \"%s\"", name);
    const char *near =
        llbc__near_function(c->arena, c->unit, name, LLBC__FUNCTION);
    if (llbc__builtin_find(name, LLBC__EXPORTER))
        llbc__help(n, "an output is no value: a target says export %s(...)",
                   name);
    else if (llbc__builtin_find(name, LLBC__CACHE))
        llbc__help(n, "a cache is no value: a target says cache_to %s(...)",
                   name);
    else if (near)
        llbc__help(n, "did you mean \"%s\"?", near);
}

const llbc__sig *llbc__check_sig(llbc__check *c, const llbc__builtin *b)
{
    const llbc__sig *sig = llbc__builtin_sig(c->sigs, c->arena, b);

    if (!sig)
        llbc__diags_nomem(c->diags);
    return sig;
}

/* The arguments of a call that cannot be checked still hold expressions. */
static const llbc__ty *check_loose(llbc__check *c, const llbc__args *args)
{
    for (const llbc__arg *x = args->first; x; x = x->next)
        llbc__check_expr(c, x->value);
    return &llbc__ty_unknown;
}

const llbc__ty *llbc__check_call(llbc__check *c, const llbc__expr *e)
{
    const llbc__expr *callee = e->u.call.callee;
    const llbc__args *args = &e->u.call.args;
    const llbc__sig *sig = NULL;

    llbc__global *module = NULL;
    if (callee->kind == LLBC__EXPR_MEMBER)
        module = llbc__module_find(c->unit, c->names, callee);
    if (callee->kind != LLBC__EXPR_NAME && !module) {
        llbc__check_expr(c, callee);
        if (callee->kind != LLBC__EXPR_MEMBER)
            llbc__report(c->diags, LLBC__E_TYPE, callee->span,
                         "only a function has a name that can be called");
        return check_loose(c, args);
    }
    const char *name =
        module ? callee->u.member.name.text : callee->u.name.text;
    llbc__global *g = llbc__meant(c->unit, c->names, LLBC__FUNCTIONS, callee);
    const llbc__builtin *b =
        module ? NULL : llbc__builtin_find(name, LLBC__FUNCTION);
    if (b) {
        sig = llbc__check_sig(c, b);
    } else if (g) {
        sig = llbc__check_global(c, g, callee->span) ? g->sig : NULL;
    } else if (module) {
        llbc__not_in_module(c, module, &callee->u.member.name, LLBC__FUNCTIONS);
    } else {
        no_function(c, callee, name);
    }
    if (!sig)
        return check_loose(c, args);
    if (sig->result == &llbc__ty_mounts)
        llbc__report(c->diags, LLBC__E_STEP_VALUE, callee->span,
                     "mounts are no value: call \"%s\" as a statement in the "
                     "block of a run",
                     name);
    if (b && strcmp(name, "env_of") == 0 && !c->in_block)
        llbc__report(c->diags, LLBC__E_NAME_PLACE, callee->span,
                     "\"env_of\" reads the filesystem of a block, and this is "
                     "in none");
    if (b && c->unit->repo && llbc__listed(near_files, name))
        llbc__only_here(c, callee->span, name);
    const llbc__ty *t =
        llbc__check_args(c, &(llbc__call){sig, args, callee->span, e->span});
    return t ? t : &llbc__ty_unknown;
}
