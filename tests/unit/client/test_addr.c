/* Addresses: what is one, and what is said about what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "addr.h"

static struct addr_case {
    const char *name, *text;
    llb_status st;
    const char *path, *host, *port; /* when it is good */
    bool docker;
    const char *words; /* in the message when it is not */
} cases[] = {
    {.name = "unix with three slashes",
     .text = "unix:///run/b.sock",
     .path = "/run/b.sock"},
    {.name = "docker names an engine",
     .text = "docker:///var/run/d.sock",
     .path = "/var/run/d.sock",
     .docker = true},
    {.name = "docker+unix is the same",
     .text = "docker+unix:///d.sock",
     .path = "/d.sock",
     .docker = true},
    {.name = "tcp",
     .text = "tcp://example.org:1234",
     .host = "example.org",
     .port = "1234"},
    {.name = "tcp with a slash behind",
     .text = "tcp://h:1/",
     .host = "h",
     .port = "1"},
    {.name = "tcp by number",
     .text = "tcp://[::1]:1234",
     .host = "::1",
     .port = "1234"},
    {.name = "an engine's usual port",
     .text = "docker+tcp://h",
     .host = "h",
     .port = "2375",
     .docker = true},
#define BAD(n, t, w)                                                           \
    {                                                                          \
        .name = n, .text = t, .st = LLB_EINVAL, .words = w                     \
    }
    BAD("a path alone", "/run/b.sock", "no scheme"),
    BAD("a relative socket", "unix://b.sock", "absolute"),
    BAD("an unknown scheme", "foo://x", "unknown scheme"),
    BAD("a space", " unix:///b.sock ", "space"),
    BAD("nothing", "", "empty"),
    BAD("no port", "tcp://h", "port is missing"),
    BAD("no host", "tcp://:1", "host is missing"),
    BAD("port zero", "tcp://h:0", "1 to 65535"),
    BAD("port too large", "tcp://h:65536", "1 to 65535"),
    BAD("port in words", "tcp://h:http", "1 to 65535"),
    BAD("half a bracket", "tcp://[::1:1", "missing"),
    {.name = "a helper's scheme",
     .text = "ssh://h",
     .st = LLB_EUNSUPPORTED,
     .words = "ssh"},
    {.name = "another helper's",
     .text = "docker-container://c",
     .st = LLB_EUNSUPPORTED,
     .words = "docker-container"},
};

static void assert_same(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    else
        assert_true(a == b);
}

static void check_addr(void **state)
{
    const struct addr_case *c = *state;
    llb_error err = {0};
    bk__addr a = {0};

    assert_int_equal(bk__addr_parse(c->text, &a, &err), c->st);
    if (c->st == LLB_OK) {
        assert_same(a.path, c->path);
        assert_same(a.host, c->host);
        assert_same(a.port, c->port);
        assert_int_equal(a.docker, c->docker);
        assert_string_equal(a.text, c->text);
    } else {
        assert_non_null(strstr(err.message, c->words));
        assert_null(a.text);
    }
    bk__addr_clear(&a);
}

static void a_path_that_is_too_long_is_refused(void **state)
{
    char text[200] = "unix:///";
    llb_error err = {0};
    bk__addr a;

    (void)state;
    memset(text + 8, 'x', sizeof text - 9);
    assert_int_equal(bk__addr_parse(text, &a, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "107"));
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 1] = {0};

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
                                       .test_func = check_addr,
                                       .initial_state = &cases[i]};
    tests[N] =
        (struct CMUnitTest)cmocka_unit_test(a_path_that_is_too_long_is_refused);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
