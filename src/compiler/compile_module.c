/* Modules: the files that a file imports. All of a project's files are read
 * before any is checked, each once, however many import it. */
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "compile.h"
#include "error.h"
#include "file.h"

llbc__unit *llbc__unit_add(llbc_project *p)
{
    if (p->n_units == p->cap_units) {
        size_t cap = p->cap_units ? 2 * p->cap_units : 8;
        llbc__unit **units = llb__arena_array(p->arena, cap, sizeof(*units));
        if (!units)
            return NULL;
        if (p->n_units)
            memcpy(units, p->units, p->n_units * sizeof(*units));
        p->units = units;
        p->cap_units = cap;
    }
    llbc__unit *u = llb__arena_alloc(p->arena, sizeof(*u));
    if (!u)
        return NULL;
    u->number = p->n_units;
    return p->units[p->n_units++] = u;
}

const char *llbc__map_name(const llbc_project *p, uint32_t file)
{
    for (size_t i = 0; i < p->n_units; i++) {
        if (p->units[i]->source && p->units[i]->source->number == file)
            return p->units[i]->map_name;
    }
    return "";
}

/* Where the unit of that name is in the table of modules, or would be; NULL: no
 * memory. It is twice as large as there are units, so it never fills up. */
static llbc__unit **slot_of(llbc_project *p, const char *map_name)
{
    enum { SLOTS = 4 * 4096 };
    _Static_assert(SLOTS > 2 * LLBC__MAX_UNITS, "a table that fills up");
    uint32_t hash = 2166136261u;

    if (!p->modules)
        p->modules = llb__arena_array(p->arena, SLOTS, sizeof(*p->modules));
    if (!p->modules)
        return NULL;
    for (const char *s = map_name; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 16777619u;
    for (uint32_t i = hash % SLOTS;; i = (i + 1) % SLOTS) {
        llbc__unit *u = p->modules[i];
        if (!u || strcmp(u->map_name, map_name) == 0)
            return &p->modules[i];
    }
}

/* The folder part of a path, "." without one. */
static const char *folder(llb__arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? llb__arena_strndup(
                       a, path, slash == path ? 1 : (size_t)(slash - path))
                 : ".";
}

/* --- files of the project -------------------------------------------- */

/* How messages call a module: as its importer is called, with the path that
 * the import says. */
static const char *shown_name(llbc_project *p, const llbc__unit *from,
                              const char *path)
{
    const char *dir = folder(p->arena, from->source->name);

    if (!dir)
        return NULL;
    return llbc__path_join(p->arena, strcmp(dir, ".") == 0 ? "" : dir, path);
}

static llb_status read_file(llbc_project *p, const llbc__unit *u, char **text,
                            size_t *len, llb_error *err)
{
    const char *path =
        llb__arena_printf(p->arena, "%s/%s", p->root, u->map_name);

    if (!path)
        return llb__fail_nomem(err);
    llb_status st = llbc__path_stays(p->root, u->map_name);
    if (st == LLB_ENOMEM)
        return llb__fail_nomem(err);
    if (st != LLB_OK)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "\"%s\" is no file of the project", u->map_name);
    return llb__file_read(path, LLB__MAX_SOURCE_FILE, text, len, err);
}

/* --- files of repositories -------------------------------------------- */

/* "URL#REF:PATH", which is also what messages and source maps say. */
static const char *repo_name(llbc_project *p, const llbc__repo *r,
                             const char *path)
{
    return llb__arena_printf(p->arena, "%s#%s:%s", r->url, r->ref, path);
}

/* Where the path of a module starts in its map_name. */
static const char *repo_path(const llbc__unit *u)
{
    return u->map_name + strlen(u->repo->url) + strlen(u->repo->ref) + 2;
}

static llb_status read_repo(const llbc_resolver *r, const llbc__unit *u,
                            char **text, size_t *len, llb_error *err)
{
    if (!r || !r->read_module)
        return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                         "a module of a repository needs a daemon or a lock "
                         "file");
    return r->read_module(r->ctx, u->repo->url, u->repo->ref, repo_path(u),
                          text, len, err);
}

