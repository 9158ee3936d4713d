/* The gRPC server of a session: one connection, on which the daemon is the
 * client and calls our services. */
#ifndef LLB__CLIENT_SERVER_H
#define LLB__CLIENT_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

#include "svc.h"

typedef struct bk__server bk__server;

/* Serves these services (borrowed until bk__server_free()) on fd, a stream
 * socket, which is taken, on failure too. Each call runs on a thread of its
 * own; health checks are answered without one. LLB_ENOMEM, LLB_EIO. */
llb_status bk__server_new(int fd, bk__service *const *services, size_t n,
                          bk__server **ret, llb_error *err);

/* Cancels what is being served, waits for it and frees all; NULL is fine. */
void bk__server_free(bk__server *s);

/* When the daemon last did something here, by bk__now_ms(). Any thread. */
int64_t bk__server_heard_ms(bk__server *s);

#endif
