/* Constraints of an operation, compiled to what a marshal copies. */
#ifndef LLB__LLB_CONS_H
#define LLB__LLB_CONS_H

#include "places.h"
#include "platform.h"

struct llb__cons {
    const llb__platform *platform; /* NULL: not set */
    const char *unique;            /* local.unique; NULL: not set */
    const llb__place *places;
    uint32_t n_places;
    uint8_t ignore_cache;
    uint8_t export_cache; /* llb_export_cache */
    uint8_t has_group, has_resources;

    /* Fields ready to copy, one after the other: of pb.OpMetadata the
     * description (2, sorted by key), progress_group (6) and linux_resources
     * (7), then members (1) of pb.WorkerConstraints. */
    const uint8_t *fields;
    uint32_t desc_len, group_len, resources_len, filters_len;
};
typedef struct llb__cons llb__cons;

static inline llb__bytes llb__cons_desc(const llb__cons *k)
{
    return (llb__bytes){k->fields, k->desc_len};
}
static inline llb__bytes llb__cons_group(const llb__cons *k)
{
    return (llb__bytes){k->fields + k->desc_len, k->group_len};
}
static inline llb__bytes llb__cons_resources(const llb__cons *k)
{
    return (llb__bytes){k->fields + k->desc_len + k->group_len,
                        k->resources_len};
}
static inline llb__bytes llb__cons_filters(const llb__cons *k)
{
    return (llb__bytes){k->fields + k->desc_len + k->group_len +
                            k->resources_len,
                        k->filters_len};
}

/* Where the constraints are allowed to come from. */
typedef enum llb__cons_use { LLB__CONS_OP, LLB__CONS_MARSHAL } llb__cons_use;

/* Compiles given (NULL gives true and NULL) into the graph. False: the call
 * has failed. */
bool llb__cons_new(llb__call *c, const llb_constraints *given,
                   llb__cons_use use, const llb__cons **ret);

#endif
