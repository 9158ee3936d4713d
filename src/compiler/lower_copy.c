/* The statement `copy`: one file operation with an action for each source; with
 * link=true on a filesystem of its own, laid on top of the one at hand. */
#include <string.h>

#include <llb/merge.h>

#include "eval.h"
#include "lower_file.h"
#include "path.h" /* llb__path_clean */

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && memcmp(s + n - m, end, m) == 0;
}

static bool is_folder(const char *dst)
{
    return ends_with(dst, "/") || ends_with(dst, "/.") ||
           ends_with(dst, "/..") || strcmp(dst, ".") == 0 ||
           strcmp(dst, "..") == 0;
}

/* BuildKit takes a path for a folder when it ends in "/" or "/.". */
static const char *folder_path(llbc__eval *e, const char *dst)
{
    if (!is_folder(dst) || ends_with(dst, "/") || ends_with(dst, "/."))
        return dst;
    return llbc__eval_printf(e, "%s/", dst);
}

static bool has_wildcard(const char *s) { return strpbrk(s, "*?[") != NULL; }

/* Whether ".." leads out of where the path starts. */
static bool climbs_out(const char *path)
{
    size_t depth = 0;

    for (const char *s = path; *s;) {
        size_t n = strcspn(s, "/");
        if (n == 2 && memcmp(s, "..", 2) == 0) {
            if (depth == 0)
                return true;
            depth--;
        } else if (n && !(n == 1 && *s == '.')) {
            depth++;
        }
        s += n;
        s += *s == '/';
    }
    return false;
}

/* SRC as the daemon takes it: from the root of the filesystem. NULL after an
 * error. */
static const char *source_path(llbc__eval *e, const char *src, llb_span at)
{
    if (!llbc__file_named(e, src, at))
        return NULL;
    if (climbs_out(src)) {
        llbc__report(e->diags, LLBC__E_PATH, at,
                     "\"%s\" leads out of the filesystem it is copied from",
                     src);
        return NULL;
    }
    char *out = llbc__eval_alloc(e, strlen(src) + 4, 1);
    if (out)
        out[llb__path_clean("/", src, strlen(src), out)] = '\0';
    return out;
}

/* A pattern that matches nothing but the path itself: the way to ask for a
 * file that may be missing, since only patterns may match nothing. */
static const char *as_pattern(llbc__eval *e, const char *path)
{
    const char *last = strrchr(path, '/') + 1;

    if (!*last || (unsigned char)*last >= 0x80 || strpbrk(last, "\\"))
        return path;
    return llbc__eval_printf(e, "%.*s[%s%c]%s", (int)(last - path), path,
                             strchr("^-]", *last) ? "\\" : "", *last, last + 1);
}

static void copy_opts(llbc__eval *e, const llbc__actuals *a,
                      const llbc__file_step *f, llb_copy_opts *o, int32_t *mode)
{
    llbc__value chmod = llbc__value_of(a, "chmod");

    o->dir_contents_only = llbc__bool_of(a, "contents", true);
    o->follow_symlinks = llbc__bool_of(a, "follow_symlinks", false);
    o->attempt_unpack = llbc__bool_of(a, "unpack", false);
    o->create_dest_path = 1;
    o->allow_wildcard = llbc__bool_of(a, "wildcard", true);
    o->allow_empty_wildcard = llbc__bool_of(a, "allow_missing", false);
    if (chmod.kind == LLBC__INT) {
        *mode = (int32_t)llbc__bounded_of(e, a, "chmod", 0, 07777, 0);
        o->mode = mode;
    } else if (chmod.kind == LLBC__STRING) {
        o->mode_str = chmod.u.str;
    }
    o->include = llbc__strings_of(e, a, "include", &o->n_include);
    o->exclude = llbc__strings_of(e, a, "exclude", &o->n_exclude);
    o->owner = f->has_owner ? &f->owner : NULL;
    o->created = f->has_time ? &f->time : NULL;
}

