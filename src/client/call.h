/* One gRPC call of ours to the daemon, as a stream of messages. */
#ifndef LLB__CLIENT_CALL_H
#define LLB__CLIENT_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <grpc/byte_buffer.h>

#include "arena.h"
#include "conn.h"

/* How a call ended. Start from {0}. */
typedef struct bk__rpc {
    int code;         /* gRPC status code */
    char *message;    /* never NULL once filled in */
    uint8_t *details; /* google.rpc.Status of grpc-status-details-bin */
    size_t details_len;
    bool has_details;
} bk__rpc;
void bk__rpc_clear(bk__rpc *r);

typedef struct bk__call bk__call;

/* Starts a call of method ("/pkg.Service/Method") with these metadata.
 * timeout_ms 0: none, and then the caller sees to it that it ends. LLB_ENOMEM.
 * The caller frees it; it keeps conn alive until then. */
llb_status bk__call_new(bk__conn *conn, const char *method, const bk_pair *meta,
                        size_t n_meta, unsigned timeout_ms, bk__call **ret,
                        llb_error *err);

/* Ends the call if it has not ended (cancelling it) and frees it. NULL is
 * fine. No other thread may use the call any more. */
void bk__call_free(bk__call *c);

/* Makes the call end soon. Any thread, while the call lives. */
void bk__call_cancel(bk__call *c);

/* Sends one message; taken, on failure too. False: the call is over. One
 * thread at a time, beside one that receives. */
bool bk__call_send(bk__call *c, grpc_byte_buffer *message);

/* Says that nothing more will be sent. By the sending thread. */
bool bk__call_close(bk__call *c);

enum { BK__END = 0, BK__MESSAGE = 1, BK__TIMEOUT = 2 };

/* The next message of the daemon, valid until the next receive: BK__MESSAGE.
 * BK__END: there will be none. BK__TIMEOUT: not within timeout_ms (negative:
 * no limit); call again to go on waiting for the same message. One thread at
 * a time. */
int bk__call_recv(bk__call *c, int timeout_ms, llb__bytes *ret);

/* Waits for the end of the call, leaving out messages that are still to come,
 * at most timeout_ms for each (negative: no limit), and cancelling it when they
 * do not cease; fills in *ret, which the caller clears: true. Once it was true,
 * it may not be asked again. By the receiving thread. */
bool bk__call_status(bk__call *c, int timeout_ms, bk__rpc *ret);

enum {
    BK__QUIET_MS = 30000, /* silence after which a daemon is asked a question */
    BK__ALIVE_MS = 15000, /* how long it may take to answer that */
};

/* Whether the daemon still answers on this very connection. Any thread. */
bool bk__conn_alive(bk__conn *conn);

/* Whether a BuildKit daemon is at the other end at all. Where none is, gRPC
 * makes up errors that read like a daemon's: UNKNOWN when the peer hangs up,
 * UNIMPLEMENTED when it answers 404 in HTTP/1. Any thread. */
bool bk__conn_serves(bk__conn *conn);

/* A message made of data (copied). */
grpc_byte_buffer *bk__buffer(const void *data, size_t len);

/* A whole call with one message each way.
 *
 * request (taken), within timeout_ms. LLB_OK: *ret is the reply, which the
 * caller unrefs, and *rpc is untouched. Otherwise err says what happened, and
 * *rpc, if not NULL, is filled in when the call was made at all; the caller
 * clears it. */
llb_status bk__unary(bk_client *c, const char *method, const bk_pair *meta,
                     size_t n_meta, grpc_byte_buffer *request,
                     unsigned timeout_ms, bk_cancel *cancel, grpc_slice *ret,
                     bk__rpc *rpc, llb_error *err);

/* The bytes of a slice. */
static inline llb__bytes bk__slice_bytes(const grpc_slice *s)
{
    return (llb__bytes){GRPC_SLICE_START_PTR(*s), GRPC_SLICE_LENGTH(*s)};
}

/* Turns the end of a call into an error: what names the call for people.
 * UNAVAILABLE and DEADLINE_EXCEEDED are LLB_EUNAVAILABLE, CANCELLED
 * LLB_ECANCELED, UNIMPLEMENTED LLB_EUNSUPPORTED, NOT_FOUND LLB_ENOENT,
 * RESOURCE_EXHAUSTED LLB_ELIMIT, the rest LLB_EBUILD. */
llb_status bk__fail_rpc(llb_error *err, const char *what, const bk__rpc *rpc);

#endif
