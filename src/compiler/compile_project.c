/* What a project declares, as callers see it: targets, groups, arguments. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compile.h"
#include "error.h"

/* The text of a node as it is written. */
static const char *written(llbc_project *p, llb_span at)
{
    return llb__arena_strndup(p->arena, p->unit->source->text + at.start,
                              at.end - at.start);
}

static const char *doc_of(const llbc__decl *d) { return d->doc ? d->doc : ""; }

static const llbc__expr *option(const llbc__args *args, const char *name)
{
    for (const llbc__arg *x = args->first; x; x = x->next) {
        if (x->key && strcmp(llbc__key_text(x->key), name) == 0)
            return x->value;
    }
    return NULL;
}

static size_t count(const llbc__unit *u, llbc__decl_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < u->n_globals; i++)
        n += u->globals[i].decl->kind == kind;
    return n;
}

/* The number of a target by its declaration's. */
static size_t target_number(const llbc_project *p, size_t global)
{
    size_t i = 0;

    while (i < p->n_targets && p->target_globals[i] != global)
        i++;
    return i;
}

/* `platforms=` may be computed, but from literals only: it says what can be
 * asked for before any argument is set. */
static bool list_platforms(llbc_project *p, llbc_target *t, const llbc__decl *d)
{
    const llbc__expr *list = option(&d->u.target.options, "platforms");
    size_t n = 0;

    if (!list)
        return true;
    if (list->kind != LLBC__EXPR_LIST) {
        llbc__report(p->diags, LLBC__E_LATER, list->span,
                     "platforms= that is no list of strings is not compiled "
                     "yet");
        return true;
    }
    const char **items =
        llb__arena_array(p->arena, list->u.list.n + 1, sizeof(*items));
    if (!items)
        return false;
    for (const llbc__expr *e = list->u.list.first; e; e = e->next) {
        const char *text = llbc__expr_text(e, NULL);
        if (!text) {
            llbc__report(p->diags, LLBC__E_LATER, e->span,
                         "a platform in platforms= that is computed is not "
                         "compiled yet");
            continue;
        }
        const llbc__platform *platform =
            llbc__platform_make(p->arena, p->diags, text, e->span);
        bool seen = false;
        for (size_t i = 0; platform && i < n; i++)
            seen = seen || strcmp(items[i], platform->text) == 0;
        if (platform && !seen)
            items[n++] = platform->text;
    }
    t->platforms = items;
    t->n_platforms = n;
    return true;
}

static bool list_targets(llbc_project *p)
{
    const llbc__unit *u = p->unit;
    size_t n = count(u, LLBC__DECL_TARGET);

    p->targets = llb__arena_array(p->arena, n + 1, sizeof(*p->targets));
    p->target_globals =
        llb__arena_array(p->arena, n + 1, sizeof(*p->target_globals));
    if (!p->targets || !p->target_globals)
        return false;
    for (size_t i = 0; i < u->n_globals; i++) {
        const llbc__global *g = &u->globals[i];
        if (g->decl->kind != LLBC__DECL_TARGET)
            continue;
        llbc_target *t = &p->targets[p->n_targets];
        *t = (llbc_target){
            .name = g->name, .doc = doc_of(g->decl), .at = g->decl->head};
        p->target_globals[p->n_targets++] = i;
        if (!list_platforms(p, t, g->decl))
            return false;
    }
    return true;
}

/* A walk over groups within groups: each group once, each target once. */
typedef struct members {
    size_t *list, n;
    bool *seen_group; /* by number of the declaration */
    bool *seen_target;
} members;

static void add_member(llbc_project *p, members *m, const llbc__global *g,
                       unsigned depth)
{
    const llbc__expr *list = g->decl->u.group;

    if (g->decl->kind == LLBC__DECL_TARGET) {
        size_t t = target_number(p, g->index);
        if (!m->seen_target[t])
            m->list[m->n++] = t;
        m->seen_target[t] = true;
        return;
    }
    if (m->seen_group[g->index] || depth > LLBC__MAX_CHECK_DEPTH)
        return;
    m->seen_group[g->index] = true;
    for (const llbc__expr *e = list->u.list.first; e; e = e->next) {
        const char *name = e->kind == LLBC__EXPR_NAME
                               ? e->u.name.text
                               : llbc__expr_text(e, NULL);
        const llbc__global *x =
            name ? llbc__unit_find(p->unit, LLBC__TARGETS, name) : NULL;
        if (x)
            add_member(p, m, x, depth + 1);
    }
}

