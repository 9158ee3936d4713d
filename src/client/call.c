/* Calls of ours. Each has a completion queue of its own, and the thread that
 * waits for the call works on the connection meanwhile, so nothing needs a
 * thread in between. */
#include "call.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/status.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>

#include "cancel.h"
#include "dial.h"
#include "error.h"

enum { MAX_LEFT_OUT = 1000 }; /* messages behind what was wanted */

/* Tags: what an operation that completes is known by. Only the address
 * counts, and it lies in the call. */
struct tags {
    char header, send, recv, status;
};

struct bk__call {
    grpc_call *call;
    grpc_completion_queue *cq;
    bk__conn *conn;
    struct tags tags;
    bool header_pending, recv_pending, status_pending;
    bool deadline; /* it ends by itself */
    bool read_all; /* there are no more messages */
    int n_left_out;

    grpc_metadata_array header;
    grpc_byte_buffer *received; /* where a receive puts its message */
    grpc_slice message;         /* the last one, flat */

    grpc_metadata_array trailer;
    grpc_status_code code;
    grpc_slice text;
};

static gpr_timespec in_ms(int ms)
{
    if (ms < 0)
        return gpr_inf_future(GPR_CLOCK_MONOTONIC);
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                        gpr_time_from_millis(ms, GPR_TIMESPAN));
}

/* Waits for the operation of tag: false when timeout_ms is over first. */
static bool pluck(bk__call *c, void *tag, int timeout_ms, bool *ret_ok)
{
    grpc_event e =
        grpc_completion_queue_pluck(c->cq, tag, in_ms(timeout_ms), NULL);

    if (e.type != GRPC_OP_COMPLETE)
        return false;
    *ret_ok = e.success;
    return true;
}

static grpc_slice slice_of(const char *s)
{
    return grpc_slice_from_copied_string(s);
}

/* Sends the header and asks for the two things that come once: the header of
 * the answer and the status. */
static bool start(bk__call *c, const bk_pair *meta, size_t n_meta)
{
    grpc_metadata *list = calloc(n_meta + 1, sizeof *list);
    grpc_op first[2] = {{.op = GRPC_OP_SEND_INITIAL_METADATA},
                        {.op = GRPC_OP_RECV_INITIAL_METADATA}};
    grpc_op last = {.op = GRPC_OP_RECV_STATUS_ON_CLIENT};

    if (!list)
        return false;
    for (size_t i = 0; i < n_meta; i++) {
        list[i].key = slice_of(meta[i].key);
        list[i].value = slice_of(meta[i].value);
    }
    first[0].data.send_initial_metadata.count = n_meta;
    first[0].data.send_initial_metadata.metadata = list;
    first[1].data.recv_initial_metadata.recv_initial_metadata = &c->header;
    last.data.recv_status_on_client.trailing_metadata = &c->trailer;
    last.data.recv_status_on_client.status = &c->code;
    last.data.recv_status_on_client.status_details = &c->text;
    c->header_pending =
        grpc_call_start_batch(c->call, first, 2, &c->tags.header, NULL) ==
        GRPC_CALL_OK;
    c->status_pending =
        c->header_pending &&
        grpc_call_start_batch(c->call, &last, 1, &c->tags.status, NULL) ==
            GRPC_CALL_OK;
    for (size_t i = 0; i < n_meta; i++) {
        grpc_slice_unref(list[i].key);
        grpc_slice_unref(list[i].value);
    }
    free(list);
    return c->status_pending;
}

