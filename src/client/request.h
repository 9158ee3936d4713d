/* The bytes of Control.Solve's request. */
#ifndef LLB__CLIENT_REQUEST_H
#define LLB__CLIENT_REQUEST_H

#include <stddef.h>

#include <grpc/byte_buffer.h>
#include <protobuf-c/protobuf-c.h>

#include <llb/client.h>

#include "arena.h"
#include "exports.h"
#include "exports_content.h"

/* Entries of a protobuf map<string,string>: each generated type for one has
 * this layout, so one function fills them all. */
typedef struct bk__map_entry {
    ProtobufCMessage base;
    char *key, *value;
} bk__map_entry;

#define BK__SAME_LAYOUT(type)                                                  \
    _Static_assert(sizeof(type) == sizeof(bk__map_entry) &&                    \
                       offsetof(type, key) == offsetof(bk__map_entry, key) &&  \
                       offsetof(type, value) ==                                \
                           offsetof(bk__map_entry, value),                     \
                   "a map entry is a key and a value")

/* A list of entries of descriptor d for n pairs (borrowed), in the arena, as a
 * message's member takes it. LLB_ENOMEM. */
llb_status bk__fill_map(llb__arena *a, const ProtobufCMessageDescriptor *d,
                        const bk_pair *pairs, size_t n, void **ret,
                        llb_error *err);

/* What a request says beyond the options. */
typedef struct bk__request {
    const char *ref, *session; /* session "" for none */
    llb_def *def;              /* what to build; NULL for a gateway build */
    const bk_solve_opts *o;
    const bk__exports *exports;
    const bk__contents *contents;
} bk__request;

/* The request as a message; the definition's bytes are not copied but kept
 * alive until gRPC has done with them. LLB_ELIMIT: a daemon takes no request
 * of that size. LLB_ENOMEM. */
llb_status bk__request_make(llb__arena *a, const bk__request *r,
                            grpc_byte_buffer **ret, llb_error *err);

/* A message made of packed (copied) and the definition as field number, whose
 * bytes are kept alive, not copied. LLB_ELIMIT as above. */
llb_status bk__join_def(const uint8_t *packed, size_t packed_len,
                        unsigned number, llb_def *def, grpc_byte_buffer **ret,
                        llb_error *err);

#endif
