/* Opening a project: reading, parsing, checking, and where it lies. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "lint.h"
#include "compile.h"
#include "error.h"
#include "opts.h"
#include "file.h"
#include "bounds.h"
#include "parse.h"

/* The absolute folder that holds a path, freed by the caller; a link in the
 * last place is not followed. NULL: see errno. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash
                    ? strndup(path, slash == path ? 1 : (size_t)(slash - path))
                    : strdup(".");
    if (!dir) {
        errno = ENOMEM;
        return NULL;
    }
    char *real = realpath(dir, NULL);
    free(dir);
    return real;
}

/* dir as a path from root, "." for the root itself; NULL: it lies outside. */
static const char *below(const char *dir, const char *root)
{
    size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

    if (strncmp(dir, root, n) != 0 || (dir[n] && dir[n] != '/'))
        return NULL;
    return dir[n] && dir[n + 1] ? dir + n + 1 : ".";
}

static llb_status no_folder(llb_error *err, const char *what, const char *path)
{
    if (errno == ENOMEM)
        return llb__fail_nomem(err);
    return llb__fail(err, errno == ENOENT ? LLB_ENOENT : LLB_EIO, LLB__NOWHERE,
                     "%s \"%s\": %s", what, path, strerror(errno));
}

/* Folder of the file, root of the project (wanted, NULL: that folder), and the
 * one from the other. */
static llb_status find_folders(llbc_project *p, const char *name,
                               const char *wanted, llb_error *err)
{
    const char *slash = strrchr(name, '/');
    char *dir = folder_of(name);
    char *root = NULL;
    llb_status st = LLB_OK;

    if (!dir)
        return no_folder(err, "folder of", name);
    root = realpath(wanted ? wanted : dir, NULL);
    if (!root) {
        st = no_folder(err, "project folder", wanted ? wanted : dir);
    } else {
        const char *rel = below(dir, root);
        const char *base = slash ? slash + 1 : name;
        if (!rel) {
            st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                           "\"%s\" does not lie below the project folder "
                           "\"%s\"",
                           name, root);
        } else {
            p->root = llb__arena_strdup(p->arena, root);
            p->unit->dir = llb__arena_strdup(p->arena, dir);
            p->unit->rel_dir = llb__arena_strdup(p->arena, rel);
            p->unit->map_name =
                strcmp(rel, ".") == 0
                    ? llb__arena_strdup(p->arena, base)
                    : llb__arena_printf(p->arena, "%s/%s", rel, base);
            if (!p->root || !p->unit->dir || !p->unit->rel_dir ||
                !p->unit->map_name)
                st = llb__fail_nomem(err);
        }
    }
    free(root);
    free(dir);
    return st;
}

/* What the diagnostics say, as a status with a summary. n_before: errors that
 * were there before. */
llb_status llbc__outcome(llbc_diags *d, size_t n_before, const char *name,
                         llb_error *err)
{
    size_t n = llbc_diags_n_errors(d) - n_before;

    if (llbc_diags_status(d) == LLB_ENOMEM)
        return llb__fail_nomem(err);
    if (!n)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%zu error%s in %s", n,
                     n == 1 ? "" : "s", name);
}

static void check_edition(llbc_project *p, const llbc__file *f)
{

    if (f->edition == 0 || f->edition == 1)
        return;
    llbc__note *n = llbc__report(p->diags, LLBC__E_EDITION, f->edition_span,
                                 "edition %lld of the language is not known",
                                 (long long)f->edition);
    llbc__help(n, "this compiler knows edition 1: write llb 1");
}

llb_status llbc__load_unit(llbc_project *p, llbc__unit *u, const char *name,
                           const char *text, size_t len, llb_error *err)
{
    uint32_t file;
    llb_status st = llbc_diags_add_file(p->diags, name, text, len, &file);

    if (st == LLB_ELIMIT)
        return llb__fail(err, st, LLB__NOWHERE, "\"%s\" has more than %zu MiB",
                         name, LLB__MAX_SOURCE_FILE >> 20);
    if (st != LLB_OK)
        return llb__fail_nomem(err);
    p->last_file = file;
    u->source = llbc__source_get(p->diags, file);
    u->file = llbc__parse(u->source, p->arena, p->diags);
    if (!u->file)
        return llbc_diags_status(p->diags) == LLB_ENOMEM ? llb__fail_nomem(err)
                                                         : LLB_OK;
    check_edition(p, u->file);
    llbc__lint_comments(p->diags, u->file);
    u->first = p->n_globals;
    if (!llbc__unit_declare(u, p->arena, p->diags))
        return llb__fail_nomem(err);
    p->n_globals += u->n_globals;
    return LLB_OK;
}

