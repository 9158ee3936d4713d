/* Types of expressions. */
#include "check.h"
#include "lint.h"

#include <string.h>

bool llbc__check_enter(llbc__check *c, llb_span at)
{
    if (++c->depth <= LLBC__MAX_CHECK_DEPTH)
        return true;
    llbc__report(c->diags, LLBC__E_NESTING, at,
                 "definitions that need each other go too deep here (more "
                 "than %d levels)",
                 LLBC__MAX_CHECK_DEPTH);
    return false;
}

void llbc__check_type(llbc__check *c, const llbc__expr *e, const llbc__ty *want,
                      const char *what)
{
    const llbc__ty *got = llbc__check_expr(c, e);

    if (!llbc__ty_fits(got, want)) {
        llbc__report(
            c->diags, LLBC__E_TYPE, e->span, "%s must be %s, and this is %s",
            what, llbc__ty_text(c->arena, want), llbc__ty_text(c->arena, got));
    }
}

/* A name in "${HOME}" that we do not know is most often the shell's. */
static void unknown_name(llbc__check *c, const llbc__expr *e, const char *name)
{
    llbc__note *n = llbc__report(c->diags, LLBC__E_UNKNOWN_NAME, e->span,
                                 "unknown name \"%s\"", name);
    const char *near = llbc__near_value(c->arena, c->unit, c->names, name);

    if (near)
        llbc__help(n, "did you mean \"%s\"?", near);
    else if (c->in_text)
        llbc__help(n, "for a variable of the shell write $%s, or $${%s}", name,
                   name);
    else
        llbc__help(n, "in quotes it is text: \"%s\"", name);
}

/* Something else bears the name: say what, and how it is used. */
static bool other_meaning(llbc__check *c, const llbc__expr *e, const char *name)
{
    llbc__note *n;

    if (llbc__unit_find(c->unit, LLBC__FUNCTIONS, name) ||
        llbc__builtin_find(name, LLBC__FUNCTION)) {
        n = llbc__report(c->diags, LLBC__E_UNKNOWN_NAME, e->span,
                         "\"%s\" is a function, and this is no call of it",
                         name);
        llbc__help(n, "call it: %s(...)", name);
        return true;
    }
    if (llbc__unit_find(c->unit, LLBC__MODULES, name)) {
        n = llbc__report(c->diags, LLBC__E_UNKNOWN_NAME, e->span,
                         "\"%s\" is a module, and modules are no values", name);
        llbc__help(n, "name something in it: %s.NAME", name);
        return true;
    }
    if (llbc__unit_find(c->unit, LLBC__TARGETS, name)) {
        n = llbc__report(c->diags, LLBC__E_UNKNOWN_NAME, e->span,
                         "\"%s\" is a target, and targets are no values", name);
        llbc__help(n, "move what both need into a def, and call that");
        return true;
    }
    return false;
}

static const llbc__ty *own_name(llbc__check *c, const llbc__expr *e,
                                const char *name)
{
    bool is_here = strcmp(name, "here") == 0;

    if (is_here && !c->in_block) {
        llbc__report(c->diags, LLBC__E_NAME_PLACE, e->span,
                     "\"here\" is the filesystem of a block, and this is in "
                     "none");
        return &llbc__ty_unknown;
    }
    if (c->no_platform && strcmp(name, "platform") == 0) {
        llbc__report(c->diags, LLBC__E_NAME_PLACE, e->span,
                     "\"platform\" is not known in %s", c->no_platform);
        return &llbc__ty_unknown;
    }
    return is_here ? &llbc__ty_fs : &llbc__ty_platform;
}

static const llbc__ty *check_name(llbc__check *c, const llbc__expr *e)
{
    const char *name = e->u.name.text;
    const llbc__binding *b = llbc__binding_find(c->names, name);
    llbc__global *g =
        b ? NULL : llbc__meant(c->unit, c->names, LLBC__VALUES, e);

    if (b && b->used)
        *b->used = true;
    if (b)
        return b->type;
    if (g)
        return llbc__check_global(c, g, e->span) ? g->type : &llbc__ty_unknown;
    if (llbc__name_taken(name))
        return own_name(c, e, name);
    if (!other_meaning(c, e, name))
        unknown_name(c, e, name);
    return &llbc__ty_unknown;
}

