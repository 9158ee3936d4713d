/* Dialling against stand-ins that say what a test wants them to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dial.h"

#define SETTINGS "\0\0\0\4\0\0\0\0\0"
#define SWITCH                                                                 \
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"              \
    "Upgrade: h2c\r\n\r\n"

/* What a stand-in does with each connection. */
struct stand_in {
    const char *first; /* said at once */
    size_t first_len;
    const char *answer; /* said once a request has come */
    size_t answer_len;
    bool hang_up;
    char path[64], request[512];
    int fd;
    pthread_t thread;
};

static void say(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

static void serve_one(struct stand_in *s, int fd)
{
    if (s->first)
        say(fd, s->first, s->first_len);
    if (s->answer) {
        size_t len = 0;
        while (len < sizeof s->request - 1) {
            ssize_t n = recv(fd, s->request + len, 1, 0);
            if (n <= 0)
                break;
            len++;
            if (len >= 4 && memcmp(s->request + len - 4, "\r\n\r\n", 4) == 0)
                break;
        }
        s->request[len] = '\0';
        say(fd, s->answer, s->answer_len);
    }
    if (!s->hang_up) {
        char rest[64];
        while (recv(fd, rest, sizeof rest, 0) > 0)
            ;
    }
    close(fd);
}

static void *serve(void *arg)
{
    struct stand_in *s = arg;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0)
        serve_one(s, fd);
    return NULL;
}

static bk__addr start(struct stand_in *s, const char *scheme)
{
    static int number;
    char text[96];
    bk__addr a;
    struct sockaddr_un un;

    snprintf(s->path, sizeof s->path, "/tmp/llb-dial-%d-%d", (int)getpid(),
             number++);
    unlink(s->path);
    assert_int_equal(bk__addr_unix(s->path, &un, NULL), LLB_OK);
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(listen(s->fd, 4), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
    snprintf(text, sizeof text, "%s://%s", scheme, s->path);
    assert_int_equal(bk__addr_parse(text, false, &a, NULL), LLB_OK);
    return a;
}

static void stop(struct stand_in *s, bk__addr *a)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    unlink(s->path);
    bk__addr_clear(a);
}

/* Dials; *ret_next is what a reader of the connection sees next. */
static llb_status dial(struct stand_in *s, const char *scheme,
                       unsigned timeout_ms, bk_kind *ret_kind,
                       char ret_next[16], llb_error *err)
{
    bk__line line;
    bk__addr a = start(s, scheme);
    llb_status st = bk__dial(&a, NULL, timeout_ms, &line, err);

    memset(ret_next, 0, 16);
    if (st == LLB_OK) {
        *ret_kind = line.kind;
        for (int i = 0; i < 100; i++) {
            if (recv(line.fd, ret_next, 15, MSG_DONTWAIT) >= 0)
                break;
            usleep(1000);
        }
        bk__line_close(&line);
    }
    stop(s, &a);
    return st;
}

static void who_speaks_first_is_a_buildkitd(void **state)
{
    struct stand_in s = {.first = SETTINGS, .first_len = 9};
    bk_kind kind = BK_KIND_UNKNOWN;
    char next[16];

    (void)state;
    assert_int_equal(dial(&s, "unix", 5000, &kind, next, NULL), LLB_OK);
    assert_int_equal(kind, BK_KIND_BUILDKITD);
    assert_memory_equal(next, SETTINGS, 9); /* nothing was taken */
}

static void who_switches_is_an_engine(void **state)
{
    static const char answer[] = SWITCH SETTINGS;
    struct stand_in s = {.answer = answer, .answer_len = sizeof answer - 1};
    bk_kind kind = BK_KIND_UNKNOWN;
    char next[16];

    (void)state;
    assert_int_equal(dial(&s, "unix", 5000, &kind, next, NULL), LLB_OK);
    assert_int_equal(kind, BK_KIND_DOCKER);
    /* What stands behind the head belongs to HTTP/2. */
    assert_memory_equal(next, SETTINGS, 9);
    assert_true(strncmp(s.request, "POST /grpc HTTP/1.1\r\n", 21) == 0);
    assert_non_null(strstr(s.request, "\r\nUpgrade: h2c\r\n"));
    assert_non_null(strstr(s.request, "\r\nConnection: Upgrade\r\n"));
    assert_non_null(strstr(s.request, "\r\nHost: "));
}

