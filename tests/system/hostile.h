/* What the parts of the hostile daemon share. It is no daemon: it speaks
 * BuildKit's protocol and says what no honest one would. For fault-hostile.sh.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <pthread.h>
#include <stdbool.h>

#include "conn.h"
#include "svc.h"
#include "wire.h"

typedef struct peer {
    bk__service svc; /* first */
    const char *mood;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool has_session, solved;
    grpc_channel *channel; /* to the client's session */
} peer;

bool mood_is(const peer *d, const char *mood);

/* Packs and sends; false: the call is over. */
bool send_message(bk__stream *s, const ProtobufCMessage *m);

/* Control.Status: progress of the mood. */
bk__rpc_status serve_status(bk__service *svc, bk__stream *s);

/* Control.Session: opens d->channel. */
bk__rpc_status serve_session(bk__service *svc, bk__stream *s);

/* Does to the client's session what the mood says, and prints a line for each
 * answer. By Control.Solve. */
void attack(peer *d);

#endif
