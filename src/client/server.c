/* The gRPC server of a session. One loop owns its completion queue: it takes
 * calls, gives each to a thread, and answers health checks by itself, so that
 * no file and no terminal can make the daemon think that we are gone. */
#include "server.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>

#include "call.h"
#include "conn.h"
#include "dial.h"
#include "error.h"
#include "server_call.h"
#include "thread.h"

enum {
    MAX_CALLS = 128,          /* served at once; the daemon opens a handful */
    STACK_SIZE = 1024 * 1024, /* of a serving thread */
};

struct bk__server {
    grpc_server *server;
    grpc_completion_queue *cq;
    bk__service *const *services;
    size_t n_services;
    pthread_t loop;
    bk__tag down; /* the server has shut down */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n_calls; /* threads that serve */
    bool is_down, looping;
    int64_t heard_ms; /* atomic */
};

static bool is_health(const grpc_slice *path)
{
    return grpc_slice_str_cmp(*path, "/grpc.health.v1.Health/Check") == 0;
}

/* HealthCheckResponse{status: SERVING}, whatever service was asked for. */
static grpc_byte_buffer *healthy(void)
{
    static const uint8_t serving[] = {0x08, 0x01};

    return bk__buffer(serving, sizeof serving);
}

static void answered(bk__tag *tag, bool ok)
{
    char *in = (char *)tag - offsetof(bk__incoming, answered);

    (void)ok;
    bk__incoming_free((bk__incoming *)in);
}

static void answer(bk__incoming *in, grpc_byte_buffer *message, int code,
                   const char *text)
{
    in->answered.done = answered;
    if (!bk__incoming_answer(in, message, code, text))
        bk__incoming_free(in);
    grpc_byte_buffer_destroy(message);
}

static bool find_method(bk__server *s, bk__incoming *in)
{
    for (size_t i = 0; i < s->n_services; i++) {
        bk__service *svc = s->services[i];
        for (size_t k = 0; k < svc->n_methods; k++) {
            if (grpc_slice_str_cmp(in->details.method, svc->methods[k].path))
                continue;
            in->method = &svc->methods[k];
            in->service = svc;
            return true;
        }
    }
    return false;
}

static void *serve(void *arg)
{
    bk__incoming *in = arg;
    bk__server *s = in->owner;

    bk__incoming_serve(in);
    bk__incoming_free(in);
    pthread_mutex_lock(&s->lock);
    s->n_calls--;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* As the loop, which starts it, it has all signals blocked. */
static bool spawn(void *(*fn)(void *), void *arg, pthread_t *ret)
{
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    bool ok = pthread_create(ret, &attr, fn, arg) == 0;
    pthread_attr_destroy(&attr);
    return ok;
}

/* Counts the call and starts its thread; false when there are too many. */
static bool start_serving(bk__server *s, bk__incoming *in)
{
    pthread_mutex_lock(&s->lock);
    bool room = s->n_calls < MAX_CALLS;
    s->n_calls += room;
    pthread_mutex_unlock(&s->lock);
    if (!room)
        return false;
    if (spawn(serve, in, &in->thread))
        return true;
    pthread_mutex_lock(&s->lock);
    s->n_calls--;
    pthread_mutex_unlock(&s->lock);
    return false;
}

static void dispatch(bk__server *s, bk__incoming *in)
{
    if (is_health(&in->details.method))
        answer(in, healthy(), BK__RPC_OK, "");
    else if (!find_method(s, in))
        answer(in, NULL, BK__RPC_UNIMPLEMENTED, "this client has no such call");
    else if (!start_serving(s, in))
        answer(in, NULL, BK__RPC_UNAVAILABLE, "too many calls at once");
}

static bool ask_for_call(bk__server *s);

static void accepted(bk__tag *tag, bool ok)
{
    char *start = (char *)tag - offsetof(bk__incoming, accepted);
    bk__incoming *in = (bk__incoming *)start;
    bk__server *s = in->owner;

    if (!ok) { /* the server is going down */
        bk__incoming_free(in);
        return;
    }
    __atomic_store_n(&s->heard_ms, bk__now_ms(), __ATOMIC_RELAXED);
    ask_for_call(s);
    dispatch(s, in);
}

/* Says to gRPC that we take one more call. Without it the daemon would wait
 * for ever, so a failure shuts the server down. */
static bool ask_for_call(bk__server *s)
{
    bk__incoming *in = bk__incoming_new(s);

    if (!in)
        return false;
    in->accepted.done = accepted;
    if (grpc_server_request_call(s->server, &in->call, &in->details, &in->meta,
                                 s->cq, s->cq, &in->accepted) == GRPC_CALL_OK)
        return true;
    bk__incoming_free(in);
    return false;
}

static void went_down(bk__tag *tag, bool ok)
{
    char *start = (char *)tag - offsetof(bk__server, down);
    bk__server *s = (bk__server *)start;

    (void)ok;
    pthread_mutex_lock(&s->lock);
    s->is_down = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void *loop(void *arg)
{
    bk__server *s = arg;

    for (;;) {
        grpc_event e = grpc_completion_queue_next(
            s->cq, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        if (e.type == GRPC_QUEUE_SHUTDOWN)
            return NULL;
        bk__tag *tag = e.tag;
        tag->done(tag, e.success);
    }
}

/* gRPC polls fd, so it must never block. */
static bool set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static void make_server(bk__server *s, int fd)
{
    grpc_arg list[BK__N_ARGS];
    grpc_channel_args args = {bk__channel_args(list, NULL), list};
    grpc_server_credentials *creds = grpc_insecure_server_credentials_create();

    s->cq = grpc_completion_queue_create_for_next(NULL);
    s->server = grpc_server_create(&args, NULL);
    grpc_server_register_completion_queue(s->server, s->cq, NULL);
    grpc_server_start(s->server);
    grpc_server_add_channel_from_fd(s->server, fd, creds);
    grpc_server_credentials_release(creds);
}

llb_status bk__server_new(int fd, bk__service *const *services, size_t n,
                          bk__server **ret, llb_error *err)
{
    bk__server *s = calloc(1, sizeof *s);

    if (!s || !set_nonblocking(fd)) {
        free(s);
        close(fd);
        return llb__fail_nomem(err);
    }
    grpc_init();
    s->services = services;
    s->n_services = n;
    s->down.done = went_down;
    s->heard_ms = bk__now_ms();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    make_server(s, fd);
    s->looping = ask_for_call(s) && bk__thread_start(&s->loop, loop, s);
    if (!s->looping) {
        bk__server_free(s);
        return llb__fail_nomem(err);
    }
    *ret = s;
    return LLB_OK;
}

int64_t bk__server_heard_ms(bk__server *s)
{
    return __atomic_load_n(&s->heard_ms, __ATOMIC_RELAXED);
}

/* Ends every call and waits until nothing runs any more. */
static void shut_down(bk__server *s)
{
    grpc_server_shutdown_and_notify(s->server, s->cq, &s->down);
    grpc_server_cancel_all_calls(s->server);
    if (!s->looping && bk__thread_start(&s->loop, loop, s))
        s->looping = true;
    pthread_mutex_lock(&s->lock);
    while (s->looping && (!s->is_down || s->n_calls > 0))
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void bk__server_free(bk__server *s)
{
    if (!s)
        return;
    shut_down(s);
    grpc_completion_queue_shutdown(s->cq);
    if (s->looping)
        pthread_join(s->loop, NULL);
    else
        loop(s); /* no thread to be had: see the queue empty ourselves */
    grpc_server_destroy(s->server);
    grpc_completion_queue_destroy(s->cq);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
    grpc_shutdown();
}
