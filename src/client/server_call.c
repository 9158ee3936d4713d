/* A call of the daemon as a bk__stream: the serving thread starts an
 * operation and sleeps until the session's loop has seen it complete. */
#include "server_call.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer_reader.h>

#include "bounds.h"
#include "connect.h"
#include "thread.h"

static void wait_done(bk__tag *tag, bool ok)
{
    bk__wait *w = (bk__wait *)tag;
    bk__incoming *in = w->in;

    pthread_mutex_lock(&in->lock);
    w->pending = false;
    w->ok = ok;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

static void set_pending(bk__incoming *in, bk__wait *w, bool pending)
{
    pthread_mutex_lock(&in->lock);
    w->pending = pending;
    pthread_mutex_unlock(&in->lock);
}

static bool start(bk__incoming *in, bk__wait *w, const grpc_op *ops, size_t n)
{
    set_pending(in, w, true);
    if (grpc_call_start_batch(in->call, ops, n, &w->tag, NULL) == GRPC_CALL_OK)
        return true;
    set_pending(in, w, false);
    return false;
}

static bool finish(bk__incoming *in, bk__wait *w)
{
    pthread_mutex_lock(&in->lock);
    while (w->pending)
        pthread_cond_wait(&in->changed, &in->lock);
    bool ok = w->ok;
    pthread_mutex_unlock(&in->lock);
    return ok;
}

/* Waits for a message, or until the service wants none any more; then gRPC
 * still holds the operation, which ends with the call. */
static bool finish_recv(bk__incoming *in)
{
    pthread_mutex_lock(&in->lock);
    while (in->recv.pending && !in->stopped)
        pthread_cond_wait(&in->changed, &in->lock);
    bool ok = in->recv.ok && !in->stopped;
    pthread_mutex_unlock(&in->lock);
    return ok;
}

static bool stream_is_over(bk__stream *s)
{
    bk__incoming *in = (bk__incoming *)s;

    pthread_mutex_lock(&in->lock);
    bool over = !in->close.pending;
    pthread_mutex_unlock(&in->lock);
    return over;
}

static void stream_stop_recv(bk__stream *s)
{
    bk__incoming *in = (bk__incoming *)s;

    pthread_mutex_lock(&in->lock);
    in->stopped = true;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

static bool is_stopped(bk__incoming *in)
{
    pthread_mutex_lock(&in->lock);
    bool stopped = in->stopped;
    pthread_mutex_unlock(&in->lock);
    return stopped;
}

/* Whether the call was cancelled, or its connection lost. The news may come a
 * moment after the end of the messages. */
static bool is_cancelled(bk__incoming *in)
{
    int64_t deadline = bk__now_ms() + 2;

    pthread_mutex_lock(&in->lock);
    while (in->close.pending &&
           bk__cond_wait(&in->changed, &in->lock, deadline))
        ;
    bool yes = !in->close.pending;
    pthread_mutex_unlock(&in->lock);
    return yes;
}

static bool flatten(bk__incoming *in)
{
    grpc_byte_buffer_reader reader;

    if (!grpc_byte_buffer_reader_init(&reader, in->received))
        return false;
    in->message = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    return true;
}

static int stream_recv(bk__stream *s, llb__bytes *ret)
{
    bk__incoming *in = (bk__incoming *)s;
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE};

    if (is_stopped(in))
        return -1;
    grpc_slice_unref(in->message);
    in->message = grpc_empty_slice();
    op.data.recv_message.recv_message = &in->received;
    if (!start(in, &in->recv, &op, 1) || !finish_recv(in))
        return -1;
    if (!in->received)
        return is_cancelled(in) ? -1 : 0;
    bool ok = flatten(in);
    grpc_byte_buffer_destroy(in->received);
    in->received = NULL;
    if (!ok)
        return -1;
    *ret = (llb__bytes){GRPC_SLICE_START_PTR(in->message),
                        GRPC_SLICE_LENGTH(in->message)};
    return 1;
}

static grpc_byte_buffer *gather(const llb__bytes *pieces, size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++)
        len += pieces[i].len;
    grpc_slice s = grpc_slice_malloc(len);
    uint8_t *p = GRPC_SLICE_START_PTR(s);
    for (size_t i = 0; i < n; i++) {
        if (pieces[i].len)
            memcpy(p, pieces[i].data, pieces[i].len);
        p += pieces[i].len;
    }
    grpc_byte_buffer *b = grpc_raw_byte_buffer_create(&s, 1);
    grpc_slice_unref(s);
    return b;
}

