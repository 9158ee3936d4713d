/* What every frontend is told beside its own attributes. */
#ifndef LLB__CLIENT_FRONTEND_H
#define LLB__CLIENT_FRONTEND_H

#include <llb/client.h>

#include "arena.h"
#include "exports_content.h"

/* Adds "cache-imports" for the caches of o to a list of attributes, which is
 * copied into the arena then; a list that has it, or an o without caches,
 * changes nothing. LLB_ENOMEM. */
llb_status bk__frontend_caches(llb__arena *a, const bk__contents *o,
                               const bk_pair **attrs, size_t *n_attrs,
                               llb_error *err);

#endif
