/* What a session service is: a table of methods, each served by a function
 * that sees one call of the daemon as a stream of messages. The session
 * (session.c) runs each call on a thread of its own, with all signals blocked,
 * so a service may block and meets no SIGPIPE; health checks never pass
 * through here. */
#ifndef LLB__CLIENT_SVC_H
#define LLB__CLIENT_SVC_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h" /* llb__bytes */

/* gRPC status codes, as far as services answer with them. */
enum {
    BK__RPC_OK = 0,
    BK__RPC_CANCELED = 1,
    BK__RPC_UNKNOWN = 2,
    BK__RPC_INVALID_ARGUMENT = 3,
    BK__RPC_NOT_FOUND = 5,
    BK__RPC_ALREADY_EXISTS = 6,
    BK__RPC_FAILED_PRECONDITION = 9,
    BK__RPC_OUT_OF_RANGE = 11,
    BK__RPC_UNIMPLEMENTED = 12,
    BK__RPC_INTERNAL = 13,
    BK__RPC_UNAVAILABLE = 14,
};

/* How a call ends. */
typedef struct bk__rpc_status {
    int code;
    char message[512];
} bk__rpc_status;

/* One call that the daemon makes on our session. One thread may receive while
 * another sends; neither function is called by two threads at once. */
typedef struct bk__stream bk__stream;

struct bk__stream_ops {
    /* The next message: 1 and *ret_message, which stays valid until the next
     * recv; 0 when the daemon has half-closed; -1 when the call was cancelled
     * or the transport broke. Blocks. */
    int (*recv)(bk__stream *s, llb__bytes *ret_message);

    /* Sends one message made of the pieces in order (borrowed until it
     * returns). False: the call is over, send nothing more. Blocks while the
     * daemon's window is full. */
    bool (*send)(bk__stream *s, const llb__bytes *pieces, size_t n_pieces);

    /* The i-th value of a request metadata key (lower case), NUL behind it;
     * data is NULL past the last one. Borrowed from the stream. */
    llb__bytes (*meta)(bk__stream *s, const char *key, size_t i);

    /* Whether the call was cancelled or its connection lost: for a service
     * that waits for something else than the daemon. Any thread, at once. */
    bool (*is_over)(bk__stream *s);

    /* Has a recv that waits, and every later one, return -1. Any thread. */
    void (*stop_recv)(bk__stream *s);
};

/* Implementations put this first in a struct of their own: the session's
 * calls, and in tests a pair of queues. */
struct bk__stream {
    const struct bk__stream_ops *ops;
};

typedef struct bk__service bk__service;

typedef struct bk__method {
    const char *path; /* "/moby.filesync.v1.FileSync/DiffCopy" */
    /* Serves one call to its end. Called by many threads at once. */
    bk__rpc_status (*serve)(bk__service *svc, bk__stream *s);
} bk__method;

/* The start of each service's own struct. */
struct bk__service {
    const bk__method *methods;
    size_t n_methods;
    /* Called once, when no call is being served any more. */
    void (*free)(bk__service *svc);
};

static inline bk__rpc_status bk__rpc_ok(void)
{
    return (bk__rpc_status){BK__RPC_OK, ""};
}

/* Waits for events (of poll) on fd, of a file that a service reads or writes
 * for the call. False: the call is over. */
bool bk__stream_wait(bk__stream *s, int fd, short events);

/* Sends a message whose only field is 1, these bytes; without any it is
 * empty. False: the call is over. */
bool bk__stream_send_data(bk__stream *s, llb__bytes data);

/* A status with a message, cut to what fits. */
bk__rpc_status bk__rpc_fail(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* How a call ends whose stream did before its time. */
static inline bk__rpc_status bk__rpc_cut(void)
{
    return bk__rpc_fail(BK__RPC_CANCELED, "the call was cut off");
}

#endif
