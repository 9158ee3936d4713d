/* Sources that are downloads. */
#ifndef LLB_HTTP_H
#define LLB_HTTP_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of llb_http(). */
typedef struct llb_http_opts {
    uint32_t size;    /**< LLB_HTTP_OPTS_INIT sets it; 0: first layout */
    uint32_t chmod;   /**< permissions of the file (& 0777); 0: 0600. Attribute
                         and cap (source.)http.perm */
    int32_t uid, gid; /**< owner. Attributes http.uid, http.gid; a cap of its
                         own if not 0. Default: 0 and 0 */
    const char *checksum; /**< digest "sha256:..." that the file must have */
    const char *filename; /**< Default: as the server or the URL says */
    const char *auth_header_secret; /**< id of a secret that holds an
                                       Authorization header */

    /** Request headers. One that is not NULL, even if empty, asks for cap
     *  source.http.header. */
    const char *accept;
    const char *user_agent;

    /** PGP public key and detached signature, as text. One that is not NULL,
     *  even if empty, asks for cap source.http.signatureverify. */
    const char *sig_pubkey;
    const char *signature;

    const llb_constraints *constraints;
} llb_http_opts;

#define LLB_HTTP_OPTS_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llb_http_opts), 0, 0, 0, NULL, NULL, NULL, NULL,      \
            NULL, NULL, NULL, NULL                                             \
    }

/**
 * Adds a filesystem with one file: what a URL gives.
 *
 * Wire: pb.SourceOp with the URL as identifier and cap source.http, as defined
 * by BuildKit's client/llb/source.go (HTTP). The operation has no platform.
 *
 * @param url   copied, and sent as it is; only its "SCHEME://" is looked for
 * @param opts  borrowed; NULL for the defaults
 *
 * Default: no checksum, permissions 0600, owner 0:0, no secret.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (no scheme, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_http(llb_graph *g, const char *url,
                          const llb_http_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
