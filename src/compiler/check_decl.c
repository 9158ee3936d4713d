/* Declarations: each once, those that others need first. */
#include "check.h"
#include "lint.h"

#include <string.h>

const llbc__ty *llbc__check_type_name(llbc__check *c, const llbc__type *t)
{
    const char *name;

    if (t->kind != LLBC__TYPE_NAME) {
        const llbc__ty *elem = llbc__check_type_name(c, t->of);
        const llbc__ty *list = llbc__ty_of(
            c->arena, t->kind == LLBC__TYPE_LIST ? LLBC__LIST : LLBC__MAP,
            elem);
        return list ? list : &llbc__ty_unknown;
    }
    name = t->name.text;
    const llbc__ty *type = llbc__ty_parse(c->arena, name, strlen(name));
    if (type)
        return type;
    static const char *const names[] = {"string", "int",      "bool",
                                        "fs",     "platform", "mounts"};
    llbc__note *n = llbc__report(c->diags, LLBC__E_TYPE_NAME, t->span,
                                 "unknown type \"%s\"", name);
    const char *near = llbc__nearest(name, names, 6);
    if (near)
        llbc__help(n, "did you mean \"%s\"?", near);
    else
        llbc__help(n, "types are string, int, bool, platform, fs, [T] and "
                      "{T}");
    return &llbc__ty_unknown;
}

/* Options of `arg` and `target`, which are no built-ins. */
static void check_options(llbc__check *c, const llbc__args *args,
                          const char *what, const char *const *names,
                          const llbc__ty *const *types, size_t n)
{
    for (const llbc__arg *x = args->first; x; x = x->next) {
        const char *key = x->key ? llbc__key_text(x->key) : "";
        size_t i = 0;
        while (i < n && strcmp(names[i], key) != 0)
            i++;
        if (i < n && x->key) {
            if (types[i]) /* else the caller checks it */
                llbc__check_type(c, x->value, types[i], names[i]);
            continue;
        }
        llbc__check_expr(c, x->value);
        if (!x->key) {
            llbc__report(c->diags, LLBC__E_OPERANDS, x->span,
                         "%s takes options only, written NAME=value", what);
            continue;
        }
        llbc__note *note =
            llbc__report(c->diags, LLBC__E_UNKNOWN_OPTION, x->key->span,
                         "%s has no option \"%s\"", what, key);
        const char *near = llbc__nearest(key, names, n);
        if (near)
            llbc__help(note, "did you mean \"%s\"?", near);
    }
}

static bool can_be_arg(const llbc__ty *t)
{
    if (t->kind == LLBC__FS)
        return true;
    if (t->kind == LLBC__LIST)
        t = t->elem;
    return t->kind == LLBC__STRING || t->kind == LLBC__INT ||
           t->kind == LLBC__BOOL || t->kind == LLBC__PLATFORM ||
           t->kind == LLBC__UNKNOWN;
}

static void check_arg(llbc__check *c, llbc__global *g)
{
    const llbc__decl *d = g->decl;
    static const char *const names[] = {"env", "values"};

    c->no_platform = "an arg";
    if (d->u.arg.type)
        g->type = llbc__check_type_name(c, d->u.arg.type);
    if (d->u.arg.value && g->type)
        llbc__check_type(c, d->u.arg.value, g->type, "the default");
    else if (d->u.arg.value)
        g->type = llbc__check_expr(c, d->u.arg.value);
    if (!g->type) {
        llbc__note *n =
            llbc__report(c->diags, LLBC__E_NO_TYPE, d->name.span,
                         "arg \"%s\" has neither type nor default", g->name);
        llbc__help(n, "write arg %s: string", g->name);
        g->type = &llbc__ty_unknown;
    }
    if (!can_be_arg(g->type))
        llbc__report(c->diags, LLBC__E_TYPE, d->head, "an arg cannot be %s",
                     llbc__ty_text(c->arena, g->type));
    const llbc__ty *elem =
        g->type->kind == LLBC__LIST ? g->type->elem : g->type;
    const llbc__ty *const types[] = {&llbc__ty_string,
                                     llbc__ty_of(c->arena, LLBC__LIST, elem)};
    check_options(c, &d->u.arg.options, "arg", names, types, 2);
    const llbc__expr *env = llbc__option(&d->u.arg.options, "env");
    if (env && c->unit->repo)
        llbc__only_here(c, env->span, "env");
}