/* The repository of `git(URL, ref=REF)`, which is written out; NULL after a
 * reported error or without memory. */
static const llbc__repo *repo_of(llbc_project *p, const llbc__expr *call)
{
    const llbc__expr *callee = call->u.call.callee;
    const llbc__args *args = &call->u.call.args;
    const llbc__expr *ref = llbc__option(args, "ref");
    const char *url = args->first && !args->first->key
                          ? llbc__expr_text(args->first->value, NULL)
                          : NULL;
    llbc__repo *repo = llb__arena_alloc(p->arena, sizeof(*repo));

    if (callee->kind != LLBC__EXPR_NAME ||
        strcmp(callee->u.name.text, "git") != 0 || !url || !*url ||
        args->n != (ref ? 2 : 1) || (ref && !llbc__expr_text(ref, NULL))) {
        llbc__note *n = llbc__report(p->diags, LLBC__E_MODULE, call->span,
                                     "this says no repository");
        llbc__help(n, "write import git(\"URL\", ref=\"REF\") \"FILE\" as "
                      "NAME, with both texts as they are");
        return NULL;
    }
    if (repo)
        *repo = (llbc__repo){url, ref ? llbc__expr_text(ref, NULL) : ""};
    else
        llbc__diags_nomem(p->diags);
    return repo;
}

/* --- both --------------------------------------------------------------- */

/* Where the file is that an import names. */
typedef struct place {
    const llbc__repo *repo;
    const char *name, *shown;
} place;

/* False after a reported error, or without memory. */
static bool find_place(llbc_project *p, const llbc__global *import, place *ret)
{
    const llbc__expr *path = import->decl->u.import.path;
    const llbc__expr *from = import->decl->u.import.from;
    const char *rel = llbc__expr_text(path, NULL);
    const llbc__unit *u = import->unit;
    bool nomem = false;

    *ret = (place){.repo = from ? repo_of(p, from) : u->repo};
    if (from && !ret->repo)
        return false;
    /* Files of a repository see nothing but each other. */
    const char *root = ret->repo ? "" : p->root;
    const char *dir = from ? "." : u->rel_dir;
    if (rel && *rel && !(ret->repo && *rel == '/'))
        ret->name = llbc__path_below(p->arena, root, dir, rel, &nomem);
    if (!ret->name && !nomem)
        llbc__report(p->diags, LLBC__E_MODULE, path->span,
                     rel && *rel ? "\"%s\" lies outside of the %s"
                     : rel       ? "the path of a module is empty%.0s%.0s"
                           : "the path of a module is written out%.0s%.0s",
                     rel ? rel : "", ret->repo ? "repository" : "project");
    if (!ret->name) {
        if (nomem)
            llbc__diags_nomem(p->diags);
        return false;
    }
    if (ret->repo)
        ret->name = ret->shown = repo_name(p, ret->repo, ret->name);
    else
        ret->shown = shown_name(p, u, rel);
    if (!ret->name || !ret->shown)
        llbc__diags_nomem(p->diags);
    return ret->name && ret->shown;
}

static llbc__unit *new_unit(llbc_project *p, const llbc__global *import,
                            const place *at)
{
    llbc__unit *u = llbc__unit_add(p);

    if (!u)
        return NULL;
    u->repo = at->repo;
    u->map_name = at->name;
    u->rel_dir = folder(p->arena, at->repo ? repo_path(u) : at->name);
    u->dir = at->repo || !u->rel_dir || strcmp(u->rel_dir, ".") == 0
                 ? p->root
                 : llb__arena_printf(p->arena, "%s/%s", p->root, u->rel_dir);
    u->prefix = llb__arena_printf(p->arena, "%s%s.", import->unit->prefix,
                                  import->name);
    return u->rel_dir && u->dir && u->prefix ? u : NULL;
}

