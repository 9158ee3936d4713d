/* Tests of the SSH service: what passes between a step and an agent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "fail_alloc.h"
#include "fake_stream.h"
#include "ssh_wire.h"
#include "svc_ssh.h"
#include "tree.h"

#define CHECK "/moby.sshforward.v1.SSH/CheckAgent"
#define FORWARD "/moby.sshforward.v1.SSH/ForwardAgent"

/* ---- an agent of the test's, on a socket ---- */

typedef struct listener {
    char *dir;
    int fd;
    pthread_t thread;
    void (*serve)(int fd);
} listener;

static const char *socket_path(const listener *l)
{
    return tree_path(l->dir, "s");
}

static void *accept_all(void *arg)
{
    listener *l = arg;
    int fd;

    while ((fd = accept(l->fd, NULL, NULL)) >= 0) {
        l->serve(fd);
        close(fd);
    }
    return NULL;
}

static void listen_with(listener *l, void (*serve)(int fd))
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    *l = (listener){.dir = tree_new(), .serve = serve};
    strcpy(un.sun_path, socket_path(l));
    l->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(l->fd, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(listen(l->fd, 16), 0);
    assert_int_equal(pthread_create(&l->thread, NULL, accept_all, l), 0);
}

static void listener_end(listener *l)
{
    shutdown(l->fd, SHUT_RDWR);
    pthread_join(l->thread, NULL);
    close(l->fd);
    tree_free(l->dir);
}

/* Answers each request with its own bytes behind type 12. */
static void serve_agent(int fd)
{
    uint8_t head[4], body[4096];

    while (recv(fd, head, 4, MSG_WAITALL) == 4) {
        size_t len = (size_t)head[2] << 8 | head[3];
        if (recv(fd, body, len, MSG_WAITALL) != (ssize_t)len)
            return;
        uint8_t answer[5] = {0, 0, (uint8_t)((len + 1) >> 8),
                             (uint8_t)(len + 1), 12};
        send(fd, answer, 5, MSG_NOSIGNAL);
        send(fd, body, len, MSG_NOSIGNAL);
    }
}

/* Never says anything, until the other side goes. */
static void serve_nothing(int fd)
{
    char c;

    while (recv(fd, &c, 1, 0) > 0)
        ;
}

/* Says hello before it is asked, takes one byte, and hangs up. */
static void serve_hello(int fd)
{
    char c;

    send(fd, "hello", 5, MSG_NOSIGNAL);
    recv(fd, &c, 1, 0);
    send(fd, &c, 1, MSG_NOSIGNAL);
}

static void serve_echo(int fd)
{
    char data[4096];
    ssize_t n;

    while ((n = recv(fd, data, sizeof data, 0)) > 0)
        send(fd, data, (size_t)n, MSG_NOSIGNAL);
    send(fd, "end", 3, MSG_NOSIGNAL);
}

/* ---- the daemon's side ---- */

