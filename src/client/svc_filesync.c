/* The FileSync service: which folder, which patterns, then the transfer. */
#include "svc_filesync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "follow.h"
#include "svc_failed.h"
#include "svc_filesync_send.h"

enum { MAX_VALUES = 200000 };
#define MAX_MEMORY ((size_t)512 << 20)

struct mount {
    char *name, *path;
    int fd;
};

struct filesync {
    bk__service service;
    bk__failed failed;
    struct mount *mounts;
    size_t n_mounts;
};

/* A list of request metadata values. */
struct values {
    llb__bytes *items;
    size_t n;
};

/* One call's request, in an arena. */
struct request {
    llb__arena *arena;
    struct values include, exclude, follow;
};

static llb__bytes meta(bk__stream *s, const char *key, size_t i)
{
    return s->ops->meta(s, key, i);
}

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes URL query escaping in place of a copy; what is no escape stays. */
static llb__bytes unescape(char *s, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = s[i];
        if (c == '+')
            c = ' ';
        if (c == '%' && i + 2 < len && hex((uint8_t)s[i + 1]) >= 0 &&
            hex((uint8_t)s[i + 2]) >= 0) {
            c = (char)(hex((uint8_t)s[i + 1]) * 16 + hex((uint8_t)s[i + 2]));
            i += 2;
        }
        s[n++] = c;
    }
    s[n] = '\0';
    return (llb__bytes){(uint8_t *)s, n};
}

static bool is_encoded(bk__stream *s, const char *key)
{
    char text[64];
    size_t len = strlen(key);

    memcpy(text, key, len);
    memcpy(text + len, "-encoded", sizeof "-encoded");
    llb__bytes v = meta(s, text, 0);
    return v.len > 0 && (v.data[0] == '1' || v.data[0] == 't');
}

/* All values of key, decoded, in the arena. */
static llb_status read_values(llb__arena *a, bk__stream *s, const char *key,
                              struct values *ret, llb_error *err)
{
    bool encoded = is_encoded(s, key);
    size_t n = 0;

    while (n <= MAX_VALUES && meta(s, key, n).data)
        n++;
    if (n > MAX_VALUES)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "the daemon sent more than %d %s", MAX_VALUES, key);
    ret->items = llb__arena_array(a, n + 1, sizeof *ret->items);
    if (!ret->items)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        llb__bytes v = meta(s, key, i);
        char *copy = llb__arena_strndup(a, v.data, v.len);
        if (!copy)
            return llb__fail_nomem(err);
        ret->items[i] = encoded ? unescape(copy, v.len)
                                : (llb__bytes){(uint8_t *)copy, v.len};
    }
    ret->n = n;
    return LLB_OK;
}

/* Turns followpaths into include patterns. */
static llb_status add_followed(struct request *r, const struct mount *m,
                               llb_error *err)
{
    llb__bytes *found;
    size_t n;
    bool all;
    llb_status st = bk__follow(m->fd, m->path, r->follow.items, r->follow.n,
                               r->arena, &found, &n, &all, err);

    /* The root itself adds no pattern, as the daemon's other clients have it:
     * alone it means everything, beside include patterns it changes nothing. */
    if (st != LLB_OK || n == 0 || all)
        return st;
    size_t total = r->include.n + n;
    llb__bytes *both = llb__arena_array(r->arena, total, sizeof *both);
    if (!both)
        return llb__fail_nomem(err);
    if (r->include.n)
        memcpy(both, r->include.items, r->include.n * sizeof *both);
    memcpy(both + r->include.n, found, n * sizeof *both);
    r->include = (struct values){both, total};
    return LLB_OK;
}

static llb_status read_request(struct request *r, const struct mount *m,
                               bk__stream *s, llb_error *err)
{
    llb_status st;

    if ((st = read_values(r->arena, s, "include-patterns", &r->include, err)) ||
        (st = read_values(r->arena, s, "exclude-patterns", &r->exclude, err)) ||
        (st = read_values(r->arena, s, "followpaths", &r->follow, err)))
        return st;
    return r->follow.n ? add_followed(r, m, err) : LLB_OK;
}

static llb_status make_matcher(const struct values *v, bk__matcher **ret,
                               llb_error *err)
{
    *ret = NULL;
    return v->n ? bk__matcher_new(v->items, v->n, ret, err) : LLB_OK;
}