llb_status bk__call_new(bk__conn *conn, const char *method, const bk_pair *meta,
                        size_t n_meta, unsigned timeout_ms, bk__call **ret,
                        llb_error *err)
{
    bk__call *c = calloc(1, sizeof *c);

    if (!c)
        return llb__fail_nomem(err);
    c->deadline = timeout_ms != 0;
    c->conn = conn;
    __atomic_add_fetch(&conn->refs, 1, __ATOMIC_RELAXED);
    grpc_metadata_array_init(&c->header);
    grpc_metadata_array_init(&c->trailer);
    c->text = grpc_empty_slice();
    c->message = grpc_empty_slice();
    c->cq = grpc_completion_queue_create_for_pluck(NULL);
    grpc_slice path = slice_of(method);
    c->call = grpc_channel_create_call(
        conn->channel, NULL, GRPC_PROPAGATE_DEFAULTS, c->cq, path, NULL,
        timeout_ms ? in_ms((int)timeout_ms)
                   : gpr_inf_future(GPR_CLOCK_MONOTONIC),
        NULL);
    grpc_slice_unref(path);
    if (!start(c, meta, n_meta)) {
        bk__call_free(c);
        return llb__fail_nomem(err);
    }
    *ret = c;
    return LLB_OK;
}

void bk__call_cancel(bk__call *c) { grpc_call_cancel(c->call, NULL); }

/* gRPC writes into the call until its operations are complete, and a
 * cancelled call completes them all. */
static void drain(bk__call *c)
{
    bool ok;

    if (c->status_pending || c->recv_pending || c->header_pending)
        grpc_call_cancel(c->call, NULL);
    if (c->recv_pending)
        pluck(c, &c->tags.recv, -1, &ok);
    if (c->header_pending)
        pluck(c, &c->tags.header, -1, &ok);
    if (c->status_pending)
        pluck(c, &c->tags.status, -1, &ok);
}

void bk__call_free(bk__call *c)
{
    if (!c)
        return;
    drain(c);
    grpc_byte_buffer_destroy(c->received);
    grpc_slice_unref(c->message);
    grpc_slice_unref(c->text);
    grpc_metadata_array_destroy(&c->header);
    grpc_metadata_array_destroy(&c->trailer);
    grpc_call_unref(c->call);
    grpc_completion_queue_shutdown(c->cq);
    grpc_completion_queue_destroy(c->cq);
    bk__conn_release(c->conn);
    free(c);
}

/* Asks the daemon on this connection for its workers; *ret is cleared by the
 * caller. False without memory. */
static bool ask(bk__conn *conn, bk__rpc *ret)
{
    bk__call *call;
    llb__bytes reply;

    if (bk__call_new(conn, "/moby.buildkit.v1.Control/ListWorkers", NULL, 0,
                     BK__ALIVE_MS, &call, NULL) != LLB_OK)
        return false;
    if (bk__call_send(call, bk__buffer("", 0)) && bk__call_close(call))
        bk__call_recv(call, -1, &reply);
    bk__call_status(call, -1, ret);
    bk__call_free(call);
    return true;
}

bool bk__conn_alive(bk__conn *conn)
{
    bk__rpc rpc = {0};

    if (!ask(conn, &rpc))
        return true; /* no memory says nothing about the daemon */
    bool alive = rpc.code != GRPC_STATUS_UNAVAILABLE &&
                 rpc.code != GRPC_STATUS_DEADLINE_EXCEEDED &&
                 rpc.code != GRPC_STATUS_CANCELLED;
    bk__rpc_clear(&rpc);
    return alive;
}

bool bk__conn_serves(bk__conn *conn)
{
    bk__rpc rpc = {0};
    bool serves =
        !ask(conn, &rpc) || rpc.code == GRPC_STATUS_OK || rpc.has_details;

    bk__rpc_clear(&rpc);
    return serves;
}

/* A send waits while the daemon reads nothing, which may be for good: then
 * the call is cancelled, and the send completes. */
static bool run(bk__call *c, grpc_op *op)
{
    bool ok, dead = false;

    if (grpc_call_start_batch(c->call, op, 1, &c->tags.send, NULL) !=
        GRPC_CALL_OK)
        return false;
    while (!pluck(c, &c->tags.send, c->deadline ? -1 : BK__QUIET_MS, &ok)) {
        if (!dead && !bk__conn_alive(c->conn)) {
            grpc_call_cancel(c->call, NULL);
            dead = true;
        }
    }
    return ok;
}