static bool check_parents(llbc__eval *e, const llbc__actuals *a,
                          const char *dst)
{
    llbc__note *n;

    if (llbc__given(a, "include")) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "include"),
                     "with parents=true the sources are the patterns");
        return false;
    }
    if (llbc__given(a, "contents")) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "contents"),
                     "with parents=true a folder keeps its path anyway");
        return false;
    }
    if (is_folder(dst))
        return true;
    n = llbc__report(e->diags, LLBC__E_COPY_FOLDER, llbc__at_of(a, "DST"),
                     "with parents=true sources go below a folder");
    llbc__help(n, "write \"%s/\"", dst);
    return false;
}

/* What is wrong with SRC and DST together. */
static bool check_copy(llbc__eval *e, const llbc__actuals *a, llbc__value srcs,
                       const char *dst)
{
    bool wild = llbc__bool_of(a, "wildcard", true), many = srcs.n > 1;
    bool parents = llbc__bool_of(a, "parents", false);
    llb_span at = llbc__at_of(a, "SRC");
    llbc__note *n;

    for (size_t i = 0; i < srcs.n; i++) {
        const char *src = srcs.u.list[i].u.str;
        if (wild && !parents && strstr(src, "**")) {
            n = llbc__report(e->diags, LLBC__E_VALUE, at,
                             "\"**\" is no wildcard of a source");
            llbc__help(n,
                       "copy the folder with include=[\"%s\"], or with "
                       "parents=true",
                       src);
            return false;
        }
        many = many || (wild && has_wildcard(src));
    }
    if (!srcs.n) {
        llbc__report(e->diags, LLBC__E_OPERANDS, at,
                     "there is nothing to copy: the list is empty");
        return false;
    }
    if (parents && !check_parents(e, a, dst))
        return false;
    if (many && !is_folder(dst)) {
        n = llbc__report(e->diags, LLBC__E_COPY_FOLDER, llbc__at_of(a, "DST"),
                         "several files need a folder to go into");
        llbc__help(n, "write \"%s/\"", dst);
        return false;
    }
    if (!llbc__bool_of(a, "contents", true) && !is_folder(dst)) {
        n = llbc__report(e->diags, LLBC__E_COPY_FOLDER, llbc__at_of(a, "DST"),
                         "with contents=false the folder goes into another");
        llbc__help(n, "write \"%s/\"", dst);
        return false;
    }
    return llbc__file_named(e, dst, llbc__at_of(a, "DST"));
}

/* --- parents=true ---------------------------------------------------- */

/* path as a pattern that means it letter for letter. */
static const char *literal(llbc__eval *e, const char *path)
{
    char *out = llbc__eval_alloc(e, 2 * strlen(path) + 1, 1), *p = out;

    for (; out && *path; path++) {
        if (strchr("*?[]\\!", *path))
            *p++ = '\\';
        *p++ = *path;
    }
    return out;
}

/* "a/./b/c" is the path b/c below the folder a; without "/./" all of it is
 * below the root. */
static const llb_actions *copy_parents(llbc__eval *e, const llbc__actuals *a,
                                       const llb_actions *acts,
                                       const llbc__fs *from, const char *src,
                                       const char *dst, llb_copy_opts o)
{
    bool wild = o.allow_wildcard;
    const char *pivot = strstr(src, "/./");
    const char *folder =
        pivot ? llbc__eval_strndup(e, src, (size_t)(pivot - src)) : "/";

    if (!folder || climbs_out(src)) {
        source_path(e, src, llbc__at_of(a, "SRC"));
        return NULL;
    }
    folder = source_path(e, *folder ? folder : "/", llbc__at_of(a, "SRC"));
    const char *path =
        source_path(e, pivot ? pivot + 3 : src, llbc__at_of(a, "SRC"));
    if (!folder || !path)
        return NULL;
    const char *pattern = wild ? path + 1 : literal(e, path + 1);
    const char *whole = llbc__path_join(e->arena, folder, path + 1);
    if (!pattern || !whole) {
        llbc__eval_nomem(e);
        return NULL;
    }
    o.dir_contents_only = 1;
    o.allow_wildcard = has_wildcard(folder) && wild;
    o.allow_empty_wildcard = o.allow_empty_wildcard && o.allow_wildcard;
    o.include = *pattern ? &pattern : NULL;
    o.n_include = *pattern ? 1 : 0;
    /* The daemon looks for this very path, and not for a pattern. */
    if (!llbc__bool_of(a, "allow_missing", false) &&
        !(wild && strpbrk(whole, "*?[\\"))) {
        o.required_paths = &whole;
        o.n_required_paths = 1;
    }
    return llb_copy(acts, from->state, folder, dst, &o);
}

