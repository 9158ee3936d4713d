/* Following symlinks, one component at a time. */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "match_glob.h"
#include "match_path.h"
#include "walk_dir.h"
#include "walk_open.h"

enum {
    MAX_LINKS = 255, /* on one way, as Go's path functions allow */
    MAX_WORK = 65536,
};

/* A path still to be followed. */
struct job {
    llb__bytes path; /* clean and relative */
    int n_links;     /* that led to it */
};

/* A list of paths that holds none twice. */
struct paths {
    llb__bytes *items;
    size_t n, cap;
};

struct follower {
    int root;
    const char *root_name;
    llb__arena *a;
    struct job *jobs;
    size_t n_jobs, cap_jobs;
    struct paths seen;    /* every path that was a job */
    struct paths results; /* patterns */
    llb_error *err;
};

static bool equal(llb__bytes a, llb__bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static int by_bytes(const void *a, const void *b)
{
    const llb__bytes *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int c = memcmp(x->data, y->data, n);

    return c ? c : (x->len > y->len) - (x->len < y->len);
}

/* Adds path (in the arena) behind the others. */
static bool append(struct paths *p, llb__bytes path)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 16;
        llb__bytes *items = realloc(p->items, cap * sizeof *items);
        if (!items)
            return false;
        p->items = items;
        p->cap = cap;
    }
    p->items[p->n++] = path;
    return true;
}

/* Adds path in its place in the order; *ret_new: it was not there. */
static bool insert(struct paths *p, llb__bytes path, bool *ret_new)
{
    size_t lo = 0, hi = p->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (by_bytes(&p->items[mid], &path) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *ret_new = lo == p->n || !equal(p->items[lo], path);
    if (!*ret_new)
        return true;
    if (!append(p, path))
        return false;
    memmove(p->items + lo + 1, p->items + lo,
            (p->n - 1 - lo) * sizeof *p->items);
    p->items[lo] = path;
    return true;
}

/* Joins parts with slashes, cleans the result as if it began at the root, and
 * puts it into the arena without that slash; "." for the root. NULL data: no
 * memory. */
static llb__bytes join(llb__arena *a, llb__bytes x, llb__bytes y, llb__bytes z)
{
    llb__bytes none = {NULL, 0};
    char *out = llb__arena_bytes(a, x.len + y.len + z.len + 5);

    if (!out)
        return none;
    size_t n = 0;
    const llb__bytes parts[] = {x, y, z};
    for (size_t i = 0; i < 3; i++) {
        out[n++] = '/';
        if (parts[i].len)
            memcpy(out + n, parts[i].data, parts[i].len);
        n += parts[i].len;
    }
    n = bk__path_clean((llb__bytes){(uint8_t *)out, n}, out);
    if (n == 1)
        return (llb__bytes){(const uint8_t *)".", 1};
    return (llb__bytes){(uint8_t *)out + 1, n - 1};
}

static llb_status add_job(struct follower *f, llb__bytes path, int n_links)
{
    bool new;

    if (!path.data || !insert(&f->seen, path, &new))
        return llb__fail_nomem(f->err);
    if (!new || n_links > MAX_LINKS)
        return LLB_OK; /* a loop leads nowhere, and neither does the system */
    if (f->seen.n > MAX_WORK)
        return llb__fail(f->err, LLB_ELIMIT, LLB__NOWHERE,
                         "the symlinks in %s lead to too many paths",
                         f->root_name);
    if (f->n_jobs == f->cap_jobs) {
        size_t cap = f->cap_jobs ? 2 * f->cap_jobs : 16;
        struct job *jobs = realloc(f->jobs, cap * sizeof *jobs);
        if (!jobs)
            return llb__fail_nomem(f->err);
        f->jobs = jobs;
        f->cap_jobs = cap;
    }
    f->jobs[f->n_jobs++] = (struct job){path, n_links};
    return LLB_OK;
}

static llb_status add_result(struct follower *f, llb__bytes path)
{
    bool new;

    return insert(&f->results, path, &new) ? LLB_OK : llb__fail_nomem(f->err);
}

/* The text of the symlink name in folder dir; data NULL: it is none. */
static llb_status read_link(struct follower *f, int dir, const char *name,
                            llb__bytes *ret)
{
    char link[PATH_MAX];
    ssize_t n = readlinkat(dir, name, link, sizeof link);

    *ret = (llb__bytes){NULL, 0};
    if (n < 0)
        return LLB_OK; /* no symlink, or it does not exist */
    ret->data = (uint8_t *)llb__arena_strndup(f->a, link, (size_t)n);
    ret->len = (size_t)n;
    return ret->data ? LLB_OK : llb__fail_nomem(f->err);
}

/* Goes on with what the symlink name leads to, if it is one. */
static llb_status follow_name(struct follower *f, int dir, const char *name,
                              llb__bytes parent, llb__bytes rest,
                              const struct job *job, bool *ret_link)
{
    llb__bytes target, none = {NULL, 0};
    llb_status st = read_link(f, dir, name, &target);

    if (st != LLB_OK || !target.data)
        return st;
    *ret_link = true;
    bool rooted = target.len > 0 && target.data[0] == '/';
    llb__bytes path = join(f->a, rooted ? none : parent, target, rest);
    return add_job(f, path, job->n_links + 1);
}

/* The same for all names that a component with wildcards matches. */
static llb_status follow_matches(struct follower *f, int dir, llb__bytes glob,
                                 llb__bytes parent, llb__bytes rest,
                                 const struct job *job, bool *ret_link)
{
    bk__glob *g;
    bk__dir_list list;
    llb_status st = LLB_OK;

    const char *why = bk__glob_component_new(f->a, glob, &g);
    if (why == bk__no_memory)
        return llb__fail_nomem(f->err);
    if (why)
        return LLB_OK; /* no pattern: the matcher will say so */
    if (bk__dir_list_read(dir, &list) < 0)
        return errno == ENOMEM ? llb__fail_nomem(f->err) : LLB_OK;
    for (size_t i = 0; st == LLB_OK && i < list.n; i++) {
        const char *name = list.entries[i].name;
        llb__bytes bytes = {(const uint8_t *)name, strlen(name)};
        if (bk__glob_match(g, bytes))
            st = follow_name(f, dir, name, parent, rest, job, ret_link);
    }
    bk__dir_list_clear(&list);
    return st;
}

static bool has_wildcard(llb__bytes s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '\\')
            i++;
        else if (s.data[i] == '*' || s.data[i] == '?' || s.data[i] == '[')
            return true;
    }
    return false;
}

