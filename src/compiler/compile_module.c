/* Modules: the files that a file imports. All of a project's files are read
 * before any is checked, each once, however many import it. */
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "compile.h"
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

static llbc__unit *find(const llbc_project *p, const char *map_name)
{
    for (size_t i = 0; i < p->n_units; i++) {
        if (strcmp(p->units[i]->map_name, map_name) == 0)
            return p->units[i];
    }
    return NULL;
}

/* The folder part of a path, "." without one. */
static const char *folder(llb__arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? llb__arena_strndup(
                       a, path, slash == path ? 1 : (size_t)(slash - path))
                 : ".";
}

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

static bool place(llbc_project *p, llbc__unit *u, const llbc__global *import,
                  const char *map_name)
{
    u->map_name = map_name;
    u->rel_dir = folder(p->arena, map_name);
    u->dir = !u->rel_dir || strcmp(u->rel_dir, ".") == 0
                 ? p->root
                 : llb__arena_printf(p->arena, "%s/%s", p->root, u->rel_dir);
    u->prefix = llb__arena_printf(p->arena, "%s%s.", import->unit->prefix,
                                  import->name);
    return u->rel_dir && u->dir && u->prefix;
}

/* Reads the file of a new module; false: no memory. */
static bool read_module(llbc_project *p, llbc__global *import, llbc__unit *u,
                        const char *shown)
{
    llb_span at = import->decl->u.import.path->span;
    const char *path =
        llb__arena_printf(p->arena, "%s/%s", p->root, u->map_name);
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    char *text = NULL;
    size_t len;

    if (!path)
        return false;
    if (!llbc__path_stays(p->root, u->map_name)) {
        llbc__report(p->diags, LLBC__E_MODULE, at,
                     "\"%s\" is no file of the project", shown);
        return true;
    }
    llb_status st =
        llb__file_read(path, LLB__MAX_SOURCE_FILE, &text, &len, &err);
    if (st == LLB_OK)
        st = llbc__load_unit(p, u, shown, text, len, &err);
    free(text);
    if (st != LLB_OK && st != LLB_ENOMEM)
        llbc__report(p->diags, LLBC__E_MODULE, at, "%s", err.message);
    return st != LLB_ENOMEM;
}

/* Finds or reads what one import names; false: no memory. */
static bool load_import(llbc_project *p, llbc__global *import)
{
    const llbc__expr *path = import->decl->u.import.path;
    const char *rel = llbc__expr_text(path, NULL);
    bool nomem = false;

    if (import->decl->u.import.from) {
        llbc__report(p->diags, LLBC__E_LATER, import->decl->head,
                     "import from a repository is not compiled yet");
        return true;
    }
    const char *name =
        rel && *rel ? llbc__path_below(p->arena, p->root, import->unit->rel_dir,
                                       rel, &nomem)
                    : NULL;
    if (!name && !nomem)
        llbc__report(p->diags, LLBC__E_MODULE, path->span,
                     rel && *rel ? "\"%s\" lies outside of the project"
                     : rel       ? "the path of a module is empty%s"
                                 : "the path of a module is written out%s",
                     rel ? rel : "");
    if (!name)
        return !nomem;
    llbc__unit *known = find(p, name);
    if (known) {
        import->module = known->file ? known : NULL;
        return true;
    }
    if (p->n_units == LLBC__MAX_UNITS) {
        llbc__report(p->diags, LLBC__E_MODULE, path->span,
                     "a project of more than %d files", LLBC__MAX_UNITS);
        return true;
    }
    const char *shown = shown_name(p, import->unit, rel);
    llbc__unit *u = shown ? llbc__unit_add(p) : NULL;
    if (!u || !place(p, u, import, name) || !read_module(p, import, u, shown))
        return false;
    if (u->file)
        import->module = u;
    return true;
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

bool llbc__load_modules(llbc_project *p)
{
    for (size_t i = 0; i < p->n_units; i++) {
        llbc__unit *u = p->units[i];
        for (size_t k = 0; k < u->n_globals; k++) {
            if (u->globals[k].space == LLBC__MODULES &&
                !load_import(p, &u->globals[k]))
                return false;
        }
    }
    return p->n_units == 1 || find_circles(p);
}
