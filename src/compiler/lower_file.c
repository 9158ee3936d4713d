/* Statements on files: copy, mkdir, mkfile, rm, symlink. Each is one file
 * operation. */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"
#include "path.h" /* llb__path_clean */

/* What the file statements have in common. */
typedef struct file_step {
    const llbc__fs *base;
    llb_owner owner;
    bool has_owner;
    llb_time time;
    bool has_time;
} file_step;

static bool is_number(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return true;
}

/* "user[:group]"; names are looked up in the files at hand, so there must be
 * some. */
static bool read_owner(llbc__eval *e, const llbc__actuals *a, file_step *f)
{
    const char *text = llbc__str_of(a, "chown");

    if (!text)
        return true;
    size_t user_len = strcspn(text, ":");
    const char *group = text[user_len] ? text + user_len + 1 : "";
    if (!user_len || strchr(group, ':')) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "chown"),
                         "\"%s\" is no owner", text);
        llbc__help(n, "write \"user\" or \"user:group\", names or numbers");
        return false;
    }
    if (llb_state_is_scratch(f->base->state) &&
        !(is_number(text, user_len) && is_number(group, strlen(group)))) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_OWNER, llbc__at_of(a, "chown"),
                         "an empty filesystem knows no user names");
        llbc__help(n, "write numbers: chown=\"1000:1000\"");
        return false;
    }
    f->owner = (llb_owner)LLB_OWNER_INIT;
    f->owner.user = text;
    f->has_owner = true;
    return true;
}

/* False: an argument is wrong, and the step is left out. */
static bool start(llbc__eval *e, const llbc__actuals *a, file_step *f)
{
    *f = (file_step){.base = e->frame->block->fs};
    if (a->failed || !read_owner(e, a, f))
        return false;
    if (llbc__given(a, "timestamp")) {
        f->has_time = true;
        f->time.sec =
            llbc__bounded_of(e, a, "timestamp", 0, INT64_MAX / 1000000000, 0);
    }
    return !e->stopped;
}

/* Applies the actions; `from` are the filesystems that they copy from. */
static void finish(llbc__eval *e, const file_step *f, const llb_actions *acts,
                   const llbc__fs *from)
{
    llbc__op_places places;
    llbc__node *node = llbc__node_new(e, 2);

    if (!node)
        return;
    llb_constraints c = llbc__constraints(e, &places);
    const llb_state *s = llb_file(f->base->state, acts, &c);
    if (!llbc__state_ok(e, s, e->frame->stmt))
        return;
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    if (!fs)
        return;
    *fs = *f->base;
    fs->state = s;
    node->needs[0] = f->base->node;
    node->needs[1] = from ? from->node : NULL;
    fs->node = node;
    llbc__set_here(e, fs);
}

static bool not_empty(llbc__eval *e, const char *path, llb_span at)
{
    if (*path)
        return true;
    llbc__report(e->diags, LLBC__E_VALUE, at, "the path is empty");
    return false;
}

/* --- copy ----------------------------------------------------------- */

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
    if (!not_empty(e, src, at))
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

static void copy_opts(llbc__eval *e, const llbc__actuals *a, file_step *f,
                      llb_copy_opts *o, int32_t *mode)
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

/* What is wrong with SRC and DST together. */
static bool check_copy(llbc__eval *e, const llbc__actuals *a, llbc__value srcs,
                       const char *dst)
{
    bool wild = llbc__bool_of(a, "wildcard", true), many = srcs.n > 1;
    llb_span at = llbc__at_of(a, "SRC");
    llbc__note *n;

    for (size_t i = 0; i < srcs.n; i++) {
        const char *src = srcs.u.list[i].u.str;
        if (wild && strstr(src, "**")) {
            n = llbc__report(e->diags, LLBC__E_VALUE, at,
                             "\"**\" is no wildcard of a source");
            llbc__help(n, "copy the folder with include=[\"%s\"]", src);
            return false;
        }
        many = many || (wild && has_wildcard(src));
    }
    if (!srcs.n) {
        llbc__report(e->diags, LLBC__E_OPERANDS, at,
                     "there is nothing to copy: the list is empty");
        return false;
    }
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
    return not_empty(e, dst, llbc__at_of(a, "DST"));
}

