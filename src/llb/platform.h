/* Platforms: as given, as containerd/platforms normalizes them, as bytes. */
#ifndef LLB__LLB_PLATFORM_H
#define LLB__LLB_PLATFORM_H

#include "graph_int.h"

typedef struct llb__platform {
    llb_platform p; /* strings never NULL */
    /* Op.platform: the field with its tag, ready to copy. */
    const uint8_t *field;
    size_t field_len;
    /* The normalized form; itself if it is that already. */
    const struct llb__platform *normal;
} llb__platform;

/* A copy in the graph, letter for letter, with its normalized form; what names
 * the argument in errors. NULL: the call has failed. */
const llb__platform *llb__platform_new(llb__call *c, const char *what,
                                       const llb_platform *p);

/* The platform of this machine into *ret; strings are static. */
void llb__platform_local(llb_platform *ret);

#endif
