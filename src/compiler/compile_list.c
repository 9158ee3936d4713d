/* The tables of what a project declares: its own targets, groups and arguments,
 * then those of its modules under "MODULE.NAME". */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compile.h"

#define MAX_MATRIX 10000 /* targets that one declaration makes */

/* The tables while they are filled. What they take from the file's expressions
 * is evaluated before any argument is known. */
typedef struct lister {
    llbc_project *p;
    llbc__eval *e;
    llbc__frame frame;
    llbc__made *made; /* by the number of the declaration */
    bool nomem;
} lister;

/* The text of a node as it is written. */
static const char *written(llbc_project *p, const llbc__unit *u, llb_span at)
{
    return llb__arena_strndup(p->arena, u->source->text + at.start,
                              at.end - at.start);
}

static const char *doc_of(const llbc__decl *d) { return d->doc ? d->doc : ""; }

static const char *full_name(lister *l, const llbc__global *g)
{
    const char *name =
        *g->unit->prefix
            ? llb__arena_printf(l->p->arena, "%s%s", g->unit->prefix, g->name)
            : g->name;

    l->nomem = l->nomem || !name;
    return name;
}

/* An expression that decides what there is to ask for. */
static llbc__value evaluate(lister *l, const llbc__global *g,
                            const llbc__expr *x, const llbc__ty *type,
                            const char *what)
{
    l->frame = (llbc__frame){
        .unit = g->unit, .platform = l->e->target_platform, .stmt = x->span};
    l->e->frame = &l->frame;
    l->e->fixed = what;
    return llbc__eval_convert(l->e, llbc__eval_expr(l->e, x), type, x->span);
}

/* A value that outlives the evaluation. */
static llbc__value keep(lister *l, llbc__value v)
{
    llb__arena *a = l->p->arena;

    if (v.kind == LLBC__STRING) {
        const char *copy = llb__arena_strndup(a, v.u.str, v.n);
        l->nomem = l->nomem || !copy;
        return copy ? llbc__string_value(copy, v.n) : llbc__no_value();
    }
    if (v.kind == LLBC__PLATFORM) {
        const llbc__platform *p = llbc__platform_make(
            a, l->p->diags, v.u.platform->text, l->frame.stmt);
        l->nomem = l->nomem || !p;
        return p ? llbc__platform_value(p) : llbc__no_value();
    }
    return v;
}

/* --- platforms= ----------------------------------------------------- */

static void add_platform(lister *l, llbc_target *t, const char **items,
                         llbc__value v)
{
    v = keep(l, v);
    for (size_t i = 0; v.kind == LLBC__PLATFORM && i < t->n_platforms; i++) {
        if (strcmp(items[i], v.u.platform->text) == 0)
            return;
    }
    if (v.kind == LLBC__PLATFORM)
        items[t->n_platforms++] = v.u.platform->text;
}

/* A list that is written out is evaluated element by element, so that an error
 * points at the one that is wrong. */
static void list_platforms(lister *l, llbc_target *t, const llbc__global *g)
{
    const llbc__expr *x = llbc__option(&g->decl->u.target.options, "platforms");
    const llbc__ty *list =
        llbc__ty_of(l->p->arena, LLBC__LIST, &llbc__ty_platform);
    llbc__value all = llbc__no_value();

    if (!x || !list)
        return;
    bool literal = x->kind == LLBC__EXPR_LIST;
    if (!literal)
        all = evaluate(l, g, x, list, "platforms=");
    size_t n = literal ? x->u.list.n : all.kind == LLBC__LIST ? all.n : 0;
    const char **items = llb__arena_array(l->p->arena, n + 1, sizeof(*items));
    if (!items) {
        l->nomem = true;
        return;
    }
    t->platforms = items;
    for (size_t i = 0; !literal && i < n; i++)
        add_platform(l, t, items, all.u.list[i]);
    for (const llbc__expr *e = literal ? x->u.list.first : NULL; e; e = e->next)
        add_platform(l, t, items,
                     evaluate(l, g, e, &llbc__ty_platform, "platforms="));
}

/* --- targets -------------------------------------------------------- */