static bk__service *service(const char *id, const char *path, bool raw)
{
    bk__service *svc = NULL;
    bk_ssh one = {id, &path, 1, raw};
    llb_error err = {0};

    if (bk__svc_ssh_new(&one, 1, &svc, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return svc;
}

static void put(fake *f, const void *data, size_t len)
{
    uint8_t head[BK__DATA_HEAD_MAX];
    llb__buf b = LLB__BUF_INIT;

    llb__buf_add(&b, head, bk__field1_head(len, head));
    llb__buf_add(&b, data, len);
    assert_true(fake_put(f, b.data, b.len));
    llb__buf_clear(&b);
}

/* Reads until want has arrived. */
static void assert_got(fake *f, const void *want, size_t len)
{
    llb__buf got = LLB__BUF_INIT;
    llb__bytes message, data;

    while (got.len < len && fake_get(f, &message)) {
        assert_true(bk__field1_parse(message, &data));
        llb__buf_add(&got, data.data, data.len);
    }
    assert_int_equal(got.len, len);
    assert_memory_equal(got.data, want, len);
    llb__buf_clear(&got);
}

static int check_id(bk__service *svc, const char *id)
{
    uint8_t head[BK__DATA_HEAD_MAX];
    llb__buf b = LLB__BUF_INIT;
    fake f;

    llb__buf_add(&b, head, *id ? bk__field1_head(strlen(id), head) : 0);
    llb__buf_adds(&b, id);
    fake_init(&f);
    assert_true(fake_start(&f, svc, CHECK));
    assert_true(fake_put(&f, b.data ? b.data : "", b.len));
    llb__buf_clear(&b);
    return fake_end(&f).code;
}

static void ids_that_were_given_are_known(void **state)
{
    listener l;
    (void)state;

    listen_with(&l, serve_agent);
    bk__service *svc = service("", socket_path(&l), false);
    assert_int_equal(check_id(svc, ""), BK__RPC_OK);
    assert_int_equal(check_id(svc, "default"), BK__RPC_OK);
    /* NotFound would let it pass as optional */
    assert_int_equal(check_id(svc, "other"), BK__RPC_UNKNOWN);
    fake f;
    fake_init(&f);
    fake_meta(&f, "buildkit.ssh.id", "other");
    assert_true(fake_start(&f, svc, FORWARD));
    assert_int_equal(fake_end(&f).code, BK__RPC_UNKNOWN);
    svc->free(svc);
    listener_end(&l);
}

static void only_listing_and_signing_reach_the_agent(void **state)
{
    listener l;
    fake f;
    (void)state;

    listen_with(&l, serve_agent);
    bk__service *svc = service("a", socket_path(&l), false);
    fake_init(&f);
    fake_meta(&f, "buildkit.ssh.id", "a");
    assert_true(fake_start(&f, svc, FORWARD));
    put(&f, "\0\0\0\1\13", 5); /* list */
    assert_got(&f, "\0\0\0\2\14\13", 6);
    put(&f, "\0\0\0\1\23", 5); /* remove all */
    assert_got(&f, "\0\0\0\1\5", 5);
    put(&f, "\0\0\0\4\33xyz", 8); /* an extension */
    assert_got(&f, "\0\0\0\1\5", 5);
    /* in pieces, and several in one, in their order */
    put(&f, "\0\0", 2);
    put(&f, "\0\3\15", 3);
    put(&f, "ab\0\0\0\1\21\0\0\0\1\13\0", 13);
    assert_got(&f, "\0\0\0\4\14\15ab\0\0\0\1\5\0\0\0\2\14\13", 19);
    fake_half_close(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    svc->free(svc);
    listener_end(&l);
}

static void a_request_too_long_ends_the_connection(void **state)
{
    listener l;
    fake f;
    llb__bytes m;
    (void)state;

    listen_with(&l, serve_agent);
    bk__service *svc = service("default", socket_path(&l), false);
    fake_init(&f);
    assert_true(fake_start(&f, svc, FORWARD));
    put(&f, "\0\x10\0\0\13", 5);
    assert_false(fake_get(&f, &m));
    fake_end(&f);
    fake_init(&f); /* an empty one has no type */
    assert_true(fake_start(&f, svc, FORWARD));
    put(&f, "\0\0\0\0", 4);
    assert_false(fake_get(&f, &m));
    fake_end(&f);
    svc->free(svc);
    listener_end(&l);
}

static void an_agent_that_hangs_is_left_when_the_call_is(void **state)
{
    listener l;
    (void)state;

    listen_with(&l, serve_nothing);
    for (int raw = 0; raw < 2; raw++) {
        bk__service *svc = service("default", socket_path(&l), raw);
        fake f;
        fake_init(&f);
        assert_true(fake_start(&f, svc, FORWARD));
        put(&f, "\0\0\0\1\13", 5);
        fake_cancel(&f);
        assert_int_equal(fake_end(&f).code, BK__RPC_CANCELED);
        svc->free(svc);
    }
    listener_end(&l);
}

static void an_agent_that_goes_is_a_failure_and_the_end(void **state)
{
    listener l;
    fake f;
    llb__bytes m;
    (void)state;

    listen_with(&l, serve_hello); /* "hell" is no length that we take */
    bk__service *svc = service("default", socket_path(&l), false);
    fake_init(&f);
    assert_true(fake_start(&f, svc, FORWARD));
    put(&f, "\0\0\0\1\13", 5);
    assert_got(&f, "\0\0\0\1\5", 5);
    assert_false(fake_get(&f, &m));
    fake_end(&f);
    listener_end(&l);
    fake_init(&f); /* and now nobody listens any more */
    assert_true(fake_start(&f, svc, FORWARD));
    bk__rpc_status st = fake_end(&f);
    assert_int_equal(st.code, BK__RPC_UNKNOWN);
    assert_non_null(strstr(st.message, "cannot connect to the socket"));
    svc->free(svc);
}

static void a_raw_socket_gets_and_gives_every_byte(void **state)
{
    listener l;
    fake f;
    char *big = malloc(100000);
    (void)state;

    memset(big, 'x', 100000);
    listen_with(&l, serve_echo);
    bk__service *svc = service("default", socket_path(&l), true);
    fake_init(&f);
    assert_true(fake_start(&f, svc, FORWARD));
    put(&f, "\0\0\0\1\23", 5);
    assert_got(&f, "\0\0\0\1\23", 5);
    put(&f, big, 100000);
    assert_got(&f, big, 100000);
    fake_half_close(&f); /* it may still answer */
    assert_got(&f, "end", 3);
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    svc->free(svc);
    listener_end(&l);
    free(big);
}

static void a_raw_socket_that_ends_ends_the_call(void **state)
{
    listener l;
    fake f;
    llb__bytes m;
    (void)state;

    listen_with(&l, serve_hello);
    bk__service *svc = service("default", socket_path(&l), true);
    fake_init(&f);
    assert_true(fake_start(&f, svc, FORWARD));
    assert_got(&f, "hello", 5);
    put(&f, "!", 1);
    assert_got(&f, "!", 1);
    assert_false(fake_get(&f, &m)); /* though the daemon did not half-close */
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    svc->free(svc);
    listener_end(&l);
}

static void a_key_file_makes_an_agent_of_our_own(void **state)
{
    bk__service *svc =
        service(NULL, LLB_SOURCE_DIR "/tests/unit/client/keys/ed25519", false);
    llb__bytes message, data;
    fake f;
    (void)state;

    fake_init(&f);
    assert_true(fake_start(&f, svc, FORWARD));
    put(&f, "\0\0\0\1\21", 5);
    assert_got(&f, "\0\0\0\1\5", 5);
    put(&f, "\0\0\0\1\13", 5);
    assert_true(fake_get(&f, &message));
    assert_true(bk__field1_parse(message, &data));
    assert_memory_equal(data.data + 4, "\14\0\0\0\1", 5);
    fake_half_close(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    svc->free(svc);
}

static void what_must_fail_fails_before_the_build(void **state)
{
    listener l;
    (void)state;

    listen_with(&l, serve_nothing);
    const char *keys = LLB_SOURCE_DIR "/tests/unit/client/keys/";
    char locked[512], plain[512], *sock = strdup(socket_path(&l));
    snprintf(locked, sizeof locked, "%slocked", keys);
    snprintf(plain, sizeof plain, "%srsa", keys);
    const char *mixed[] = {plain, sock}, *none[] = {"/nonexistent/k"};
    const char *folder[] = {l.dir}, *bad[] = {plain, locked};
    const char *far =
        "/tmp/a-path-that-is-longer-than-any-socket's-may-be/"
        "a-path-that-is-longer-than-any-socket's-may-be/a-path-too-long/s";
    setenv("SSH_AUTH_SOCK", far, 1);
    const struct {
        bk_ssh ssh;
        const char *text;
    } rows[] = {
        {{"a", mixed, 2, false}, "is a socket, and must be the only path"},
        {{"a", mixed, 1, true}, "is no socket, as raw needs one"},
        {{"a", none, 1, false}, "/nonexistent/k"},
        {{"a", folder, 1, false}, "neither a private key nor a socket"},
        {{"a", bad, 2, false}, "has a passphrase"},
        {{"a", NULL, 0, false}, "use a shorter one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bk__service *svc = NULL;
        llb_error err = {0};
        assert_int_not_equal(bk__svc_ssh_new(&rows[i].ssh, 1, &svc, &err),
                             LLB_OK);
        assert_null(svc);
        if (!strstr(err.message, rows[i].text) ||
            !strstr(err.message, "ssh agent \"a\""))
            fail_msg("%s", err.message);
        assert_int_not_equal(bk_ssh_check(&rows[i].ssh, NULL), LLB_OK);
    }
    bk__service *svc = NULL;
    llb_error err = {0};
    const char *paths[] = {plain};
    bk_ssh twice[] = {{NULL, paths, 1, false}, {"default", paths, 1, false}};
    assert_int_equal(bk__svc_ssh_new(twice, 2, &svc, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "given twice"));
    unsetenv("SSH_AUTH_SOCK");
    bk_ssh unset = {NULL, NULL, 0, false};
    assert_int_equal(bk_ssh_check(&unset, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "SSH_AUTH_SOCK is not set"));
    assert_int_equal(bk_ssh_check(NULL, &err), LLB_EINVAL);
    free(sock);
    listener_end(&l);
}

static void lack_of_memory_is_told(void **state)
{
    listener l;
    (void)state;

    listen_with(&l, serve_nothing);
    const char *path = strdup(socket_path(&l));
    bk_ssh one = {"a", &path, 1, false};
    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        fail_alloc_at(n);
        llb_status st = bk__svc_ssh_new(&one, 1, &svc, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (svc)
            svc->free(svc);
        if (!failed)
            break;
    }
    free((void *)path);
    listener_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_that_were_given_are_known),
        cmocka_unit_test(only_listing_and_signing_reach_the_agent),
        cmocka_unit_test(a_request_too_long_ends_the_connection),
        cmocka_unit_test(an_agent_that_hangs_is_left_when_the_call_is),
        cmocka_unit_test(an_agent_that_goes_is_a_failure_and_the_end),
        cmocka_unit_test(a_raw_socket_gets_and_gives_every_byte),
        cmocka_unit_test(a_raw_socket_that_ends_ends_the_call),
        cmocka_unit_test(a_key_file_makes_an_agent_of_our_own),
        cmocka_unit_test(what_must_fail_fails_before_the_build),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
