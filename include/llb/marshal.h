/* From a state to the definition that a daemon builds, and back. */
#ifndef LLB_MARSHAL_H
#define LLB_MARSHAL_H

#include <llb/def.h>
#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of llb_marshal(). */
typedef struct llb_marshal_opts {
    uint32_t size;     /**< LLB_MARSHAL_OPTS_INIT sets it; 0: first layout */
    uint32_t reserved; /**< 0 */

    /** What holds for every operation that does not say otherwise: see
     *  llb_constraints. Its platform is used as it is given. Default: the
     *  platform of this machine (linux, and what uname says). */
    const llb_constraints *constraints;

    /** Cap ids that the daemon supports. NULL: not known, and nothing is done
     *  about PATH. A list (it may be empty): without exec.meta.setsdefaultpath
     *  in it, execs get the default PATH; with it, they ask for that cap. The
     *  one id "*" is everything that this library knows. */
    const char *const *caps;
    size_t n_caps;
} llb_marshal_opts;

#define LLB_MARSHAL_OPTS_INIT                                                  \
    {                                                                          \
        (uint32_t)sizeof(llb_marshal_opts), 0, NULL, NULL, 0                   \
    }

/**
 * Makes the definition of which @p s is the result.
 *
 * Wire: pb.Definition, as defined by BuildKit's client/llb/state.go (Marshal).
 * Operations come inputs first, equal ones once; every operation has the bytes
 * that Go's client gives it. Map entries are sorted, so equal graphs give equal
 * bytes. Scratch gives a definition without operations.
 *
 * The state can be marshalled again, for other platforms. Only execs change:
 * those reached take no more mounts.
 *
 * @param s        the result
 * @param opts     borrowed; NULL for the defaults
 * @param ret_def  set on success; owned by the caller, freed with
 *                 llb_def_free(), independent of the graph
 * @param err      may be NULL
 *
 * Default: this machine's platform, no capabilities known.
 *
 * @return LLB_OK; the error of the failed state that the result depends on;
 *         LLB_EINVAL (text that is not UTF-8, options), LLB_ELIMIT (a
 *         definition over 1 GiB), LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
llb_status llb_marshal(const llb_state *s, const llb_marshal_opts *opts,
                       llb_def **ret_def, llb_error *err);

/**
 * Continues a graph from a definition. Operations keep their bytes, metadata
 * and source places.
 *
 * As client/llb/definition.go (NewDefinitionOp).
 *
 * @param def  shared: the graph keeps it alive until it is freed or cleared
 *
 * @return a fresh state, with the platform of the operation that it is the
 *         output of; never NULL. A definition without operations is scratch;
 *         one whose operations lack metadata is LLB_EINVAL.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_state_from_def(llb_graph *g, llb_def *def);

#ifdef __cplusplus
}
#endif
#endif