static const llbc__ty *check_string(llbc__check *c, const llbc__expr *e)
{
    for (const llbc__part *p = e->u.string.parts; p; p = p->next) {
        if (!p->expr)
            continue;
        c->in_text = p->expr->kind == LLBC__EXPR_NAME;
        const llbc__ty *t = llbc__check_expr(c, p->expr);
        c->in_text = false;
        if (t->kind == LLBC__STRING || t->kind == LLBC__INT ||
            t->kind == LLBC__BOOL || t->kind == LLBC__PLATFORM ||
            t->kind == LLBC__UNKNOWN)
            continue;
        llbc__note *n =
            llbc__report(c->diags, LLBC__E_TYPE, p->span, "%s has no text",
                         llbc__ty_text(c->arena, t));
        if (t->kind == LLBC__LIST)
            llbc__help(n, "join its elements: ${join(..., \" \")}");
    }
    return &llbc__ty_string;
}

void llbc__not_in_module(llbc__check *c, const llbc__global *module,
                         const llbc__name *name, llbc__space space)
{
    static const char *const what[] = {"value", "function", "target"};
    llbc__note *n;

    if (!module->module) /* reported where it is imported */
        return;
    n = llbc__report(c->diags,
                     space == LLBC__FUNCTIONS ? LLBC__E_UNKNOWN_FUNCTION
                     : space == LLBC__TARGETS ? LLBC__E_UNKNOWN_TARGET
                                              : LLBC__E_UNKNOWN_NAME,
                     name->span, "module \"%s\" has no %s \"%s\"", module->name,
                     what[space], name->text);
    const char *near =
        llbc__near_global(c->arena, module->module, space, name->text);
    if (space == LLBC__VALUES &&
        llbc__unit_find(module->module, LLBC__FUNCTIONS, name->text))
        llbc__help(n, "it is a function: %s.%s(...)", module->name, name->text);
    else if (near)
        llbc__help(n, "did you mean \"%s\"?", near);
}

/* A value of a module. */
static const llbc__ty *check_module_value(llbc__check *c,
                                          const llbc__global *module,
                                          const llbc__expr *e)
{
    llbc__global *g = llbc__meant(c->unit, c->names, LLBC__VALUES, e);

    if (!g)
        llbc__not_in_module(c, module, &e->u.member.name, LLBC__VALUES);
    return g && llbc__check_global(c, g, e->span) ? g->type : &llbc__ty_unknown;
}

static const llbc__ty *check_member(llbc__check *c, const llbc__expr *e)
{
    const llbc__expr *base = e->u.member.base;
    const char *name = e->u.member.name.text;

    llbc__global *module = llbc__module_find(c->unit, c->names, e);
    if (module)
        return check_module_value(c, module, e);
    const llbc__ty *t = llbc__check_expr(c, base);
    if (t->kind == LLBC__UNKNOWN)
        return t;
    if (t->kind == LLBC__PLATFORM &&
        (strcmp(name, "os") == 0 || strcmp(name, "arch") == 0 ||
         strcmp(name, "variant") == 0))
        return &llbc__ty_string;
    llbc__note *n = llbc__report(
        c->diags, LLBC__E_UNKNOWN_MEMBER, e->u.member.name.span,
        "%s has no member \"%s\"", llbc__ty_text(c->arena, t), name);
    if (t->kind == LLBC__PLATFORM)
        llbc__help(n, "a platform has .os, .arch and .variant");
    else if (t->kind == LLBC__MAP)
        llbc__help(n, "for a key of a map write [\"%s\"]", name);
    return &llbc__ty_unknown;
}

static const llbc__ty *check_index(llbc__check *c, const llbc__expr *e)
{
    const llbc__ty *t = llbc__check_expr(c, e->u.index.base);

    if (t->kind == LLBC__MAP)
        llbc__check_type(c, e->u.index.index, &llbc__ty_string, "a key");
    else if (t->kind == LLBC__LIST)
        llbc__check_type(c, e->u.index.index, &llbc__ty_int, "an index");
    else
        llbc__check_expr(c, e->u.index.index);
    if (t->elem)
        return t->elem;
    if (t->kind != LLBC__UNKNOWN)
        llbc__report(c->diags, LLBC__E_TYPE, e->span,
                     "only lists and maps have elements, and this is %s",
                     llbc__ty_text(c->arena, t));
    return &llbc__ty_unknown;
}

/* The type of both; reports at `at` when they differ. */
static const llbc__ty *join(llbc__check *c, const llbc__ty *a,
                            const llbc__ty *b, llb_span at, const char *what)
{
    const llbc__ty *t = llbc__ty_join(a, b);

    if (t)
        return t;
    llbc__report(c->diags, LLBC__E_TYPE, at,
                 "%s: this is %s, and what is "
                 "before it %s",
                 what, llbc__ty_text(c->arena, b), llbc__ty_text(c->arena, a));
    return &llbc__ty_unknown;
}

