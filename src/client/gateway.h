/* What the calls of a bk_build share. */
#ifndef LLB__CLIENT_GATEWAY_H
#define LLB__CLIENT_GATEWAY_H

#include <protobuf-c/protobuf-c.h>

#include "job.h"

#define BK__BRIDGE "/moby.buildkit.v1.frontend.LLBBridge/"

struct bk_build {
    bk__job job;
    bk_caps *caps; /* NULL until asked for */
    bool over;     /* Control.Solve has been waited for */
};

/* One call to the bridge: request is taken, *ret unref'd by the caller.
 * timeout_ms 0: as long as it takes. A failure that belongs to the end of the
 * whole build is told as that. LLB_EUNSUPPORTED: the daemon has no such call.
 */
llb_status bk__gateway_call(bk_build *b, const char *method,
                            grpc_byte_buffer *request, unsigned timeout_ms,
                            grpc_slice *ret, bk_failure **ret_failure,
                            llb_error *err);

/* The same with messages; the caller frees *ret with bk__free(). */
llb_status bk__gateway_ask(bk_build *b, const char *method,
                           const ProtobufCMessage *request, unsigned timeout_ms,
                           const ProtobufCMessageDescriptor *reply_type,
                           ProtobufCMessage **ret, bk_failure **ret_failure,
                           llb_error *err);

#endif
