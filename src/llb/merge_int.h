/* Ops that are little more than their inputs. */
#ifndef LLB__LLB_MERGE_INT_H
#define LLB__LLB_MERGE_INT_H

#include "state_int.h"

/* Merge, diff (lower, then upper unless it is scratch), build (one) and
 * passthrough. No input is scratch. */
typedef struct llb__many_node {
    llb__node node;
    llb_state state;
    const char *text;       /* build: filename; passthrough: id; or NULL */
    const uint8_t *outputs; /* passthrough: packed numbers of inputs */
    size_t outputs_len, n_outputs;
    size_t n_inputs;
    const llb_state *inputs[];
} llb__many_node;

/* A node with room for n inputs. NULL: the call has failed. */
llb__many_node *llb__many_new(llb__call *c, llb__kind kind,
                              const llb__cons *cons, size_t n);

#endif
