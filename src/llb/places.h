/* Source maps and locations in the graph. */
#ifndef LLB__LLB_PLACES_H
#define LLB__LLB_PLACES_H

#include <llb/source_map.h>

#include "graph_int.h"

struct llb_source_map {
    llb_graph *g;
    const llb_error *error; /* NULL: it did not fail */
    uint32_t id;            /* dense, for the tables of a marshal */
    const char *filename;   /* for messages; the same bytes as name */
    llb__bytes name, language, data;
    const llb_state *state; /* NULL: none, or given as a definition */
    llb__bytes definition; /* of a loaded map: pb.Definition; data NULL: none */
    uint64_t hash;         /* of name, language and data */
};

/* A location of an operation: a map, and members 2 (ranges) of pb.Location. */
typedef struct llb__place {
    const llb_source_map *map;
    const uint8_t *ranges;
    size_t ranges_len;
} llb__place;

/* A map in the graph, of bytes that live as long as it does. NULL: the call
 * has failed. */
llb_source_map *llb__map_new(llb__call *c, llb__bytes name, llb__bytes language,
                             llb__bytes data);

/* Copies locations into the graph, those without a map left out. NULL: the
 * call has failed, or *ret_n is 0. */
const llb__place *llb__places_new(llb__call *c, const llb_location *list,
                                  size_t n, size_t *ret_n);

/* Whether two maps are one entry of a definition, as Go's client has it. */
bool llb__map_equal(const llb_source_map *a, const llb_source_map *b);

#endif
