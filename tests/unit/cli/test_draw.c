/* Tests of the picture on a terminal: what fits, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "progress_draw.h"

#define SEC 1000000000LL

static void vertex(cmd__picture *p, const char *digest, const char *name,
                   int64_t started, int64_t completed, const char *error)
{
    bk_vertex v = {.digest = digest,
                   .name = name,
                   .started_ns = started,
                   .completed_ns = completed,
                   .error = error,
                   .group_id = "",
                   .group_name = ""};

    cmd__picture_vertex(p, &v, 1000);
}

static void output(cmd__picture *p, const char *digest, const char *text)
{
    bk_vertex_log l = {.vertex = digest, .data = text, .len = strlen(text)};

    cmd__picture_log(p, &l);
}

/* The picture without the sequences that erase to the end of the line. */
static const char *drawn(cmd__picture *p, int cols, int rows, int64_t now_ms,
                         size_t *ret_lines)
{
    static char text[1 << 16];
    llb__buf out = LLB__BUF_INIT;
    size_t n = 0;

    *ret_lines = cmd__picture_draw(p, &out, cols, rows, now_ms);
    for (size_t i = 0; i < out.len; i++) {
        if (strncmp(out.data + i, "\x1b[K", 3) == 0)
            i += 2;
        else
            text[n++] = out.data[i];
    }
    text[n] = '\0';
    llb__buf_clear(&out);
    return text;
}

static void steps_transfers_and_output_are_lines(void **state)
{
    cmd__picture p = {0};
    bk_vertex_status s = {.vertex = "b",
                          .id = "layer",
                          .name = "",
                          .current = 500,
                          .total = 2000,
                          .started_ns = 1};
    size_t n;
    (void)state;

    vertex(&p, "a", "first", SEC, 3 * SEC, "");
    vertex(&p, "b", "second", 2 * SEC, 0, "");
    vertex(&p, "c", "not started", 0, 0, "");
    cmd__picture_status(&p, &s);
    output(&p, "b", "one\ntwo\tx\npart");
    assert_string_equal(drawn(&p, 42, 24, 4500, &n),
                        "[+] Building 4.5s (1/3)\n"
                        " => first                            2.0s\n"
                        " => second                           2.5s\n"
                        " => => layer 500B / 2.00kB\n"
                        " => => # one\n"
                        " => => # two x\n"
                        " => => # part\n");
    assert_int_equal(n, 7);
    cmd__steps_clear(&p.steps);
}

static void ends_are_named(void **state)
{
    cmd__picture p = {.over = true};
    bk_vertex cached = {.digest = "c",
                        .name = "kept",
                        .started_ns = SEC,
                        .completed_ns = SEC,
                        .cached = true,
                        .error = "",
                        .group_id = "",
                        .group_name = ""};
    size_t n;
    (void)state;

    cmd__picture_vertex(&p, &cached, 1000);
    vertex(&p, "e", "bad", SEC, 2 * SEC, "exit code: 1");
    vertex(&p, "s", "stopped", SEC, 2 * SEC, "x: context canceled");
    output(&p, "s", "what it said\n"); /* nobody else will show it */
    output(&p, "e", "the closing block shows this\n");
    assert_string_equal(drawn(&p, 42, 24, 2000, &n),
                        "[+] Building 2.0s (3/3) FINISHED\n"
                        " => CACHED kept                      0.0s\n"
                        " => ERROR bad                        1.0s\n"
                        " => CANCELED stopped                 1.0s\n"
                        " => => # what it said\n");
    cmd__steps_clear(&p.steps);
}

static void only_the_last_lines_of_output_are_kept(void **state)
{
    cmd__picture p = {0};
    char line[32];
    size_t n;
    (void)state;

    vertex(&p, "a", "talks", SEC, 0, "");
    for (int i = 0; i < 1000; i++) {
        snprintf(line, sizeof(line), "line %d\n", i);
        output(&p, "a", line);
    }
    const char *text = drawn(&p, 42, 24, 1000, &n);
    assert_int_equal(n, 8);
    assert_null(strstr(text, "line 993"));
    assert_non_null(strstr(text, "line 994\n"));
    assert_non_null(strstr(text, "line 999\n"));
    cmd__steps_clear(&p.steps);
}

/* However small the terminal and however many the steps: no line is wider,
 * no picture higher, and what runs comes before what is done. */
static void a_picture_fits_any_terminal(void **state)
{
    static const int sizes[][2] = {{0, 0},  {1, 1},   {11, 24}, {12, 3},
                                   {13, 4}, {80, 24}, {200, 1}, {40, 10}};
    cmd__picture p = {0};
    char digest[16];
    (void)state;

    for (int i = 0; i < 60; i++) {
        snprintf(digest, sizeof(digest), "%d", i);
        vertex(&p, digest, "a name with \xe6\x97\xa9 and \x1b[2J", SEC,
               i % 3 ? SEC * 2 : 0, "");
        output(&p, digest, "some output that is long enough to be cut\nx");
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        int cols = sizes[i][0], rows = sizes[i][1];
        size_t n, lines = 0;
        const char *at = drawn(&p, cols, rows, 1000, &n);

        assert_true(n == 0 || (int)n < rows);
        for (; *at; at += strcspn(at, "\n") + 1) {
            size_t len = strcspn(at, "\n"), wide = 0;
            for (size_t j = 0; j < len; j++) /* 3 bytes are 2 columns here */
                wide += (unsigned char)at[j] == 0xe6;
            assert_true((int)(len - wide) < cols);
            lines++;
        }
        assert_int_equal(lines, n);
        assert_true(cols >= 12 && rows >= 3 ? n > 0 : n == 0);
    }
    cmd__steps_clear(&p.steps);
}

static void colours_end_with_their_line(void **state)
{
    cmd__picture p = {.colour = true};
    size_t n;
    (void)state;

    vertex(&p, "a", "a", SEC, SEC, "");
    vertex(&p, "b", "b", SEC, SEC, "no");
    const char *text = drawn(&p, 15, 24, 1000, &n);
    assert_non_null(strstr(text, "\x1b[34m => a     0.0s\x1b[0m\n"));
    assert_non_null(strstr(text, "\x1b[31m => ERROR 0.0s\x1b[0m\n"));
    cmd__steps_clear(&p.steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_transfers_and_output_are_lines),
        cmocka_unit_test(ends_are_named),
        cmocka_unit_test(only_the_last_lines_of_output_are_kept),
        cmocka_unit_test(a_picture_fits_any_terminal),
        cmocka_unit_test(colours_end_with_their_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
