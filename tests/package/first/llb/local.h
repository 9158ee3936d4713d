#ifndef LLB_LOCAL_H
#define LLB_LOCAL_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum llb_local_differ {
    LLB_DIFFER_UNSET = 0,
    LLB_DIFFER_NONE = 1,
    LLB_DIFFER_METADATA = 2
} llb_local_differ;
typedef struct llb_local_opts {
    uint32_t size;
    llb_local_differ differ;
    uint32_t differ_required;
    uint32_t metadata_only;
    const char *const *metadata_exceptions;
    size_t n_metadata_exceptions;
    const char *const *include;
    size_t n_include;
    const char *const *exclude;
    size_t n_exclude;
    const char *const *follow;
    size_t n_follow;
    const char *shared_key_hint;
    const char *session_id;
    const llb_constraints *constraints;
} llb_local_opts;
#define LLB_LOCAL_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_local_opts), LLB_DIFFER_UNSET, 0, 0, NULL, 0,     \
            NULL, 0, NULL, 0, NULL, 0, NULL, NULL, NULL                        \
    }
const llb_state *llb_local(llb_graph *g, const char *name,
                           const llb_local_opts *opts);
#ifdef __cplusplus
}
#endif
#endif