void llbc__do_copy(llbc__eval *e, const llbc__actuals *a)
{
    llb_copy_opts o = LLB_COPY_OPTS_INIT;
    const llb_actions *acts = llb_actions_new(e->graph);
    file_step f;
    int32_t mode;

    if (!start(e, a, &f))
        return;
    const llbc__fs *from = llbc__value_of(a, "FS").u.fs;
    llbc__value srcs = llbc__value_of(a, "SRC");
    const char *dst = llbc__str_of(a, "DST");
    if (!check_copy(e, a, srcs, dst))
        return;
    copy_opts(e, a, &f, &o, &mode);
    dst = folder_path(e, dst);
    for (size_t i = 0; i < srcs.n && dst; i++) {
        const char *src =
            source_path(e, srcs.u.list[i].u.str, llbc__at_of(a, "SRC"));
        if (!src)
            return;
        if (o.allow_empty_wildcard && o.allow_wildcard && !has_wildcard(src))
            src = as_pattern(e, src);
        if (!src)
            return;
        acts = llb_copy(acts, from->state, src, dst, &o);
    }
    finish(e, &f, acts, from);
    /* What came may hold a shell. */
    if (f.base->bare && e->frame->block->fs->bare && !e->stopped &&
        (o.attempt_unpack || !from->bare)) {
        llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
        if (!fs)
            return;
        *fs = *e->frame->block->fs;
        fs->bare = !o.attempt_unpack && strcmp(dst, "/") != 0;
        llbc__set_here(e, fs);
    }
}

/* --- the others ----------------------------------------------------- */

void llbc__do_mkdir(llbc__eval *e, const llbc__actuals *a)
{
    llb_mkdir_opts o = LLB_MKDIR_OPTS_INIT;
    const llb_actions *acts = llb_actions_new(e->graph);
    file_step f;

    if (!start(e, a, &f))
        return;
    llbc__value paths = llbc__value_of(a, "PATH");
    uint32_t mode = (uint32_t)llbc__bounded_of(e, a, "mode", 0, 0777, 0755);
    o.parents = 1;
    o.owner = f.has_owner ? &f.owner : NULL;
    o.created = f.has_time ? &f.time : NULL;
    for (size_t i = 0; i < paths.n; i++) {
        const char *path = paths.u.list[i].u.str;
        if (!not_empty(e, path, llbc__at_of(a, "PATH")))
            return;
        acts = llb_mkdir(acts, path, mode, &o);
    }
    if (paths.n)
        finish(e, &f, acts, NULL);
}

void llbc__do_mkfile(llbc__eval *e, const llbc__actuals *a)
{
    llb_mkfile_opts o = LLB_MKFILE_OPTS_INIT;
    file_step f;

    if (!start(e, a, &f))
        return;
    const char *path = llbc__str_of(a, "PATH");
    llbc__value text = llbc__value_of(a, "TEXT");
    uint32_t mode = (uint32_t)llbc__bounded_of(e, a, "mode", 0, 0777, 0644);
    if (!not_empty(e, path, llbc__at_of(a, "PATH")))
        return;
    o.owner = f.has_owner ? &f.owner : NULL;
    o.created = f.has_time ? &f.time : NULL;
    finish(e, &f,
           llb_mkfile(llb_actions_new(e->graph), path, mode, text.u.str, text.n,
                      &o),
           NULL);
}

void llbc__do_rm(llbc__eval *e, const llbc__actuals *a)
{
    llb_rm_opts o = LLB_RM_OPTS_INIT;
    const llb_actions *acts = llb_actions_new(e->graph);
    file_step f;

    if (!start(e, a, &f))
        return;
    llbc__value paths = llbc__value_of(a, "PATH");
    o.allow_wildcard = llbc__bool_of(a, "wildcard", false);
    o.allow_not_found = llbc__bool_of(a, "allow_missing", false);
    for (size_t i = 0; i < paths.n; i++) {
        const char *path = paths.u.list[i].u.str;
        if (!not_empty(e, path, llbc__at_of(a, "PATH")))
            return;
        acts = llb_rm(acts, path, &o);
    }
    if (paths.n)
        finish(e, &f, acts, NULL);
}

void llbc__do_symlink(llbc__eval *e, const llbc__actuals *a)
{
    llb_symlink_opts o = LLB_SYMLINK_OPTS_INIT;
    file_step f;

    if (!start(e, a, &f))
        return;
    const char *target = llbc__str_of(a, "TARGET");
    const char *link = llbc__str_of(a, "LINK");
    if (!not_empty(e, target, llbc__at_of(a, "TARGET")) ||
        !not_empty(e, link, llbc__at_of(a, "LINK")))
        return;
    o.owner = f.has_owner ? &f.owner : NULL;
    o.created = f.has_time ? &f.time : NULL;
    /* libllb takes both paths letter for letter. */
    link = llbc__path_join(e->arena, llb_state_dir(f.base->state), link);
    if (!link) {
        llbc__eval_nomem(e);
        return;
    }
    finish(e, &f, llb_symlink(llb_actions_new(e->graph), target, link, &o),
           NULL);
}
