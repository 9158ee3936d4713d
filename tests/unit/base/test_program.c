/* Tests of what is kept of a program's last words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "program.h"

static struct line_case {
    const char *name, *said, *line;
    size_t size; /* of the buffer */
} line_cases[] = {
    {"silence is an empty line", " \n", "", 100},
    {"lines are joined", "a\r\nb\n\n", "a; b", 100},
    {"controls are harmless", "\33[2J\177x", "?[2J?x", 100},
    {"all of what fits is told", "abcdef", "abcdef", 10},
    {"of more the end is told", "abcdefg", "...bcdefg", 10},
    {"an end of two bytes counts as two", "abc\ndef", "...c; def", 10},
    {"it does not start within a character", "ab\303\251defg", "...defg", 9},
    {"nothing fits", "abc", "...", 4},
};

static void check_line(void **state)
{
    const struct line_case *c = *state;
    llb__said s = {0};
    char line[100];

    llb__said_add(&s, c->said, strlen(c->said));
    memset(line, 'x', sizeof line);
    llb__said_line(&s, line, c->size);
    assert_string_equal(line, c->line);
}

static void what_comes_in_pieces_ends_the_same(void **state)
{
    char text[1000], whole[400], pieces[400];
    llb__said a = {0}, b = {0};

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    llb__said_add(&a, text, sizeof text);
    for (size_t i = 0; i < sizeof text; i += 50)
        llb__said_add(&b, text + i, 50);
    llb__said_line(&a, whole, sizeof whole);
    llb__said_line(&b, pieces, sizeof pieces);
    assert_string_equal(whole, pieces);
    assert_int_equal(strlen(whole), 3 + sizeof a.text);
    assert_memory_equal(whole + 3, text + 700, 300);
}

int main(void)
{
    enum { N = sizeof line_cases / sizeof *line_cases };
    struct CMUnitTest tests[1 + N] = {
        cmocka_unit_test(what_comes_in_pieces_ends_the_same),
    };

    for (size_t i = 0; i < N; i++)
        tests[1 + i] = (struct CMUnitTest){.name = line_cases[i].name,
                                           .test_func = check_line,
                                           .initial_state = &line_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
