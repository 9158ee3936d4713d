/* The Upload service. */
#include "svc_upload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "svc_failed.h"

enum { PIECE = 512 * 1024 };

struct file {
    char *name, *path;
    int fd;
    bool seeks; /* may be read again */
    bool taken; /* by the lock: is or was read, and does not seek */
};

struct upload {
    bk__service service;
    bk__failed failed;
    pthread_mutex_t lock;
    struct file *files;
    size_t n;
};

/* The file that a URL's path names by its last part. */
static struct file *find(struct upload *u, llb__bytes path)
{
    size_t start = path.len;

    while (start > 0 && path.data[start - 1] != '/')
        start--;
    for (size_t i = 0; i < u->n; i++) {
        if (strlen(u->files[i].name) == path.len - start &&
            memcmp(u->files[i].name, path.data + start, path.len - start) == 0)
            return &u->files[i];
    }
    return NULL;
}

static bool take(struct upload *u, struct file *f)
{
    pthread_mutex_lock(&u->lock);
    bool free_to_read = f->seeks || !f->taken;
    f->taken = true;
    pthread_mutex_unlock(&u->lock);
    return free_to_read;
}

static bk__rpc_status send_file(struct upload *u, struct file *f, bk__stream *s)
{
    uint8_t *piece = malloc(PIECE);
    llb_error err;
    off_t at = 0;
    ssize_t n = piece ? 1 : 0;
    bool sent = true;

    while (n > 0 && sent) {
        /* Who fills a pipe may never do so, and is not waited for then. */
        sent = f->seeks || bk__stream_wait(s, f->fd, POLLIN);
        if (!sent)
            break;
        n = f->seeks ? pread(f->fd, piece, PIECE, at)
                     : read(f->fd, piece, PIECE);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0) {
            sent = bk__stream_send_data(s, (llb__bytes){piece, (size_t)n});
            at += n;
        }
    }
    free(piece);
    if (!piece)
        return bk__rpc_fail(BK__RPC_INTERNAL, "not enough memory");
    if (n < 0) {
        llb__fail(&err, LLB_EIO, LLB__NOWHERE, "cannot read %s: %s", f->path,
                  strerror(errno));
        return bk__failed_add(&u->failed, &err);
    }
    return sent ? bk__rpc_ok() : bk__rpc_cut();
}

static bk__rpc_status pull(bk__service *svc, bk__stream *s)
{
    struct upload *u = (struct upload *)svc;
    llb__bytes path = s->ops->meta(s, "urlpath", 0);
    struct file *f = path.data ? find(u, path) : NULL;

    if (!f)
        return bk__rpc_fail(BK__RPC_NOT_FOUND, "no file \"%.*s\" was given",
                            path.len > 200 ? 200 : (int)path.len,
                            path.data ? (const char *)path.data : "");
    if (!take(u, f))
        return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                            "%s can be read once, and was", f->path);
    return send_file(u, f, s);
}

static const bk__method methods[] = {{"/moby.upload.v1.Upload/Pull", pull}};

static void upload_free(bk__service *svc)
{
    struct upload *u = (struct upload *)svc;

    for (size_t i = 0; i < u->n; i++) {
        if (u->files[i].fd > STDIN_FILENO)
            close(u->files[i].fd);
        free(u->files[i].name);
        free(u->files[i].path);
    }
    free(u->files);
    pthread_mutex_destroy(&u->lock);
    bk__failed_clear(&u->failed);
    free(u);
}

static llb_status open_file(struct upload *u, struct file *f,
                            const bk_upload *given, llb_error *err)
{
    struct stat st;
    bool is_stdin = strcmp(given->path, "-") == 0;
    llb__bytes name = {(const uint8_t *)given->name, strlen(given->name)};

    f->fd = -1;
    if (!name.len || strcspn(given->name, "/?#%& ") != name.len)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.100s\" is no name of an upload: it is part of a "
                         "URL, and holds none of / ? # %% & and blanks",
                         given->name);
    if (find(u, name))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the upload \"%.100s\" is given twice", given->name);
    f->path = strdup(is_stdin ? "standard input" : given->path);
    f->fd = is_stdin ? STDIN_FILENO
                     : open(given->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (!f->path)
        return llb__fail_nomem(err);
    if (f->fd < 0 || fstat(f->fd, &st) < 0)
        return llb__fail(err, errno == ENOENT ? LLB_ENOENT : LLB_EIO,
                         LLB__NOWHERE, "cannot open %s: %s", f->path,
                         strerror(errno));
    if (S_ISDIR(st.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is a folder, and an upload is one file", f->path);
    f->seeks = S_ISREG(st.st_mode) && !is_stdin;
    f->name = strdup(given->name);
    return f->name ? LLB_OK : llb__fail_nomem(err);
}

llb_status bk__svc_upload_new(const bk_upload *files, size_t n,
                              bk__service **ret, llb_error *err)
{
    struct upload *u = calloc(1, sizeof *u);
    llb_status st = LLB_OK;

    if (!u)
        return llb__fail_nomem(err);
    u->service =
        (bk__service){methods, sizeof methods / sizeof *methods, upload_free};
    bk__failed_init(&u->failed);
    pthread_mutex_init(&u->lock, NULL);
    u->files = calloc(n + 1, sizeof *u->files);
    if (!u->files)
        st = llb__fail_nomem(err);
    for (size_t i = 0; st == LLB_OK && i < n; i++) {
        st = open_file(u, &u->files[i], &files[i], err);
        u->n++;
    }
    if (st != LLB_OK) {
        upload_free(&u->service);
        return st;
    }
    *ret = &u->service;
    return LLB_OK;
}

llb_status bk__svc_upload_failed(bk__service *svc, llb_error *err)
{
    return bk__failed_get(&((struct upload *)svc)->failed, err);
}