/* Room for one more target. */
static bool grow_targets(llbc_project *p)
{
    size_t cap = p->cap_targets ? 2 * p->cap_targets : 16;

    if (p->n_targets < p->cap_targets)
        return true;
    llbc_target *targets = llb__arena_array(p->arena, cap, sizeof(*targets));
    const llbc__global **globals =
        llb__arena_array(p->arena, cap, sizeof(*globals));
    const llbc__value **values =
        llb__arena_array(p->arena, cap, sizeof(*values));
    if (!targets || !globals || !values)
        return false;
    if (p->n_targets) {
        memcpy(targets, p->targets, p->n_targets * sizeof(*targets));
        memcpy(globals, p->target_globals, p->n_targets * sizeof(*globals));
        memcpy(values, p->target_values, p->n_targets * sizeof(*values));
    }
    p->targets = targets;
    p->target_globals = globals;
    p->target_values = values;
    p->cap_targets = cap;
    return true;
}

static llbc_target *add_target(lister *l, const llbc__global *g,
                               const char *name, const llbc__value *values)
{
    llbc_project *p = l->p;

    if (!name || !grow_targets(p)) {
        l->nomem = true;
        return NULL;
    }
    p->target_globals[p->n_targets] = g;
    p->target_values[p->n_targets] = values;
    llbc_target *t = &p->targets[p->n_targets++];
    *t = (llbc_target){
        .name = name, .doc = doc_of(g->decl), .at = g->decl->head};
    return t;
}

/* --- matrix= -------------------------------------------------------- */

/* One parameter of a matrix: its number, its values, the one at hand. */
typedef struct axis {
    size_t param;
    llbc__value list;
    size_t at;
} axis;

/* The part of a target's name that a value makes: what is no letter, digit,
 * "." or "-" becomes "_". */
static void add_word(llb__buf *b, const char *text)
{
    for (; *text; text++) {
        char c = *text;
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        llb__buf_addc(b, good ? c : '_');
    }
}

static void add_cell(lister *l, const llbc__global *g, const char *base,
                     const axis *axes, size_t n_axes)
{
    llbc__value *values =
        llb__arena_array(l->p->arena, g->sig->n_formals + 1, sizeof(*values));
    llb__buf name = LLB__BUF_INIT;
    size_t len;

    llb__buf_adds(&name, base);
    for (size_t i = 0; values && i < n_axes; i++) {
        llbc__value v = axes[i].list.u.list[axes[i].at];
        const char *text = llbc__value_text(l->p->arena, v, &len);
        llb__buf_addc(&name, '-');
        add_word(&name, text ? text : "");
        values[axes[i].param] = keep(l, v);
        l->nomem = l->nomem || !text;
    }
    const char *copy = values && !name.failed
                           ? llb__arena_strdup(l->p->arena, name.data)
                           : NULL;
    llb__buf_clear(&name);
    llbc_target *t = add_target(l, g, copy, values);
    if (t)
        list_platforms(l, t, g);
}

/* The next cell, the last axis turning fastest; false after the last one. */
static bool next_cell(axis *axes, size_t n_axes)
{
    while (n_axes--) {
        if (++axes[n_axes].at < axes[n_axes].list.n)
            return true;
        axes[n_axes].at = 0;
    }
    return false;
}

/* What each axis has; the number of cells, 0 after a reported error. */
static size_t read_axes(lister *l, const llbc__global *g,
                        const llbc__expr *matrix, axis *axes)
{
    size_t n_cells = 1, i = 0;

    for (const llbc__arg *x = matrix->u.map.first; x; x = x->next, i++) {
        const char *key = llbc__key_text(x->key);
        size_t k = 0;
        while (k + 1 < g->sig->n_formals &&
               strcmp(g->sig->formals[k].name, key) != 0)
            k++;
        const llbc__ty *list =
            llbc__ty_of(l->p->arena, LLBC__LIST, g->sig->formals[k].type);
        axes[i] = (axis){.param = k};
        if (list)
            axes[i].list = evaluate(l, g, x->value, list, "matrix=");
        if (axes[i].list.kind != LLBC__LIST)
            return 0;
        if (!axes[i].list.n || n_cells > MAX_MATRIX / axes[i].list.n) {
            llbc__report(l->p->diags, LLBC__E_TOO_LARGE, x->value->span,
                         axes[i].list.n ? "a matrix of more than %d targets"
                                        : "an empty list makes no target",
                         MAX_MATRIX);
            return 0;
        }
        n_cells *= axes[i].list.n;
    }
    return n_cells;
}