/* The parameters of a def, bound as names of its body. */
static void check_params(llbc__check *c, const llbc__params *params,
                         llbc__sig *sig)
{
    size_t n = 0;
    bool rest = false, optional = false;

    sig->formals = llb__arena_array(c->arena, params->n ? params->n : 1,
                                    sizeof(*sig->formals));
    if (!sig->formals)
        return;
    for (const llbc__param *p = params->first; p && n < params->n;
         p = p->next, n++) {
        const llbc__ty *type =
            p->type ? llbc__check_type_name(c, p->type) : NULL;
        if (p->value && type)
            llbc__check_type(c, p->value, type, "the default");
        else if (p->value)
            type = llbc__check_expr(c, p->value);
        if (!type) {
            llbc__note *note = llbc__report(
                c->diags, LLBC__E_NO_TYPE, p->name.span,
                "parameter \"%s\" has neither type nor default", p->name.text);
            llbc__help(note, "write %s: string", p->name.text);
            type = &llbc__ty_unknown;
        }
        if (rest || (p->rest && p->value) ||
            (optional && !p->value && !p->rest))
            llbc__report(c->diags, LLBC__E_OPERANDS, p->span,
                         rest ? "nothing comes behind the parameter that takes "
                                "the rest"
                         : p->rest
                             ? "a parameter that takes the rest has no default"
                             : "a parameter without default stands before "
                               "those that have one");
        rest = rest || p->rest;
        optional = optional || p->value;
        sig->formals[n] = (llbc__formal){.name = p->name.text,
                                         .type = type,
                                         .optional = p->value != NULL,
                                         .rest = p->rest,
                                         .dollars = true};
        const llbc__ty *bound =
            p->rest ? llbc__ty_of(c->arena, LLBC__LIST, type) : type;
        llbc__check_bind(c, &p->name, bound ? bound : &llbc__ty_unknown);
    }
    sig->n_formals = n;
}

/* Every call of a function that gives a filesystem can say for which
 * platform. */
static void add_platform(llbc__check *c, llbc__sig *sig)
{
    llbc__formal *f = llb__arena_alloc(c->arena, sizeof(*f));

    if (!f)
        return;
    for (size_t i = 0; i < sig->n_formals; i++) {
        if (strcmp(sig->formals[i].name, "platform") == 0)
            return;
    }
    *f = (llbc__formal){
        .name = "platform", .type = &llbc__ty_platform, .optional = true};
    sig->options = f;
    sig->n_options = 1;
}

static void check_def(llbc__check *c, llbc__global *g)
{
    const llbc__decl *d = g->decl;
    llbc__sig *sig = llb__arena_alloc(c->arena, sizeof(*sig));
    const llbc__ty *said = NULL;

    if (!sig) {
        llbc__diags_nomem(c->diags);
        return;
    }
    sig->name = g->name;
    sig->def = g;
    check_params(c, &d->u.def.params, sig);
    if (d->u.def.type)
        said = llbc__check_type_name(c, d->u.def.type);
    if (d->u.def.value) {
        sig->result = said ? said : llbc__check_expr(c, d->u.def.value);
        if (said)
            llbc__check_type(c, d->u.def.value, said, "the value");
    } else {
        bool mounts = said && said->kind == LLBC__MOUNTS;
        sig->result = mounts ? &llbc__ty_mounts : &llbc__ty_fs;
        if (said && !llbc__ty_fits(said, sig->result))
            llbc__report(c->diags, LLBC__E_TYPE, d->u.def.type->span,
                         "a def with a block gives fs or mounts, not %s",
                         llbc__ty_text(c->arena, said));
        c->in_block = !mounts;
        c->in_mounts = mounts;
        llbc__check_block(c, d->u.def.block,
                          mounts ? LLBC__IN_RUN : LLBC__STEP);
    }
    if (sig->result->kind == LLBC__FS)
        add_platform(c, sig);
    g->sig = sig;
    g->type = sig->result;
}

