/* What the files of the content store service share. */
#ifndef LLB__CLIENT_SVC_CONTENT_INT_H
#define LLB__CLIENT_SVC_CONTENT_INT_H

#include <protobuf-c/protobuf-c.h>

#include "svc.h"
#include "svc_content_store.h"
#include "svc_failed.h"

/* A Write that goes on. */
typedef struct bk__upload bk__upload;
struct bk__upload {
    bk__upload *next;
    const char *ref;
    int64_t offset, total;
};

typedef struct bk__content_store {
    char *id;
    bool writes;
    bk__blobs blobs;
    pthread_mutex_t lock; /* of the uploads, no two of one ref */
    bk__upload *uploads;
} bk__content_store;

/* Serves one call of Write to its end. */
bk__rpc_status bk__content_write(bk__content_store *store, bk__failed *failed,
                                 bk__stream *s);

/* Sends m; false: the call is over. */
bool bk__content_send(bk__stream *s, const ProtobufCMessage *m);

#endif
