#ifndef LLB_PASSTHROUGH_H
#define LLB_PASSTHROUGH_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_pass_input {
    const llb_state *state;
    uint32_t output;
} llb_pass_input;
const llb_state *llb_passthrough(llb_graph *g, const char *id,
                                 const llb_pass_input *inputs, size_t n_inputs,
                                 const llb_constraints *constraints);
const llb_state *llb_passthrough_output(const llb_state *s, size_t index);
const llb_state *llb_requires(const llb_state *s, const char *id,
                              const llb_state *const *deps, size_t n_deps);
#ifdef __cplusplus
}
#endif
#endif
