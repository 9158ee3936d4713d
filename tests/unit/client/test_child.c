/* Helper programs: what comes through them, and what is known of their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "connect.h"

static bk__child *run(const char *script, int *ret_fd)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    bk__child *c;
    llb_error err = {0};

    assert_int_equal(bk__child_start(argv, ret_fd, &c, &err), LLB_OK);
    return c;
}

/* All that it writes until it closes its output. */
static void read_all(int fd, char *buf, size_t size)
{
    size_t n = 0;

    while (bk__wait_for(fd, POLLIN, bk__now_ms() + 5000)) {
        ssize_t got = read(fd, buf + n, size - 1 - n);
        if (got == 0)
            break;
        if (got > 0)
            n += (size_t)got;
    }
    buf[n] = '\0';
}

static struct end_case {
    const char *name, *script, *why;
} end_cases[] = {
    {"an exit code", "exit 7", "sh exited with code 7"},
    {"a signal", "kill -9 $$", "sh was ended by signal 9"},
    {"its last words", "echo no >&2; exit 1", "sh exited with code 1: no"},
    {"two lines are one", "printf 'a\\r\\nb\\n\\n' >&2; exit 1",
     "sh exited with code 1: a; b"},
    {"controls are harmless", "printf '\\033[2Jx\\0y' >&2; exit 1",
     "sh exited with code 1: ?[2Jx?y"},
    {"words of one that lives", "echo hm >&2; exec sleep 30", "sh says: hm"},
    {"silence of one that lives", "exec sleep 30", NULL},
    {"words of one that only ends its output",
     "echo bye >&2; exec <&- >&-; sleep 30", "sh says: bye"},
};

static void check_end(void **state)
{
    const struct end_case *e = *state;
    char why[400] = "";
    int fd;
    bk__child *c = run(e->script, &fd);

    assert_int_equal(bk__child_why(c, why, sizeof why), e->why != NULL);
    assert_string_equal(why, e->why ? e->why : "");
    bk__child_free(c);
    close(fd);
}

static void both_ways_are_open(void **state)
{
    char buf[64];
    int fd;
    bk__child *c = run("read line; echo \"got $line\"", &fd);

    (void)state;
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(write(fd, "it\n", 3), 3);
    read_all(fd, buf, sizeof buf);
    assert_string_equal(buf, "got it\n");
    bk__child_free(c);
    close(fd);
}

static void only_the_end_of_its_words_is_kept(void **state)
{
    char why[400];
    int fd;
    bk__child *c =
        run("head -c 300000 /dev/zero | tr '\\0' x >&2; echo END >&2", &fd);

    (void)state;
    assert_true(bk__child_why(c, why, sizeof why));
    assert_true(strlen(why) < 350);
    assert_non_null(strstr(why, ": ...x"));
    assert_string_equal(why + strlen(why) - 4, "xEND");
    bk__child_free(c);
    close(fd);
}

static void one_that_does_not_listen_is_killed(void **state)
{
    char buf[64];
    int fd;
    bk__child *c = run("trap '' TERM; echo $$; exec >&-\n"
                       "while :; do sleep 1; done",
                       &fd);
    pid_t pid;

    (void)state;
    read_all(fd, buf, sizeof buf);
    pid = (pid_t)atoi(buf);
    assert_int_equal(kill(pid, 0), 0);
    int64_t before = bk__now_ms();
    bk__child_free(c);
    assert_true(bk__now_ms() - before < 6000);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    close(fd);
}

static void a_program_that_is_not_there_is_named(void **state)
{
    const char *const argv[] = {"no-such-program", NULL};
    bk__child *c;
    llb_error err = {0};
    int fd;

    (void)state;
    assert_int_equal(bk__child_start(argv, &fd, &c, &err), LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "\"no-such-program\""));
    assert_non_null(strstr(err.message, "PATH"));
}

/* Signals that the program at hand ignores or blocks are the child's again. */
static void it_starts_with_usual_signals(void **state)
{
    char buf[64];
    int fd;
    sigset_t term;
    bk__child *c;

    (void)state;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    signal(SIGPIPE, SIG_IGN);
    /* Two signals are the C library's own, which it leaves ignored. */
    c = run("grep -E '^Sig(Blk|Ign)' /proc/self/status |"
            "grep -vE '0000000(00000000|18000000)0$' || echo none",
            &fd);
    read_all(fd, buf, sizeof buf);
    assert_string_equal(buf, "none\n");
    sigprocmask(SIG_UNBLOCK, &term, NULL);
    signal(SIGPIPE, SIG_DFL);
    bk__child_free(c);
    close(fd);
}

int main(void)
{
    enum { N = sizeof end_cases / sizeof *end_cases, M = 5 };
    struct CMUnitTest tests[M + N] = {
        cmocka_unit_test(both_ways_are_open),
        cmocka_unit_test(only_the_end_of_its_words_is_kept),
        cmocka_unit_test(one_that_does_not_listen_is_killed),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
        cmocka_unit_test(it_starts_with_usual_signals),
    };

    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){.name = end_cases[i].name,
                                           .test_func = check_end,
                                           .initial_state = &end_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
