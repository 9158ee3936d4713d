/* The bytes of Control.Solve's request. */
#ifndef LLB__CLIENT_REQUEST_H
#define LLB__CLIENT_REQUEST_H

#include <grpc/byte_buffer.h>

#include <llb/client.h>

#include "arena.h"
#include "exports.h"

/* What a request says beyond the options. */
typedef struct bk__request {
    const char *ref, *session; /* session "" for none */
    llb_def *def;              /* what to build; NULL for a gateway build */
    const bk_solve_opts *o;
    const bk__exports *exports;
} bk__request;

/* The request as a message; the definition's bytes are not copied but kept
 * alive until gRPC has done with them. LLB_ELIMIT: a daemon takes no request
 * of that size. LLB_EUNSUPPORTED: a cache type of another llb. LLB_ENOMEM. */
llb_status bk__request_make(llb__arena *a, const bk__request *r,
                            grpc_byte_buffer **ret, llb_error *err);

/* A message made of packed (copied) and the definition as field number, whose
 * bytes are kept alive, not copied. LLB_ELIMIT as above. */
llb_status bk__join_def(const uint8_t *packed, size_t packed_len,
                        unsigned number, llb_def *def, grpc_byte_buffer **ret,
                        llb_error *err);

#endif
