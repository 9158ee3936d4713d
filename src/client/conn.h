/* A connection to a daemon, and the client that makes a new one when the old
 * one is lost: a gRPC channel made from an fd never reconnects by itself. */
#ifndef LLB__CLIENT_CONN_H
#define LLB__CLIENT_CONN_H

#include <grpc/grpc.h>

#include <llb/client.h>

#include "dial.h"

/* One connection; counted, since calls that run on it outlive its loss. */
typedef struct bk__conn {
    grpc_channel *channel;
    bk__line line; /* its fd is the channel's */
    int probe;     /* the same socket, to see whether the peer has closed it */
    int refs;      /* atomic */
} bk__conn;

/* The connection of c, made now if there is none. The caller releases it.
 * LLB_EUNAVAILABLE as bk__dial(). */
llb_status bk__conn_get(bk_client *c, bk__conn **ret, llb_error *err);
void bk__conn_release(bk__conn *conn);

/* Why a call on conn failed, for people: gRPC's words, and before them what the
 * line knows better. */
void bk__conn_why(bk__conn *conn, const char *words, char *buf, size_t size);

/* The connection turned out to be dead: the next bk__conn_get dials. */
void bk__conn_lost(bk_client *c, bk__conn *conn);

/* Milliseconds for a call with a short answer. */
unsigned bk__call_ms(const bk_client *c);

/* A build of the client's own, kept between images (resolve.c). Lock, look,
 * put back; the client frees it. */
bk_build **bk__client_resolver(bk_client *c);

/* The options as they were given, borrowed; of pointers only auth_hosts and
 * docker_config are still valid. */
const bk_client_opts *bk__client_opts(const bk_client *c);
void bk__client_lock_resolver(bk_client *c);
void bk__client_unlock_resolver(bk_client *c);

/* Whether the daemon has a cap of definitions, asked once for a client.
 * Errors as of bk_build_ping(). */
llb_status bk__client_has_cap(bk_client *c, const char *id, bool *ret,
                              llb_error *err);

/* Channel arguments that every connection and our session server needs: with
 * gRPC's own limits a large message is refused, and large trailers (errors
 * with a source file in them) arrive as a broken stream. *args is filled with
 * up to BK__N_ARGS entries; returns how many. */
enum { BK__N_ARGS = 3 };
size_t bk__channel_args(grpc_arg args[BK__N_ARGS], char *authority);

/* True while this thread runs a callback of the caller: then calls that wait
 * return LLB_EBUSY through bk__busy. */
extern _Thread_local bool bk__in_callback;
llb_status bk__busy(llb_error *err);

#endif
