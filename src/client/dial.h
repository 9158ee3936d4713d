/* Opening the connection on which gRPC then speaks HTTP/2. */
#ifndef LLB__CLIENT_DIAL_H
#define LLB__CLIENT_DIAL_H

#include <stdint.h>

#include <llb/client.h>

#include "addr.h"

/* Connects to a, finds out what is there and, at a Docker Engine, upgrades the
 * connection. On success the caller owns *ret_fd (close-on-exec), whose next
 * bytes are HTTP/2.
 *
 * LLB_EUNAVAILABLE: the message has the address, what happened and, where
 * there is one, the way out. */
llb_status bk__dial(const bk__addr *a, unsigned timeout_ms, int *ret_fd,
                    bk_kind *ret_kind, llb_error *err);

/* Only connects: is anybody there? LLB_OK and an fd to close. */
llb_status bk__dial_raw(const bk__addr *a, unsigned timeout_ms, int *ret_fd,
                        llb_error *err);

/* Milliseconds of a clock that never goes back. */
int64_t bk__now_ms(void);

#endif
