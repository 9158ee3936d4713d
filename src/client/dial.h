/* Opening the connection on which gRPC then speaks HTTP/2. */
#ifndef LLB__CLIENT_DIAL_H
#define LLB__CLIENT_DIAL_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/client.h>

#include "addr.h"
#include "child.h"
#include "connect.h"
#include "tls.h"

/* A way to a daemon: a socket, and what works behind it, if anything. */
typedef struct bk__line {
    int fd;
    bk_kind kind;
    bk__tls *tls;     /* TLS on the way, or NULL */
    bk__child *child; /* the program that leads there, or NULL */
} bk__line;

/* Connects to a, with TLS unless tls is NULL, finds out what is there and, at
 * a Docker Engine, upgrades the connection. a and tls are borrowed as long as
 * the line is open. On success the caller closes *ret; the next bytes of its
 * fd (close-on-exec) are HTTP/2.
 *
 * LLB_EUNAVAILABLE: the message has the address, what happened and, where
 * there is one, the way out. */
llb_status bk__dial(const bk__addr *a, const bk__tls_config *tls,
                    unsigned timeout_ms, bk__line *ret, llb_error *err);

/* What the line knows about its own end: an alert, a helper program's last
 * words. False, and nothing is written, when it knows nothing. Any thread. */
bool bk__line_why(bk__line *l, char *buf, size_t size);

/* Closes fd and ends what works behind it; a closed one stays closed. */
void bk__line_close(bk__line *l);

/* The same without closing fd, which somebody else has now. */
void bk__line_end(bk__line *l);

#endif
