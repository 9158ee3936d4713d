/* The session's server, called over a socket pair by a client in the test, as
 * the daemon calls it through its tunnel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>

#include "call.h"
#include "conn.h"
#include "dial.h"
#include "server.h"

/* A service for tests: what it saw, and gates that a test opens. */
struct echo {
    bk__service svc;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int started;   /* calls of Wait and Drink that run */
    bool open;     /* Wait may go on */
    int last_recv; /* how the messages of Drink ended */
};

static void note_started(struct echo *e)
{
    pthread_mutex_lock(&e->lock);
    e->started++;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

static void await_started(struct echo *e, int n)
{
    pthread_mutex_lock(&e->lock);
    while (e->started < n)
        pthread_cond_wait(&e->changed, &e->lock);
    pthread_mutex_unlock(&e->lock);
}

/* Sends each message back, with two bytes in front. */
static bk__rpc_status serve_echo(bk__service *svc, bk__stream *s)
{
    llb__bytes m;
    int got;

    (void)svc;
    while ((got = s->ops->recv(s, &m)) == 1) {
        llb__bytes pieces[2] = {{(const uint8_t *)"> ", 2}, m};
        if (!s->ops->send(s, pieces, 2))
            break;
    }
    return got == 0 ? bk__rpc_ok() : bk__rpc_fail(BK__RPC_CANCELED, "cut off");
}

/* Sends back the values of the key "x-value". */
static bk__rpc_status serve_meta(bk__service *svc, bk__stream *s)
{
    llb__bytes m, v;

    (void)svc;
    if (s->ops->recv(s, &m) != 1)
        return bk__rpc_fail(BK__RPC_INTERNAL, "no request");
    for (size_t i = 0; (v = s->ops->meta(s, "x-value", i)).data; i++) {
        if (v.data[v.len] != '\0')
            return bk__rpc_fail(BK__RPC_INTERNAL, "no NUL behind a value");
        s->ops->send(s, &v, 1);
    }
    return bk__rpc_ok();
}

static bk__rpc_status serve_refuse(bk__service *svc, bk__stream *s)
{
    sigset_t blocked;

    (void)svc;
    (void)s;
    /* a broken pipe or ^C must not meet a thread of ours */
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    if (!sigismember(&blocked, SIGPIPE) || !sigismember(&blocked, SIGINT))
        return bk__rpc_fail(BK__RPC_INTERNAL, "signals are not blocked");
    return bk__rpc_fail(BK__RPC_NOT_FOUND, "no access allowed to dir \"%s\"",
                        "x");
}

/* Blocks, as a slow disk would. */
static bk__rpc_status serve_wait(bk__service *svc, bk__stream *s)
{
    struct echo *e = (struct echo *)svc;

    (void)s;
    note_started(e);
    pthread_mutex_lock(&e->lock);
    while (!e->open)
        pthread_cond_wait(&e->changed, &e->lock);
    pthread_mutex_unlock(&e->lock);
    return bk__rpc_ok();
}

/* Takes all there is and says how it ended. */
static bk__rpc_status serve_drink(bk__service *svc, bk__stream *s)
{
    struct echo *e = (struct echo *)svc;
    llb__bytes m;
    int got;

    note_started(e);
    while ((got = s->ops->recv(s, &m)) == 1)
        ;
    pthread_mutex_lock(&e->lock);
    e->last_recv = got;
    pthread_mutex_unlock(&e->lock);
    return bk__rpc_ok();
}

static const bk__method methods[] = {
    {"/test.Echo/Echo", serve_echo},     {"/test.Echo/Meta", serve_meta},
    {"/test.Echo/Refuse", serve_refuse}, {"/test.Echo/Wait", serve_wait},
    {"/test.Echo/Drink", serve_drink},
};

struct fixture {
    struct echo echo;
    bk__service *services[1];
    bk__server *server;
    bk__conn *conn;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    int pair[2];

    assert_non_null(f);
    grpc_init();
    f->echo.svc.methods = methods;
    f->echo.svc.n_methods = sizeof methods / sizeof *methods;
    f->echo.last_recv = 99;
    pthread_mutex_init(&f->echo.lock, NULL);
    pthread_cond_init(&f->echo.changed, NULL);
    f->services[0] = &f->echo.svc;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
                     0);
    assert_int_equal(bk__server_new(pair[0], f->services, 1, &f->server, NULL),
                     LLB_OK);
    grpc_arg list[BK__N_ARGS];
    grpc_channel_args args = {bk__channel_args(list, "test"), list};
    grpc_channel_credentials *creds = grpc_insecure_credentials_create();
    f->conn = calloc(1, sizeof *f->conn);
    assert_non_null(f->conn);
    f->conn->refs = 1;
    f->conn->probe = f->conn->line.fd = -1;
    f->conn->channel =
        grpc_channel_create_from_fd("test", pair[1], creds, &args);
    grpc_channel_credentials_release(creds);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    bk__server_free(f->server);
    bk__conn_release(f->conn);
    pthread_cond_destroy(&f->echo.changed);
    pthread_mutex_destroy(&f->echo.lock);
    free(f);
    grpc_shutdown_blocking();
    return 0;
}

