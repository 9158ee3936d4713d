/* The content store service: folders of blobs that the daemon reads (OCI
 * layouts, local caches) and writes (local caches, OCI layouts as folders). */
#ifndef LLB__CLIENT_SVC_CONTENT_H
#define LLB__CLIENT_SVC_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "svc.h"

/* One store, as request metadata name it. */
typedef struct bk__store {
    const char *id;   /* "local:DIR", "oci:NAME", "export" */
    const char *path; /* its folder */
    bool writes;      /* the daemon may add blobs; the folder is then made */
} bk__store;

/* A service that answers containerd.services.content.v1.Content for n stores
 * (copied): Info, Read, Status, and for those that it may write Write and
 * Abort. Nothing is ever deleted or changed, and a blob gets its name when its
 * SHA-256 is right. A folder that was made for a store goes with the service,
 * unless bk__svc_content_commit() was called. The caller owns *ret and ends it
 * by (*ret)->free(*ret). LLB_ENOENT, LLB_EIO: a folder cannot be opened or
 * made. */
llb_status bk__svc_content_new(const bk__store *stores, size_t n,
                               bk__service **ret, llb_error *err);

/* Keeps what was written to store number i. */
void bk__svc_content_commit(bk__service *svc, size_t i);

/* The digest of the blob that the daemon gave last to store i, or found there:
 * of an export, its top manifest. "" for none. When no call is served any
 * more; borrowed from the service. */
const char *bk__svc_content_last(bk__service *svc, size_t i);

/* The first error that we met with a folder. Any thread. */
llb_status bk__svc_content_failed(bk__service *svc, llb_error *err);

#endif
