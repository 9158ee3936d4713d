/* The table of groups: the targets that each of them has, in order and each
 * once, those of groups within it included. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compile.h"

#define MAX_MEMBERS 1000000 /* of all groups of a project together */

/* The table while it is filled. What it holds is in the arena. */
typedef struct grouper {
    llbc_project *p;
    const llbc__made *made;
    size_t *groups;  /* by declaration: 1 + number of its group, 0: none yet */
    bool *filled;    /* by declaration */
    size_t *by_name; /* numbers of all targets */
    size_t *list, n; /* members of the group at hand */
    size_t *seen;    /* by target: 1 + number of the last group that has it */
    size_t n_members;
    bool nomem;
} grouper;

llbc_group *llbc__group_add(llbc_project *p, const llbc__global *g,
                            const char *name)
{
    if (p->n_groups == p->cap_groups) {
        size_t cap = p->cap_groups ? 2 * p->cap_groups : 8;
        llbc_group *groups = llb__arena_array(p->arena, cap, sizeof(*groups));
        if (!groups)
            return NULL;
        if (p->n_groups)
            memcpy(groups, p->groups, p->n_groups * sizeof(*groups));
        p->groups = groups;
        p->cap_groups = cap;
    }
    llbc_group *group = &p->groups[p->n_groups++];
    *group = (llbc_group){.name = name,
                          .doc = g->decl->doc ? g->decl->doc : "",
                          .at = g->decl->head};
    return group;
}

/* --- targets by their names ------------------------------------------- */

static int by_name(const void *a, const void *b, void *ctx)
{
    const llbc_target *targets = ctx;

    return strcmp(targets[*(const size_t *)a].name,
                  targets[*(const size_t *)b].name);
}

/* The number of a target, that of all targets if there is none. */
static size_t find_target(const grouper *l, const char *name)
{
    const llbc_target *targets = l->p->targets;
    size_t low = 0, high = l->p->n_targets;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(targets[l->by_name[mid]].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < l->p->n_targets &&
                   strcmp(targets[l->by_name[low]].name, name) == 0
               ? l->by_name[low]
               : l->p->n_targets;
}

/* --- members ------------------------------------------------------------ */

static void add_member(grouper *l, size_t group, size_t target)
{
    if (l->seen[target] != group)
        l->list[l->n++] = target;
    l->seen[target] = group;
}

/* A member that is one of the targets of a matrix. */
static void add_named(grouper *l, size_t group, const llbc__unit *u,
                      const llbc__expr *e)
{
    const char *name =
        e->kind == LLBC__EXPR_NAME ? e->u.name.text : llbc__expr_text(e, NULL);
    const char *full =
        name && *u->prefix
            ? llb__arena_printf(l->p->arena, "%s%s", u->prefix, name)
            : name;
    size_t target = full ? find_target(l, full) : l->p->n_targets;

    l->nomem = l->nomem || (name && !full);
    if (target < l->p->n_targets)
        add_member(l, group, target);
    else if (!l->nomem)
        llbc__report(l->p->diags, LLBC__E_UNKNOWN_TARGET, e->span,
                     "this names no target");
}

static void add_members(grouper *l, const llbc__global *g, size_t group)
{
    const llbc__expr *e = g->decl->u.group->u.list.first;

    for (l->n = 0; e; e = e->next) {
        const llbc__global *x = llbc__group_member(g->unit, e);
        if (!x) {
            add_named(l, group, g->unit, e);
            continue;
        }
        size_t number = llbc__global_number(x);
        const llbc__made *made = &l->made[number];
        const llbc_group *inner = x->decl->kind == LLBC__DECL_GROUP
                                      ? &l->p->groups[l->groups[number] - 1]
                                      : NULL;
        for (size_t i = 0; inner && i < inner->n_members; i++)
            add_member(l, group, inner->members[i]);
        for (size_t i = 0; !inner && i < made->n; i++)
            add_member(l, group, made->first + i);
    }
}

/* Copies the members that were found; false after a reported error. */
static bool keep_members(grouper *l, const llbc__global *g, size_t group)
{
    size_t *members = llb__arena_array(l->p->arena, l->n + 1, sizeof(*members));

    l->n_members += l->n;
    if (l->n_members > MAX_MEMBERS) {
        llbc__report(l->p->diags, LLBC__E_TOO_LARGE, g->decl->head,
                     "the groups have more than %d targets together",
                     MAX_MEMBERS);
        return false;
    }
    if (!members) {
        l->nomem = true;
        return false;
    }
    if (l->n)
        memcpy(members, l->list, l->n * sizeof(*members));
    l->p->groups[group - 1].members = members;
    l->p->groups[group - 1].n_members = l->n;
    return true;
}

/* Groups within it first. False: nothing more is to be done. */
static bool fill(grouper *l, const llbc__global *g, unsigned depth)
{
    size_t number = llbc__global_number(g), group = l->groups[number];

    if (l->filled[number])
        return true;
    l->filled[number] = true;
    if (depth > LLBC__MAX_CHECK_DEPTH) {
        llbc__report(l->p->diags, LLBC__E_NESTING, g->decl->head,
                     "groups within groups go too deep here (more than %d)",
                     LLBC__MAX_CHECK_DEPTH);
        return false;
    }
    for (const llbc__expr *e = g->decl->u.group->u.list.first; e; e = e->next) {
        const llbc__global *x = llbc__group_member(g->unit, e);
        if (x && x->decl->kind == LLBC__DECL_GROUP && !fill(l, x, depth + 1))
            return false;
    }
    add_members(l, g, group);
    return !l->nomem && keep_members(l, g, group);
}

/* --- all of them ------------------------------------------------------ */

static void add_group(grouper *l, const llbc__global *g)
{
    const char *name =
        *g->unit->prefix
            ? llb__arena_printf(l->p->arena, "%s%s", g->unit->prefix, g->name)
            : g->name;

    if (!name || !llbc__group_add(l->p, g, name))
        l->nomem = true;
    l->groups[llbc__global_number(g)] = l->p->n_groups;
}

/* Groups are listed in the order of the text, whichever needs which. */
static bool for_groups(grouper *l, bool filling)
{
    for (size_t i = 0; i < l->p->n_units; i++) {
        llbc__unit *u = l->p->units[i];
        for (size_t k = 0; k < u->n_globals && !l->nomem; k++) {
            const llbc__global *g = &u->globals[k];
            if (g->decl->kind != LLBC__DECL_GROUP)
                continue;
            if (!filling)
                add_group(l, g);
            else if (!fill(l, g, 0))
                return !l->nomem;
        }
    }
    return !l->nomem;
}

bool llbc__list_groups(llbc_project *p, const llbc__made *made)
{
    size_t n = p->n_globals + 1, n_targets = p->n_targets + 1;
    grouper l = {
        .p = p,
        .made = made,
        .groups = llb__arena_array(p->arena, n, sizeof(*l.groups)),
        .filled = llb__arena_array(p->arena, n, sizeof(*l.filled)),
        .by_name = llb__arena_array(p->arena, n_targets, sizeof(*l.by_name)),
        .list = llb__arena_array(p->arena, n_targets, sizeof(*l.list)),
        .seen = llb__arena_array(p->arena, n_targets, sizeof(*l.seen))};

    if (!l.groups || !l.filled || !l.by_name || !l.list || !l.seen)
        return false;
    for (size_t i = 0; i < p->n_targets; i++)
        l.by_name[i] = i;
    qsort_r(l.by_name, p->n_targets, sizeof(*l.by_name), by_name, p->targets);
    return for_groups(&l, false) && for_groups(&l, true);
}
