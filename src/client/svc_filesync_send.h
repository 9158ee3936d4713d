/* Sending one folder through one DiffCopy call. */
#ifndef LLB__CLIENT_SVC_FILESYNC_SEND_H
#define LLB__CLIENT_SVC_FILESYNC_SEND_H

#include "match.h"
#include "svc.h"
#include "svc_failed.h"

/* What is to be sent; all borrowed. */
typedef struct bk__send {
    int root; /* the folder */
    const char *root_name;
    bk__matcher *include, *exclude; /* NULL: no such list */
    bk__failed *failed;             /* receives errors of ours */
} bk__send;

/* Serves the call to its end: names and metadata of everything selected, then
 * the bytes of the files that the daemon asks for. */
bk__rpc_status bk__send_folder(const bk__send *what, bk__stream *stream);

#endif
