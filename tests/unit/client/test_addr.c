/* Addresses: what is one, and what is said about what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "addr.h"

#define DIAL "buildctl|dial-stdio"

static struct addr_case {
    const char *name, *text;
    llb_status st;
    const char *path, *host, *port; /* when it is good */
    bool docker, tls;
    const char *argv;  /* of the helper program, with "|" between the words */
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
    {.name = "a path alone is a socket",
     .text = "/run/b.sock",
     .path = "/run/b.sock"},
    {.name = "an engine's usual port with TLS",
     .text = "docker+tcp://h",
     .host = "h",
     .port = "2376",
     .docker = true,
     .tls = true},
#define HELPER(n, t, a)                                                        \
    {                                                                          \
        .name = n, .text = t, .argv = a                                        \
    }
    HELPER("docker", "docker-container://b0", "docker|exec|-i|b0|" DIAL),
    HELPER("docker with a context", "docker-container://b?context=my%20ctx",
           "docker|--context=my ctx|exec|-i|b|" DIAL),
    HELPER("podman", "podman-container://b", "podman|exec|-i|b|" DIAL),
    HELPER("nerdctl", "nerdctl-container://b", "nerdctl|exec|-i|b|" DIAL),
    HELPER("nerdctl with a namespace", "nerdctl-container://b?namespace=n",
           "nerdctl|exec|--namespace|n|-i|b|" DIAL),
    HELPER("kubectl gets all three flags", "kube-pod://p-0",
           "kubectl|--context=|--namespace=|exec|--container=|-i|p-0|--|" DIAL),
    HELPER(
        "kubectl with all", "kube-pod://p?namespace=n&container=c&context=A/b",
        "kubectl|--context=A/b|--namespace=n|exec|--container=c|-i|p|--|" DIAL),
    HELPER("ssh", "ssh://h", "ssh|--|h|" DIAL),
    HELPER("ssh with all", "ssh://me@h:22/run/b.sock",
           "ssh|-l|me|-p|22|--|h|buildctl|--addr|unix:///run/b.sock|"
           "dial-stdio"),
    HELPER("ssh with a slash behind", "ssh://[::1]:22/",
           "ssh|-p|22|--|::1|" DIAL),
    HELPER("the far shell sees one word", "ssh://h/a%20b'c;d",
           "ssh|--|h|buildctl|--addr|unix://'/a b'\\''c;d'|dial-stdio"),
    {.name = "an engine behind ssh",
     .text = "docker+ssh://me@h",
     .docker = true,
     .argv = "ssh|-l|me|-o|ConnectTimeout=30|-T|--|h|"
             "docker system dial-stdio"},
    {.name = "an engine's socket behind ssh",
     .text = "docker+ssh://h:22/r/d.sock",
     .docker = true,
     .argv = "ssh|-p|22|-o|ConnectTimeout=30|-T|--|h|"
             "docker --host=unix:///r/d.sock system dial-stdio"},
#define BAD(n, t, w)                                                           \
    {                                                                          \
        .name = n, .text = t, .st = LLB_EINVAL, .words = w                     \
    }
    BAD("a name alone", "nonsense", "no scheme"),
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
    BAD("a password", "ssh://me:x@h", "password"),
    BAD("a query for ssh", "ssh://h?x=1", "\"x\" has no meaning"),
    BAD("a fragment", "ssh://h#x", "\"#\""),
    BAD("no container", "docker-container://", "missing"),
    BAD("an option as a name", "podman-container://--help", "\"-\""),
    BAD("a path in a container", "docker-container://b/x", "only a name"),
    BAD("a key without value", "kube-pod://p?namespace", "KEY=VALUE"),
    BAD("an unknown key", "kube-pod://p?pod=q", "\"pod\" has no meaning"),
    BAD("a pod in capitals", "kube-pod://P", "lower case"),
    BAD("a container of two words", "kube-pod://p?container=a%20b",
        "lower case"),
    BAD("a port in words for ssh", "ssh://h:ssh", "port"),
    BAD("too many keys", "kube-pod://p?a=1&a=1&a=1&a=1&a=1", "KEY=VALUE"),
    BAD("a pipe of Windows", "npipe:////./pipe/x", "Windows"),
};

static void assert_same(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    else
        assert_true(a == b);
}

static void assert_argv(const bk__addr *a, const char *want)
{
    char got[512] = "";

    for (size_t i = 0; a->argv[i]; i++) {
        assert_true(i + 1 < BK__MAX_ARGV);
        strcat(strcat(got, i ? "|" : ""), a->argv[i]);
    }
    assert_string_equal(got, want ? want : "");
}

static void check_addr(void **state)
{
    const struct addr_case *c = *state;
    llb_error err = {0};
    bk__addr a = {0};

    assert_int_equal(bk__addr_parse(c->text, c->tls, &a, &err), c->st);
    if (c->st == LLB_OK) {
        assert_same(a.path, c->path);
        assert_same(a.host, c->host);
        assert_same(a.port, c->port);
        assert_int_equal(a.docker, c->docker);
        assert_argv(&a, c->argv);
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
    assert_int_equal(bk__addr_parse(text, false, &a, &err), LLB_EINVAL);
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
