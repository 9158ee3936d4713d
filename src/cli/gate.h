/* A gate between a build's progress and its display: closed while the terminal
 * belongs to somebody else. */
#ifndef LLB__CLI_GATE_H
#define LLB__CLI_GATE_H

#include <pthread.h>

#include <llb/client.h>

typedef struct cmd__gate {
    pthread_mutex_t lock;
    const bk_progress *to;
    bool closed;
    bk_progress events; /* for the build */
} cmd__gate;

/* An open gate in front of to (borrowed); cmd__gate_clear() must follow. */
void cmd__gate_init(cmd__gate *g, const bk_progress *to);
void cmd__gate_clear(cmd__gate *g);

/* Nothing gets through any more when this returns. */
void cmd__gate_close(cmd__gate *g);

#endif
