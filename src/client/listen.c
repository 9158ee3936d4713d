/* Streams of answers. */
#include "listen.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>

#include "call.h"
#include "cancel.h"
#include "error.h"
#include "wire.h"

static void cancel_call(void *arg) { bk__call_cancel(arg); }

/* The next answer; BK__END also when the daemon is dead. */
static int next(bk__call *call, bk__conn *conn, llb__bytes *ret)
{
    int got;

    while ((got = bk__call_recv(call, BK__QUIET_MS, ret)) == BK__TIMEOUT)
        if (!bk__conn_alive(conn))
            bk__call_cancel(call);
    return got;
}

static llb_status end(bk_client *c, bk__conn *conn, bk__call *call,
                      const char *method, bk_cancel *cancel, llb_error *err)
{
    bk__rpc rpc = {0};
    llb_status st = LLB_OK;

    bk__call_status(call, -1, &rpc);
    bool cancelled = cancel && bk_cancel_is_set(cancel);
    if (rpc.code == GRPC_STATUS_CANCELLED && !cancelled)
        rpc.code = GRPC_STATUS_UNAVAILABLE; /* by us, for it is dead */
    if (rpc.code == GRPC_STATUS_UNAVAILABLE) {
        bk__conn_lost(c, conn);
        st = llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                       "%.200s: lost the daemon: %s", bk_client_addr(c),
                       rpc.message ? rpc.message : "no memory");
    } else if (rpc.code != GRPC_STATUS_OK) {
        st = bk__fail_rpc(err, strrchr(method, '/') + 1, &rpc);
    }
    bk__rpc_clear(&rpc);
    return st;
}

llb_status bk__listen(bk_client *c, const char *method,
                      const ProtobufCMessage *request, bk_cancel *cancel,
                      const ProtobufCMessageDescriptor *reply_type,
                      llb_status (*take)(void *ctx, const ProtobufCMessage *m,
                                         llb_error *err),
                      void *ctx, llb_error *err)
{
    bk__conn *conn;
    bk__call *call;
    uint8_t *data;
    size_t len;
    llb__bytes answer;

    if (bk__in_callback)
        return bk__busy(err);
    llb_status st = bk__conn_get(c, &conn, err);
    if (st != LLB_OK)
        return st;
    st = bk__pack(request, &data, &len, err);
    if (st == LLB_OK) {
        st = bk__call_new(conn, method, NULL, 0, 0, &call, err);
        if (st == LLB_OK && bk__call_send(call, bk__buffer(data, len)))
            bk__call_close(call);
        free(data);
    }
    if (st != LLB_OK) {
        bk__conn_release(conn);
        return st;
    }
    bk__watch w = {cancel_call, call, NULL, NULL};
    bk__cancel_watch(cancel, &w);
    while (st == LLB_OK && next(call, conn, &answer) == BK__MESSAGE) {
        ProtobufCMessage *m;
        st = bk__unpack(reply_type, answer, "answer", &m, err);
        if (st != LLB_OK)
            break;
        st = take(ctx, m, err);
        bk__free(m);
    }
    if (st == LLB_OK)
        st = end(c, conn, call, method, cancel, err);
    bk__cancel_unwatch(cancel, &w);
    bk__call_free(call);
    bk__conn_release(conn);
    return st;
}
