#ifndef LLB_IMAGE_H
#define LLB_IMAGE_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum llb_resolve_mode {
    LLB_RESOLVE_DEFAULT = 0,
    LLB_RESOLVE_PULL = 1,
    LLB_RESOLVE_LOCAL = 2
} llb_resolve_mode;
typedef struct llb_image_opts {
    uint32_t size;
    llb_resolve_mode resolve_mode;
    uint32_t internal;
    uint32_t reserved;
    const int64_t *layer_limit;
    const char *checksum;
    const char *config;
    size_t config_len;
    const char *resolved_digest;
    const llb_constraints *constraints;
} llb_image_opts;
#define LLB_IMAGE_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_image_opts), LLB_RESOLVE_DEFAULT, 0, 0, NULL,     \
            NULL, NULL, 0, NULL, NULL                                          \
    }
const llb_state *llb_image(llb_graph *g, const char *ref,
                           const llb_image_opts *opts);
llb_status llb_image_ref_normalize(const char *ref, char **ret_ref,
                                   llb_error *err);
#ifdef __cplusplus
}
#endif
#endif
