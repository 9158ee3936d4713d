/* Results with their refs and metadata, between messages and bk_refs. */
#ifndef LLB__CLIENT_REFS_H
#define LLB__CLIENT_REFS_H

#include <llb/gateway.h>

#include <gateway.pb-c.h>

#include "arena.h"

/* The result in a message. *m (taken, on failure too) is what was unpacked and
 * holds r, whose attestations are kept. is_bundle: each ref must have a
 * definition. LLB_EINVAL, LLB_ENOMEM. */
llb_status bk__refs_read(ProtobufCMessage *m, const Bk__Gw__Result *r,
                         bool is_bundle, bk_refs **ret, llb_error *err);

/* The definition in a message, checked; the caller frees it. LLB_EINVAL,
 * LLB_ENOMEM. */
llb_status bk__refs_def(const Bk__Pb__Definition *m, llb_def **ret,
                        llb_error *err);

/* The message of a result, for packing: in the arena and borrowed from refs.
 * By ids, and with attestations, for a Return; else by definitions. NULL: no
 * memory. */
Bk__Gw__Result *bk__refs_message(llb__arena *a, const bk_refs *refs,
                                 bool by_id);

bool bk__refs_attested(const bk_refs *refs);

#endif
