/* Source maps: which lines of which file an operation comes from. */
#ifndef LLB_SOURCE_MAP_H
#define LLB_SOURCE_MAP_H

#include <llb/graph.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A source file, as client/llb/sourcemap.go (SourceMap) has it. Belongs to its
 * graph.
 */
typedef struct llb_source_map llb_source_map;

/**
 * A piece of a source file. Lines count from 1, characters from 0; the end is
 * where the piece stops. BuildKit prints the lines of failing operations.
 * Wire: pb.Range.
 */
typedef struct llb_range {
    int32_t start_line, start_character;
    int32_t end_line, end_character;
} llb_range;

/** A place that an operation comes from. Wire: pb.Location. */
typedef struct llb_location {
    const llb_source_map *map; /**< borrowed; NULL: the location is ignored */
    const llb_range *ranges;   /**< copied; may be empty */
    size_t n_ranges;
} llb_location;

/**
 * Adds a source file to the graph. It becomes part of a definition only when
 * an operation in it has a location in the file. Two maps of equal file name,
 * language and data are one entry of the definition.
 *
 * Wire: pb.SourceInfo, as defined by BuildKit's client/llb/sourcemap.go
 * (NewSourceMap).
 *
 * @param g         graph that will own the map
 * @param state     filesystem that holds the file, of the same graph; NULL if
 *                  none does. It is marshalled with the options of the
 *                  llb_marshal() call and sent as a definition of its own.
 * @param filename  name shown in messages, copied
 * @param language  for example "llb" or "Dockerfile", copied; NULL for none
 * @param data      text of the file, copied
 * @param len       its length in bytes
 *
 * @return the map, never NULL, which belongs to @p g. When it failed (a NULL
 *         argument, a failed state, no memory), every operation with a
 *         location in it fails.
 *
 * Threads: one at a time for each graph.
 */
const llb_source_map *llb_source_map_new(llb_graph *g, const llb_state *state,
                                         const char *filename,
                                         const char *language, const void *data,
                                         size_t len);

#ifdef __cplusplus
}
#endif
#endif
