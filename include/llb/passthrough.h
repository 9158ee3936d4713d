/* Operations that only say what must have been built. */
#ifndef LLB_PASSTHROUGH_H
#define LLB_PASSTHROUGH_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An input of llb_passthrough(). */
typedef struct llb_pass_input {
    const llb_state *state;
    uint32_t output; /**< not 0: also an output of the operation */
} llb_pass_input;

/**
 * Hands filesystems on, after all of its inputs have been built. Scratch
 * inputs vanish first; then those with output are numbered from 0.
 *
 * Wire: pb.PassthroughOp (BuildKit v0.31) with cap passthroughop, as defined
 * by BuildKit's client/llb/passthrough.go.
 *
 * @param id           not empty, copied
 * @param inputs       borrowed
 * @param constraints  copied; NULL for none
 *
 * @return a fresh state that is output 0, never NULL, which belongs to @p g;
 *         failed with LLB_EINVAL (no id, no input left, no output, two graphs)
 *         or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_passthrough(llb_graph *g, const char *id,
                                 const llb_pass_input *inputs, size_t n_inputs,
                                 const llb_constraints *constraints);

/**
 * Another output of a passthrough, as client/llb/passthrough.go (OutputAt).
 *
 * @param s      any output of it, from llb_passthrough(); borrowed
 * @param index  which one, from 0
 *
 * @return a fresh state, never NULL, which belongs to the graph; failed with
 *         LLB_EINVAL (no output of a passthrough, no such index) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_passthrough_output(const llb_state *s, size_t index);

/**
 * The same filesystem, but nothing is built on it before @p deps have been
 * built. As client/llb/state.go (Requires). Without deps it is @p s itself.
 *
 * @param id    as for llb_passthrough(), copied
 * @param deps  borrowed; each of the graph of @p s
 *
 * @return goes on with the values of @p s; never NULL, and belongs to its
 *         graph. Failed with LLB_EINVAL (scratch, no id, two graphs) or
 *         LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_requires(const llb_state *s, const char *id,
                              const llb_state *const *deps, size_t n_deps);

#ifdef __cplusplus
}
#endif
#endif