static const llbc__formal *param_of(const llbc__sig *sig, const char *name)
{
    for (size_t i = 0; i < sig->n_formals; i++) {
        if (strcmp(sig->formals[i].name, name) == 0)
            return &sig->formals[i];
    }
    return NULL;
}

/* `matrix=` gives each parameter that it names a list of values. */
static void check_matrix(llbc__check *c, const llbc__expr *matrix,
                         const llbc__sig *sig)
{
    if (matrix->kind != LLBC__EXPR_MAP) {
        llbc__note *n = llbc__report(c->diags, LLBC__E_TYPE, matrix->span,
                                     "matrix= is a map that is written out");
        llbc__help(n, "write matrix={NAME: [VALUE, VALUE]}");
        return;
    }
    for (const llbc__arg *x = matrix->u.map.first; x; x = x->next) {
        const char *key = llbc__key_text(x->key);
        const llbc__formal *f = param_of(sig, key);
        const llbc__ty *list =
            f ? llbc__ty_of(c->arena, LLBC__LIST, f->type) : NULL;
        if (list)
            llbc__check_type(c, x->value, list, key);
        else
            llbc__check_expr(c, x->value);
        if (!f)
            llbc__report(c->diags, LLBC__E_UNKNOWN_OPTION, x->key->span,
                         "the target has no parameter \"%s\"", key);
        for (const llbc__arg *y = matrix->u.map.first; f && y != x; y = y->next)
            if (strcmp(llbc__key_text(y->key), key) == 0)
                llbc__report(c->diags, LLBC__E_OPTION_TWICE, x->key->span,
                             "key \"%s\" twice", key);
    }
}

/* Each parameter of a target has its values from the matrix, or a default. */
static void check_target_params(llbc__check *c, const llbc__decl *d,
                                const llbc__expr *matrix)
{
    const llbc__param *p = d->u.target.params.first;

    for (; p; p = p->next) {
        bool given = matrix && matrix->kind != LLBC__EXPR_MAP;
        if (matrix && matrix->kind == LLBC__EXPR_MAP) {
            for (const llbc__arg *x = matrix->u.map.first; x; x = x->next)
                given =
                    given || strcmp(llbc__key_text(x->key), p->name.text) == 0;
        }
        if (p->rest)
            llbc__report(c->diags, LLBC__E_OPERANDS, p->span,
                         "a target takes no list of operands");
        else if (!given && !p->value) {
            llbc__note *n = llbc__report(
                c->diags, LLBC__E_OPERANDS, p->name.span,
                "nothing gives \"%s\" a value: nobody calls a target",
                p->name.text);
            llbc__help(n, "write matrix={%s: [...]}, or a default",
                       p->name.text);
        }
    }
}

static void check_target(llbc__check *c, llbc__global *g)
{
    const llbc__decl *d = g->decl;
    static const char *const names[] = {"platforms", "matrix"};
    const llbc__ty *const types[] = {
        llbc__ty_of(c->arena, LLBC__LIST, &llbc__ty_platform), NULL};
    const llbc__expr *matrix = llbc__option(&d->u.target.options, "matrix");
    llbc__sig *sig = llb__arena_alloc(c->arena, sizeof(*sig));

    if (!sig || !types[0]) {
        llbc__diags_nomem(c->diags);
        return;
    }
    c->no_platform = "platforms= and matrix=";
    check_options(c, &d->u.target.options, "target", names, types, 2);
    sig->name = g->name;
    check_params(c, &d->u.target.params, sig);
    if (matrix)
        check_matrix(c, matrix, sig);
    c->no_platform = NULL;
    check_target_params(c, d, matrix);
    g->sig = sig;
    c->in_block = c->in_target = true;
    llbc__check_block(c, d->u.target.block, LLBC__STEP);
}

/* A member of a group that names nothing. "a-b" may be one of the targets that
 * a matrix makes, which are not known yet. */
