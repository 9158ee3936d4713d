/* Places for outputs. */
#include "svc_filesend_target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "folders.h"
#include "ident.h"
#include "receive_remove.h"

static llb_status fail_errno(llb_error *err, const char *what, const char *path)
{
    int e = errno;

    if (e == ENOMEM)
        return llb__fail_nomem(err);
    return llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot %s %s: %s", what, path,
                     strerror(e));
}

/* path without slashes at the end; NULL: no memory. */
static char *copy_path(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return strndup(path, len);
}

static llb_status open_dir(bk__place *p, const char *path, llb_error *err)
{
    p->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (p->fd < 0)
        return fail_errno(err, "open the folder", p->path);
    if (faccessat(p->fd, ".", W_OK | X_OK, AT_EACCESS) < 0)
        return fail_errno(err, "write into the folder", p->path);
    return LLB_OK;
}

/* A new folder beside the path, with the mode of any that a user makes (that
 * of mkdtemp would keep everybody else out of the result). */
static llb_status make_temp_dir(bk__place *p, llb_error *err)
{
    char id[BK__ID_LEN + 1];
    llb_status ret = LLB_OK;

    do {
        free(p->temp);
        p->temp = NULL;
        ret = bk__random_id(id, err);
        if (ret != LLB_OK)
            return ret;
        if (asprintf(&p->temp, "%s.%.6s", p->path, id) < 0) {
            p->temp = NULL;
            return llb__fail_nomem(err);
        }
        if (mkdir(p->temp, 0777) == 0)
            return LLB_OK;
    } while (errno == EEXIST);
    ret = fail_errno(err, "create the folder", p->path);
    free(p->temp); /* it is not ours to remove */
    p->temp = NULL;
    return ret;
}

static llb_status init_dir(bk__place *p, llb_error *err)
{
    struct stat st;

    if (stat(p->path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return open_dir(p, p->path, err);
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the destination %s exists and is not a folder",
                         p->path);
    }
    if (errno != ENOENT || lstat(p->path, &st) == 0)
        return fail_errno(err, "use the destination", p->path);
    llb_status ret = bk__folders_above(p->path, &p->made_len, err);
    if (ret != LLB_OK)
        return ret;
    ret = make_temp_dir(p, err);
    if (ret != LLB_OK)
        return ret;
    p->fresh = true;
    return open_dir(p, p->temp, err);
}

/* What the path leads to, so that a symlink to a file stays one. */
static llb_status resolve(bk__place *p, llb_error *err)
{
    char *real = realpath(p->path, NULL);

    if (!real)
        return fail_errno(err, "use the destination", p->path);
    free(p->path);
    p->path = real;
    return LLB_OK;
}

static llb_status init_file(bk__place *p, llb_error *err)
{
    struct stat st;
    llb_status ret = LLB_OK;

    if (stat(p->path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "the destination %s is a folder, but this output "
                             "is one file",
                             p->path);
        if (!S_ISREG(st.st_mode))
            return LLB_OK; /* opened when the bytes come */
        ret = resolve(p, err);
        if (ret == LLB_OK && access(p->path, W_OK) < 0)
            ret = fail_errno(err, "write", p->path);
    } else if (errno != ENOENT) {
        return fail_errno(err, "use the destination", p->path);
    } else {
        ret = bk__folders_above(p->path, &p->made_len, err);
    }
    if (ret == LLB_OK)
        ret = llb__file_create(&p->file, p->path, 0666, err);
    p->writing = ret == LLB_OK;
    return ret;
}

llb_status bk__place_init(bk__place *p, const bk__target *t, llb_error *err)
{
    *p = (bk__place){.kind = t->kind, .fd = -1, .deletes = t->deletes};
    pthread_mutex_init(&p->lock, NULL);
    p->path = copy_path(t->kind == BK__TARGET_DIR || t->kind == BK__TARGET_FILE
                            ? t->path
                            : "standard output");
    if (!p->path)
        return llb__fail_nomem(err);
    if (!*p->path)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the destination of an output is empty");
    switch (p->kind) {
    case BK__TARGET_DIR:
        return init_dir(p, err);
    case BK__TARGET_FILE:
        return init_file(p, err);
    case BK__TARGET_FD:
        p->fd = t->fd;
        break;
    case BK__TARGET_NONE:
        break;
    }
    return LLB_OK;
}

llb_status bk__place_open_special(bk__place *p, llb_error *err)
{
    /* O_NONBLOCK: a FIFO without reader is an error, not a wait for ever. */
    p->fd = open(p->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return p->fd < 0 ? fail_errno(err, "open", p->path) : LLB_OK;
}

/* Who reads may stop for good while the call ends, so nothing is written that
 * may have to wait: what can be written to has room for PIPE_BUF bytes. */
static llb_status write_fd(bk__place *p, const char *data, size_t len,
                           bk__stream *s, llb_error *err)
{
    struct stat st;
    bool waits = fstat(p->fd, &st) < 0 || !S_ISREG(st.st_mode);

    while (len > 0) {
        if (!bk__stream_wait(s, p->fd, POLLOUT))
            return LLB_ECANCELED;
        ssize_t n =
            write(p->fd, data, waits && len > PIPE_BUF ? PIPE_BUF : len);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return fail_errno(err, "write to", p->path);
        data += n;
        len -= (size_t)n;
    }
    return LLB_OK;
}

llb_status bk__place_write(bk__place *p, const void *data, size_t len,
                           bk__stream *s, llb_error *err)
{
    return p->writing ? llb__file_write(&p->file, data, len, err)
                      : write_fd(p, data, len, s, err);
}

llb_status bk__place_commit(bk__place *p, llb_error *err)
{
    llb_status mirrored = p->deletes && !p->fresh
                              ? bk__seen_mirror(&p->seen, p->fd, p->path, err)
                              : LLB_OK;

    if (mirrored != LLB_OK)
        return mirrored;
    if (p->writing) {
        p->writing = false; /* commit or abort: it is not ours any more */
        llb_status st = llb__file_commit(&p->file, err);
        if (st != LLB_OK)
            return st;
    } else if (p->temp) {
        if (rename(p->temp, p->path) < 0)
            return fail_errno(err, "give the received folder its name",
                              p->path);
    }
    p->renamed = true;
    return LLB_OK;
}

void bk__place_clear(bk__place *p)
{
    if (p->fd >= 0 && p->kind != BK__TARGET_FD)
        close(p->fd);
    if (p->writing)
        llb__file_abort(&p->file);
    if (p->temp && !p->renamed)
        bk__remove_tree(AT_FDCWD, p->temp);
    if (p->path && !p->renamed)
        bk__folders_remove(p->path, p->made_len);
    bk__seen_clear(&p->seen);
    free(p->temp);
    free(p->path);
    pthread_mutex_destroy(&p->lock);
}
