/* A folder of blobs, laid out as OCI image layouts are: blobs/ALG/HEX. */
#ifndef LLB__CLIENT_SVC_CONTENT_STORE_H
#define LLB__CLIENT_SVC_CONTENT_STORE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include <llb/error.h>

enum { BK__BLOB_DIGEST = 144 }; /* bytes of the longest digest, NUL included */

typedef struct bk__blobs {
    char *path;      /* for messages; of the caller's folder */
    int root;        /* the folder */
    size_t made_len; /* path up to here is the first folder that we made */
    bool fresh;      /* the folder itself is one of them */
    bool kept;       /* it stays */
    pthread_mutex_t lock;
    char last[BK__BLOB_DIGEST]; /* by the lock: the blob that the daemon gave
                                   last, or found here; "" for none */
} bk__blobs;

/* Opens the folder path (copied); with creates it is made, with those above
 * it, when it is missing. On failure b holds nothing but what
 * bk__blobs_clear() takes. */
llb_status bk__blobs_open(bk__blobs *b, const char *path, bool creates,
                          llb_error *err);

/* Closes the folder. One that we made and that is not kept goes, with all that
 * is in it. */
void bk__blobs_clear(bk__blobs *b);

/* Whether digest is one by its form, of an algorithm that names files. */
bool bk__blob_is_digest(const char *digest);

/* Opens a blob for reading and tells its size and times. The descriptor;
 * LLB_ENOENT: it is not there. */
llb_status bk__blob_open(bk__blobs *b, const char *digest, int *ret_fd,
                         struct stat *ret_stat, llb_error *err);

/* Notes which blob came last. Any thread. */
void bk__blobs_note(bk__blobs *b, const char *digest);

/* A blob on its way in: a file that has no name of its own until its sum is
 * known to be right. Start from {.dir = -1, .fd = -1}. */
typedef struct bk__blob_writer {
    int dir, fd;
    char temp[40]; /* in dir */
    EVP_MD_CTX *sum;
    int64_t len; /* bytes so far */
} bk__blob_writer;

llb_status bk__blob_begin(bk__blobs *b, bk__blob_writer *w, llb_error *err);
llb_status bk__blob_add(bk__blobs *b, bk__blob_writer *w, const void *data,
                        size_t len, llb_error *err);

/* Forgets the bytes so far. */
llb_status bk__blob_restart(bk__blobs *b, bk__blob_writer *w, llb_error *err);

/* Works out the digest, once all bytes are there. */
llb_status bk__blob_digest(bk__blob_writer *w, char ret[BK__BLOB_DIGEST],
                           llb_error *err);

/* Gives the file the name of its digest. */
llb_status bk__blob_commit(bk__blobs *b, bk__blob_writer *w, const char *digest,
                           llb_error *err);

/* Ends it, and removes the file if it has no name yet. */
void bk__blob_clear(bk__blob_writer *w);

#endif
