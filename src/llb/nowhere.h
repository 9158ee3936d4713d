/* Failures that have no graph to live in: of calls that were given NULL for
 * it, and of graphs that have no room even for a failed object. */
#ifndef LLB__LLB_NOWHERE_H
#define LLB__LLB_NOWHERE_H

#include "exec_int.h"
#include "file_int.h"
#include "places.h"

/* One such failure, as every kind of object that a call may return; never
 * written to. */
typedef struct llb__nowhere {
    const char *call; /* "llb_image" */
    llb_error error;
    llb_state state;
    llb_actions actions;
    llb_bound_actions bound;
    llb_source_map map;
    llb_exec exec;
} llb__nowhere;

/* The failure whose error that is: llb__no_memory, one of llb__null_error, or
 * what an object carries that has no graph. Of others llb__no_memory's. */
llb__nowhere *llb__nowhere_of(const llb_error *error);

#endif
