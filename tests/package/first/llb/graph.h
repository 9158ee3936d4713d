#ifndef LLB_GRAPH_H
#define LLB_GRAPH_H
#include <stddef.h>
#include <stdint.h>
#include <llb/error.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_graph llb_graph;
typedef struct llb_state llb_state;
typedef struct llb_graph_opts {
    uint32_t size;
    uint32_t reserved;
    uint64_t max_bytes;
} llb_graph_opts;
#define LLB_GRAPH_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_graph_opts), 0, 0                                 \
    }
llb_graph *llb_graph_new(const llb_graph_opts *opts);
void llb_graph_free(llb_graph *g);
void llb_graph_clear(llb_graph *g);
const llb_error *llb_graph_error(const llb_graph *g);
uint64_t llb_graph_bytes(const llb_graph *g);
#ifdef __cplusplus
}
#endif
#endif
