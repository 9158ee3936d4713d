/* What the calls of a bk_build share. */
#ifndef LLB__CLIENT_GATEWAY_H
#define LLB__CLIENT_GATEWAY_H

#include <protobuf-c/protobuf-c.h>

#include <llb/gateway.h>

#include <ops.pb-c.h>

#include "call.h"
#include "job.h"

#define BK__BRIDGE "/moby.buildkit.v1.frontend.LLBBridge/"

struct bk_build {
    bk__job job;
    bk_caps *caps;  /* NULL until asked for */
    bool over;      /* Control.Solve has been waited for */
    bk__rpc failed; /* the last call that failed as a build; else no message */
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

/* "os/arch[/variant]" as a message, in the arena. LLB_EINVAL, LLB_ENOMEM. */
llb_status bk__platform_read(llb__arena *a, const char *text,
                             Bk__Pb__Platform **ret, llb_error *err);

/* Ends the build, if it runs: with b->failed if there is one, else by
 * cancelling it. Frees all that is in b. */
void bk__build_clear(bk_build *b);

/* Has the daemon end the build with b->failed, and waits for it. */
void bk__return_failure(bk_build *b);

/* bk_solve_refs() through the gateway, whatever the result says. */
llb_status bk__solve_steered(bk_client *c, const bk_refs *refs,
                             const bk_solve_opts *opts, bk_result **ret_result,
                             bk_failure **ret_failure, llb_error *err);

/* Builds each definition of the result and ends the build with it. */
llb_status bk__build_refs(bk_build *b, const bk_refs *refs,
                          bk_result **ret_result, bk_failure **ret_failure,
                          llb_error *err);

/* bk_solve() with opts->failed. */
llb_status bk__solve_watched(bk_client *c, llb_def *def, const bk_solve_opts *o,
                             bk_result **ret_result, bk_failure **ret_failure,
                             llb_error *err);

#endif
