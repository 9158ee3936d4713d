/* Sources that are folders of the client. */
#ifndef LLB_LOCAL_H
#define LLB_LOCAL_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the daemon finds out what changed. */
typedef enum llb_local_differ {
    LLB_DIFFER_UNSET = 0,
    LLB_DIFFER_NONE = 1,    /**< send everything again */
    LLB_DIFFER_METADATA = 2 /**< compare size, time, mode and owner */
} llb_local_differ;

/** Options of llb_local(). An empty list is as good as none. */
typedef struct llb_local_opts {
    uint32_t size; /**< LLB_LOCAL_OPTS_INIT sets it; 0: first layout */

    /** Attribute local.differ. Default: the daemon compares metadata. */
    llb_local_differ differ;

    /** Not 0: a daemon that does not know local.differ is to refuse; cap
     *  source.local.differ. */
    uint32_t differ_required;

    /** Not 0: send names and metadata but no contents, except of files that
     *  match metadata_exceptions. Attribute local.metadatatransfer. */
    uint32_t metadata_only;
    const char *const *metadata_exceptions;
    size_t n_metadata_exceptions;

    /** Patterns of what is sent: all of it if there are none. Attribute
     *  local.includepattern. */
    const char *const *include;
    size_t n_include;

    /** Patterns of what is not sent. Attribute local.excludepatterns. */
    const char *const *exclude;
    size_t n_exclude;

    /** Paths whose symbolic links are sent with what they point to. Attribute
     *  local.followpaths. */
    const char *const *follow;
    size_t n_follow;

    /** Folders of one name and hint share what the daemon has already.
     *  Attribute local.sharedkeyhint. */
    const char *shared_key_hint;

    /** Session that offers the folder. Attribute local.session; then
     *  local.unique is left out. Default: the session of the solve. */
    const char *session_id;

    const llb_constraints *constraints;
} llb_local_opts;

#define LLB_LOCAL_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_local_opts), LLB_DIFFER_UNSET, 0, 0, NULL, 0,     \
            NULL, 0, NULL, 0, NULL, 0, NULL, NULL, NULL                        \
    }

/**
 * Adds a folder that the client sends when the build needs it.
 *
 * Wire: pb.SourceOp "local://NAME" with cap source.local, as defined by
 * BuildKit's client/llb/source.go (Local). The operation has no platform.
 * Without a session, local.unique comes from llb_constraints.
 *
 * @param name  the name under which the session offers the folder, copied
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: all files, with contents, from the session of the solve.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (text that is no UTF-8, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_local(llb_graph *g, const char *name,
                           const llb_local_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
