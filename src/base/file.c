/* Whole files. A reader never sees half of what we write: the bytes go into a
 * new file in the same folder, which is renamed when it is complete. Only what
 * is no file, such as /dev/null or a pipe, is written as it is. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "error.h"

static llb_status fail_errno(llb_error *err, const char *what, const char *path)
{
    int e = errno;

    if (e == ENOMEM)
        return llb__fail_nomem(err);
    return llb__fail(err, e == ENOENT ? LLB_ENOENT : LLB_EIO, LLB__NOWHERE,
                     "cannot %s %s: %s", what, path, strerror(e));
}

static llb_status read_fd(int fd, const char *path, size_t limit, llb__buf *b,
                          llb_error *err)
{
    for (;;) {
        size_t want = 64 << 10;
        if (!llb__buf_reserve(b, want))
            return llb__fail_nomem(err);
        ssize_t n = read(fd, b->data + b->len, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, "read", path);
        if (n == 0)
            return LLB_OK;
        b->len += (size_t)n;
        if (b->len > limit)
            return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                             "%s is larger than the limit of %zu bytes", path,
                             limit);
    }
}

llb_status llb__file_read(const char *path, size_t limit, char **ret_data,
                          size_t *ret_len, llb_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    llb__buf b = LLB__BUF_INIT;

    if (fd < 0)
        return fail_errno(err, "open", path);
    llb_status st =
        read_fd(fd, is_stdin ? "standard input" : path, limit, &b, err);
    if (!is_stdin)
        close(fd);
    if (st != LLB_OK) {
        llb__buf_clear(&b);
        return st;
    }
    *ret_data = llb__buf_take(&b, ret_len);
    return *ret_data ? LLB_OK : llb__fail_nomem(err);
}

bool llb__write_full(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static void writer_clear(llb__file_writer *w)
{
    free(w->path);
    free(w->temp);
    *w = (llb__file_writer){.fd = -1};
}

/* Renaming over a device or pipe would destroy it, and the bytes are for who
 * reads there: these are written as they are. */
static llb_status open_special(llb__file_writer *w, llb_error *err)
{
    w->fd = open(w->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return w->fd < 0 ? fail_errno(err, "open", w->path) : LLB_OK;
}

static llb_status open_temp(llb__file_writer *w, unsigned mode, llb_error *err)
{
    if (asprintf(&w->temp, "%s.XXXXXX", w->path) < 0) {
        w->temp = NULL; /* asprintf leaves it undefined */
        return llb__fail_nomem(err);
    }
    w->fd = mkostemp(w->temp, O_CLOEXEC);
    if (w->fd < 0) {
        free(w->temp); /* it is not ours to remove */
        w->temp = NULL;
        return fail_errno(err, "create", w->path);
    }
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(w->fd, (mode_t)mode & ~mask) < 0)
        return fail_errno(err, "set the mode of", w->path);
    return LLB_OK;
}

llb_status llb__file_create(llb__file_writer *w, const char *path,
                            unsigned mode, llb_error *err)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    bool special = exists && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);

    *w = (llb__file_writer){.fd = -1};
    /* what a symlink leads to, so that it stays one */
    w->path = exists && S_ISREG(st.st_mode) ? realpath(path, NULL) : NULL;
    if (!w->path)
        w->path = strdup(path);
    if (!w->path)
        return llb__fail_nomem(err);
    llb_status ret = special ? open_special(w, err) : open_temp(w, mode, err);
    if (ret != LLB_OK)
        llb__file_abort(w);
    return ret;
}

llb_status llb__file_write(llb__file_writer *w, const void *data, size_t len,
                           llb_error *err)
{
    if (!llb__write_full(w->fd, data, len))
        return fail_errno(err, "write", w->path);
    return LLB_OK;
}

void llb__file_abort(llb__file_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (w->temp)
        unlink(w->temp);
    writer_clear(w);
}

llb_status llb__file_commit(llb__file_writer *w, llb_error *err)
{
    int fd = w->fd;

    w->fd = -1;
    /* close reports what a network file system could not write */
    if (close(fd) < 0 || (w->temp && rename(w->temp, w->path) < 0)) {
        llb_status st = fail_errno(err, "write", w->path);
        llb__file_abort(w);
        return st;
    }
    writer_clear(w);
    return LLB_OK;
}

llb_status llb__file_write_all(const char *path, const void *data, size_t len,
                               unsigned mode, llb_error *err)
{
    llb__file_writer w;
    llb_status st = llb__file_create(&w, path, mode, err);

    if (st != LLB_OK)
        return st;
    st = llb__file_write(&w, data, len, err);
    if (st != LLB_OK) {
        llb__file_abort(&w);
        return st;
    }
    return llb__file_commit(&w, err);
}
