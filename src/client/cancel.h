/* What a bk_cancel wakes. */
#ifndef LLB__CLIENT_CANCEL_H
#define LLB__CLIENT_CANCEL_H

#include <llb/client.h>

/* One thing to do when a cancel handle is set; lives in the caller's struct
 * between watch and unwatch. */
typedef struct bk__watch {
    void (*fn)(void *arg);
    void *arg;
    struct bk__watch *prev, *next;
} bk__watch;

/* Calls w->fn(w->arg), under the handle's lock, when the handle is set; at
 * once if it was set before. A NULL handle is one that is never set. */
void bk__cancel_watch(bk_cancel *cancel, bk__watch *w);

/* After it returns fn is not running and will not be called. */
void bk__cancel_unwatch(bk_cancel *cancel, bk__watch *w);

#endif
