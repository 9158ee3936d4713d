/* The FileSend service: takes what the daemon exports. */
#ifndef LLB__CLIENT_SVC_FILESEND_H
#define LLB__CLIENT_SVC_FILESEND_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "svc.h"

typedef enum bk__target_kind {
    BK__TARGET_NONE = 0, /* this exporter sends nothing to the client */
    BK__TARGET_DIR,      /* type=local: a tree into the folder path */
    BK__TARGET_FILE,     /* tar, oci, docker: bytes into the file path */
    BK__TARGET_FD,       /* the same bytes to fd, such as standard output */
} bk__target_kind;

/* Where one exporter's output goes. */
typedef struct bk__target {
    bk__target_kind kind;
    const char *path; /* DIR, FILE */
    int fd;           /* FD: borrowed until the service is freed */
    bool deletes;     /* DIR: what the result does not have goes at the end */
} bk__target;

/* A service that answers FileSend.DiffCopy: targets[i] (copied) is the place
 * of exporter i, which is its index in SolveRequest.Exporters. What can be
 * known to fail is found now, with an error that names the path: a file target
 * that is an existing directory or whose folder cannot be written, a directory
 * target that is something else. The caller owns *ret and ends it by
 * (*ret)->free(*ret). n may be 0.
 *
 * Nothing incomplete gets a final name. A file is written beside its path; a
 * directory that does not exist yet is received beside its path. Both wait for
 * bk__svc_filesend_commit(), and freeing the service without it removes them.
 * Into a directory that exists, entries go one by one, each under a temporary
 * name that is renamed when it is complete; nothing else in it is touched.
 * A file target that is a device or a pipe is written in place. With deletes,
 * commit removes from a directory what did not come. */
llb_status bk__svc_filesend_new(const bk__target *targets, size_t n,
                                bk__service **ret, llb_error *err);

/* Gives complete outputs their names; call it once, when the solve has
 * succeeded and no call is served any more. A file target for which the daemon
 * sent nothing is an error. On failure the targets not yet renamed are left
 * to be removed by free. */
llb_status bk__svc_filesend_commit(bk__service *svc, llb_error *err);

/* The first error that a transfer met on our side (a full disk, a path that
 * may not be written): its status and message, or LLB_OK. Any thread. */
llb_status bk__svc_filesend_failed(bk__service *svc, llb_error *err);

#endif