/* Looks at the component [start, end) of the job's path. */
static llb_status follow_component(struct follower *f, const struct job *job,
                                   size_t start, size_t end, bool *ret_link)
{
    const uint8_t *p = job->path.data;
    llb__bytes parent = {p, start ? start - 1 : 0};
    llb__bytes name = {p + start, end - start};
    llb__bytes rest = {p + end, job->path.len - end};
    char *dir_path = llb__arena_strndup(f->a, parent.data, parent.len);
    char *text = llb__arena_strndup(f->a, name.data, name.len);
    llb_status st;

    *ret_link = false;
    if (!dir_path || !text)
        return llb__fail_nomem(f->err);
    bool glob = has_wildcard(name);
    int dir = bk__open_beneath(f->root, dir_path,
                               O_DIRECTORY | (glob ? O_RDONLY : O_PATH), 0);
    if (dir < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
                    errno == ENAMETOOLONG))
        return LLB_OK;
    if (dir < 0)
        return llb__fail(f->err, LLB_EIO, LLB__NOWHERE,
                         "cannot open the folder %s/%s: %s", f->root_name,
                         dir_path, strerror(errno));
    if (glob)
        st = follow_matches(f, dir, name, parent, rest, job, ret_link);
    else
        st = follow_name(f, dir, text, parent, rest, job, ret_link);
    close(dir);
    return st;
}

static llb_status follow_job(struct follower *f, const struct job *job)
{
    for (size_t start = 0;;) {
        const uint8_t *p = job->path.data;
        const uint8_t *slash = memchr(p + start, '/', job->path.len - start);
        size_t end = slash ? (size_t)(slash - p) : job->path.len;
        bool link = false;
        llb_status st = follow_component(f, job, start, end, &link);
        if (st != LLB_OK)
            return st;
        if (link || !slash) /* the way goes on elsewhere, or ends here */
            return add_result(f, (llb__bytes){p, end});
        start = end + 1;
    }
}

static bool is_below(llb__bytes path, llb__bytes dir)
{
    return path.len > dir.len && path.data[dir.len] == '/' &&
           memcmp(path.data, dir.data, dir.len) == 0;
}

/* Moves the results into the arena, without those below another. */
static llb_status take_results(struct follower *f, llb__bytes **ret,
                               size_t *ret_n, bool *ret_all)
{
    llb__bytes *out = llb__arena_array(f->a, f->results.n + 1, sizeof *out);
    size_t n = 0;

    if (!out)
        return llb__fail_nomem(f->err);
    *ret_all = false;
    for (size_t i = 0; i < f->results.n; i++) {
        llb__bytes path = f->results.items[i];
        *ret_all |= path.len == 1 && path.data[0] == '.';
        if (n == 0 || !is_below(path, out[n - 1]))
            out[n++] = path;
    }
    *ret = out;
    *ret_n = n;
    return LLB_OK;
}

llb_status bk__follow(int root, const char *root_name, const llb__bytes *paths,
                      size_t n, llb__arena *a, llb__bytes **ret_patterns,
                      size_t *ret_n, bool *ret_all, llb_error *err)
{
    struct follower f = {
        .root = root, .root_name = root_name, .a = a, .err = err};
    llb__bytes none = {NULL, 0};
    llb_status st = LLB_OK;

    for (size_t i = 0; st == LLB_OK && i < n; i++)
        st = add_job(&f, join(a, paths[i], none, none), 0);
    while (st == LLB_OK && f.n_jobs > 0) {
        struct job job = f.jobs[--f.n_jobs];
        st = follow_job(&f, &job);
    }
    if (st == LLB_OK)
        st = take_results(&f, ret_patterns, ret_n, ret_all);
    free(f.jobs);
    free(f.seen.items);
    free(f.results.items);
    return st;
}