/* A target for each combination, and a group of them all. */
static void list_matrix(lister *l, const llbc__global *g,
                        const llbc__expr *matrix)
{
    const char *base = full_name(l, g);
    size_t n_axes = matrix->u.map.n, first = l->p->n_targets;
    axis *axes = llb__arena_array(l->p->arena, n_axes + 1, sizeof(*axes));

    if (!axes || !base) {
        l->nomem = true;
        return;
    }
    if (!read_axes(l, g, matrix, axes))
        return;
    do {
        add_cell(l, g, base, axes, n_axes);
    } while (!l->nomem && next_cell(axes, n_axes));
    llbc_group *group = llbc__group_add(l->p, g, base);
    size_t n = l->p->n_targets - first;
    size_t *members = llb__arena_array(l->p->arena, n + 1, sizeof(*members));
    if (!group || !members) {
        l->nomem = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        members[i] = first + i;
    group->members = members;
    group->n_members = n;
}

static void list_target(lister *l, llbc__global *g)
{
    const llbc__expr *matrix =
        llbc__option(&g->decl->u.target.options, "matrix");
    llbc__made *made = &l->made[llbc__global_number(g)];

    made->first = l->p->n_targets;
    if (matrix && matrix->u.map.n) {
        list_matrix(l, g, matrix);
    } else {
        llbc_target *t = add_target(l, g, full_name(l, g), NULL);
        if (t)
            list_platforms(l, t, g);
    }
    made->n = l->p->n_targets - made->first;
}

/* --- arguments ------------------------------------------------------ */

static void list_arg(lister *l, llbc__global *g)
{
    llbc_project *p = l->p;
    const llbc__expr *env = llbc__option(&g->decl->u.arg.options, "env");
    const llbc__expr *value = g->decl->u.arg.value;
    llbc_arg *arg = &p->args[p->n_args];

    *arg = (llbc_arg){.name = full_name(l, g),
                      .doc = doc_of(g->decl),
                      .at = g->decl->head,
                      .type = llbc__ty_text(p->arena, g->type),
                      .env = env ? llbc__expr_text(env, NULL) : NULL,
                      .default_text =
                          value ? written(p, g->unit, value->span) : NULL};
    p->arg_globals[p->n_args++] = g;
    l->nomem = l->nomem || !*arg->type || (value && !arg->default_text);
}

/* --- all of it ------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
    const llbc_target *x = *(const llbc_target *const *)a;
    const llbc_target *y = *(const llbc_target *const *)b;
    int order = strcmp(x->name, y->name);

    return order ? order
                 : (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

/* The targets of a matrix may be called like others. */
static bool check_twice(llbc_project *p)
{
    const llbc_target **sorted =
        llb__arena_array(p->arena, p->n_targets + 1, sizeof(*sorted));

    if (!sorted)
        return false;
    for (size_t i = 0; i < p->n_targets; i++)
        sorted[i] = &p->targets[i];
    if (p->n_targets)
        qsort(sorted, p->n_targets, sizeof(*sorted), by_name);
    for (size_t i = 1; i < p->n_targets; i++) {
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) != 0)
            continue;
        llbc__note *n =
            llbc__report(p->diags, LLBC__E_NAME_TWICE, sorted[i]->at,
                         "two targets are called \"%s\"", sorted[i]->name);
        llbc__related(n, sorted[i - 1]->at, "the other one");
    }
    return true;
}

static void list_kind(lister *l, llbc__decl_kind kind,
                      void (*list)(lister *l, llbc__global *g))
{
    for (size_t i = 0; i < l->p->n_units; i++) {
        llbc__unit *u = l->p->units[i];
        for (size_t k = 0; k < u->n_globals && !l->nomem; k++) {
            if (u->globals[k].decl->kind == kind)
                list(l, &u->globals[k]);
        }
        if (!i && kind == LLBC__DECL_TARGET)
            l->p->n_own_targets = l->p->n_targets;
    }
}

bool llbc__project_list(llbc_project *p)
{
    llbc_compile_opts opts = LLBC_COMPILE_OPTS_INIT;
    lister l = {.p = p, .e = llbc__eval_new(p, &opts)};

    p->args = llb__arena_array(p->arena, p->n_globals + 1, sizeof(*p->args));
    p->arg_globals =
        llb__arena_array(p->arena, p->n_globals + 1, sizeof(*p->arg_globals));
    l.made = llb__arena_array(p->arena, p->n_globals + 1, sizeof(*l.made));
    if (!l.e || !p->args || !p->arg_globals || !l.made) {
        llbc__eval_free(l.e);
        return false;
    }
    list_kind(&l, LLBC__DECL_TARGET, list_target);
    l.nomem = l.nomem || !llbc__list_groups(p, l.made);
    list_kind(&l, LLBC__DECL_ARG, list_arg);
    llbc__eval_free(l.e);
    return !l.nomem && check_twice(p);
}
