/* Blobs in a folder. Names are made of digests alone, and no symlink is ever
 * followed below the folder, so that a daemon sees blobs and nothing else. */
#include "svc_content_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "folders.h"
#include "ident.h"
#include "receive_remove.h"
#include "sha256.h"
#include "walk_open.h"

static llb_status fail_errno(llb_error *err, const char *what,
                             const bk__blobs *b, const char *name)
{
    int e = errno;

    if (e == ENOMEM)
        return llb__fail_nomem(err);
    return llb__fail(err, e == ENOENT ? LLB_ENOENT : LLB_EIO, LLB__NOWHERE,
                     "cannot %s %s%s%s: %s", what, b->path, *name ? "/" : "",
                     name, strerror(e));
}

llb_status bk__blobs_open(bk__blobs *b, const char *path, bool creates,
                          llb_error *err)
{
    struct stat st;

    *b = (bk__blobs){.root = -1};
    pthread_mutex_init(&b->lock, NULL);
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    b->path = strndup(path, len);
    if (!b->path)
        return llb__fail_nomem(err);
    if (creates && stat(path, &st) < 0) {
        llb_status ret = bk__folders_make(b->path, &b->made_len, err);
        if (ret != LLB_OK)
            return ret;
        b->fresh = b->made_len > 0;
    }
    b->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (b->root < 0)
        return fail_errno(err, "open the folder", b, "");
    if (creates && faccessat(b->root, ".", W_OK | X_OK, AT_EACCESS) < 0)
        return fail_errno(err, "write into the folder", b, "");
    return LLB_OK;
}

void bk__blobs_clear(bk__blobs *b)
{
    if (b->root >= 0)
        close(b->root);
    if (b->fresh && !b->kept)
        bk__remove_tree(AT_FDCWD, b->path);
    if (b->made_len && !b->kept)
        bk__folders_remove(b->path, b->made_len);
    free(b->path);
    pthread_mutex_destroy(&b->lock);
}

/* Hex digits of a sum of the algorithm that digest starts with; 0: unknown. */
static size_t hex_len(const char *digest, size_t *ret_alg)
{
    static const struct {
        const char *name;
        size_t len;
    } algs[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};

    *ret_alg = 6;
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        if (strncmp(digest, algs[i].name, 7) == 0)
            return algs[i].len;
    }
    return 0;
}

bool bk__blob_is_digest(const char *digest)
{
    size_t alg, len = hex_len(digest, &alg);
    const char *hex = digest + alg + 1;

    return len > 0 && strspn(hex, "0123456789abcdef") == len && !hex[len];
}

/* The file of a digest that is known to be one. */
static void blob_path(const char *digest, char out[BK__BLOB_DIGEST + 8])
{
    snprintf(out, BK__BLOB_DIGEST + 8, "blobs/%.6s/%.128s", digest, digest + 7);
}

llb_status bk__blob_open(bk__blobs *b, const char *digest, int *ret_fd,
                         struct stat *ret_stat, llb_error *err)
{
    char name[BK__BLOB_DIGEST + 8];

    if (!bk__blob_is_digest(digest))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.160s\" is no digest of a blob", digest);
    blob_path(digest, name);
    int fd =
        bk__open_beneath(b->root, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return fail_errno(err, "open the blob", b, name);
    if (fstat(fd, ret_stat) == 0 && S_ISREG(ret_stat->st_mode)) {
        *ret_fd = fd;
        return LLB_OK;
    }
    close(fd);
    return llb__fail(err, LLB_EIO, LLB__NOWHERE, "%s/%s is no regular file",
                     b->path, name);
}

void bk__blobs_note(bk__blobs *b, const char *digest)
{
    pthread_mutex_lock(&b->lock);
    snprintf(b->last, sizeof b->last, "%s", digest);
    pthread_mutex_unlock(&b->lock);
}

/* ---- writing ---- */

llb_status bk__blob_begin(bk__blobs *b, bk__blob_writer *w, llb_error *err)
{
    char id[BK__ID_LEN + 1];
    llb_status st = bk__random_id(id, err);

    if (st != LLB_OK)
        return st;
    if ((mkdirat(b->root, "blobs", 0777) < 0 && errno != EEXIST) ||
        (mkdirat(b->root, "blobs/sha256", 0777) < 0 && errno != EEXIST))
        return fail_errno(err, "create the folder", b, "blobs/sha256");
    w->dir =
        bk__open_beneath(b->root, "blobs/sha256", O_RDONLY | O_DIRECTORY, 0);
    if (w->dir < 0)
        return fail_errno(err, "open the folder", b, "blobs/sha256");
    snprintf(w->temp, sizeof w->temp, ".llb-%s", id);
    w->fd = openat(w->dir, w->temp,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (w->fd < 0) {
        *w->temp = '\0'; /* it is not ours to remove */
        return fail_errno(err, "create a file in", b, "blobs/sha256");
    }
    w->sum = EVP_MD_CTX_new();
    if (!w->sum || !EVP_DigestInit_ex(w->sum, EVP_sha256(), NULL))
        return llb__fail_nomem(err);
    return LLB_OK;
}

llb_status bk__blob_add(bk__blobs *b, bk__blob_writer *w, const void *data,
                        size_t len, llb_error *err)
{
    if (!EVP_DigestUpdate(w->sum, data, len))
        return llb__fail_nomem(err);
    if (!llb__write_full(w->fd, data, len))
        return fail_errno(err, "write a blob into", b, "");
    w->len += (int64_t)len;
    return LLB_OK;
}

llb_status bk__blob_restart(bk__blobs *b, bk__blob_writer *w, llb_error *err)
{
    if (ftruncate(w->fd, 0) < 0 || lseek(w->fd, 0, SEEK_SET) < 0)
        return fail_errno(err, "write a blob into", b, "");
    if (!EVP_DigestInit_ex(w->sum, EVP_sha256(), NULL))
        return llb__fail_nomem(err);
    w->len = 0;
    return LLB_OK;
}

llb_status bk__blob_digest(bk__blob_writer *w, char ret[BK__BLOB_DIGEST],
                           llb_error *err)
{
    uint8_t sum[LLB__SHA256_LEN];

    if (!EVP_DigestFinal_ex(w->sum, sum, NULL))
        return llb__fail_nomem(err);
    llb__digest_text(sum, ret);
    ret[LLB__DIGEST_LEN] = '\0';
    return LLB_OK;
}

llb_status bk__blob_commit(bk__blobs *b, bk__blob_writer *w, const char *digest,
                           llb_error *err)
{
    int fd = w->fd;

    w->fd = -1;
    /* close reports what a network file system could not write */
    if (close(fd) < 0 || renameat(w->dir, w->temp, w->dir, digest + 7) < 0)
        return fail_errno(err, "write a blob into", b, "");
    *w->temp = '\0';
    return LLB_OK;
}

void bk__blob_clear(bk__blob_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (*w->temp)
        unlinkat(w->dir, w->temp, 0);
    if (w->dir >= 0)
        close(w->dir);
    EVP_MD_CTX_free(w->sum);
}
