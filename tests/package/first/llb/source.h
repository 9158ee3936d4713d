#ifndef LLB_SOURCE_H
#define LLB_SOURCE_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_source_opts {
    uint32_t size;
    uint32_t reserved;
    const llb_pair *attrs;
    size_t n_attrs;
    const llb_constraints *constraints;
} llb_source_opts;
#define LLB_SOURCE_OPTS_INIT                                                   \
    {                                                                          \
        (uint32_t)sizeof(llb_source_opts), 0, NULL, 0, NULL                    \
    }
const llb_state *llb_source(llb_graph *g, const char *identifier,
                            const llb_source_opts *opts);
#ifdef __cplusplus
}
#endif
#endif
