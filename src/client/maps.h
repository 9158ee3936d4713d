/* Digests: those of what we sent, and those that the caller knows. */
#ifndef LLB__CLIENT_MAPS_H
#define LLB__CLIENT_MAPS_H

#include <pthread.h>

#include <llb/def.h>

#include "arena.h"

/* A definition as the caller gave it and as it was sent. */
typedef struct bk__map {
    llb_def *given, *sent;
} bk__map;

/* The definitions of one build; start with bk__maps_init(). One thread adds
 * while others look. */
typedef struct bk__maps {
    pthread_mutex_t lock;
    bk__map *list;
    size_t n, cap;
} bk__maps;

void bk__maps_init(bk__maps *m);
void bk__maps_clear(bk__maps *m);

/* Keeps both definitions (counted once more). LLB_ENOMEM. */
llb_status bk__maps_add(bk__maps *m, llb_def *given, llb_def *sent,
                        llb_error *err);

/* The digest that the caller knows for one of the daemon's: itself when it is
 * none of ours. In the arena; NULL: no memory. */
const char *bk__maps_given(bk__maps *m, llb__arena *a, const char *digest);

/* The caller's definition that has this op (a digest of either kind), counted
 * once more for the caller, and the op's number; NULL when it is none of ours.
 */
llb_def *bk__maps_find(bk__maps *m, const char *digest, size_t *ret_i);

#endif
