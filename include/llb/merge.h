/* Operations on whole filesystems: merge, diff, nested builds. */
#ifndef LLB_MERGE_H
#define LLB_MERGE_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Lays filesystems on top of each other, later ones above. Scratch inputs
 * count for nothing: none left is scratch, one left is that state itself, and
 * the constraints are dropped.
 *
 * Wire: pb.MergeOp with cap mergeop, as defined by BuildKit's
 * client/llb/merge.go.
 *
 * @param g            graph that will own the state
 * @param inputs       borrowed; each of graph @p g. BuildKit sets no bound to
 *                     their number but that of a request (LLB_DEF_MAX_SEND),
 *                     which is about 200,000 inputs
 * @param constraints  copied; NULL for none
 *
 * @return goes on with the values of the first input that is not scratch;
 *         never NULL, and belongs to @p g. Failed with LLB_EINVAL (an input is
 *         NULL or of another graph), LLB_ENOMEM, or as an input has.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_merge(llb_graph *g, const llb_state *const *inputs,
                           size_t n_inputs, const llb_constraints *constraints);

/**
 * What @p upper has and @p lower has not, deletions included. With scratch as
 * lower it is upper itself, and the constraints are dropped.
 *
 * Wire: pb.DiffOp with cap diffop, as defined by BuildKit's
 * client/llb/diff.go.
 *
 * @param lower        borrowed, as upper is; both of one graph
 * @param constraints  copied; NULL for none
 *
 * @return goes on with the values of @p lower; never NULL, and belongs to its
 *         graph. Failed with LLB_EINVAL (NULL, two graphs), LLB_ENOMEM, or as
 *         a state that it is given has.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_diff(const llb_state *lower, const llb_state *upper,
                          const llb_constraints *constraints);

/** Options of llb_build(). */
typedef struct llb_build_opts {
    uint32_t size;        /**< LLB_BUILD_OPTS_INIT sets it; 0: first layout */
    uint32_t reserved;    /**< 0 */
    const char *filename; /**< Default: "buildkit.llb.definition" */
    const llb_constraints *constraints;
} llb_build_opts;

#define LLB_BUILD_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_build_opts), 0, NULL, NULL                        \
    }

/**
 * Builds the definition that lies in a file of @p source.
 *
 * Wire: pb.BuildOp with cap source.buildop.llbfilename, as defined by
 * BuildKit's client/llb/llbbuild. The platform is that of the constraints,
 * else of llb_marshal(), never of the state.
 *
 * @param source  borrowed
 * @param opts    borrowed; NULL for the defaults
 *
 * Default: the file buildkit.llb.definition.
 *
 * @return goes on with the values of @p source; never NULL, and belongs to its
 *         graph. Failed with LLB_EINVAL on scratch, which holds no file, or
 *         LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_build(const llb_state *source, const llb_build_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
