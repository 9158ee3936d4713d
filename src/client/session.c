/* A session is a gRPC server on one end of a socket pair. The other end is
 * carried to the daemon inside Control.Session: bytes from us go up in
 * BytesMessages, what comes down is written to the socket. One thread for each
 * direction, since either may have to wait for the other end. */
#include "session.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"
#include "connect.h"
#include "error.h"
#include "ident.h"
#include "server.h"
#include "thread.h"
#include "wire.h"

enum {
    PIECE = 256 * 1024, /* bytes of one message up */
    HEAD = 11,          /* tag and length in front of them */
    GOODBYE_MS = 2000,  /* how long the daemon may take to end the stream */
};

struct bk__session {
    char id[BK__ID_LEN + 1];
    bk__server *server;
    bk__call *call;
    int fd; /* our end of the tunnel; the other belongs to the server */
    pthread_t up, down;
    bool has_up, has_down;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool down_ended;
};

/* One piece of the tunnel as BytesMessage{data}. */
static grpc_byte_buffer *frame(const uint8_t *data, size_t len)
{
    uint8_t head[HEAD] = {0x0a};
    size_t head_len = 1 + bk__varint(len, head + 1);
    grpc_slice s = grpc_slice_malloc(head_len + len);
    uint8_t *p = GRPC_SLICE_START_PTR(s);

    memcpy(p, head, head_len);
    memcpy(p + head_len, data, len);
    grpc_byte_buffer *b = grpc_raw_byte_buffer_create(&s, 1);
    grpc_slice_unref(s);
    return b;
}

static void *pump_up(void *arg)
{
    bk__session *s = arg;
    uint8_t *piece = malloc(PIECE);

    for (;;) {
        ssize_t n = piece ? recv(s->fd, piece, PIECE, 0) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || !bk__call_send(s->call, frame(piece, (size_t)n)))
            break;
    }
    bk__call_close(s->call);
    free(piece);
    return NULL;
}

static bool write_all(int fd, llb__bytes b)
{
    while (b.len > 0) {
        ssize_t n = send(fd, b.data, b.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        b.data += n;
        b.len -= (size_t)n;
    }
    return true;
}

static void *pump_down(void *arg)
{
    bk__session *s = arg;
    llb__bytes message, data;

    while (bk__call_recv(s->call, -1, &message) == BK__MESSAGE) {
        if (!bk__wire_bytes_message(message, &data) || !write_all(s->fd, data))
            break;
    }
    /* The server must not wait for a daemon that has gone. */
    shutdown(s->fd, SHUT_RDWR);
    pthread_mutex_lock(&s->lock);
    s->down_ended = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static size_t count_methods(bk__service *const *services, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += services[i]->n_methods;
    return sum;
}

/* Opens Control.Session, whose metadata name what we serve. */
static llb_status open_call(bk__session *s, bk__conn *conn,
                            bk__service *const *services, size_t n,
                            const char *shared_key, llb_error *err)
{
    size_t n_meta = 0;
    bk_pair *meta = calloc(count_methods(services, n) + 3, sizeof *meta);

    if (!meta)
        return llb__fail_nomem(err);
    meta[n_meta++] = (bk_pair){"x-docker-expose-session-uuid", s->id};
    meta[n_meta++] = (bk_pair){"x-docker-expose-session-sharedkey", shared_key};
    meta[n_meta++] = (bk_pair){"x-docker-expose-session-grpc-method",
                               "/grpc.health.v1.Health/Check"};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < services[i]->n_methods; k++)
            meta[n_meta++] = (bk_pair){"x-docker-expose-session-grpc-method",
                                       services[i]->methods[k].path};
    }
    llb_status st = bk__call_new(conn, "/moby.buildkit.v1.Control/Session",
                                 meta, n_meta, 0, &s->call, err);
    free(meta);
    return st;
}

static llb_status start(bk__session *s, bk__conn *conn,
                        bk__service *const *services, size_t n,
                        const char *shared_key, llb_error *err)
{
    int pair[2];
    llb_status st = bk__random_id(s->id, err);

    if (st != LLB_OK)
        return st;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return llb__fail(err, LLB_EIO, LLB__NOWHERE, "a socket pair: %s",
                         strerror(errno));
    s->fd = pair[0];
    st = bk__server_new(pair[1], services, n, &s->server, err);
    if (st == LLB_OK)
        st = open_call(s, conn, services, n, shared_key, err);
    if (st != LLB_OK)
        return st;
    s->has_down = bk__thread_start(&s->down, pump_down, s);
    s->has_up = s->has_down && bk__thread_start(&s->up, pump_up, s);
    return s->has_up ? LLB_OK : llb__fail_nomem(err);
}

llb_status bk__session_new(bk__conn *conn, bk__service *const *services,
                           size_t n, const char *shared_key, bk__session **ret,
                           llb_error *err)
{
    bk__session *s = calloc(1, sizeof *s);

    if (!s)
        return llb__fail_nomem(err);
    s->fd = -1;
    pthread_mutex_init(&s->lock, NULL);
    bk__cond_init(&s->changed);
    llb_status st = start(s, conn, services, n, shared_key, err);
    if (st != LLB_OK)
        bk__session_free(s);
    else
        *ret = s;
    return st;
}

const char *bk__session_id(const bk__session *s) { return s->id; }

int64_t bk__session_heard_ms(bk__session *s)
{
    return bk__server_heard_ms(s->server);
}

/* Waits for the daemon to end the stream, and ends it ourselves when it does
 * not. */
static void await_goodbye(bk__session *s)
{
    int64_t deadline = bk__now_ms() + GOODBYE_MS;

    pthread_mutex_lock(&s->lock);
    while (!s->down_ended && bk__cond_wait(&s->changed, &s->lock, deadline))
        ;
    bool ended = s->down_ended;
    pthread_mutex_unlock(&s->lock);
    if (!ended)
        bk__call_cancel(s->call);
}

void bk__session_free(bk__session *s)
{
    if (!s)
        return;
    bk__server_free(s->server); /* closes its end: pump_up sees the end */
    if (s->has_down) {
        /* Either thread may wait for a daemon that has stalled. */
        if (s->has_up)
            await_goodbye(s);
        else
            bk__call_cancel(s->call);
        pthread_join(s->down, NULL);
    }
    if (s->has_up)
        pthread_join(s->up, NULL);
    bk__call_free(s->call);
    if (s->fd >= 0)
        close(s->fd);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
