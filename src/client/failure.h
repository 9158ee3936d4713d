/* From the end of a call to a bk_failure. */
#ifndef LLB__CLIENT_FAILURE_H
#define LLB__CLIENT_FAILURE_H

#include <llb/client.h>

#include "call.h"
#include "maps.h"
#include "record.h"

/* Makes a failure of what the daemon said: rpc's message and details, with
 * what record (NULL for none) knows of the step and, when the daemon names no
 * place, the places of the step in our own definition. All borrowed. NULL: no
 * memory. */
bk_failure *bk__failure_make(const bk__rpc *rpc, bk__record *record,
                             bk__maps *maps);

#endif