static bool stream_send(bk__stream *s, const llb__bytes *pieces, size_t n)
{
    bk__incoming *in = (bk__incoming *)s;
    grpc_op ops[2] = {{.op = GRPC_OP_SEND_INITIAL_METADATA},
                      {.op = GRPC_OP_SEND_MESSAGE}};
    size_t first = in->header_sent ? 1 : 0;
    grpc_byte_buffer *b = gather(pieces, n);

    ops[1].data.send_message.send_message = b;
    in->header_sent = true;
    bool ok =
        start(in, &in->send, ops + first, 2 - first) && finish(in, &in->send);
    grpc_byte_buffer_destroy(b);
    return ok;
}

static llb__bytes stream_meta(bk__stream *s, const char *key, size_t i)
{
    bk__incoming *in = (bk__incoming *)s;

    for (size_t k = 0; k < in->meta.count; k++) {
        const grpc_metadata *m = &in->meta.metadata[k];
        if (grpc_slice_str_cmp(m->key, key) != 0 || i-- > 0)
            continue;
        size_t len = GRPC_SLICE_LENGTH(m->value);
        char *copy =
            llb__arena_strndup(in->arena, GRPC_SLICE_START_PTR(m->value), len);
        return (llb__bytes){(uint8_t *)copy, copy ? len : 0};
    }
    return (llb__bytes){NULL, 0};
}

static const struct bk__stream_ops stream_ops = {
    stream_recv, stream_send, stream_meta, stream_is_over, stream_stop_recv,
};

bk__incoming *bk__incoming_new(void *owner)
{
    bk__incoming *in = calloc(1, sizeof *in);

    if (!in)
        return NULL;
    /* Metadata ends at LLB__MAX_MESSAGE; each value may be asked for again. */
    in->arena = llb__arena_new(4 * LLB__MAX_MESSAGE);
    if (!in->arena) {
        free(in);
        return NULL;
    }
    in->stream.ops = &stream_ops;
    in->owner = owner;
    grpc_call_details_init(&in->details);
    grpc_metadata_array_init(&in->meta);
    pthread_mutex_init(&in->lock, NULL);
    bk__cond_init(&in->changed);
    in->recv = in->send = in->close = (bk__wait){.tag = {wait_done}, .in = in};
    in->message = grpc_empty_slice();
    return in;
}

void bk__incoming_free(bk__incoming *in)
{
    if (!in)
        return;
    grpc_byte_buffer_destroy(in->received);
    grpc_slice_unref(in->message);
    if (in->call)
        grpc_call_unref(in->call);
    grpc_call_details_destroy(&in->details);
    grpc_metadata_array_destroy(&in->meta);
    pthread_cond_destroy(&in->changed);
    pthread_mutex_destroy(&in->lock);
    llb__arena_free(in->arena);
    free(in);
}

static grpc_op status_op(int code, grpc_slice *text)
{
    grpc_op op = {.op = GRPC_OP_SEND_STATUS_FROM_SERVER};

    op.data.send_status_from_server.status = (grpc_status_code)code;
    op.data.send_status_from_server.status_details = text;
    return op;
}

static grpc_op close_op(bk__incoming *in)
{
    grpc_op op = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER};

    op.data.recv_close_on_server.cancelled = &in->cancelled;
    return op;
}

void bk__incoming_serve(bk__incoming *in)
{
    grpc_op op = close_op(in);
    bool watched = start(in, &in->close, &op, 1);
    bk__rpc_status st = in->method->serve(in->service, &in->stream);
    grpc_slice text = grpc_slice_from_copied_string(st.message);
    grpc_op ops[2] = {{.op = GRPC_OP_SEND_INITIAL_METADATA},
                      status_op(st.code, &text)};
    size_t first = in->header_sent ? 1 : 0;

    if (start(in, &in->send, ops + first, 2 - first))
        finish(in, &in->send);
    grpc_slice_unref(text);
    if (watched)
        finish(in, &in->close);
    if (is_stopped(in)) /* gRPC may still write into what we free */
        grpc_call_cancel(in->call, NULL);
    finish(in, &in->recv);
}

bool bk__incoming_answer(bk__incoming *in, grpc_byte_buffer *message, int code,
                         const char *text)
{
    grpc_slice words = grpc_slice_from_copied_string(text);
    grpc_op ops[4] = {{.op = GRPC_OP_SEND_INITIAL_METADATA},
                      close_op(in),
                      status_op(code, &words),
                      {.op = GRPC_OP_SEND_MESSAGE}};

    ops[3].data.send_message.send_message = message;
    bool ok = grpc_call_start_batch(in->call, ops, message ? 4 : 3,
                                    &in->answered, NULL) == GRPC_CALL_OK;
    grpc_slice_unref(words);
    return ok;
}
