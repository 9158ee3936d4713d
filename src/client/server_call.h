/* One call that a session serves: what server.c and server_call.c share. */
#ifndef LLB__CLIENT_SERVER_CALL_H
#define LLB__CLIENT_SERVER_CALL_H

#include <pthread.h>

#include <grpc/grpc.h>

#include "arena.h"
#include "svc.h"

/* What a completion queue hands back: the loop calls done and does nothing
 * else. First in the struct that it belongs to. */
typedef struct bk__tag bk__tag;
struct bk__tag {
    void (*done)(bk__tag *tag, bool ok);
};

typedef struct bk__incoming bk__incoming;

/* An operation that a serving thread waits for. */
typedef struct bk__wait {
    bk__tag tag;
    bk__incoming *in;
    bool pending, ok;
} bk__wait;

struct bk__incoming {
    bk__stream stream; /* first: services see only this */
    bk__tag accepted;  /* the daemon has made the call */
    bk__tag answered;  /* an answer without a thread is out */
    void *owner;       /* the server */

    grpc_call *call;
    grpc_call_details details;
    grpc_metadata_array meta;
    llb__arena *arena; /* copies of metadata values */

    pthread_mutex_t lock; /* of the waits */
    pthread_cond_t changed;
    bk__wait recv, send, close;
    int cancelled; /* written by gRPC when close completes */
    bool stopped;  /* by the lock: nothing is received any more */

    grpc_byte_buffer *received;
    grpc_slice message; /* what the last recv gave out */
    bool header_sent;

    const bk__method *method;
    bk__service *service;
    pthread_t thread;
};

/* A call that waits to be made; NULL: no memory. */
bk__incoming *bk__incoming_new(void *owner);
void bk__incoming_free(bk__incoming *in);

/* Serves the call on the calling thread, to its end. */
void bk__incoming_serve(bk__incoming *in);

/* Answers without serving: message (borrowed, NULL for none) and status, then
 * in->answered completes. False: gRPC refused, nothing will complete. */
bool bk__incoming_answer(bk__incoming *in, grpc_byte_buffer *message, int code,
                         const char *text);

#endif
