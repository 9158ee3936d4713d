/* Nodes that come from a definition: bytes, metadata and places as they are. */
#ifndef LLB__LLB_LOADED_H
#define LLB__LLB_LOADED_H

#include "places.h"
#include "state_int.h"
#include "wire.h"

/* pb.OpMetadata that was read; bodies with data NULL are absent. */
typedef struct llb__loaded_meta {
    bool ignore_cache;
    llb_export_cache export_cache;
    llb__bytes desc;             /* encoded entries (2), sorted, keys once */
    llb__bytes group, resources; /* encoded fields 6 and 7 */
    llb__bytes odd_caps;         /* encoded entries (5) that are no llb__caps */
} llb__loaded_meta;

/* An output of a loaded op. Like Go's client, outputs of one op with different
 * numbers are different nodes. */
typedef struct llb__loaded_node {
    llb__node node;
    llb__bytes op;
    uint8_t sum[LLB__SHA256_LEN];
    uint32_t number; /* in the definition */
    uint32_t n_inputs;
    int64_t output;
    const llb__loaded_meta *meta;
    const llb__place *places;
    size_t n_places;
    struct llb__loaded_node **kids;
    size_t n_kids;
    const llb__platform *platform; /* normalized; NULL: none, or not asked */
} llb__loaded_node;

/* A field that has just been read, with its tag and length. */
static inline llb__bytes llb__whole_field(const llb__wire *w,
                                          const llb__wire_field *f)
{
    return (llb__bytes){f->start, (size_t)(w->p - f->start)};
}

/* Reads pb.OpMetadata into the graph; *caps gets those of our table that are
 * true. False: the call has failed. */
bool llb__meta_read(llb__call *c, llb__bytes meta, const llb__loaded_meta **ret,
                    llb__caps *caps);

#endif
