/* A build that we steer: Control.Solve without anything to solve, and calls to
 * the LLBBridge that the daemon then opens for it. */
#include "gateway.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>

#include "error.h"
#include "wire.h"

llb_status bk_build_new(bk_client *c, const bk_solve_opts *opts,
                        bk_build **ret_build, llb_error *err)
{
    if (bk__in_callback)
        return bk__busy(err);
    if (opts && opts->frontend)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "bk_build_new takes no frontend: we are the frontend");
    bk_build *b = calloc(1, sizeof *b);
    if (!b)
        return llb__fail_nomem(err);
    llb_status st = bk__job_start(&b->job, c, NULL, NULL, opts, err);
    if (st != LLB_OK)
        bk_build_free(b);
    else
        *ret_build = b;
    return st;
}

void bk__build_clear(bk_build *b)
{
    bool cancelled = b->job.o.cancel && bk_cancel_is_set(b->job.o.cancel);

    if (b->failed.message && !b->over && !cancelled)
        bk__return_failure(b);
    bk__job_clear(&b->job);
    bk_caps_free(b->caps);
    bk__rpc_clear(&b->failed);
}

void bk_build_free(bk_build *b)
{
    if (!b)
        return;
    bk__build_clear(b);
    free(b);
}

/* The daemon opens the bridge when Solve arrives, which may be after our
 * first call; it then waits some seconds by itself. But when Solve has failed
 * its error is the cause, and the bridge only knows that there is none. */
static llb_status ended(bk_build *b, bk_failure **ret_failure, llb_error *err)
{
    if (b->over)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "this build has ended already");
    b->over = true;
    llb_status st = bk__job_finish(&b->job, NULL, ret_failure, err);
    return st != LLB_OK ? st
                        : llb__fail(err, LLB_EBUILD, LLB__NOWHERE,
                                    "the daemon ended the build by itself");
}

/* Whether Control.Solve has come to an end, without waiting for it. */
static bool solve_has_ended(bk_build *b)
{
    llb__bytes reply;

    return !b->over && bk__call_recv(b->job.solve, 0, &reply) == BK__END;
}

/* Whether a call's failure is one of the build, and not of a question. */
static bool makes_results(const char *method)
{
    return strcmp(method, BK__BRIDGE "Solve") == 0 ||
           strcmp(method, BK__BRIDGE "Evaluate") == 0;
}

llb_status bk__gateway_call(bk_build *b, const char *method,
                            grpc_byte_buffer *request, unsigned timeout_ms,
                            grpc_slice *ret, bk_failure **ret_failure,
                            llb_error *err)
{
    bk_pair meta = {"buildkit-controlapi-buildid", b->job.ref};
    bk__rpc rpc = {0};

    if (bk__in_callback || b->over) {
        grpc_byte_buffer_destroy(request);
        return bk__in_callback ? bk__busy(err) : ended(b, NULL, err);
    }
    llb_status st = bk__unary(b->job.client, method, &meta, 1, request,
                              timeout_ms, b->job.o.cancel, ret, &rpc, err);
    /* No message: the call was not even made. */
    if (st == LLB_OK || !rpc.message)
        return st;
    if (solve_has_ended(b))
        st = ended(b, ret_failure, err);
    else if (st == LLB_EUNSUPPORTED)
        st = bk__fail_rpc(err, strrchr(method, '/') + 1, &rpc);
    else
        st = bk__job_fail(&b->job, strrchr(method, '/') + 1, &rpc, ret_failure,
                          err);
    if (st == LLB_EBUILD && !b->over && makes_results(method)) {
        bk__rpc_clear(&b->failed);
        b->failed = rpc;
        return st;
    }
    bk__rpc_clear(&rpc);
    return st;
}

llb_status bk__gateway_ask(bk_build *b, const char *method,
                           const ProtobufCMessage *request, unsigned timeout_ms,
                           const ProtobufCMessageDescriptor *reply_type,
                           ProtobufCMessage **ret, bk_failure **ret_failure,
                           llb_error *err)
{
    uint8_t *data;
    size_t len;
    grpc_slice reply;
    llb_status st = bk__pack(request, &data, &len, err);

    if (st != LLB_OK)
        return st;
    st = bk__gateway_call(b, method, bk__buffer(data, len), timeout_ms, &reply,
                          ret_failure, err);
    free(data);
    if (st != LLB_OK)
        return st;
    st = bk__unpack(reply_type, bk__slice_bytes(&reply),
                    strrchr(method, '/') + 1, ret, err);
    grpc_slice_unref(reply);
    return st;
}