bool bk__call_send(bk__call *c, grpc_byte_buffer *message)
{
    grpc_op op = {.op = GRPC_OP_SEND_MESSAGE};

    if (!message)
        return false;
    op.data.send_message.send_message = message;
    bool ok = run(c, &op);
    grpc_byte_buffer_destroy(message);
    return ok;
}

bool bk__call_close(bk__call *c)
{
    grpc_op op = {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT};

    return run(c, &op);
}

/* Puts the message that has arrived into one piece. */
static bool flatten(bk__call *c)
{
    grpc_byte_buffer_reader reader;

    grpc_slice_unref(c->message);
    c->message = grpc_empty_slice();
    if (!grpc_byte_buffer_reader_init(&reader, c->received))
        return false;
    c->message = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    grpc_byte_buffer_destroy(c->received);
    c->received = NULL;
    return true;
}

/* Waits for the next message, which is then c->received. */
static int receive(bk__call *c, int timeout_ms)
{
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE};
    bool ok;

    if (c->read_all)
        return BK__END;
    if (!c->recv_pending) {
        op.data.recv_message.recv_message = &c->received;
        if (grpc_call_start_batch(c->call, &op, 1, &c->tags.recv, NULL) !=
            GRPC_CALL_OK)
            return BK__END;
        c->recv_pending = true;
    }
    if (!pluck(c, &c->tags.recv, timeout_ms, &ok))
        return BK__TIMEOUT;
    c->recv_pending = false;
    c->read_all = !ok || !c->received;
    return c->read_all ? BK__END : BK__MESSAGE;
}

int bk__call_recv(bk__call *c, int timeout_ms, llb__bytes *ret)
{
    int got = receive(c, timeout_ms);

    if (got != BK__MESSAGE)
        return got;
    if (!flatten(c)) {
        c->read_all = true;
        return BK__END;
    }
    *ret = bk__slice_bytes(&c->message);
    return BK__MESSAGE;
}

static char *copy_slice(grpc_slice s)
{
    size_t len = GRPC_SLICE_LENGTH(s);
    char *copy = malloc(len + 1);

    if (copy) {
        memcpy(copy, GRPC_SLICE_START_PTR(s), len);
        copy[len] = '\0';
    }
    return copy;
}

static const grpc_slice *find(const grpc_metadata_array *a, const char *key)
{
    for (size_t i = 0; i < a->count; i++) {
        if (grpc_slice_str_cmp(a->metadata[i].key, key) == 0)
            return &a->metadata[i].value;
    }
    return NULL;
}

bool bk__call_status(bk__call *c, int timeout_ms, bk__rpc *ret)
{
    bool ok;
    int got;

    /* gRPC holds the status back while a message waits to be read, such as
     * one of a daemon that answers before it has our request. What was
     * received last stays valid. */
    while ((got = receive(c, timeout_ms)) == BK__MESSAGE) {
        grpc_byte_buffer_destroy(c->received);
        c->received = NULL;
        if (++c->n_left_out == MAX_LEFT_OUT)
            grpc_call_cancel_with_status(c->call, GRPC_STATUS_INTERNAL,
                                         "the daemon answers without end",
                                         NULL);
    }
    if (got == BK__TIMEOUT || !pluck(c, &c->tags.status, timeout_ms, &ok))
        return false;
    c->status_pending = false;
    *ret = (bk__rpc){.code = (int)c->code, .message = copy_slice(c->text)};
    const grpc_slice *details = find(&c->trailer, "grpc-status-details-bin");
    if (details) {
        ret->details = (uint8_t *)copy_slice(*details);
        ret->details_len = ret->details ? GRPC_SLICE_LENGTH(*details) : 0;
        ret->has_details = true;
    }
    return true;
}

void bk__rpc_clear(bk__rpc *r)
{
    free(r->message);
    free(r->details);
    *r = (bk__rpc){0};
}

grpc_byte_buffer *bk__buffer(const void *data, size_t len)
{
    grpc_slice s = grpc_slice_from_copied_buffer(data, len);
    grpc_byte_buffer *b = grpc_raw_byte_buffer_create(&s, 1);

    grpc_slice_unref(s);
    return b;
}
