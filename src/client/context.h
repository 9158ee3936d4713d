/* Docker's contexts: names for engines. */
#ifndef LLB__CLIENT_CONTEXT_H
#define LLB__CLIENT_CONTEXT_H

#include <stdbool.h>

#include <llb/client.h>

#include "arena.h"

/* An engine that DOCKER_HOST or a context names. */
typedef struct bk__engine_ref {
    const char *source; /* "DOCKER_HOST", "DOCKER_CONTEXT=east", ... */
    const char *name;   /* what it says: a host or the context's name */
    const char *addr;   /* docker://...; NULL when err says why there is none */
    const bk_tls *tls;  /* NULL: plain */
} bk__engine_ref;

/* Looks at DOCKER_HOST, DOCKER_CONTEXT and config.json's currentContext.
 * False: none of them names an engine. True: ret is filled in, strings in the
 * arena; without an address err says what is wrong (LLB_EUNAVAILABLE, or
 * LLB_ENOMEM). */
bool bk__docker_engine(llb__arena *a, bk__engine_ref *ret, llb_error *err);

#endif