/* --- the statement --------------------------------------------------- */

/* One action for a source that is copied by itself. */
static const llb_actions *copy_one(llbc__eval *e, const llbc__actuals *a,
                                   const llb_actions *acts,
                                   const llbc__fs *from, const char *src,
                                   const char *dst, const llb_copy_opts *o)
{
    src = source_path(e, src, llbc__at_of(a, "SRC"));
    if (src && o->allow_empty_wildcard && o->allow_wildcard &&
        !has_wildcard(src))
        src = as_pattern(e, src);
    return src ? llb_copy(acts, from->state, src, dst, o) : NULL;
}

static const llb_actions *copy_all(llbc__eval *e, const llbc__actuals *a,
                                   const llbc__file_step *f, const char *dst)
{
    const llb_actions *acts = llb_actions_new(e->graph);
    const llbc__fs *from = llbc__value_of(a, "FS").u.fs;
    llbc__value srcs = llbc__value_of(a, "SRC");
    bool parents = llbc__bool_of(a, "parents", false);
    llb_copy_opts o = LLB_COPY_OPTS_INIT;
    int32_t mode;

    copy_opts(e, a, f, &o, &mode);
    dst = folder_path(e, dst);
    for (size_t i = 0; i < srcs.n && dst && acts; i++) {
        const char *src = srcs.u.list[i].u.str;
        acts = parents ? copy_parents(e, a, acts, from, src, dst, o)
                       : copy_one(e, a, acts, from, src, dst, &o);
    }
    return dst ? acts : NULL;
}

/* An empty filesystem where relative paths start as they do at hand. */
static const llbc__fs *beside(llbc__eval *e, const llbc__fs *here)
{
    const llbc__fs *empty = llbc__fs_scratch(e);
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));

    if (!empty || !fs)
        return NULL;
    *fs = *empty;
    fs->state = llb_dir(empty->state, llb_state_dir(here->state));
    return fs;
}

/* What came may hold a shell. */
static const llbc__fs *less_bare(llbc__eval *e, const llbc__fs *fs,
                                 const llbc__fs *from, const char *dst,
                                 bool unpack)
{
    if (!fs || !fs->bare || (!unpack && from->bare))
        return fs;
    llbc__fs *copy = llbc__eval_alloc(e, 1, sizeof(*copy));
    if (!copy)
        return NULL;
    *copy = *fs;
    copy->bare = !unpack && strcmp(dst, "/") != 0;
    return copy;
}

void llbc__do_copy(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__fs *here = e->frame->block->fs;
    bool link = llbc__bool_of(a, "link", false);
    const llbc__fs *base = link ? beside(e, here) : here;
    llbc__file_step f;

    if (!base || !llbc__file_start(e, a, base, &f))
        return;
    const llbc__fs *from = llbc__value_of(a, "FS").u.fs;
    const char *dst = llbc__str_of(a, "DST");
    if (!check_copy(e, a, llbc__value_of(a, "SRC"), dst))
        return;
    const llb_actions *acts = copy_all(e, a, &f, dst);
    const llbc__fs *fs = acts ? llbc__file_apply(e, &f, acts, from) : NULL;
    if (fs && link)
        fs = llbc__layered(e, here, fs);
    llbc__set_here(
        e, less_bare(e, fs, from, dst, llbc__bool_of(a, "unpack", false)));
}
