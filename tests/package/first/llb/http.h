#ifndef LLB_HTTP_H
#define LLB_HTTP_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_http_opts {
    uint32_t size;
    uint32_t chmod;
    int32_t uid, gid;
    const char *checksum;
    const char *filename;
    const char *auth_header_secret;
    const char *accept;
    const char *user_agent;
    const char *sig_pubkey;
    const char *signature;
    const llb_constraints *constraints;
} llb_http_opts;
#define LLB_HTTP_OPTS_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llb_http_opts), 0, 0, 0, NULL, NULL, NULL, NULL,      \
            NULL, NULL, NULL, NULL                                             \
    }
const llb_state *llb_http(llb_graph *g, const char *url,
                          const llb_http_opts *opts);
#ifdef __cplusplus
}
#endif
#endif
