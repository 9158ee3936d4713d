/* Folders of the project as filesystems. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <llb/local.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"
#include "path.h" /* llb__path_clean */

/* A .dockerignore that a Dockerfile user expects to count. */
static void warn_ignore_file(llbc__eval *e, const llbc__actuals *a,
                             const char *path)
{
    if (llbc__given(a, "include") || llbc__given(a, "exclude") ||
        llbc__given(a, "ignore_file"))
        return;
    const char *file = llbc__eval_printf(e, "%s/.dockerignore", path);
    if (!file || access(file, R_OK) != 0)
        return;
    llbc__note *n =
        llbc__report(e->diags, LLBC__W_IGNORE_FILE, llbc__at_of(a, "PATH"),
                     "the folder has a .dockerignore, which is not read");
    llbc__help(n, "say what is sent with include= or exclude=, or read it with "
                  "ignore_file=");
}

bool llbc__add_local(llbc__eval *e, const char *name, const char *path,
                     llb_span at)
{
    llbc__found *f = &e->found;

    llbc__eval_charge(e, f->n_locals);
    for (size_t i = 0; i < f->n_locals; i++) {
        if (strcmp(f->locals[i].name, name) != 0)
            continue;
        if (strcmp(f->locals[i].path, path) == 0)
            return true;
        llbc__note *n = llbc__report(e->diags, LLBC__E_LOCAL, at,
                                     "two folders are called \"%s\"", name);
        llbc__related(n, f->locals[i].at, "the other one");
        return false;
    }
    llbc_local *slot = LLBC__PUSH(e, f->locals, f->n_locals, f->cap_locals);
    if (slot)
        *slot = (llbc_local){name, path, at};
    return slot != NULL;
}

static const char *full_path(llbc__eval *e, const char *name)
{
    return strcmp(name, ".") == 0
               ? e->project->root
               : llbc__eval_printf(e, "%s/%s", e->project->root, name);
}

const char *llbc__inner_path(llbc__eval *e, const char *rel, llb_span at,
                             const char **ret_name)
{
    const char *name = llbc__path_in_root(e, rel);

    if (!name && !e->stopped) {
        llbc__note *n = llbc__report(e->diags, LLBC__E_LOCAL, at,
                                     "\"%s\" lies outside of the project", rel);
        llbc__help(n, "paths start at the folder of this file and stay below "
                      "the folder of the project's file");
    }
    if (!name)
        return NULL;
    *ret_name = name;
    return full_path(e, name);
}

static bool is_below(const char *path, const char *folder)
{
    size_t n = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

    return strncmp(path, folder, n) == 0 && (path[n] == '/' || !path[n]);
}

/* A folder outside of the project that the caller allows. No bytes of the
 * definition hold where it lies: it goes by its number, in order of use. */
static const char *external(llbc__eval *e, const char *rel, llb_span at,
                            const char **ret_name)
{
    const char *path = llbc__path_join(e->arena, e->frame->unit->dir, rel);
    llbc__found *f = &e->found;
    size_t i = 0;

    if (!path) {
        llbc__eval_nomem(e);
        return NULL;
    }
    while (i < e->project->n_allowed && !is_below(path, e->project->allowed[i]))
        i++;
    if (i == e->project->n_allowed) {
        llbc__note *n = llbc__report(e->diags, LLBC__E_LOCAL, at,
                                     "\"%s\" lies outside of the project", rel);
        llbc__help(n, "paths start at the folder of this file and stay below "
                      "that of the project's file, unless --allow fs=PATH "
                      "says otherwise");
        return NULL;
    }
    llbc__eval_charge(e, f->n_externals);
    for (i = 0; i < f->n_externals && strcmp(f->externals[i], path); i++)
        ;
    if (i == f->n_externals) {
        const char **slot =
            LLBC__PUSH(e, f->externals, f->n_externals, f->cap_externals);
        if (slot)
            *slot = path;
    }
    *ret_name = llbc__eval_printf(e, "external/%zu", i + 1);
    return e->stopped ? NULL : path;
}

