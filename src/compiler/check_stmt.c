/* Statements: which may stand where, and the names that they bind. */
#include "check.h"
#include "lint.h"
#include "parse.h" /* llbc__dockerfile_mend */

#include <string.h>

void llbc__check_bind(llbc__check *c, const llbc__name *name,
                      const llbc__ty *type)
{
    const llbc__binding *old = llbc__binding_find(c->names, name->text);
    llbc__note *n;

    if (llbc__name_taken(name->text)) {
        llbc__report(c->diags, LLBC__E_NAME_TAKEN, name->span,
                     "\"%s\" is a name of the language", name->text);
        return;
    }
    if (old) {
        n = llbc__report(c->diags, LLBC__E_NAME_TWICE, name->span,
                         "\"%s\" is bound already, and a name is bound once",
                         name->text);
        llbc__related(n, old->at, "first bound here");
        return;
    }
    if (++c->n_names > LLBC__MAX_NAMES) {
        llbc__report(c->diags, LLBC__E_TOO_LARGE, name->span,
                     "more than %d names in one function", LLBC__MAX_NAMES);
        return;
    }
    llbc__binding *b = llb__arena_alloc(c->arena, sizeof(*b));
    if (!b) {
        llbc__diags_nomem(c->diags);
        return;
    }
    *b = (llbc__binding){
        .next = c->names, .name = name->text, .at = name->span, .type = type};
    if (c->lint)
        b->used = llb__arena_alloc(c->arena, sizeof(*b->used));
    c->names = b;
}

static void check_let(llbc__check *c, const llbc__let *let)
{
    const llbc__ty *type;

    if (let->type) {
        type = llbc__check_type_name(c, let->type);
        llbc__check_type(c, let->value, type, "the value");
    } else {
        type = llbc__check_expr(c, let->value);
    }
    llbc__check_bind(c, &let->name, type);
}

/* A block of an if or for: settings go on, names end with it. */
static void check_branch(llbc__check *c, const llbc__block *b, llbc__role role)
{
    bool in_branch = c->in_branch;

    c->in_branch = true;
    llbc__check_block(c, b, role);
    c->in_branch = in_branch;
}

static void check_if(llbc__check *c, const llbc__stmt *s, llbc__role role)
{
    /* else-if chains are long rather than deep. */
    for (;; s = s->u.cond.else_if) {
        llbc__check_type(c, s->u.cond.cond, &llbc__ty_bool, "a condition");
        check_branch(c, s->u.cond.then, role);
        if (!s->u.cond.else_if)
            break;
    }
    if (s->u.cond.otherwise)
        check_branch(c, s->u.cond.otherwise, role);
}

static void check_for(llbc__check *c, const llbc__stmt *s, llbc__role role)
{
    const llbc__binding *names = c->names;

    llbc__check_loop(c, &s->u.loop.name, &s->u.loop.name2, s->u.loop.in);
    check_branch(c, s->u.loop.body, role);
    llbc__lint_names(c, names);
    c->names = names;
}

/* The body of a run, and then the names that its mounts bind. */
static void check_run_body(llbc__check *c, const llbc__block *b)
{
    const llbc__binding *as_names = c->as_names;
    bool in_branch = c->in_branch;

    c->as_names = NULL;
    c->in_branch = false;
    llbc__check_block(c, b, LLBC__IN_RUN);
    c->in_branch = in_branch;
    const llbc__binding *list = c->as_names;
    c->as_names = as_names;
    for (; list; list = list->next) {
        llbc__name name = {list->name, 0, list->at};
        llbc__check_bind(c, &name, &llbc__ty_fs);
    }
}

static void check_as(llbc__check *c, const llbc__stmt *s, const char *name,
                     llbc__role role)
{
    const llbc__name *as = &s->u.call.as;
    llbc__note *n;

    if (!as->text)
        return;
    if (role != LLBC__IN_RUN || strcmp(name, "mount") != 0) {
        n = llbc__report(c->diags, LLBC__E_AS, as->span,
                         "only a mount of a run binds a name with \"as\"");
        if (role == LLBC__STEP)
            llbc__help(n,
                       "to name a filesystem write let %s = fs { ... }, or "
                       "put its steps into a def",
                       as->text);
        return;
    }
    if (c->in_branch || c->in_mounts) {
        llbc__report(c->diags, LLBC__E_AS, as->span,
                     "\"as\" cannot stand in %s, since the name would not be "
                     "known after the run",
                     c->in_mounts ? "a mounts function" : "an if or for");
        return;
    }
    llbc__binding *b = llb__arena_alloc(c->arena, sizeof(*b));
    if (!b) {
        llbc__diags_nomem(c->diags);
        return;
    }
    *b = (llbc__binding){.next = c->as_names, .name = as->text, .at = as->span};
    c->as_names = b;
}

static void check_loose(llbc__check *c, const llbc__args *args)
{
    for (const llbc__arg *x = args->first; x; x = x->next)
        llbc__check_expr(c, x->value);
}