static bk__rpc_status send_mount(struct filesync *f, const struct mount *m,
                                 bk__stream *s)
{
    struct request r = {.arena = llb__arena_new(MAX_MEMORY)};
    bk__send send = {.root = m->fd, .root_name = m->path, .failed = &f->failed};
    llb_error err;
    bk__rpc_status ret;
    llb_status st = r.arena ? LLB_OK : llb__fail_nomem(&err);

    if (st == LLB_OK)
        st = read_request(&r, m, s, &err);
    if (st == LLB_OK)
        st = make_matcher(&r.include, &send.include, &err);
    if (st == LLB_OK)
        st = make_matcher(&r.exclude, &send.exclude, &err);
    llb__arena_free(r.arena);
    ret = st == LLB_OK ? bk__send_folder(&send, s)
                       : bk__failed_add(&f->failed, &err);
    bk__matcher_free(send.include);
    bk__matcher_free(send.exclude);
    return ret;
}

static bk__rpc_status diff_copy(bk__service *svc, bk__stream *s)
{
    struct filesync *f = (struct filesync *)svc;
    struct values name = {NULL, 0};
    llb__arena *a = llb__arena_new(1 << 20);
    const struct mount *m = NULL;
    bk__rpc_status st;

    if (!a || read_values(a, s, "dir-name", &name, NULL) != LLB_OK) {
        llb__arena_free(a);
        return bk__rpc_fail(BK__RPC_INTERNAL, "not enough memory");
    }
    const char *text = name.n ? (const char *)name.items[0].data : "";
    for (size_t i = 0; i < f->n_mounts; i++) {
        if (strcmp(f->mounts[i].name, text) == 0)
            m = &f->mounts[i];
    }
    st = m ? send_mount(f, m, s)
           : bk__rpc_fail(BK__RPC_NOT_FOUND, "no access allowed to dir \"%s\"",
                          text);
    llb__arena_free(a);
    return st;
}

static const bk__method methods[] = {
    {"/moby.filesync.v1.FileSync/DiffCopy", diff_copy},
};

static void filesync_free(bk__service *svc)
{
    struct filesync *f = (struct filesync *)svc;

    for (size_t i = 0; i < f->n_mounts; i++) {
        if (f->mounts[i].fd >= 0)
            close(f->mounts[i].fd);
        free(f->mounts[i].name);
        free(f->mounts[i].path);
    }
    free(f->mounts);
    bk__failed_clear(&f->failed);
    free(f);
}

static llb_status open_mount(const bk__mount *given, struct mount *m,
                             llb_error *err)
{
    m->fd = open(given->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m->fd < 0)
        return llb__fail(err,
                         errno == ENOENT    ? LLB_ENOENT
                         : errno == ENOTDIR ? LLB_EINVAL
                                            : LLB_EIO,
                         LLB__NOWHERE, "cannot open the folder \"%s\": %s",
                         given->path, strerror(errno));
    m->name = strdup(given->name);
    m->path = strdup(given->path);
    return m->name && m->path ? LLB_OK : llb__fail_nomem(err);
}

llb_status bk__svc_filesync_new(const bk__mount *mounts, size_t n,
                                bk__service **ret, llb_error *err)
{
    struct filesync *f = calloc(1, sizeof *f);
    llb_status st = LLB_OK;

    if (!f)
        return llb__fail_nomem(err);
    f->service =
        (bk__service){methods, sizeof methods / sizeof *methods, filesync_free};
    bk__failed_init(&f->failed);
    f->mounts = calloc(n + 1, sizeof *f->mounts);
    if (!f->mounts)
        st = llb__fail_nomem(err);
    for (size_t i = 0; st == LLB_OK && i < n; i++) {
        f->n_mounts = i + 1;
        st = open_mount(&mounts[i], &f->mounts[i], err);
    }
    if (st != LLB_OK) {
        filesync_free(&f->service);
        return st;
    }
    *ret = &f->service;
    return LLB_OK;
}

llb_status bk__svc_filesync_failed(bk__service *svc, llb_error *err)
{
    return bk__failed_get(&((struct filesync *)svc)->failed, err);
}
