/* Sources that are container images. */
#ifndef LLB_IMAGE_H
#define LLB_IMAGE_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whether to use an image that the daemon has already. */
typedef enum llb_resolve_mode {
    LLB_RESOLVE_DEFAULT = 0, /**< as the daemon sees fit */
    LLB_RESOLVE_PULL = 1,    /**< always ask the registry */
    LLB_RESOLVE_LOCAL = 2    /**< prefer what is there */
} llb_resolve_mode;

/** Options of llb_image(). */
typedef struct llb_image_opts {
    uint32_t size; /**< LLB_IMAGE_OPTS_INIT sets it; 0: first layout */

    /** Attribute image.resolvemode; cap source.image.resolvemode for
     *  LLB_RESOLVE_PULL. */
    llb_resolve_mode resolve_mode;

    /** Not 0: the pull is not shown to users; attribute image.recordtype is
     *  "internal". */
    uint32_t internal;
    uint32_t reserved; /**< 0 */

    /** Use only the first so many layers; the daemon wants more than 0.
     *  Attribute and cap (source.)image.layerlimit. */
    const int64_t *layer_limit;

    /** Digest that the manifest must have, "sha256:...". Attribute and cap
     *  (source.)image.checksum. */
    const char *checksum;

    /** What a registry or a daemon answered about the image, when the caller
     *  asked: its config as JSON, applied like llb_image_config(), ... */
    const char *config;
    size_t config_len;

    /** ... and its digest, which is put behind a reference that has none. */
    const char *resolved_digest;

    const llb_constraints *constraints;
} llb_image_opts;

#define LLB_IMAGE_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_image_opts), LLB_RESOLVE_DEFAULT, 0, 0, NULL,     \
            NULL, NULL, 0, NULL, NULL                                          \
    }

/**
 * Adds the root filesystem of a container image to the graph.
 *
 * Wire: pb.SourceOp "docker-image://REF" with cap source.image, as defined by
 * BuildKit's client/llb/source.go (Image) and solver/pb/attr.go.
 *
 * @param g     graph that will own the state
 * @param ref   image reference, UTF-8, copied; "alpine" means
 *              "docker.io/library/alpine:latest"
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: resolve mode as the daemon sees fit, no layer limit, no checksum,
 * no config applied.
 *
 * @return a fresh state (directory "/"), never NULL, which belongs to @p g;
 *         failed with LLB_EINVAL (ref is no image reference, the config is no
 *         JSON object, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_image(llb_graph *g, const char *ref,
                           const llb_image_opts *opts);

/**
 * Writes an image reference in full: "alpine" as
 * "docker.io/library/alpine:latest", as distribution/reference does. For
 * showing and comparing; llb_image() does it by itself.
 *
 * @param ref      borrowed
 * @param ret_ref  set on success; freed by the caller with free()
 * @param err      may be NULL
 *
 * @return LLB_OK, LLB_EINVAL (NULL, or no image reference: the message says
 *         what is wrong with it) or LLB_ENOMEM.
 *
 * Threads: any.
 */
llb_status llb_image_ref_normalize(const char *ref, char **ret_ref,
                                   llb_error *err);

#ifdef __cplusplus
}
#endif
#endif
