#ifndef LLB_MARSHAL_H
#define LLB_MARSHAL_H
#include <llb/def.h>
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_marshal_opts {
    uint32_t size;
    uint32_t reserved;
    const llb_constraints *constraints;
    const char *const *caps;
    size_t n_caps;
} llb_marshal_opts;
#define LLB_MARSHAL_OPTS_INIT                                                  \
    {                                                                          \
        (uint32_t)sizeof(llb_marshal_opts), 0, NULL, NULL, 0                   \
    }
llb_status llb_marshal(const llb_state *s, const llb_marshal_opts *opts,
                       llb_def **ret_def, llb_error *err);
const llb_state *llb_state_from_def(llb_graph *g, llb_def *def);
#ifdef __cplusplus
}
#endif
#endif
