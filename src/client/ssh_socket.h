/* Sockets of ssh agents, and of whatever else is forwarded. */
#ifndef LLB__CLIENT_SSH_SOCKET_H
#define LLB__CLIENT_SSH_SOCKET_H

#include <stdbool.h>

#include <llb/error.h>

#include "svc.h"

/* Connects to the unix socket at path within two seconds. The caller closes
 * *ret_fd, which does not block. LLB_ENOENT, LLB_EIO, LLB_EINVAL, with path. */
llb_status bk__ssh_connect(const char *path, int *ret_fd, llb_error *err);

/* Read or write exactly len bytes, and give up when the call s is over. */
bool bk__ssh_read_full(bk__stream *s, int fd, void *data, size_t len);
bool bk__ssh_write_full(bk__stream *s, int fd, const void *data, size_t len);

/* Moves bytes both ways between s and fd until one side has no more. */
bk__rpc_status bk__ssh_pump(bk__stream *s, int fd);

#endif
