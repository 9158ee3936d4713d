/* The walk: a stack of folders, each with its sorted names, the deepest ones
 * also with an open file descriptor. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "walk_dir.h"
#include "walk_links.h"
#include "walk_stat.h"

/* Folders further up than this are closed, and opened again on the way back.
 * The root always stays open. */
enum { MAX_OPEN = 32 };

struct folder {
    int fd; /* -1: closed for now */
    struct stat sys;
    bool sent;
    size_t path_len; /* of its path, which walker.path starts with */
    bk__dir_list list;
    size_t next; /* index into list */
    uint8_t *info[2];
};

/* One of the two lists of patterns. */
struct filter {
    bk__matcher *matcher; /* NULL: selects all, excludes none */
    uint8_t *info;        /* of the entry at hand */
};

enum { INCLUDE, EXCLUDE };

struct walker {
    const char *root_name;
    struct filter filters[2];
    struct folder *folders;
    size_t depth, cap;
    char path[BK__MAX_PATH + 1];
    size_t path_len;
    bk__links links;
    bk__xattr_reader xattrs;
    bk__walk_fn fn;
    void *arg;
    llb_error *err;
};

static llb_status fail_errno(struct walker *w, const char *what)
{
    int e = errno;

    if (e == ENOMEM)
        return llb__fail_nomem(w->err);
    return llb__fail(w->err, LLB_EIO, LLB__NOWHERE, "cannot %s %s%s%s: %s",
                     what, w->root_name, w->path_len ? "/" : "", w->path,
                     strerror(e));
}

static bool vanished(int e) { return e == ENOENT || e == ENOTDIR; }

static struct folder *top(struct walker *w)
{
    return &w->folders[w->depth - 1];
}

static void cut_path(struct walker *w, size_t len)
{
    w->path_len = len;
    w->path[len] = '\0';
}

static llb__bytes path_of(const struct walker *w, size_t len)
{
    return (llb__bytes){(const uint8_t *)w->path, len};
}

static void folder_clear(struct folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    bk__dir_list_clear(&f->list);
    free(f->info[INCLUDE]);
    free(f->info[EXCLUDE]);
}

static void pop(struct walker *w)
{
    folder_clear(top(w));
    w->depth--;
}

