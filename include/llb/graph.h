/* The graph: the owner of everything that describes one build. */
#ifndef LLB_GRAPH_H
#define LLB_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Owns the states, actions, execs and source maps of one build. All of them
 * live until llb_graph_free() or llb_graph_clear() and have no free of their
 * own.
 *
 * Threads: one at a time for each graph; graphs are independent.
 */
typedef struct llb_graph llb_graph;

/**
 * An immutable value: the output of an operation, and what operations built on
 * it inherit (environment, directory, user, ...), as client/llb/state.go
 * (State) has it. A call that changes something returns a new state and leaves
 * the old one as it was.
 *
 * Every call that returns a state returns one, never NULL. A call that cannot
 * do its work returns a failed state, which carries the error; what is built
 * on a failed state is that state again, and llb_marshal() of it fails. So a
 * program may build a whole graph and check once. NULL for a graph or a state
 * makes a failed state too, which says which call was given it.
 */
typedef struct llb_state llb_state;

/** Options of llb_graph_new(). */
typedef struct llb_graph_opts {
    uint32_t size;      /**< LLB_GRAPH_OPTS_INIT sets it */
    uint32_t reserved;  /**< 0 */
    uint64_t max_bytes; /**< memory the graph may take; the call that would
                             take more fails with LLB_ENOMEM. Default: 8 GiB */
} llb_graph_opts;

/** Initializer that says which layout of llb_graph_opts the caller knows. */
#define LLB_GRAPH_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_graph_opts), 0, 0                                 \
    }

/**
 * A new, empty graph, freed with llb_graph_free().
 *
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: at most 8 GiB of memory.
 *
 * @return the graph; NULL if there is no memory or @p opts has members that
 *         this version of the library does not know.
 *
 * Threads: any.
 */
llb_graph *llb_graph_new(const llb_graph_opts *opts);

/**
 * Frees a graph with all that it owns; NULL is fine. Definitions made from it
 * stay valid.
 */
void llb_graph_free(llb_graph *g);

/**
 * Makes a graph empty again and keeps its memory for the next build. All its
 * states, actions, execs and source maps become invalid.
 */
void llb_graph_clear(llb_graph *g);

/**
 * The first error of the graph, whichever state it belongs to. Lack of memory
 * counts too.
 *
 * @return borrowed, valid as long as the graph; NULL while there is none.
 */
const llb_error *llb_graph_error(const llb_graph *g);

/** Bytes of memory that the nodes of the graph take. */
uint64_t llb_graph_bytes(const llb_graph *g);

#ifdef __cplusplus
}
#endif
#endif