static void check_no_target(llbc__check *c, const llbc__expr *e,
                            const char *name)
{
    const char *near =
        name ? llbc__near_global(c->arena, c->unit, LLBC__TARGETS, name) : NULL;

    for (size_t i = 0; name && i < c->unit->n_globals; i++) {
        const llbc__global *g = &c->unit->globals[i];
        size_t len = strlen(g->name);
        if (g->decl->kind == LLBC__DECL_TARGET &&
            llbc__option(&g->decl->u.target.options, "matrix") &&
            strncmp(name, g->name, len) == 0 && name[len] == '-')
            return;
    }
    llbc__note *n = llbc__report(c->diags, LLBC__E_UNKNOWN_TARGET, e->span,
                                 "this names no target");
    if (near)
        llbc__help(n, "did you mean \"%s\"?", near);
}

/* A group is a list of names of targets and groups, which are no values. */
static void check_group(llbc__check *c, llbc__global *g)
{
    const llbc__expr *list = g->decl->u.group;

    if (list->kind != LLBC__EXPR_LIST) {
        llbc__note *n = llbc__report(c->diags, LLBC__E_TYPE, list->span,
                                     "a group is a list of targets");
        llbc__help(n, "write group %s = [a, b]", g->name);
        return;
    }
    for (const llbc__expr *e = list->u.list.first; e; e = e->next) {
        llbc__global *t = llbc__group_member(c->unit, e);
        llbc__global *module = e->kind == LLBC__EXPR_MEMBER
                                   ? llbc__module_find(c->unit, NULL, e)
                                   : NULL;
        if (t && t->decl->kind == LLBC__DECL_GROUP)
            llbc__check_global(c, t, e->span);
        else if (!t && module)
            llbc__not_in_module(c, module, &e->u.member.name, LLBC__TARGETS);
        else if (!t)
            check_no_target(c, e,
                            e->kind == LLBC__EXPR_NAME
                                ? e->u.name.text
                                : llbc__expr_text(e, NULL));
    }
}

static void check_decl(llbc__check *c, llbc__global *g)
{
    const llbc__decl *d = g->decl;

    switch (d->kind) {
    case LLBC__DECL_IMPORT:
        return; /* read before anything is checked */
    case LLBC__DECL_ARG:
        check_arg(c, g);
        return;
    case LLBC__DECL_LET:
        if (d->u.let.type) {
            g->type = llbc__check_type_name(c, d->u.let.type);
            llbc__check_type(c, d->u.let.value, g->type, "the value");
        } else {
            g->type = llbc__check_expr(c, d->u.let.value);
        }
        return;
    case LLBC__DECL_DEF:
        check_def(c, g);
        return;
    case LLBC__DECL_TARGET:
        check_target(c, g);
        return;
    case LLBC__DECL_GROUP:
        check_group(c, g);
        return;
    }
}

bool llbc__check_global(llbc__check *c, llbc__global *g, llb_span at)
{
    if (g->checked == LLBC__DONE)
        return true;
    if (g->checked == LLBC__BUSY) {
        llbc__note *n = llbc__report(c->diags, LLBC__E_RECURSION, at,
                                     "\"%s\" needs itself", g->name);
        llbc__related(n, g->decl->head, "its declaration");
        return false;
    }
    llbc__check inner = {.arena = c->arena,
                         .diags = c->diags,
                         .unit = g->unit,
                         .sigs = c->sigs,
                         .lint = c->lint,
                         .depth = c->depth};
    g->checked = LLBC__BUSY;
    g->type = NULL;
    check_decl(&inner, g);
    llbc__lint_names(&inner, NULL);
    if (!g->type)
        g->type = &llbc__ty_unknown;
    g->checked = LLBC__DONE;
    return true;
}

void llbc__check_unit(llbc__check *c)
{
    for (size_t i = 0; i < c->unit->n_globals; i++) {
        llbc__global *g = &c->unit->globals[i];
        if (llbc__diags_full(c->diags))
            return;
        llbc__check_global(c, g, g->decl->head);
    }
}