static const llbc__ty *type_with(llbc__check *c, llbc__kind kind,
                                 const llbc__ty *elem)
{
    const llbc__ty *t = llbc__ty_of(c->arena, kind, elem);

    if (!t)
        llbc__diags_nomem(c->diags);
    return t ? t : &llbc__ty_unknown;
}

static const llbc__ty *check_list(llbc__check *c, const llbc__expr *e)
{
    const llbc__ty *elem = &llbc__ty_unknown;

    for (const llbc__expr *x = e->u.list.first; x; x = x->next)
        elem = join(c, elem, llbc__check_expr(c, x), x->span,
                    "a list has elements of one type");
    return type_with(c, LLBC__LIST, elem);
}

static const llbc__ty *check_map(llbc__check *c, const llbc__expr *e)
{
    const llbc__ty *elem = &llbc__ty_unknown;

    if (e->u.map.n > LLBC__MAX_NAMES) {
        llbc__report(c->diags, LLBC__E_TOO_LARGE, e->span,
                     "a map of more than %d keys", LLBC__MAX_NAMES);
        return elem;
    }
    for (const llbc__arg *x = e->u.map.first; x; x = x->next) {
        elem = join(c, elem, llbc__check_expr(c, x->value), x->value->span,
                    "a map has values of one type");
        if (llbc__key_computed(x->key)) {
            llbc__check_expr(c, x->key);
            continue;
        }
        for (const llbc__arg *y = e->u.map.first; y != x; y = y->next) {
            if (strcmp(llbc__key_text(y->key), llbc__key_text(x->key)) != 0)
                continue;
            llbc__note *n =
                llbc__report(c->diags, LLBC__E_OPTION_TWICE, x->key->span,
                             "key \"%s\" twice", llbc__key_text(x->key));
            llbc__related(n, y->key->span, "first given here");
            break;
        }
    }
    return type_with(c, LLBC__MAP, elem);
}

void llbc__check_loop(llbc__check *c, const llbc__name *name,
                      const llbc__name *name2, const llbc__expr *in)
{
    const llbc__ty *t = llbc__check_expr(c, in);
    const llbc__ty *elem = t->elem ? t->elem : &llbc__ty_unknown;

    if (!t->elem && t->kind != LLBC__UNKNOWN)
        llbc__report(c->diags, LLBC__E_TYPE, in->span,
                     "a loop goes over a list or a map, and this is %s",
                     llbc__ty_text(c->arena, t));
    if (t->kind == LLBC__MAP && !name2->text) {
        llbc__note *n = llbc__report(c->diags, LLBC__E_OPERANDS, name->span,
                                     "a loop over a map has two names");
        llbc__help(n, "write `for key, %s in`, or loop over keys(...)",
                   name->text);
    }
    if (name2->text) {
        llbc__check_bind(c, name,
                         t->kind == LLBC__MAP    ? &llbc__ty_string
                         : t->kind == LLBC__LIST ? &llbc__ty_int
                                                 : &llbc__ty_unknown);
        llbc__check_bind(c, name2, elem);
    } else {
        llbc__check_bind(c, name, elem);
    }
}

static const llbc__ty *check_comp(llbc__check *c, const llbc__expr *e)
{
    const llbc__binding *names = c->names;

    llbc__check_loop(c, &e->u.comp.name, &e->u.comp.name2, e->u.comp.in);
    if (e->u.comp.cond)
        llbc__check_type(c, e->u.comp.cond, &llbc__ty_bool, "a condition");
    const llbc__ty *elem = llbc__check_expr(c, e->u.comp.value);
    llbc__lint_names(c, names);
    c->names = names;
    return type_with(c, LLBC__LIST, elem);
}

static const llbc__ty *wrong_operands(llbc__check *c, const llbc__expr *e,
                                      const llbc__ty *a, const llbc__ty *b,
                                      const char *takes)
{
    llbc__note *n =
        llbc__report(c->diags, LLBC__E_TYPE, e->span,
                     "this operator takes %s, and here stand %s and %s", takes,
                     llbc__ty_text(c->arena, a), llbc__ty_text(c->arena, b));
    if (e->u.op.op == LLBC__OP_ADD &&
        (a->kind == LLBC__STRING || b->kind == LLBC__STRING))
        llbc__help(n, "to put a value into a text write \"...${value}\"");
    return &llbc__ty_unknown;
}

