/* The FileSync service: sends folders of ours to the daemon. */
#ifndef LLB__CLIENT_SVC_FILESYNC_H
#define LLB__CLIENT_SVC_FILESYNC_H

#include <stddef.h>

#include <llb/error.h>

#include "svc.h"

/* A folder that the daemon may ask for. */
typedef struct bk__mount {
    const char *name; /* NAME of local://NAME */
    const char *path; /* a directory; symlinks in it are followed */
} bk__mount;

/* A service that answers FileSync.DiffCopy for these mounts (copied) and for
 * no other name. Each folder is opened now, so one that is missing or is no
 * directory fails here, before anything is sent, with LLB_ENOENT, LLB_EINVAL
 * or LLB_EIO and the path. The caller owns *ret and ends it by
 * (*ret)->free(*ret). n may be 0.
 *
 * Owners are sent as 0:0, as every client of BuildKit does. A file that cannot
 * be read, or changes while it is sent, fails the transfer: the daemon gets an
 * error that names it, never a torn or empty file. */
llb_status bk__svc_filesync_new(const bk__mount *mounts, size_t n,
                                bk__service **ret, llb_error *err);

/* The first error that a transfer met on our side: its status and message, or
 * LLB_OK. The daemon's words for it are longer and say less. Any thread. */
llb_status bk__svc_filesync_failed(bk__service *svc, llb_error *err);

#endif
