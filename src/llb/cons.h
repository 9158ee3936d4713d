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

    /* Lengths of fields that stand behind this, ready to copy: of
     * pb.OpMetadata the description (2, sorted by key), progress_group (6) and
     * linux_resources (7), then members (1) of pb.WorkerConstraints. */
    uint32_t desc_len, group_len, resources_len, filters_len;
};
typedef struct llb__cons llb__cons;

static inline llb__bytes llb__cons_desc(const llb__cons *k)
{
    return (llb__bytes){(const uint8_t *)(k + 1), k->desc_len};
}
static inline llb__bytes llb__cons_group(const llb__cons *k)
{
    return (llb__bytes){(const uint8_t *)(k + 1) + k->desc_len, k->group_len};
}
static inline llb__bytes llb__cons_resources(const llb__cons *k)
{
    return (llb__bytes){(const uint8_t *)(k + 1) + k->desc_len + k->group_len,
                        k->resources_len};
}
static inline llb__bytes llb__cons_filters(const llb__cons *k)
{
    return (llb__bytes){(const uint8_t *)(k + 1) + k->desc_len + k->group_len +
                            k->resources_len,
                        k->filters_len};
}

/* Where the constraints are allowed to come from. */
typedef enum llb__cons_use { LLB__CONS_OP, LLB__CONS_MARSHAL } llb__cons_use;

/* Compiles constraints into the graph. NULL: the call has failed. */
const llb__cons *llb__cons_make(llb__call *c, const llb_constraints *given,
                                llb__cons_use use);

/* The same for what may be NULL, which gives true and NULL. False: the call has
 * failed. */
static inline bool llb__cons_new(llb__call *c, const llb_constraints *given,
                                 llb__cons_use use, const llb__cons **ret)
{
    *ret = NULL;
    if (!given)
        return !c->error;
    *ret = llb__cons_make(c, given, use);
    return *ret != NULL;
}

#endif