static const llbc__ty *check_binary(llbc__check *c, const llbc__expr *e)
{
    const llbc__ty *a, *b;

    if (e->u.op.op == LLBC__OP_OR || e->u.op.op == LLBC__OP_AND) {
        llbc__check_type(c, e->u.op.a, &llbc__ty_bool, "an operand here");
        llbc__check_type(c, e->u.op.b, &llbc__ty_bool, "an operand here");
        return &llbc__ty_bool;
    }
    a = llbc__check_expr(c, e->u.op.a);
    b = llbc__check_expr(c, e->u.op.b);
    const llbc__ty *both = llbc__ty_join(a, b);
    bool unknown = a->kind == LLBC__UNKNOWN || b->kind == LLBC__UNKNOWN;
    switch (e->u.op.op) {
    case LLBC__OP_EQ:
    case LLBC__OP_NE:
        /* A text can be compared with a platform. */
        if (!both && !llbc__ty_fits(a, b) && !llbc__ty_fits(b, a))
            wrong_operands(c, e, a, b, "two values of one type");
        return &llbc__ty_bool;
    case LLBC__OP_LT:
    case LLBC__OP_LE:
    case LLBC__OP_GT:
    case LLBC__OP_GE:
        if (!both ||
            (!unknown && a->kind != LLBC__INT && a->kind != LLBC__STRING))
            wrong_operands(c, e, a, b, "two ints or two strings");
        return &llbc__ty_bool;
    case LLBC__OP_ADD:
        if (both && (unknown || a->kind == LLBC__INT ||
                     a->kind == LLBC__STRING || a->kind == LLBC__LIST))
            return both;
        return wrong_operands(c, e, a, b, "two ints, strings or lists");
    case LLBC__OP_SUB:
    case LLBC__OP_MUL:
    case LLBC__OP_DIV:
    case LLBC__OP_MOD:
        if (!both || (!unknown && a->kind != LLBC__INT))
            return wrong_operands(c, e, a, b, "two ints");
        return &llbc__ty_int;
    case LLBC__OP_OR:
    case LLBC__OP_AND:
    case LLBC__OP_NOT:
    case LLBC__OP_NEG:
        break;
    }
    return &llbc__ty_unknown;
}

static const llbc__ty *check_if(llbc__check *c, const llbc__expr *e)
{
    llbc__check_type(c, e->u.cond.cond, &llbc__ty_bool, "a condition");
    const llbc__ty *a = llbc__check_expr(c, e->u.cond.then);
    const llbc__ty *b = llbc__check_expr(c, e->u.cond.otherwise);
    return join(c, a, b, e->u.cond.otherwise->span,
                "both arms of an if have one type");
}

static const llbc__ty *check_fs(llbc__check *c, const llbc__expr *e)
{
    bool in_block = c->in_block, in_target = c->in_target;
    bool in_branch = c->in_branch, in_mounts = c->in_mounts;

    c->in_block = true;
    c->in_target = c->in_branch = c->in_mounts = false;
    llbc__check_block(c, e->u.fs, LLBC__STEP);
    c->in_block = in_block;
    c->in_target = in_target;
    c->in_branch = in_branch;
    c->in_mounts = in_mounts;
    return &llbc__ty_fs;
}

static const llbc__ty *check_kind(llbc__check *c, const llbc__expr *e)
{
    const llbc__ty *t;

    switch (e->kind) {
    case LLBC__EXPR_STRING:
        return check_string(c, e);
    case LLBC__EXPR_INT:
        return &llbc__ty_int;
    case LLBC__EXPR_BOOL:
        return &llbc__ty_bool;
    case LLBC__EXPR_NAME:
        return check_name(c, e);
    case LLBC__EXPR_CALL:
        return llbc__check_call(c, e);
    case LLBC__EXPR_MEMBER:
        return check_member(c, e);
    case LLBC__EXPR_INDEX:
        return check_index(c, e);
    case LLBC__EXPR_LIST:
        return check_list(c, e);
    case LLBC__EXPR_COMP:
        return check_comp(c, e);
    case LLBC__EXPR_MAP:
        return check_map(c, e);
    case LLBC__EXPR_FS:
        return check_fs(c, e);
    case LLBC__EXPR_UNARY:
        t = e->u.op.op == LLBC__OP_NOT ? &llbc__ty_bool : &llbc__ty_int;
        llbc__check_type(c, e->u.op.a, t, "an operand here");
        return t;
    case LLBC__EXPR_BINARY:
        return check_binary(c, e);
    case LLBC__EXPR_IF:
        return check_if(c, e);
    }
    return &llbc__ty_unknown;
}

const llbc__ty *llbc__check_expr(llbc__check *c, const llbc__expr *e)
{
    const llbc__ty *t = &llbc__ty_unknown;
    bool in_text = c->in_text;

    /* Only the name itself is directly in the text, no operand within. */
    c->in_text = in_text && e->kind == LLBC__EXPR_NAME;
    if (llbc__check_enter(c, e->span))
        t = check_kind(c, e);
    c->depth--;
    c->in_text = in_text;
    return t;
}
