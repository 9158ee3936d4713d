/* Sources from OCI layouts, and single blobs. */
#ifndef LLB_OCI_H
#define LLB_OCI_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of llb_oci_layout(). */
typedef struct llb_oci_layout_opts {
    uint32_t size;     /**< LLB_OCI_LAYOUT_OPTS_INIT sets it; 0: first layout */
    uint32_t reserved; /**< 0 */

    /** Session that holds the layout, and its store there: attributes
     *  oci.session and oci.store. Default: the session of the solve. */
    const char *session_id;
    const char *store_id;

    /** Use only the first so many layers. Attribute oci.layerlimit. */
    const int64_t *layer_limit;

    /** Digest that the caller expects. As in Go's client it changes nothing
     *  in the operation: the reference names the digest. */
    const char *checksum;

    const llb_constraints *constraints;
} llb_oci_layout_opts;

#define LLB_OCI_LAYOUT_OPTS_INIT                                               \
    {                                                                          \
        (uint32_t)sizeof(llb_oci_layout_opts), 0, NULL, NULL, NULL, NULL, NULL \
    }

/**
 * Adds the root filesystem of an image in an OCI layout that the client holds.
 *
 * Wire: pb.SourceOp "oci-layout://REF" with cap source.ocilayout, as defined
 * by BuildKit's client/llb/source.go (OCILayout).
 *
 * @param ref   "name@digest", copied; not parsed
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: session of the solve, all layers.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (text that is no UTF-8, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_oci_layout(llb_graph *g, const char *ref,
                                const llb_oci_layout_opts *opts);

/** Options of llb_image_blob() and llb_oci_layout_blob(). */
typedef struct llb_blob_opts {
    uint32_t size;    /**< LLB_BLOB_OPTS_INIT sets it; 0: first layout */
    uint32_t chmod;   /**< permissions of the file (& 0777). Default: 0600 */
    int32_t uid, gid; /**< owner of the file. Default: 0 and 0 */
    const char *filename; /**< Default: made from the digest */

    /** For an OCI layout: as in llb_oci_layout_opts; ignored by images, as
     *  they come from a registry. */
    const char *session_id;
    const char *store_id;

    const llb_constraints *constraints;
} llb_blob_opts;

#define LLB_BLOB_OPTS_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llb_blob_opts), 0, 0, 0, NULL, NULL, NULL, NULL       \
    }

/**
 * Adds a filesystem with one file: a blob of an image repository.
 *
 * Wire: pb.SourceOp "docker-image+blob://NAME@DIGEST" with cap
 * source.imageblob, as defined by BuildKit's client/llb/source.go (ImageBlob).
 *
 * @param ref   reference with a digest and without a tag, copied
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: permissions 0600, owner 0:0, a file name made by the daemon.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (no such reference, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_image_blob(llb_graph *g, const char *ref,
                                const llb_blob_opts *opts);

/**
 * Adds a filesystem with one file: a blob of an OCI layout that the client
 * holds. The daemon wants a store id.
 *
 * Wire: pb.SourceOp "oci-layout+blob://NAME@DIGEST" with cap source.imageblob,
 * as defined by BuildKit's client/llb/source.go (OCILayoutBlob).
 *
 * @param ref   as for llb_image_blob(), copied
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: as for llb_image_blob(), from the session of the solve.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (no such reference, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_oci_layout_blob(llb_graph *g, const char *ref,
                                     const llb_blob_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
