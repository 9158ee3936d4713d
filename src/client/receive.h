/* Receiving a tree of files through one DiffCopy call. */
#ifndef LLB__CLIENT_RECEIVE_H
#define LLB__CLIENT_RECEIVE_H

#include <stdbool.h>

#include "receive_mirror.h"
#include "svc.h"
#include "svc_failed.h"

/* Where a tree goes; all borrowed. */
typedef struct bk__receive {
    int root;              /* the folder */
    const char *root_name; /* in messages */
    bool fresh; /* nothing in it matters to anybody if the transfer fails */
    bk__failed *failed; /* receives errors of ours */
    bk__seen *seen;     /* learns of every path; or NULL */
} bk__receive;

/* Serves the call to its end. The daemon is not trusted: names must be clean,
 * relative and in order, below folders that it sent, hard links go to files of
 * the same call, a file has the size that was announced, and nothing is ever
 * created through a symlink or outside root. Unless the folder is fresh, an
 * entry replaces an older one of its name when it is complete and not before.
 *
 * Owners become the caller's own; modes are as sent, whatever the umask, times
 * too. Of extended attributes user.* and security.capability are set where
 * that is possible; others (trusted.*, system.*, labels of security modules)
 * would let a daemon decide what only this system may.
 *
 * *ret_complete: everything was received and is in place. */
bk__rpc_status bk__receive_tree(const bk__receive *where, bk__stream *stream,
                                bool *ret_complete);

#endif
