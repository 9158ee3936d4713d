/* TLS around a connection: gRPC gets one end of a socketpair, and a thread
 * carries what passes there through TLS to the daemon and back. */
#ifndef LLB__CLIENT_TLS_H
#define LLB__CLIENT_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tls_config.h"

typedef struct bk__tls bk__tls;

/* Shakes hands with host on fd (taken, a connected socket) until deadline (by
 * bk__now_ms). On success the caller owns *ret_fd, whose bytes travel inside
 * TLS, and *ret. *ret_h2: the daemon has chosen HTTP/2.
 *
 * LLB_EUNAVAILABLE: the message is the reason alone, such as "its certificate
 * has expired"; the caller names the address. */
llb_status bk__tls_start(const bk__tls_config *c, const char *host, int fd,
                         int64_t deadline, int *ret_fd, bool *ret_h2,
                         bk__tls **ret, llb_error *err);

/* Why the connection ended, such as an alert that came after the handshake;
 * false, and nothing is written, if there is nothing to tell. Any thread. */
bool bk__tls_why(bk__tls *t, char *buf, size_t size);

/* Ends the connection, also one that others still hold an end of, in at most
 * about a second. NULL is fine. */
void bk__tls_free(bk__tls *t);

#endif
