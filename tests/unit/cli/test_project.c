/* Tests of commands on a build file, as far as they go without a daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "commands.h"

static char dir[64];

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/llb-project-XXXXXX");
    if (!mkdtemp(dir) || chdir(dir) != 0)
        return -1;
    /* whatever the machine has, no test may reach a daemon */
    setenv("LLB_ADDR", "unix:///nowhere/llb.sock", 1);
    put("build.llb", "llb 1\n"
                     "arg who: string = \"x\" env=\"LLB_TEST_WHO\"\n"
                     "## The first.\n"
                     "target one {\n    mkfile \"/f\" \"${who}\"\n}\n"
                     "target two {\n    mkfile \"/g\" \"x\"\n}\n"
                     "group all = [one, two]\n");
    put("bad.llb", "llb 1\ntarget t {\n    mkfil \"/f\" \"x\"\n}\n");
    put("none.llb", "llb 1\n");
    put("ugly.llb", "llb 1\ntarget   t { from scratch() }\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink("build.llb");
    unlink("bad.llb");
    unlink("none.llb");
    unlink("ugly.llb");
    unlink("a.pb");
    return chdir("/") == 0 ? rmdir(dir) : -1; /* nothing else was left */
}

static const struct call {
    const char *line;
    int rc;
    const char *said; /* on stderr, or on stdout with exit code 0 */
} calls[] = {
    {"build", 2, "name one of: one, two"},
    {"build thre", 2, "no target \"thre\""},
    {"build all -o out", 2, "-o takes the result of one target"},
    {"build one --arg whom=x", 2, "no argument \"whom\""},
    {"build one", 3, "comes from LLB_ADDR"},
    {"build -f bad.llb", 1, "bad.llb:3:5: error"},
    {"build -f bad.llb", 1, "did you mean \"mkfile\"?"},
    {"build -f none.llb", 1, "none.llb"},
    {"build -f .", 1, "error"},
    {"compile all", 2, "a definition is one target"},
    {"compile one --platform nonsense --no-resolve", 2, "nonsense"},
    {"compile one --build-platform linux/amd64 --format tree", 0, "mkfile /f"},
    {"compile one --build-platform linux/amd64 -o a.pb", 0, ""},
    {"inspect a.pb --format dot", 0, "digraph"},
    {"inspect a.pb --op 0", 0, "\"number\": 0"},
    {"inspect a.pb --op 9", 2, "ops, from 0"},
    {"inspect build.llb", 1, "build.llb: no definition"},
    {"solve a.pb -o type=tar,dest=.", 2, ". is a folder"},
    {"solve a.pb", 3, "comes from LLB_ADDR"},
    {"targets", 0, "  one\n      The first.\n"},
    {"targets --json", 0, "\"targets\": [\n        \"one\",\n        \"two\""},
    {"fmt --check", 1, "build.llb is not formatted"},
    {"fmt", 0, ""},
    {"fmt --check", 0, ""},
    {"fmt --check ugly.llb", 1, "ugly.llb is not formatted"},
    {"fmt ugly.llb", 0, ""},
    {"fmt --check ugly.llb", 0, ""},
    {"fmt bad.llb none.llb", 0, ""}, /* it parses, and that is enough */
};

/* Runs a line of words and returns what it said where said is expected. */
static int run(const char *line, int from, char *said, size_t size)
{
    static char copy[256];
    char *argv[16] = {"llb"};
    int argc = 1;

    snprintf(copy, sizeof(copy), "%s", line);
    for (char *w = strtok(copy, " "); w && argc < 15; w = strtok(NULL, " "))
        argv[argc++] = w;
    struct capture c = capture_begin(from);
    int rc = cmd__main(argc, argv);
    capture_end(&c, said, size);
    return rc;
}

static void commands_say_what_is_wrong_with_a_file(void **state)
{
    char said[1 << 14];
    (void)state;

    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        const struct call *c = &calls[i];
        int rc = run(c->line, c->rc ? STDERR_FILENO : STDOUT_FILENO, said,
                     sizeof(said));
        if (rc != c->rc || !strstr(said, c->said))
            fail_msg("llb %s: exit code %d, says: %s", c->line, rc, said);
    }
}

static void arguments_reach_the_definition(void **state)
{
    char said[1 << 14];
    (void)state;

    setenv("LLB_TEST_WHO", "from-the-environment", 1);
    run("compile one --build-platform linux/amd64 --format json", STDOUT_FILENO,
        said, sizeof(said));
    assert_non_null(strstr(said, "from-the-environment"));
    run("compile one --build-platform linux/amd64 --format json --arg "
        "who=from-the-line",
        STDOUT_FILENO, said, sizeof(said));
    assert_non_null(strstr(said, "from-the-line"));
    assert_null(strstr(said, "from-the-environment"));
    unsetenv("LLB_TEST_WHO");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_say_what_is_wrong_with_a_file),
        cmocka_unit_test(arguments_reach_the_definition),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
