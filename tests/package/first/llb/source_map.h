#ifndef LLB_SOURCE_MAP_H
#define LLB_SOURCE_MAP_H
#include <llb/graph.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_source_map llb_source_map;
typedef struct llb_range {
    int32_t start_line, start_character;
    int32_t end_line, end_character;
} llb_range;
typedef struct llb_location {
    const llb_source_map *map;
    const llb_range *ranges;
    size_t n_ranges;
} llb_location;
const llb_source_map *llb_source_map_new(llb_graph *g, const llb_state *state,
                                         const char *filename,
                                         const char *language, const void *data,
                                         size_t len);
#ifdef __cplusplus
}
#endif
#endif