static void a_slow_buildkitd_is_dialled_again(void **state)
{
    /* It says its settings only after our question has come. */
    struct stand_in s = {.answer = SETTINGS, .answer_len = 9};
    bk_kind kind = BK_KIND_UNKNOWN;
    char next[16];

    (void)state;
    assert_int_equal(dial(&s, "docker", 5000, &kind, next, NULL), LLB_OK);
    assert_int_equal(kind, BK_KIND_BUILDKITD);
}

static struct bad_case {
    const char *name, *first, *answer, *words;
    bool hang_up;
} bad_cases[] = {
    {.name = "an ssh server is none",
     .first = "SSH-2.0-OpenSSH_9\r\n",
     .words = "something else than a BuildKit daemon"},
    {.name = "a web server is none",
     .answer = "HTTP/1.1 400 Bad Request\r\n\r\n",
     .words = "HTTP status 400"},
    {.name = "an engine without BuildKit is none",
     .answer = "HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n",
     .words = "HTTP status 500"},
    {.name = "who talks nonsense is none",
     .answer = "hello, who is there?\r\n\r\n",
     .words = "something else than a BuildKit daemon"},
    {.name = "who hangs up is none",
     .words = "closes the connection at once",
     .hang_up = true},
    {.name = "who is silent is none", .words = "answered within 0.3 s"},
};

static void check_bad(void **state)
{
    const struct bad_case *c = *state;
    struct stand_in s = {.first = c->first,
                         .first_len = c->first ? strlen(c->first) : 0,
                         .answer = c->answer,
                         .answer_len = c->answer ? strlen(c->answer) : 0,
                         .hang_up = c->hang_up};
    bk_kind kind;
    char next[16];
    llb_error err = {0};

    assert_int_equal(dial(&s, "unix", 300, &kind, next, &err),
                     LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, c->words));
    assert_non_null(strstr(err.message, s.path));
}

static void a_head_without_end_is_bounded(void **state)
{
    size_t len = 100 * 1024;
    char *text = malloc(len);
    bk_kind kind;
    char next[16];
    llb_error err = {0};

    (void)state;
    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text, "HTTP/1.1 101 ", 13);
    struct stand_in s = {.answer = text, .answer_len = len, .hang_up = true};
    assert_int_equal(dial(&s, "docker", 5000, &kind, next, &err),
                     LLB_EUNAVAILABLE);
    free(text);
}

static void sockets_that_are_not_there_are_told_apart(void **state)
{
    bk__addr a;
    llb_error err = {0};
    bk__line line;
    struct sockaddr_un un;
    char path[64];
    int bound = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    assert_int_equal(bk__addr_parse("unix:///tmp/llb-no-such", false, &a, NULL),
                     0);
    assert_int_equal(bk__dial(&a, NULL, 100, &line, &err), LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "there is no such socket"));
    bk__addr_clear(&a);

    snprintf(path, sizeof path, "unix:///tmp/llb-left-%d", (int)getpid());
    assert_int_equal(bk__addr_unix(path + 7, &un, NULL), LLB_OK);
    unlink(path + 7);
    assert_int_equal(bind(bound, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(bk__addr_parse(path, false, &a, NULL), LLB_OK);
    assert_int_equal(bk__dial(&a, NULL, 100, &line, &err), LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "nobody listens"));
    bk__addr_clear(&a);
    unlink(path + 7);
    close(bound);
}

int main(void)
{
    enum { N = sizeof bad_cases / sizeof *bad_cases, M = 5 };
    struct CMUnitTest tests[M + N] = {
        cmocka_unit_test(who_speaks_first_is_a_buildkitd),
        cmocka_unit_test(who_switches_is_an_engine),
        cmocka_unit_test(a_slow_buildkitd_is_dialled_again),
        cmocka_unit_test(a_head_without_end_is_bounded),
        cmocka_unit_test(sockets_that_are_not_there_are_told_apart),
    };

    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){.name = bad_cases[i].name,
                                           .test_func = check_bad,
                                           .initial_state = &bad_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
