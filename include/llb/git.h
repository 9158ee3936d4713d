/* Sources that are git repositories. */
#ifndef LLB_GIT_H
#define LLB_GIT_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of llb_git(). NULL and "" are "not given" where nothing else is
 *  said. */
typedef struct llb_git_opts {
    uint32_t size;            /**< LLB_GIT_OPTS_INIT sets it; 0: first layout */
    uint32_t keep_git_dir;    /**< not 0: the result has a .git folder */
    uint32_t skip_submodules; /**< not 0: submodules stay empty */
    uint32_t fetch_by_commit; /**< not 0: fetch the checksum, not the ref */
    uint32_t checkout_bundle; /**< not 0: the result is one file, "bundle" */
    uint32_t reserved;        /**< 0 */

    /** Secrets for http remotes: a token, or a whole Authorization header.
     *  NULL: GIT_AUTH_TOKEN and GIT_AUTH_HEADER, without a cap. "": none.
     *  If one of them is not NULL and one is sent, cap source.git.httpauth. */
    const char *auth_token_secret;
    const char *auth_header_secret;

    /** Lines of known_hosts for ssh remotes. Go's client scans the host when
     *  it is given none; this library never connects to anything. */
    const char *const *known_ssh_hosts;
    size_t n_known_ssh_hosts;

    /** Id of the ssh agent for ssh remotes. Default: "default". */
    const char *mount_ssh_sock;

    const char *git_ref;  /**< wins over the ref of the fragment */
    const char *sub_dir;  /**< wins over the subdir of the fragment; not
                             cleaned */
    const char *checksum; /**< commit, full or prefix */
    const char *mtime;    /**< "checkout" or "commit" */

    /** Take commits from a stored bundle: a blob identifier such as
     *  "docker-image+blob://NAME@DIGEST". The daemon wants a checksum with
     *  it. session and store as in llb_oci_layout_opts. */
    const char *bundle;
    const char *bundle_session;
    const char *bundle_store;

    const llb_constraints *constraints;

    /** PGP or SSH public key: the commit, or the tag if it is signed, must
     *  have a signature by it. Attribute git.sig.pubkey; what follows has no
     *  effect without it. Go's client has no option for any of them. Cap
     *  source.git.signatureverify. */
    const char *sig_pubkey;
    uint32_t sig_reject_expired;     /**< not 0: the key must not be expired */
    uint32_t sig_require_signed_tag; /**< not 0: the ref must be a signed tag */
    uint32_t sig_ignore_signed_tag;  /**< not 0: look at the commit only */

    uint32_t advice; /**< not 0: show git's advice messages. Attribute
                        git.advice (BuildKit v0.33) */
} llb_git_opts;

#define LLB_GIT_OPTS_INIT                                                      \
    {                                                                          \
        (uint32_t)sizeof(llb_git_opts), 0, 0, 0, 0, 0, NULL, NULL, NULL, 0,    \
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0,  \
            0, 0                                                               \
    }

/**
 * Adds the checkout of a git repository.
 *
 * Wire: pb.SourceOp "git://HOST/PATH[#REF[:SUBDIR]]" with caps source.git and
 * source.git.fullurl, as defined by BuildKit's client/llb/source.go (Git) and
 * util/gitutil/git_url.go. The operation has no platform.
 *
 * @param remote    URL (http, https, ssh, git) or scp form, copied; without a
 *                  scheme, https. Its own query and fragment are dropped. Text
 *                  that is no URL is sent as it is, as Go does, and the daemon
 *                  refuses it.
 * @param fragment  "REF", "REF:SUBDIR" or ":SUBDIR", copied; NULL and "" are
 *                  the default branch
 * @param opts      borrowed; NULL for the defaults
 *
 * Default: no .git, with submodules, secrets GIT_AUTH_TOKEN and
 * GIT_AUTH_HEADER, agent "default" for ssh remotes, signatures not looked at.
 *
 * @return a fresh state, never NULL, which belongs to @p g; failed with
 *         LLB_EINVAL (an empty remote, options) or LLB_ENOMEM.
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_git(llb_graph *g, const char *remote, const char *fragment,
                         const llb_git_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
