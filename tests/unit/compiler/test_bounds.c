/* Bounds of checking and evaluating that take a generated program to reach:
 * each is an error of its own, and ends what it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <llb/compiler.h>

#include "buf.h"

/* A program: before, n times the line, after. */
static struct bound_case {
    const char *name;
    const char *before, *line, *after;
    int n;
    const char *code, *message;
} cases[] = {
    {"names of a function", "target t {\n", "let a# = #\n", "}\n", 5001,
     "E0505", "more than 5000 names in one function"},
    {"keys of a map", "let m = {", "k#: #,", "}\ntarget t { }\n", 5001, "E0505",
     "a map of more than 5000 keys"},
    {"labels of an image", "target t {\n", "label x#=#\n", "}\n", 2001, "E0505",
     "more than 2000 labels"},
    {"mounts of a run", "target t { run \"x\" {\n", "tmpfs \"/#\"\n", "} }\n",
     1001, "E0505", "more than 1000 mounts"},
    {"hosts of a block", "target t {\n", "host \"h#\" \"1.2.3.4\"\n", "}\n",
     1001, "E0505", "more than 1000 hosts in one block"},
    {"limits of a block", "target t {\n", "ulimit \"nofile\" #\n", "}\n", 1001,
     "E0505", "more than 1000 ulimits in one block"},
    {"targets of a matrix",
     "target t(a: int, b: int) matrix={a: range(101), b: range(100)} { }\n", "",
     "", 1, "E0505", "a matrix of more than 10000 targets"},
    {"groups within groups", "target t { }\ngroup g1500 = [t]\n",
     "group g# = [g@]\n", "", 1500, "E0504", "go too deep here"},
    {"definitions that need each other", "target t { label x=v0 }\n",
     "let v# = 1 + v@\n", "let v1500 = 1\n", 1500, "E0504", "go too deep here"},
    {"expressions that need each other", "let v0 = 1\n", "let v@ = v#\n",
     "target t { label x=v3000 }\n", 3000, "E0504", "more than 2000 levels"},
    {"calls within calls", "def f0() = 1\n", "def f@() = f#()\n",
     "target t { label x=f101() }\n", 101, "E0504", "more than 100"},
    {"an expression of one file", "let x = 1", "+#", "\ntarget t { }\n", 20000,
     "E0501", "levels of expressions and statements"},
    {"brackets", "let x = ", "(", "\n", 20000, "E0501", "are open here"},
    {"targets of groups", "target t(a: int) matrix={a: range(10000)} { }\n",
     "group g# = [t]\n", "", 101, "E0505",
     "the groups have more than 1000000 targets together"},
};

/* A line, with its number for each "#" and the next one for each "@". */
static void add_line(llb__buf *b, const char *line, int i)
{
    for (; *line; line++) {
        if (*line == '#' || *line == '@')
            llb__buf_printf(b, "%d", *line == '#' ? i : i + 1);
        else
            llb__buf_addc(b, *line);
    }
}

static char *program(const struct bound_case *c)
{
    llb__buf b = LLB__BUF_INIT;
    size_t len;

    llb__buf_adds(&b, c->before);
    for (int i = 0; i < c->n; i++)
        add_line(&b, c->line, i);
    llb__buf_adds(&b, c->after);
    return llb__buf_take(&b, &len);
}

static void is_told(void **state)
{
    const struct bound_case *c = *state;
    char *text = program(c);
    llbc_diags *d = llbc_diags_new();
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    llbc_project *p = NULL;
    llbc_result *r = NULL;

    assert_non_null(text);
    o.build_platform = "linux/amd64";
    llb_status st =
        llbc_open_text("x.llb", text, strlen(text), NULL, d, &p, NULL);
    if (st == LLB_OK)
        st = llbc_compile(p, 0, &o, &r, NULL);
    assert_int_equal(st, LLB_EINVAL);
    assert_null(r);
    const llbc_diag *first = llbc_diags_get(d, 0);
    assert_non_null(first);
    if (strcmp(first->code, c->code) != 0 ||
        !strstr(first->message, c->message))
        fail_msg("%s: %s", first->code, first->message);
    llbc_project_free(p);
    llbc_diags_free(d);
    free(text);
}

int main(void)
{
    enum { N = sizeof(cases) / sizeof(cases[0]) };
    struct CMUnitTest tests[N];

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
                                       .test_func = is_told,
                                       .initial_state = &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
