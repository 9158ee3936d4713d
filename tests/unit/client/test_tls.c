/* TLS around a connection, against a server in the same process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "connect.h"
#include "tls.h"
#include "tls_peer.h"

enum role { ECHO, SINK, MUTE, SHOUT, VANISH, PLAIN };

struct peer {
    struct tls_pair pair;
    enum role role;
    int fd; /* its end of the connection */
    pthread_t thread;
};

static void echo(SSL *ssl)
{
    char buf[10000];
    int n;

    while ((n = SSL_read(ssl, buf, sizeof buf)) > 0) {
        if (SSL_write(ssl, buf, n) != n)
            return;
    }
    SSL_shutdown(ssl);
}

static void *serve(void *arg)
{
    struct peer *p = arg;
    char buf[4096];
    SSL *ssl = NULL;

    if (p->role == PLAIN)
        (void)!write(p->fd, "\0\0\0\4\0\0\0\0\0 plain", 15);
    if (p->role == PLAIN || p->role == MUTE)
        while (read(p->fd, buf, sizeof buf) > 0)
            ;
    else
        ssl = tls_accept(p->fd, &p->pair);
    if (ssl && p->role == ECHO)
        echo(ssl);
    else if (ssl && p->role == SHOUT)
        while (SSL_write(ssl, buf, sizeof buf) > 0)
            ;
    else if (ssl && p->role == SINK)
        pause(); /* ended by the test: nothing is read */
    SSL_free(ssl);
    close(p->fd);
    return NULL;
}

static void wake(int sig) { (void)sig; }

static llb_status start(struct peer *p, const bk_tls *more, const char *host,
                        int *ret_fd, bk__tls **ret, bk__tls_config **ret_config,
                        llb_error *err)
{
    int pair[2];
    bool h2 = false;
    bk_tls opts = more ? *more : (bk_tls)BK_TLS_INIT;

    if (!opts.ca)
        opts.ca = p->pair.cert_pem;
    signal(SIGPIPE, SIG_IGN); /* of the server; the client needs no help */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    p->fd = pair[1];
    assert_int_equal(bk__tls_config_new(&opts, ret_config, err), LLB_OK);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
    llb_status st = bk__tls_start(*ret_config, host, pair[0],
                                  bk__now_ms() + (p->role == MUTE ? 200 : 5000),
                                  ret_fd, &h2, ret, err);
    if (st == LLB_OK)
        assert_true(h2);
    return st;
}

static void finish(struct peer *p, bk__tls *t, bk__tls_config *c)
{
    bk__tls_free(t);
    if (p->role == SINK)
        pthread_kill(p->thread, SIGUSR1);
    pthread_join(p->thread, NULL);
    bk__tls_config_free(c);
    tls_pair_clear(&p->pair);
}

static void *send_much(void *arg)
{
    unsigned char buf[7777];
    int fd = *(int *)arg;

    for (int i = 0; i < 1000; i++) {
        memset(buf, i, sizeof buf);
        for (size_t done = 0; done < sizeof buf;)
            done += (size_t)write(fd, buf + done, sizeof buf - done);
    }
    return NULL;
}

static void what_is_sent_comes_back(void **state)
{
    struct peer p = {.pair = tls_pair_make("DNS:peer.test", 60), .role = ECHO};
    bk__tls_config *c;
    bk__tls *t;
    int fd;
    pthread_t sender;
    unsigned char buf[7777];

    (void)state;
    assert_int_equal(start(&p, NULL, "peer.test", &fd, &t, &c, NULL), LLB_OK);
    assert_int_equal(pthread_create(&sender, NULL, send_much, &fd), 0);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(recv(fd, buf, sizeof buf, MSG_WAITALL), sizeof buf);
        assert_int_equal(buf[0], i & 0xff);
        assert_int_equal(buf[sizeof buf - 1], i & 0xff);
    }
    pthread_join(sender, NULL);
    char why[100];
    assert_false(bk__tls_why(t, why, sizeof why));
    /* Our end is the other's end too, and it says good-bye. */
    shutdown(fd, SHUT_WR);
    assert_int_equal(recv(fd, buf, 1, 0), 0);
    close(fd);
    finish(&p, t, c);
}

static void a_peer_that_reads_nothing_does_not_hold_us(void **state)
{
    struct peer p = {.pair = tls_pair_make("IP:127.0.0.1", 60), .role = SINK};
    bk__tls_config *c;
    bk__tls *t;
    int fd;
    static char much[4 << 20];

    (void)state;
    signal(SIGUSR1, wake);
    assert_int_equal(start(&p, NULL, "127.0.0.1", &fd, &t, &c, NULL), LLB_OK);
    while (send(fd, much, sizeof much, MSG_DONTWAIT) > 0)
        usleep(10000);
    int64_t before = bk__now_ms();
    finish(&p, t, c); /* while fd is open */
    assert_true(bk__now_ms() - before < 4000);
    assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), -1);
    close(fd);
}

static void a_peer_that_never_stops_does_not_hold_us(void **state)
{
    struct peer p = {.pair = tls_pair_make("IP:127.0.0.1", 60), .role = SHOUT};
    bk__tls_config *c;
    bk__tls *t;
    int fd;

    (void)state;
    assert_int_equal(start(&p, NULL, "127.0.0.1", &fd, &t, &c, NULL), LLB_OK);
    usleep(50000);
    close(fd);
    finish(&p, t, c);
}

