/* Looking into OCI image layouts that lie in the project: which manifest a tag
 * means, and the config of its image. */
#ifndef LLB__COMPILER_OCI_INDEX_H
#define LLB__COMPILER_OCI_INDEX_H

#include <llb/error.h>

#include "value.h"

/* What is looked for. */
typedef struct llbc__oci_wanted {
    const char *folder;       /* absolute */
    const char *tag, *digest; /* NULL: not said */
    const llbc__platform *platform;
} llbc__oci_wanted;

typedef struct llbc__oci_found {
    char digest[72]; /* of what index.json lists */
    char *config;    /* JSON of the image config; freed by the caller */
    size_t config_len;
} llbc__oci_found;

/* LLB_OK; LLB_ENOENT: there is no such image; LLB_EINVAL: a file of the layout
 * is broken, or not what its digest says; LLB_EIO; LLB_ENOMEM. */
llb_status llbc__oci_find(const llbc__oci_wanted *w, llbc__oci_found *ret,
                          llb_error *err);

#endif