static bool list_groups(llbc_project *p)
{
    const llbc__unit *u = p->unit;
    size_t n = count(u, LLBC__DECL_GROUP);

    p->groups = llb__arena_array(p->arena, n + 1, sizeof(*p->groups));
    if (!p->groups)
        return false;
    for (size_t i = 0; i < u->n_globals; i++) {
        const llbc__global *g = &u->globals[i];
        if (g->decl->kind != LLBC__DECL_GROUP)
            continue;
        members m = {0};
        m.list = llb__arena_array(p->arena, p->n_targets + 1, sizeof(*m.list));
        m.seen_group = llb__arena_array(p->arena, u->n_globals, 1);
        m.seen_target = llb__arena_array(p->arena, p->n_targets + 1, 1);
        if (!m.list || !m.seen_group || !m.seen_target)
            return false;
        add_member(p, &m, g, 0);
        p->groups[p->n_groups++] = (llbc_group){.name = g->name,
                                                .doc = doc_of(g->decl),
                                                .at = g->decl->head,
                                                .members = m.list,
                                                .n_members = m.n};
    }
    return true;
}

static bool list_args(llbc_project *p)
{
    const llbc__unit *u = p->unit;
    size_t n = count(u, LLBC__DECL_ARG);

    p->args = llb__arena_array(p->arena, n + 1, sizeof(*p->args));
    p->arg_globals = llb__arena_array(p->arena, n + 1, sizeof(*p->arg_globals));
    if (!p->args || !p->arg_globals)
        return false;
    for (size_t i = 0; i < u->n_globals; i++) {
        const llbc__global *g = &u->globals[i];
        if (g->decl->kind != LLBC__DECL_ARG)
            continue;
        const llbc__expr *env = option(&g->decl->u.arg.options, "env");
        const llbc__expr *value = g->decl->u.arg.value;
        llbc_arg *arg = &p->args[p->n_args];
        *arg = (llbc_arg){.name = g->name,
                          .doc = doc_of(g->decl),
                          .at = g->decl->head,
                          .type = llbc__ty_text(p->arena, g->type),
                          .env = env ? llbc__expr_text(env, NULL) : NULL};
        p->arg_globals[p->n_args++] = i;
        if (value && !(arg->default_text = written(p, value->span)))
            return false;
        if (!*arg->type)
            return false;
    }
    return true;
}

bool llbc__project_list(llbc_project *p)
{
    return list_targets(p) && list_groups(p) && list_args(p);
}

size_t llbc_n_targets(const llbc_project *p) { return p->n_targets; }

const llbc_target *llbc_target_at(const llbc_project *p, size_t i)
{
    return &p->targets[i];
}

size_t llbc_n_groups(const llbc_project *p) { return p->n_groups; }

const llbc_group *llbc_group_at(const llbc_project *p, size_t i)
{
    return &p->groups[i];
}

size_t llbc_n_args(const llbc_project *p) { return p->n_args; }

const llbc_arg *llbc_arg_at(const llbc_project *p, size_t i)
{
    return &p->args[i];
}

/* --- choosing ------------------------------------------------------- */

static bool choose(const llbc_project *p, const char *name, size_t *list,
                   size_t *n, bool *seen)
{
    for (size_t i = 0; i < p->n_targets; i++) {
        if (strcmp(p->targets[i].name, name) != 0)
            continue;
        if (!seen[i])
            list[(*n)++] = i;
        seen[i] = true;
        return true;
    }
    for (size_t i = 0; i < p->n_groups; i++) {
        if (strcmp(p->groups[i].name, name) != 0)
            continue;
        for (size_t k = 0; k < p->groups[i].n_members; k++) {
            size_t t = p->groups[i].members[k];
            if (!seen[t])
                list[(*n)++] = t;
            seen[t] = true;
        }
        return true;
    }
    return false;
}