static bk__call *start(struct fixture *f, const char *method,
                       const bk_pair *meta, size_t n_meta)
{
    bk__call *c;

    assert_int_equal(
        bk__call_new(f->conn, method, meta, n_meta, 20000, &c, NULL), LLB_OK);
    return c;
}

static int finish(bk__call *c, const char *words)
{
    bk__rpc rpc = {0};

    assert_true(bk__call_status(c, -1, &rpc));
    int code = rpc.code;
    if (words)
        assert_string_equal(rpc.message, words);
    bk__rpc_clear(&rpc);
    bk__call_free(c);
    return code;
}

static void messages_come_back_in_order(void **state)
{
    bk__call *c = start(*state, "/test.Echo/Echo", NULL, 0);
    llb__bytes m;

    for (uint32_t i = 0; i < 500; i++) {
        assert_true(bk__call_send(c, bk__buffer(&i, sizeof i)));
        assert_int_equal(bk__call_recv(c, -1, &m), BK__MESSAGE);
        assert_int_equal(m.len, 2 + sizeof i);
        assert_memory_equal(m.data, "> ", 2);
        assert_memory_equal(m.data + 2, &i, sizeof i);
    }
    assert_true(bk__call_close(c));
    assert_int_equal(bk__call_recv(c, -1, &m), BK__END);
    assert_int_equal(finish(c, ""), BK__RPC_OK);
}

/* More than gRPC's usual 4 MiB: BuildKit's limit is 16. */
static void a_large_message_passes(void **state)
{
    size_t len = 12 << 20;
    char *data = malloc(len);
    bk__call *c = start(*state, "/test.Echo/Echo", NULL, 0);
    llb__bytes m;

    assert_non_null(data);
    memset(data, 'x', len);
    assert_true(bk__call_send(c, bk__buffer(data, len)));
    assert_int_equal(bk__call_recv(c, -1, &m), BK__MESSAGE);
    assert_int_equal(m.len, len + 2);
    assert_memory_equal(m.data + 2, data, len);
    assert_true(bk__call_close(c));
    assert_int_equal(finish(c, NULL), BK__RPC_OK);
    free(data);
}

/* More than gRPC's usual 8 KiB: a daemon sends long lists of patterns. */
static void long_metadata_pass_in_order(void **state)
{
    size_t len = 60000;
    char *value = malloc(len + 1);
    llb__bytes m;

    assert_non_null(value);
    memset(value, 'v', len);
    value[len] = '\0';
    bk_pair meta[] = {{"x-other", "o"},
                      {"x-value", "first"},
                      {"x-value", value},
                      {"x-value", ""}};
    bk__call *c = start(*state, "/test.Echo/Meta", meta, 4);
    assert_true(bk__call_send(c, bk__buffer("", 0)));
    assert_true(bk__call_close(c));
    assert_int_equal(bk__call_recv(c, -1, &m), BK__MESSAGE);
    assert_int_equal(m.len, 5);
    assert_int_equal(bk__call_recv(c, -1, &m), BK__MESSAGE);
    assert_int_equal(m.len, len);
    assert_int_equal(bk__call_recv(c, -1, &m), BK__MESSAGE);
    assert_int_equal(m.len, 0);
    assert_int_equal(bk__call_recv(c, -1, &m), BK__END);
    assert_int_equal(finish(c, ""), BK__RPC_OK);
    free(value);
}