static void a_peer_that_vanishes_is_the_end(void **state)
{
    struct peer p = {.pair = tls_pair_make("IP:::1", 60), .role = VANISH};
    bk__tls_config *c;
    bk__tls *t;
    int fd;
    char buf[8];

    (void)state;
    assert_int_equal(start(&p, NULL, "::1", &fd, &t, &c, NULL), LLB_OK);
    assert_int_equal(recv(fd, buf, sizeof buf, 0), 0);
    close(fd);
    finish(&p, t, c);
}

static struct bad_case {
    const char *name, *alt, *host, *words;
    long seconds;
    enum role role;
    bool other_ca, skip;
} bad_cases[] = {
    {"a certificate that has expired", "DNS:a", "a", "has expired, on 2", -60,
     ECHO, false, false},
    {"a certificate of somebody else", "DNS:b,IP:1.2.3.4", "a",
     "is for b, 1.2.3.4, not for a; ", 60, ECHO, false, false},
    {"a number is no name", "DNS:1.2.3.4", "1.2.3.4", "not for 1.2.3.4", 60,
     ECHO, false, false},
    {"an unknown authority", "DNS:a", "a", "unknown authority", 60, ECHO, true,
     false},
    {"a peer that is silent", "DNS:a", "a", "does not answer", 60, MUTE, false,
     false},
    {"a peer without TLS", "DNS:a", "a", "does not speak TLS", 60, PLAIN, false,
     false},
    {"nothing is checked when told so", "DNS:b", "a", NULL, -60, ECHO, true,
     true},
};

static void check_bad(void **state)
{
    const struct bad_case *b = *state;
    struct peer p = {.pair = tls_pair_make(b->alt, b->seconds),
                     .role = b->role};
    struct tls_pair other = tls_pair_make("DNS:other", 60);
    bk_tls opts = BK_TLS_INIT;
    bk__tls_config *c;
    bk__tls *t = NULL;
    llb_error err = {0};
    int fd = -1;

    if (b->other_ca)
        opts.ca = other.cert_pem;
    opts.skip_verify = b->skip;
    llb_status st = start(&p, &opts, b->host, &fd, &t, &c, &err);
    if (b->words) {
        assert_int_equal(st, LLB_EUNAVAILABLE);
        assert_non_null(strstr(err.message, b->words));
    } else {
        assert_int_equal(st, LLB_OK);
        close(fd);
    }
    finish(&p, t, c);
    tls_pair_clear(&other);
}

static void files_may_be_texts(void **state)
{
    struct tls_pair a = tls_pair_make("DNS:a", 60);
    struct tls_pair b = tls_pair_make("DNS:b", 60);
    bk_tls opts = BK_TLS_INIT;
    bk__tls_config *c;
    llb_error err = {0};

    (void)state;
    opts.ca = a.cert_pem;
    opts.cert = a.cert_pem;
    opts.key = a.key_pem;
    assert_int_equal(bk__tls_config_new(&opts, &c, &err), LLB_OK);
    bk__tls_config_free(c);
    opts.key = b.key_pem;
    assert_int_equal(bk__tls_config_new(&opts, &c, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "does not belong"));
    opts.key = a.cert_pem;
    assert_int_equal(bk__tls_config_new(&opts, &c, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "no private key"));
    assert_null(strstr(err.message, "BEGIN"));
    tls_pair_clear(&a);
    tls_pair_clear(&b);
}

/* It would be missing without a word. */
static void a_damaged_certificate_behind_a_good_one_is_told(void **state)
{
    struct tls_pair a = tls_pair_make("DNS:a", 60);
    char *both;
    bk_tls opts = BK_TLS_INIT;
    bk__tls_config *c;
    llb_error err = {0};

    (void)state;
    assert_true(asprintf(&both, "%s%s", a.cert_pem, a.cert_pem) > 0);
    strstr(both + strlen(a.cert_pem), "MII")[0] = '*';
    opts.ca = both;
    assert_int_equal(bk__tls_config_new(&opts, &c, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "damaged"));
    opts.ca = NULL;
    opts.cert = both;
    opts.key = a.key_pem;
    assert_int_equal(bk__tls_config_new(&opts, &c, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "damaged"));
    free(both);
    tls_pair_clear(&a);
}

int main(void)
{
    enum { N = sizeof bad_cases / sizeof *bad_cases, M = 6 };
    struct CMUnitTest tests[M + N] = {
        cmocka_unit_test(what_is_sent_comes_back),
        cmocka_unit_test(a_peer_that_reads_nothing_does_not_hold_us),
        cmocka_unit_test(a_peer_that_never_stops_does_not_hold_us),
        cmocka_unit_test(a_peer_that_vanishes_is_the_end),
        cmocka_unit_test(files_may_be_texts),
        cmocka_unit_test(a_damaged_certificate_behind_a_good_one_is_told),
    };

    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){.name = bad_cases[i].name,
                                           .test_func = check_bad,
                                           .initial_state = &bad_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
