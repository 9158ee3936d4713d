/* The first error of a service, which many threads may meet: the daemon's
 * words for it are longer and come later. */
#ifndef LLB__CLIENT_SVC_FAILED_H
#define LLB__CLIENT_SVC_FAILED_H

#include <pthread.h>

#include <llb/error.h>

#include "svc.h"

typedef struct bk__failed {
    pthread_mutex_t lock;
    llb_error first; /* status LLB_OK: none yet */
} bk__failed;

void bk__failed_init(bk__failed *f);
void bk__failed_clear(bk__failed *f);

/* Keeps err if it is the first, and returns it as the status of a call. */
bk__rpc_status bk__failed_add(bk__failed *f, const llb_error *err);

/* Copies the first error into err (may be NULL); its status, or LLB_OK. */
llb_status bk__failed_get(bk__failed *f, llb_error *err);

#endif