/* A statement of the other place, a function, or nothing at all. */
static void no_statement(llbc__check *c, const llbc__expr *callee,
                         const char *name, llbc__role role)
{
    bool in_run = role == LLBC__IN_RUN;
    const llbc__builtin *other =
        llbc__builtin_find(name, in_run ? LLBC__STEP : LLBC__IN_RUN);
    const llbc__builtin *function = llbc__builtin_find(name, LLBC__FUNCTION);
    llbc__note *n;

    if (other) {
        n = llbc__report(c->diags, LLBC__E_STATEMENT_PLACE, callee->span,
                         in_run ? "\"%s\" is a step, and this is the block of "
                                  "a run"
                                : "\"%s\" belongs into the block of a run",
                         name);
        llbc__help(n,
                   in_run ? "put it before or after the run"
                          : "write run \"...\" { %s ... }",
                   name);
        return;
    }
    if (function) {
        n = llbc__report(c->diags, LLBC__E_NOT_A_STEP, callee->span,
                         "\"%s\" gives a value, and here a step is expected",
                         name);
        if (strcmp(function->result, "fs") == 0 && !in_run)
            llbc__help(n, "to start from it write from %s(...)", name);
        return;
    }
    n = llbc__report(c->diags, LLBC__E_UNKNOWN_FUNCTION, callee->span,
                     "unknown %s \"%s\"",
                     in_run ? "statement of a run" : "step", name);
    const char *near = llbc__near_function(c->arena, c->unit, name, role);
    const char *mend = llbc__dockerfile_mend(name);
    if (mend)
        llbc__help(n, "write %s", mend);
    else if (near)
        llbc__help(n, "did you mean \"%s\"?", near);
    else if (c->unit && llbc__unit_find(c->unit, LLBC__TARGETS, name))
        llbc__help(n, "a target is no step: move what both need into a def");
}

/* A def as a statement must be made of the statements of its place. */
static bool fits_place(llbc__check *c, const llbc__expr *callee,
                       const llbc__sig *sig, llbc__role role)
{
    const llbc__ty *want =
        role == LLBC__IN_RUN ? &llbc__ty_mounts : &llbc__ty_fs;

    if (llbc__ty_fits(sig->result, want))
        return true;
    if (sig->result->kind == LLBC__MOUNTS)
        llbc__report(c->diags, LLBC__E_STATEMENT_PLACE, callee->span,
                     "\"%s\" holds mounts, which belong into the block of a "
                     "run",
                     sig->name);
    else if (sig->result->kind == LLBC__FS)
        llbc__report(c->diags, LLBC__E_STATEMENT_PLACE, callee->span,
                     "\"%s\" is made of steps, and this is the block of a run",
                     sig->name);
    else
        llbc__report(c->diags, LLBC__E_NOT_A_STEP, callee->span,
                     "\"%s\" gives %s, and here a step is expected", sig->name,
                     llbc__ty_text(c->arena, sig->result));
    return false;
}

/* What the head of a statement names: "name" or "module.name". */
static const llbc__sig *find_statement(llbc__check *c, const llbc__expr *callee,
                                       const char *name, llbc__role role)
{
    bool member = callee->kind == LLBC__EXPR_MEMBER;
    llbc__global *module =
        member ? llbc__module_find(c->unit, c->names, callee) : NULL;
    const llbc__builtin *b = member ? NULL : llbc__builtin_find(name, role);
    llbc__global *g = llbc__meant(c->unit, c->names, LLBC__FUNCTIONS, callee);

    if (b)
        return llbc__check_sig(c, b);
    if (!g) {
        if (module)
            llbc__not_in_module(c, module, &callee->u.member.name,
                                LLBC__FUNCTIONS);
        else if (member)
            llbc__check_expr(c, callee->u.member.base);
        else
            no_statement(c, callee, name, role);
        return NULL;
    }
    if (!llbc__check_global(c, g, callee->span) || !g->sig)
        return NULL;
    fits_place(c, callee, g->sig, role);
    return g->sig;
}

static void check_call(llbc__check *c, const llbc__stmt *s, llbc__role role)
{
    const llbc__expr *callee = s->u.call.callee;
    const char *name =
        callee->kind == LLBC__EXPR_NAME ? callee->u.name.text : "";
    const llbc__sig *sig = find_statement(c, callee, name, role);

    if (sig)
        llbc__check_args(c, &(llbc__call){sig, &s->u.call.args, callee->span,
                                          s->u.call.head});
    else
        check_loose(c, &s->u.call.args);
    if (sig && sig->builtin)
        llbc__lint_call(c, s, name);
    check_as(c, s, name, role);
    bool output = sig && sig->builtin &&
                  llbc__listed(" export cache_from cache_to ", name);
    if (output && c->unit->repo)
        llbc__only_here(c, callee->span, name);
    else if (output && !c->in_target)
        llbc__report(c->diags, LLBC__E_STATEMENT_PLACE, callee->span,
                     "\"%s\" stands in a target, not in a function", name);
    if (!s->u.call.block)
        return;
    if (role == LLBC__STEP && sig && sig->builtin && strcmp(name, "run") == 0)
        check_run_body(c, s->u.call.block);
    else if (sig)
        llbc__report(c->diags, LLBC__E_BLOCK, s->u.call.block->span,
                     "\"%s\" takes no block", name);
}

static void check_stmt(llbc__check *c, const llbc__stmt *s, llbc__role role)
{
    switch (s->kind) {
    case LLBC__STMT_CALL:
        check_call(c, s, role);
        return;
    case LLBC__STMT_LET:
        check_let(c, &s->u.let);
        return;
    case LLBC__STMT_IF:
        check_if(c, s, role);
        return;
    case LLBC__STMT_FOR:
        check_for(c, s, role);
        return;
    }
}

void llbc__check_block(llbc__check *c, const llbc__block *b, llbc__role role)
{
    const llbc__binding *names = c->names;

    if (llbc__check_enter(c, b->span)) {
        for (const llbc__stmt *s = b->first; s; s = s->next) {
            if (llbc__diags_full(c->diags))
                break;
            check_stmt(c, s, role);
        }
    }
    c->depth--;
    llbc__lint_names(c, names);
    c->names = names;
}