/* Loads and checks the project; what is wrong with it is in the diagnostics. */
static llb_status load(llbc_project *p, const char *name, const char *text,
                       size_t len, const llbc_open_opts *o, llb_error *err)
{
    bool lint = p->lint = o->lint != 0;
    size_t n_before = llbc_diags_n_errors(p->diags);
    llb_status st = llbc__load_unit(p, p->unit, name, text, len, err);

    if (st == LLB_OK && !p->unit->file)
        return llbc__outcome(p->diags, n_before, name, err);
    if (st != LLB_OK)
        return st;
    st = llbc__load_modules(p, o->resolver);
    if (st != LLB_OK)
        return st == LLB_ENOMEM
                   ? llb__fail_nomem(err)
                   : llb__fail(err, st, LLB__NOWHERE,
                               "modules of \"%s\" cannot be read", name);
    for (size_t i = 0; i < p->n_units; i++) {
        llbc__check check = {.arena = p->arena,
                             .diags = p->diags,
                             .unit = p->units[i],
                             .sigs = p->sigs,
                             .lint = lint};
        llbc__check_unit(&check);
    }
    for (size_t i = 0; lint && i < p->n_units; i++)
        llbc__lint_unit(p->diags, p->units[i], i == 0);
    st = llbc__outcome(p->diags, n_before, name, err);
    if (st != LLB_OK)
        return st;
    if (!llbc__project_list(p))
        return llb__fail_nomem(err);
    return llbc__outcome(p->diags, n_before, name, err);
}

static llbc_project *project_new(llbc_diags *diags)
{
    llb__arena *a = llb__arena_new(LLBC__MAX_PROJECT_MEMORY);
    llbc_project *p = a ? llb__arena_alloc(a, sizeof(*p)) : NULL;

    if (p) {
        p->arena = a;
        p->diags = diags;
        p->unit = llbc__unit_add(p);
        if (p->unit)
            p->unit->prefix = "";
        p->sigs = llb__arena_array(a, llbc__n_builtins, sizeof(*p->sigs));
    }
    if (p && p->unit && p->sigs)
        return p;
    llb__arena_free(a);
    return NULL;
}

llb_status llbc_open_text(const char *name, const char *text, size_t len,
                          const llbc_open_opts *opts, llbc_diags *diags,
                          llbc_project **ret_project, llb_error *err)
{
    llbc_open_opts o = LLBC_OPEN_OPTS_INIT;
    llbc_resolver resolver = LLBC_RESOLVER_INIT;

    if (!name || (!text && len) || !diags || !ret_project)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "llbc_open: a NULL argument");
    llb_status st = llb__opts_read(&o, sizeof o, opts,
                                   LLB__FIRST(llbc_open_opts, root), err);
    if (st == LLB_OK)
        st = llb__opts_read(&resolver, sizeof resolver, o.resolver,
                            LLB__FIRST(llbc_resolver, resolve_image), err);
    if (st != LLB_OK)
        return st;
    o.resolver = o.resolver ? &resolver : NULL;
    llbc_project *p = project_new(diags);
    if (!p)
        return llb__fail_nomem(err);
    st = find_folders(p, name, o.root, err);
    for (size_t i = 0; st == LLB_OK && i < o.n_allow; i++) {
        const char *path;
        st = llbc__allow(p, o.allow[i], &path, err);
    }
    if (st == LLB_OK)
        st = load(p, name, text ? text : "", len, &o, err);
    if (st == LLB_OK)
        *ret_project = p;
    else
        llbc_project_free(p);
    return st;
}

llb_status llbc_open(const char *path, const llbc_open_opts *opts,
                     llbc_diags *diags, llbc_project **ret_project,
                     llb_error *err)
{
    char *text = NULL;
    size_t len;

    if (!path)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "llbc_open: a NULL argument");
    llb_status st =
        llb__file_read(path, LLB__MAX_SOURCE_FILE, &text, &len, err);
    if (st == LLB_OK)
        st = llbc_open_text(strcmp(path, "-") == 0 ? "<stdin>" : path, text,
                            len, opts, diags, ret_project, err);
    free(text);
    return st;
}

void llbc_project_free(llbc_project *p)
{
    if (p)
        llb__arena_free(p->arena);
}
