/* Any source, by identifier and attributes. */
#ifndef LLB_SOURCE_H
#define LLB_SOURCE_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of llb_source(). */
typedef struct llb_source_opts {
    uint32_t size;         /**< LLB_SOURCE_OPTS_INIT sets it; 0: first layout */
    uint32_t reserved;     /**< 0 */
    const llb_pair *attrs; /**< of two equal keys the later wins */
    size_t n_attrs;
    const llb_constraints *constraints;
} llb_source_opts;

#define LLB_SOURCE_OPTS_INIT                                                   \
    {                                                                          \
        (uint32_t)sizeof(llb_source_opts), 0, NULL, 0, NULL                    \
    }

/**
 * Adds a source for which this library has no call of its own. No cap is
 * added. A platform goes into the operation for "docker-image://" and
 * "oci-layout://"; a local source without local.session gets local.unique.
 *
 * Wire: pb.SourceOp, as client/llb/source.go (NewSource).
 *
 * @param identifier  "SCHEME://...", copied; without a scheme LLB_EINVAL
 * @param opts        borrowed; NULL for the defaults
 *
 * Default: no attributes.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (no scheme, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_source(llb_graph *g, const char *identifier,
                            const llb_source_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
