/* Image configs: what a state takes from one. */
#ifndef LLB__LLB_CONFIG_H
#define LLB__LLB_CONFIG_H

#include "state_int.h"

/* Values with the environment, directory and platform of an OCI image config
 * (JSON text). NULL: the call has failed. */
const llb__values *llb__config_apply(llb__call *c, const llb__values *values,
                                     const char *json, size_t len);

#endif