static void a_refusal_has_code_and_words(void **state)
{
    bk__call *c = start(*state, "/test.Echo/Refuse", NULL, 0);

    assert_true(bk__call_close(c));
    assert_int_equal(finish(c, "no access allowed to dir \"x\""),
                     BK__RPC_NOT_FOUND);
}

static void an_unknown_method_is_unimplemented(void **state)
{
    bk__call *c = start(*state, "/test.Echo/Nothing", NULL, 0);

    assert_int_equal(finish(c, NULL), BK__RPC_UNIMPLEMENTED);
}

static void health_never_waits_for_a_service(void **state)
{
    struct fixture *f = *state;
    enum { N = 200 }; /* more than may be served at once */
    bk__call *blocked[N], *c;
    llb__bytes m;
    int refused = 0;

    for (int i = 0; i < N; i++)
        blocked[i] = start(f, "/test.Echo/Wait", NULL, 0);
    await_started(&f->echo, 128);
    int64_t before = bk__server_heard_ms(f->server);
    usleep(20000);
    c = start(f, "/grpc.health.v1.Health/Check", NULL, 0);
    bk__call_send(c, bk__buffer("", 0));
    bk__call_close(c);
    assert_int_equal(bk__call_recv(c, -1, &m), BK__MESSAGE);
    assert_int_equal(m.len, 2);
    assert_memory_equal(m.data, "\x08\x01", 2);
    assert_int_equal(finish(c, ""), BK__RPC_OK);
    assert_true(bk__server_heard_ms(f->server) > before);

    pthread_mutex_lock(&f->echo.lock);
    f->echo.open = true;
    pthread_cond_broadcast(&f->echo.changed);
    pthread_mutex_unlock(&f->echo.lock);
    for (int i = 0; i < N; i++)
        refused += finish(blocked[i], NULL) == BK__RPC_UNAVAILABLE;
    assert_int_equal(refused, N - 128);
}

static void a_cancelled_call_is_told_from_an_end(void **state)
{
    struct fixture *f = *state;
    bk__call *c = start(f, "/test.Echo/Drink", NULL, 0);

    assert_true(bk__call_send(c, bk__buffer("x", 1)));
    await_started(&f->echo, 1);
    assert_true(bk__call_close(c));
    assert_int_equal(finish(c, ""), BK__RPC_OK);
    assert_int_equal(f->echo.last_recv, 0);

    c = start(f, "/test.Echo/Drink", NULL, 0);
    assert_true(bk__call_send(c, bk__buffer("x", 1)));
    await_started(&f->echo, 2);
    bk__call_cancel(c);
    assert_int_equal(finish(c, NULL), BK__RPC_CANCELED);
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&f->echo.lock);
        int last = f->echo.last_recv;
        pthread_mutex_unlock(&f->echo.lock);
        if (last == -1)
            return;
        usleep(1000);
    }
    fail_msg("the service never heard of the end");
}

static void freeing_the_server_ends_what_it_serves(void **state)
{
    struct fixture *f = *state;
    bk__call *c = start(f, "/test.Echo/Drink", NULL, 0);

    assert_true(bk__call_send(c, bk__buffer("x", 1)));
    await_started(&f->echo, 1);
    bk__server_free(f->server);
    f->server = NULL;
    assert_int_equal(f->echo.last_recv, -1);
    assert_int_not_equal(finish(c, NULL), BK__RPC_OK);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(messages_come_back_in_order),
        TEST(a_large_message_passes),
        TEST(long_metadata_pass_in_order),
        TEST(a_refusal_has_code_and_words),
        TEST(an_unknown_method_is_unimplemented),
        TEST(health_never_waits_for_a_service),
        TEST(a_cancelled_call_is_told_from_an_end),
        TEST(freeing_the_server_ends_what_it_serves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
