#ifndef LLB_GIT_H
#define LLB_GIT_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_git_opts {
    uint32_t size;
    uint32_t keep_git_dir;
    uint32_t skip_submodules;
    uint32_t fetch_by_commit;
    uint32_t checkout_bundle;
    uint32_t reserved;
    const char *auth_token_secret;
    const char *auth_header_secret;
    const char *const *known_ssh_hosts;
    size_t n_known_ssh_hosts;
    const char *mount_ssh_sock;
    const char *git_ref;
    const char *sub_dir;
    const char *checksum;
    const char *mtime;
    const char *bundle;
    const char *bundle_session;
    const char *bundle_store;
    const llb_constraints *constraints;
} llb_git_opts;
#define LLB_GIT_OPTS_INIT                                                      \
    {                                                                          \
        (uint32_t)sizeof(llb_git_opts), 0, 0, 0, 0, 0, NULL, NULL, NULL, 0,    \
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL               \
    }
const llb_state *llb_git(llb_graph *g, const char *remote, const char *fragment,
                         const llb_git_opts *opts);
#ifdef __cplusplus
}
#endif
#endif