/* "a, b and 3 more" of the targets and groups. */
static void list_names(const llbc_project *p, llb__buf *b)
{
    size_t n = p->n_targets + p->n_groups;

    for (size_t i = 0; i < n && i < 12; i++) {
        if (i)
            llb__buf_adds(b, ", ");
        llb__buf_adds(b, i < p->n_targets ? p->targets[i].name
                                          : p->groups[i - p->n_targets].name);
    }
    if (n > 12)
        llb__buf_printf(b, " and %zu more", n - 12);
}

static llb_status no_target(const llbc_project *p, const char *name,
                            llb_error *err)
{
    const char *file = p->unit->map_name;
    llb__buf b = LLB__BUF_INIT;
    llb_status st;

    list_names(p, &b);
    const char *list = b.data ? b.data : "";
    if (!p->n_targets)
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE, "%s has no target", file);
    else if (name)
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                       "%s has no target \"%s\", it has: %s", file, name, list);
    else
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                       "%s has no target \"default\"; name one of: %s", file,
                       list);
    llb__buf_clear(&b);
    return st;
}

llb_status llbc_select(const llbc_project *p, const char *const *names,
                       size_t n_names, size_t **ret_targets, size_t *ret_n,
                       llb_error *err)
{
    size_t *list = calloc(p->n_targets + 1, sizeof(*list));
    bool *seen = calloc(p->n_targets + 1, sizeof(*seen));
    size_t n = 0;
    llb_status st = LLB_OK;

    if (!list || !seen) {
        st = llb__fail_nomem(err);
    } else if (!n_names) {
        if (!choose(p, "default", list, &n, seen)) {
            if (p->n_targets == 1)
                list[n++] = 0;
            else
                st = no_target(p, NULL, err);
        }
    }
    for (size_t i = 0; st == LLB_OK && i < n_names; i++) {
        if (!choose(p, names[i], list, &n, seen))
            st = no_target(p, names[i], err);
    }
    free(seen);
    if (st != LLB_OK) {
        free(list);
        return st;
    }
    *ret_targets = list;
    *ret_n = n;
    return LLB_OK;
}

/* --- arguments ------------------------------------------------------ */

/* Whether text can be a value of the type; what it should be if not. */
static const char *wrong_text(const llbc__ty *type, const char *text)
{
    char *end;

    if (type->kind == LLBC__BOOL)
        return strcmp(text, "true") && strcmp(text, "false") ? "true or false"
                                                             : NULL;
    if (type->kind != LLBC__INT)
        return NULL;
    errno = 0;
    (void)strtoll(text, &end, 10);
    return errno || end == text || *end ? "an int" : NULL;
}

static llb_status no_arg(const llbc_project *p, const char *name,
                         llb_error *err)
{
    const char *names[256];
    size_t n = 0;

    for (; n < p->n_args && n < 256; n++)
        names[n] = p->args[n].name;
    const char *near = llbc__nearest(name, names, n);
    if (near)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "%s has no argument \"%s\"; did you mean \"%s\"?",
                         p->unit->map_name, name, near);
    return llb__fail(err, LLB_ENOENT, LLB__NOWHERE, "%s has no argument \"%s\"",
                     p->unit->map_name, name);
}

llb_status llbc_set_arg(llbc_project *p, const char *name, const char *value,
                        llb_error *err)
{
    size_t i = 0;

    if (p->compiled)
        return llb__fail(err, LLB_EBUSY, LLB__NOWHERE,
                         "arguments are set before the first target is "
                         "compiled");
    while (i < p->n_args && strcmp(p->args[i].name, name) != 0)
        i++;
    if (i == p->n_args)
        return no_arg(p, name, err);
    llbc__global *g = &p->unit->globals[p->arg_globals[i]];
    bool list = g->type->kind == LLBC__LIST;
    const char *wrong = wrong_text(list ? g->type->elem : g->type, value);
    if (wrong)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "argument \"%s\" is %s, and \"%s\" is none", name,
                         wrong, value);
    if (g->n_given && !list)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "argument \"%s\" is set twice", name);
    const char **given =
        llb__arena_array(p->arena, g->n_given + 1, sizeof(*given));
    const char *copy = llb__arena_strdup(p->arena, value);
    if (!given || !copy)
        return llb__fail_nomem(err);
    if (g->n_given)
        memcpy(given, g->given, g->n_given * sizeof(*given));
    given[g->n_given++] = copy;
    g->given = given;
    p->args[i].is_set = true;
    return LLB_OK;
}