/* Reads and parses the file of a unit; what is wrong is reported. */
static llb_status load(llbc_project *p, const llbc_resolver *r,
                       const llbc__global *import, llbc__unit *u,
                       const char *shown)
{
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    char *text = NULL;
    size_t len;
    llb_status st = u->repo ? read_repo(r, u, &text, &len, &err)
                            : read_file(p, u, &text, &len, &err);

    if (st == LLB_OK)
        st = llbc__load_unit(p, u, shown, text, len, &err);
    free(text);
    if (st == LLB_OK || st == LLB_ENOMEM)
        return st;
    llbc__report(p->diags, LLBC__E_MODULE, import->decl->u.import.path->span,
                 "%s", err.message);
    return st == LLB_EUNAVAILABLE || st == LLB_ECANCELED ? st : LLB_OK;
}

/* Finds or reads what one import names. LLB_OK also after a reported error. */
static llb_status load_import(llbc_project *p, const llbc_resolver *r,
                              llbc__global *import)
{
    place at;

    if (!find_place(p, import, &at))
        return llbc_diags_status(p->diags) == LLB_ENOMEM ? LLB_ENOMEM : LLB_OK;
    llbc__unit **known = slot_of(p, at.name);
    if (!known)
        return LLB_ENOMEM;
    if (*known) {
        import->module = (*known)->file ? *known : NULL;
        return LLB_OK;
    }
    if (p->n_units == LLBC__MAX_UNITS) {
        llbc__report(p->diags, LLBC__E_MODULE,
                     import->decl->u.import.path->span,
                     "a project of more than %d files", LLBC__MAX_UNITS);
        return LLB_OK;
    }
    llbc__unit *u = new_unit(p, import, &at);
    if (!u)
        return LLB_ENOMEM;
    *known = u;
    llb_status st = load(p, r, import, u, at.shown);
    if (u->file)
        import->module = u;
    return st;
}

/* --- circles -------------------------------------------------------- */

/* A module on the way from the project's file, with the import that it has
 * come to. */
typedef struct step {
    llbc__unit *unit;
    size_t next;
    const llbc__global *by;
} step;

static void report_circle(llbc_project *p, const step *way, size_t n,
                          const llbc__global *last)
{
    size_t start = n;

    while (start && way[start - 1].unit != last->module)
        start--;
    llbc__note *note =
        llbc__report(p->diags, LLBC__E_RECURSION, last->decl->head,
                     "\"%s\" imports itself", last->module->source->name);
    for (size_t i = start; i < n; i++)
        llbc__related(note, way[i].by->decl->head, "by way of this import");
}

/* Follows imports in depth, with a stack of its own; each unit once. */
static bool find_circles(llbc_project *p)
{
    enum { NEW, OPEN, DONE };
    step *way = calloc(p->n_units + 1, sizeof(*way));
    char *state = calloc(p->n_units + 1, 1);
    size_t n = 1;

    if (!way || !state) {
        free(way);
        free(state);
        return false;
    }
    way[0].unit = p->unit;
    state[p->unit->number] = OPEN;
    while (n) {
        step *s = &way[n - 1];
        if (s->next == s->unit->n_globals) {
            state[s->unit->number] = DONE;
            n--;
            continue;
        }
        llbc__global *g = &s->unit->globals[s->next++];
        if (!g->module)
            continue;
        if (state[g->module->number] == OPEN) {
            report_circle(p, way, n, g);
            g->module = NULL;
        } else if (state[g->module->number] == NEW) {
            state[g->module->number] = OPEN;
            way[n++] = (step){g->module, 0, g};
        }
    }
    free(way);
    free(state);
    return true;
}

llb_status llbc__load_modules(llbc_project *p, const llbc_resolver *r)
{
    llbc__unit **own = slot_of(p, p->unit->map_name);
    llb_status st = own ? LLB_OK : LLB_ENOMEM;

    if (own)
        *own = p->unit;
    for (size_t i = 0; i < p->n_units && st == LLB_OK; i++) {
        llbc__unit *u = p->units[i];
        for (size_t k = 0; k < u->n_globals && st == LLB_OK; k++) {
            if (u->globals[k].space == LLBC__MODULES)
                st = load_import(p, r, &u->globals[k]);
        }
    }
    if (st != LLB_OK || p->n_units == 1)
        return st;
    return find_circles(p) ? LLB_OK : LLB_ENOMEM;
}