/* Opens folder i of the stack again, whose parent is open. */
static llb_status reopen_one(struct walker *w, size_t i)
{
    struct folder *f = &w->folders[i], *parent = f - 1;
    size_t start = parent->path_len ? parent->path_len + 1 : 0;
    char name[NAME_MAX + 1] = "";
    struct stat sys;

    memcpy(name, w->path + start, f->path_len - start);
    f->fd = openat(parent->fd, name,
                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (f->fd < 0 || fstat(f->fd, &sys) < 0)
        return fail_errno(w, "come back to");
    if (sys.st_dev == f->sys.st_dev && sys.st_ino == f->sys.st_ino)
        return LLB_OK;
    return llb__fail(w->err, LLB_EIO, LLB__NOWHERE,
                     "%s/%.*s was replaced while it was read", w->root_name,
                     (int)f->path_len, w->path);
}

/* Closes folder i if it is too far up to stay open. */
static void close_far(struct walker *w, size_t i)
{
    struct folder *f = &w->folders[i];

    if (i == 0 || i + MAX_OPEN >= w->depth || f->fd < 0)
        return;
    close(f->fd);
    f->fd = -1;
}

/* Makes sure that folder number target of the stack is open. */
static llb_status reopen(struct walker *w, size_t target)
{
    llb_status st = LLB_OK;
    size_t open = target;

    while (w->folders[open].fd < 0)
        open--;
    for (size_t i = open + 1; st == LLB_OK && i <= target; i++) {
        st = reopen_one(w, i);
        close_far(w, i - 1);
    }
    return st;
}

static llb_status emit(struct walker *w, int dir, const char *name,
                       size_t path_len, const struct stat *sys)
{
    bk__stat st;
    char saved = w->path[path_len];

    bk__stat_from(sys, &st);
    st.path = path_of(w, path_len);
    if (bk__xattr_read(&w->xattrs, dir, name, &st) < 0)
        return fail_errno(w, "read the extended attributes of");
    char link[PATH_MAX];
    if (S_ISLNK(sys->st_mode)) {
        ssize_t n = readlinkat(dir, name, link, sizeof link);
        if (n < 0)
            return vanished(errno) || errno == EINVAL
                       ? LLB_OK
                       : fail_errno(w, "read the symlink");
        st.linkname = (llb__bytes){(uint8_t *)link, (size_t)n};
    } else if (!S_ISDIR(sys->st_mode) && sys->st_nlink > 1) {
        if (bk__links_add(&w->links, sys->st_dev, sys->st_ino, st.path,
                          &st.linkname) < 0)
            return llb__fail_nomem(w->err);
    }
    w->path[path_len] = '\0'; /* fn may take it as a string */
    bool go_on = w->fn(w->arg, &st, sys);
    w->path[path_len] = saved;
    return go_on ? LLB_OK : LLB_ECANCELED;
}

/* Sends the folders on the way to the entry at hand that nothing selected for
 * their own sake, outermost first. */
static llb_status emit_parents(struct walker *w)
{
    llb_status st = LLB_OK;

    for (size_t i = 1; st == LLB_OK && i < w->depth; i++) {
        struct folder *f = &w->folders[i];
        if (f->sent)
            continue;
        st = reopen(w, i);
        if (st == LLB_OK)
            st = emit(w, f->fd, ".", f->path_len, &f->sys);
        f->sent = true;
        close_far(w, i - 1);
    }
    return st;
}

static bool list_selects(struct walker *w, int which)
{
    struct filter *f = &w->filters[which];
    const uint8_t *parent = w->depth > 1 ? top(w)->info[which] : NULL;

    return bk__match(f->matcher, path_of(w, w->path_len), parent, f->info);
}

/* Whether the entry at hand is selected, and if it is a folder that is not,
 * whether something in it may be. */
static bool selected(struct walker *w, bool *ret_may_hold)
{
    bk__matcher *in = w->filters[INCLUDE].matcher;
    bk__matcher *out = w->filters[EXCLUDE].matcher;
    llb__bytes path = path_of(w, w->path_len);
    bool yes = true;

    *ret_may_hold = true;
    if (in && !list_selects(w, INCLUDE)) {
        yes = false;
        *ret_may_hold = bk__match_may_include_below(in, path);
    }
    if (!*ret_may_hold)
        return false;
    if (out && list_selects(w, EXCLUDE)) {
        yes = false;
        *ret_may_hold = bk__match_may_except_below(out, path);
    }
    return yes;
}

static bool keep_info(struct walker *w, struct folder *f)
{
    for (int i = 0; i < 2; i++) {
        const struct filter *filter = &w->filters[i];
        size_t len =
            filter->matcher ? bk__matcher_info_len(filter->matcher) : 0;
        if (!len)
            continue;
        f->info[i] = malloc(len);
        if (!f->info[i])
            return false;
        memcpy(f->info[i], filter->info, len);
    }
    return true;
}

/* Puts the folder fd (taken), whose path is at hand, on the stack. */
static llb_status push(struct walker *w, int fd, const struct stat *sys,
                       bool sent)
{
    struct folder f = {
        .fd = fd, .sys = *sys, .sent = sent, .path_len = w->path_len};

    if (w->depth == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 16;
        struct folder *fs = realloc(w->folders, cap * sizeof *fs);
        if (!fs) {
            folder_clear(&f);
            return llb__fail_nomem(w->err);
        }
        w->folders = fs;
        w->cap = cap;
    }
    if (bk__dir_list_read(fd, &f.list) < 0) {
        llb_status st = fail_errno(w, "read the folder");
        folder_clear(&f);
        return st;
    }
    if (w->depth > 0 && !keep_info(w, &f)) {
        folder_clear(&f);
        return llb__fail_nomem(w->err);
    }
    w->folders[w->depth++] = f;
    if (w->depth > MAX_OPEN)
        close_far(w, w->depth - 1 - MAX_OPEN);
    return LLB_OK;
}

static llb_status enter(struct walker *w, const char *name, bool sent)
{
    struct stat sys;
    int fd = openat(top(w)->fd, name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && (vanished(errno) || errno == ELOOP))
        return LLB_OK;
    if (fd < 0 && errno == EACCES && !sent)
        return LLB_OK; /* nobody asked for it */
    if (fd < 0)
        return fail_errno(w, "open the folder");
    if (fstat(fd, &sys) < 0) {
        llb_status st = fail_errno(w, "read the folder");
        close(fd);
        return st;
    }
    return push(w, fd, &sys, sent);
}

static llb_status add_to_path(struct walker *w, const char *name)
{
    size_t len = strlen(name), at = top(w)->path_len;

    cut_path(w, at);
    if (at + 1 + len > BK__MAX_PATH)
        return llb__fail(w->err, LLB_ELIMIT, LLB__NOWHERE,
                         "%s holds a path of more than %d bytes: %.100s...",
                         w->root_name, BK__MAX_PATH, w->path);
    if (at)
        w->path[at++] = '/';
    memcpy(w->path + at, name, len);
    cut_path(w, at + len);
    return LLB_OK;
}

static llb_status visit(struct walker *w, const bk__dir_entry *e)
{
    llb_status st = add_to_path(w, e->name);
    struct stat sys;
    bool may_hold;

    if (st != LLB_OK)
        return st;
    bool chosen = selected(w, &may_hold);
    bool is_dir = e->type == DT_DIR || e->type == DT_UNKNOWN;
    if (!chosen && (!is_dir || !may_hold))
        return LLB_OK;
    st = reopen(w, w->depth - 1);
    if (st != LLB_OK)
        return st;
    if (fstatat(top(w)->fd, e->name, &sys, AT_SYMLINK_NOFOLLOW) < 0)
        return vanished(errno) ? LLB_OK : fail_errno(w, "look at");
    if (chosen)
        st = emit_parents(w);
    if (chosen && st == LLB_OK)
        st = emit(w, top(w)->fd, e->name, w->path_len, &sys);
    if (st == LLB_OK && S_ISDIR(sys.st_mode))
        st = enter(w, e->name, chosen);
    return st;
}

static llb_status run(struct walker *w, int root)
{
    struct stat sys;
    int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return fail_errno(w, "open the folder");
    if (fstat(fd, &sys) < 0) {
        llb_status st = fail_errno(w, "look at");
        close(fd);
        return st;
    }
    llb_status st = push(w, fd, &sys, true);
    while (st == LLB_OK && w->depth > 0) {
        struct folder *f = top(w);
        if (f->next == f->list.n) {
            pop(w);
            continue;
        }
        f->next++; /* visit may move the stack, but not the names */
        st = visit(w, &f->list.entries[f->next - 1]);
    }
    return st;
}

static bool set_filter(struct filter *f, bk__matcher *m)
{
    f->matcher = m;
    if (m)
        f->info = malloc(bk__matcher_info_len(m) + 1);
    return !m || f->info;
}

llb_status bk__walk(int root, const char *root_name, bk__matcher *include,
                    bk__matcher *exclude, bk__walk_fn fn, void *arg,
                    llb_error *err)
{
    struct walker *w = calloc(1, sizeof *w);
    llb_status st = LLB_ENOMEM;

    if (!w)
        return llb__fail_nomem(err);
    w->root_name = root_name;
    w->fn = fn;
    w->arg = arg;
    w->err = err;
    if (set_filter(&w->filters[INCLUDE], include) &&
        set_filter(&w->filters[EXCLUDE], exclude))
        st = run(w, root);
    else
        llb__fail_nomem(err);
    while (w->depth > 0)
        pop(w);
    bk__links_clear(&w->links);
    bk__xattr_reader_clear(&w->xattrs);
    free(w->filters[INCLUDE].info);
    free(w->filters[EXCLUDE].info);
    free(w->folders);
    free(w);
    return st;
}
