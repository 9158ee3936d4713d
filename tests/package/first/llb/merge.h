#ifndef LLB_MERGE_H
#define LLB_MERGE_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
const llb_state *llb_merge(llb_graph *g, const llb_state *const *inputs,
                           size_t n_inputs, const llb_constraints *constraints);
const llb_state *llb_diff(const llb_state *lower, const llb_state *upper,
                          const llb_constraints *constraints);
typedef struct llb_build_opts {
    uint32_t size;
    uint32_t reserved;
    const char *filename;
    const llb_constraints *constraints;
} llb_build_opts;
#define LLB_BUILD_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_build_opts), 0, NULL, NULL                        \
    }
const llb_state *llb_build(const llb_state *source, const llb_build_opts *opts);
#ifdef __cplusplus
}
#endif
#endif
