/* Calls with one message each way, and how their end reads. */
#include "call.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/grpc.h>
#include <grpc/status.h>

#include "cancel.h"
#include "error.h"

/* The last part of "/pkg.Service/Method", for people. */
static const char *method_name(const char *method)
{
    const char *slash = strrchr(method, '/');

    return slash ? slash + 1 : method;
}

llb_status bk__fail_rpc(llb_error *err, const char *what, const bk__rpc *rpc)
{
    const char *text = rpc->message ? rpc->message : "no memory";
    llb_status st = LLB_EBUILD;

    switch (rpc->code) {
    case GRPC_STATUS_CANCELLED:
        return llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "%s: cancelled",
                         what);
    case GRPC_STATUS_UNAVAILABLE:
        st = LLB_EUNAVAILABLE;
        break;
    case GRPC_STATUS_DEADLINE_EXCEEDED:
        return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                         "%s: the daemon did not answer in time", what);
    case GRPC_STATUS_UNIMPLEMENTED:
        st = LLB_EUNSUPPORTED;
        break;
    case GRPC_STATUS_NOT_FOUND:
        st = LLB_ENOENT;
        break;
    case GRPC_STATUS_RESOURCE_EXHAUSTED:
        st = LLB_ELIMIT;
        break;
    default:
        break;
    }
    return llb__fail(err, st, LLB__NOWHERE, "%s: %s", what, text);
}

static void cancel_call(void *arg) { bk__call_cancel(arg); }

/* The reply, however long it takes as long as the daemon lives. */
static bool await_reply(bk__call *call, bk__conn *conn, llb__bytes *ret)
{
    int got;

    while ((got = bk__call_recv(call, BK__QUIET_MS, ret)) == BK__TIMEOUT) {
        if (!bk__conn_alive(conn))
            bk__call_cancel(call);
    }
    return got == BK__MESSAGE;
}

/* Everything between the start and the end of the call. */
static void exchange(bk__call *call, bk__conn *conn, grpc_byte_buffer *request,
                     grpc_slice *ret, bk__rpc *rpc)
{
    llb__bytes reply;

    *ret = grpc_empty_slice();
    /* A daemon may answer before it has read the request, which then cannot be
     * sent any more. */
    if (bk__call_send(call, request))
        bk__call_close(call);
    if (await_reply(call, conn, &reply))
        *ret =
            grpc_slice_from_copied_buffer((const char *)reply.data, reply.len);
    bk__call_status(call, -1, rpc);
}

/* Whether an error can be gRPC's own. A daemon's errors of a build have
 * details; gRPC never calls its own by the other codes. */
static bool may_be_made_up(const bk__rpc *end)
{
    return !end->has_details && end->code != GRPC_STATUS_OK &&
           end->code != GRPC_STATUS_CANCELLED &&
           end->code != GRPC_STATUS_DEADLINE_EXCEEDED &&
           end->code != GRPC_STATUS_RESOURCE_EXHAUSTED &&
           end->code != GRPC_STATUS_UNAVAILABLE;
}

llb_status bk__unary(bk_client *c, const char *method, const bk_pair *meta,
                     size_t n_meta, grpc_byte_buffer *request,
                     unsigned timeout_ms, bk_cancel *cancel, grpc_slice *ret,
                     bk__rpc *rpc, llb_error *err)
{
    bk__conn *conn;
    bk__call *call = NULL;
    bk__rpc end = {0};
    char words[512] = "";
    grpc_slice reply;
    llb_status st = bk__conn_get(c, &conn, err);

    if (st == LLB_OK) {
        st = bk__call_new(conn, method, meta, n_meta, timeout_ms, &call, err);
        bk__conn_release(conn);
    }
    if (st != LLB_OK) {
        grpc_byte_buffer_destroy(request);
        return st;
    }
    bk__watch w = {cancel_call, call, NULL, NULL};
    bk__cancel_watch(cancel, &w);
    exchange(call, conn, request, &reply, &end);
    bk__cancel_unwatch(cancel, &w);
    /* Nobody has cancelled it but we, since the daemon is dead. */
    if (end.code == GRPC_STATUS_CANCELLED &&
        !(cancel && bk_cancel_is_set(cancel)))
        end.code = GRPC_STATUS_UNAVAILABLE;
    if (may_be_made_up(&end) && !bk__conn_serves(conn))
        end.code = GRPC_STATUS_UNAVAILABLE;
    if (end.code == GRPC_STATUS_UNAVAILABLE) {
        bk__conn_lost(c, conn);
        bk__conn_why(conn, end.message ? end.message : "", words, sizeof words);
    }
    bk__call_free(call);
    if (end.code == GRPC_STATUS_OK) {
        *ret = reply;
        bk__rpc_clear(&end);
        return LLB_OK;
    }
    grpc_slice_unref(reply);
    if (end.code == GRPC_STATUS_UNAVAILABLE)
        st = llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                       "%.200s: lost the daemon: %s", bk_client_addr(c), words);
    else
        st = bk__fail_rpc(err, method_name(method), &end);
    if (rpc)
        *rpc = end;
    else
        bk__rpc_clear(&end);
    return st;
}
