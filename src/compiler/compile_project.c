/* What callers ask of a project: what it declares, which targets names mean,
 * values for its arguments. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compile.h"
#include "error.h"

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

/* The name by which a project lists what "a.b.c" is: several files may import
 * one module, each under a name of its own. The caller frees it; NULL: no
 * memory. */
static char *listed_name(const llbc_project *p, const char *name)
{
    const llbc__unit *u = p->unit;
    const char *dot;
    llb__buf b = LLB__BUF_INIT;

    while ((dot = strchr(name, '.')) != NULL) {
        llb__buf_clear(&b);
        llb__buf_add(&b, name, (size_t)(dot - name));
        if (b.failed)
            return NULL;
        const llbc__global *m = llbc__unit_find(u, LLBC__MODULES, b.data);
        if (!m || !m->module)
            break;
        u = m->module;
        name = dot + 1;
    }
    llb__buf_clear(&b);
    llb__buf_adds(&b, u->prefix);
    llb__buf_adds(&b, name);
    return b.failed ? NULL : b.data;
}

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
            if (p->n_own_targets == 1)
                list[n++] = 0;
            else
                st = no_target(p, NULL, err);
        }
    }
    for (size_t i = 0; st == LLB_OK && i < n_names; i++) {
        char *name = listed_name(p, names[i]);
        if (!name)
            st = llb__fail_nomem(err);
        else if (!choose(p, name, list, &n, seen))
            st = no_target(p, names[i], err);
        free(name);
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
    char *listed;

    if (p->compiled)
        return llb__fail(err, LLB_EBUSY, LLB__NOWHERE,
                         "arguments are set before the first target is "
                         "compiled");
    listed = listed_name(p, name);
    if (!listed)
        return llb__fail_nomem(err);
    while (i < p->n_args && strcmp(p->args[i].name, listed) != 0)
        i++;
    free(listed);
    if (i == p->n_args)
        return no_arg(p, name, err);
    llbc__global *g = p->arg_globals[i];
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
    const char *copy = NULL;
    llb_status st = LLB_OK;
    if (g->type->kind == LLBC__FS)
        st = llbc__context_text(p, value, &copy, err);
    else
        copy = llb__arena_strdup(p->arena, value);
    if (st != LLB_OK)
        return st;
    if (!given || !copy)
        return llb__fail_nomem(err);
    if (g->n_given)
        memcpy(given, g->given, g->n_given * sizeof(*given));
    given[g->n_given++] = copy;
    g->given = given;
    p->args[i].is_set = true;
    return LLB_OK;
}