const char *llbc__folder_path(llbc__eval *e, const char *rel, llb_span at,
                              const char **ret_name)
{
    const char *name = llbc__path_in_root(e, rel);

    if (!name)
        return e->stopped ? NULL : external(e, rel, at, ret_name);
    *ret_name = name;
    return full_path(e, name);
}

/* --- ignore files ------------------------------------------------------ */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* One line as a pattern, the way Docker reads them: cleaned, without a "/" in
 * front; NULL: it says nothing. */
static const char *pattern_of(llbc__eval *e, const char *line, size_t len)
{
    bool except = false;

    if (len && *line == '#')
        return NULL;
    for (int i = 0; i < 2; i++) {
        for (; len && is_blank(*line); line++)
            len--;
        while (len && is_blank(line[len - 1]))
            len--;
        if (i || !len || *line != '!')
            break;
        except = true;
        line++;
        len--;
    }
    if (!len)
        return NULL;
    char *out = llbc__eval_alloc(e, len + 4, 1);
    if (!out)
        return NULL;
    size_t n = llb__path_clean("", line, len, out + 1);
    char *start = out + 1;
    if (n > 1 && *start == '/') {
        start++;
        n--;
    }
    start[n] = '\0';
    if (except)
        *--start = '!';
    return start;
}

/* The patterns of ignore_file=, and behind them those of exclude=. */
static bool set_exclude(llbc__eval *e, const llbc__actuals *a,
                        llb_local_opts *o)
{
    size_t len, n = 0, lines = 1, n_more;
    char *data;
    const char *const *more = llbc__strings_of(e, a, "exclude", &n_more);

    o->exclude = more;
    o->n_exclude = n_more;
    if (!llbc__given(a, "ignore_file"))
        return true;
    if (!llbc__project_read(e, a, "ignore_file", LLBC__MAX_READ, &data, &len))
        return false;
    for (size_t i = 0; i < len; i++)
        lines += data[i] == '\n';
    const char **list = llbc__eval_alloc(e, lines + n_more, sizeof(*list));
    const char *s = data, *end = data + len;
    if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    while (list && s < end) {
        size_t line = strcspn(s, "\n");
        const char *p = pattern_of(e, s, line);
        if (p)
            list[n++] = p;
        s += line + 1;
    }
    free(data);
    for (size_t i = 0; list && i < n_more; i++)
        list[n++] = more[i];
    o->exclude = list;
    o->n_exclude = n;
    return list && !e->stopped;
}

llbc__value llbc__fn_local(llbc__eval *e, const llbc__actuals *a)
{
    llb_local_opts o = LLB_LOCAL_OPTS_INIT;
    llbc__op_places places;
    const char *name = NULL;
    const char *path = llbc__folder_path(e, llbc__str_of(a, "PATH"),
                                         llbc__at_of(a, "PATH"), &name);
    const char *differ = llbc__str_of(a, "differ");

    if (!path || !llbc__add_local(e, name, path, llbc__at_of(a, "PATH")))
        return llbc__no_value();
    warn_ignore_file(e, a, path);
    if (!set_exclude(e, a, &o))
        return llbc__no_value();
    llb_constraints c = llbc__constraints(e, &places);
    o.constraints = &c;
    o.include = llbc__strings_of(e, a, "include", &o.n_include);
    o.follow = llbc__strings_of(e, a, "follow", &o.n_follow);
    o.metadata_only = llbc__bool_of(a, "metadata_only", false);
    o.metadata_exceptions =
        llbc__strings_of(e, a, "metadata_exceptions", &o.n_metadata_exceptions);
    o.shared_key_hint = llbc__str_of(a, "shared_key_hint");
    if (differ)
        o.differ =
            strcmp(differ, "none") == 0 ? LLB_DIFFER_NONE : LLB_DIFFER_METADATA;
    return llbc__source_fs(e, llb_local(e->graph, name, &o), &llbc__no_config,
                           NULL);
}
