/* Bundles: results for several platforms, and with image configs, on their way
 * to a file or to a daemon. */
#ifndef LLB__CLI_BUNDLE_H
#define LLB__CLI_BUNDLE_H

#include <llb/gateway.h>

#include "dockerfile.h"
#include "project.h"

/* The result of a compiled target: its definitions by platform, with the
 * images' configs. LLB_EINVAL (a platform twice), LLB_ENOMEM. */
llb_status cmd__refs_of(const cmd__set *set, bk_refs **ret_refs,
                        llb_error *err);

/* The result that a daemon's frontend makes of a Dockerfile, without building
 * it. Returns an exit code; what is wrong has been said, with *ret_refs NULL.
 */
int cmd__capture(cmd__daemon *d, const cmd__dockerfile *file,
                 bk_refs **ret_refs);

#endif
