/* Tests of the plain display, by scripts of events and a clock of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "progress.h"
#include "progress_json.h"
#include "progress_plain.h"

#define SEC 1000000000LL
#define START (1700000000 * SEC)

static int64_t clock_ms;

static int64_t now_ms(void) { return clock_ms; }

static void vertex(cmd__plain *p, const char *digest, int64_t started,
                   int64_t completed, bool cached, const char *error)
{
    char name[64];
    bk_vertex v = {.digest = digest,
                   .name = name,
                   .cached = cached,
                   .started_ns = started < 0 ? 0 : START + started,
                   .completed_ns = completed < 0 ? 0 : START + completed,
                   .error = error,
                   .group_id = "",
                   .group_name = ""};

    snprintf(name, sizeof(name), "step %s", digest);
    cmd__plain_vertex(p, &v);
}

static void logs(cmd__plain *p, const char *digest, int64_t at,
                 const char *text)
{
    bk_vertex_log l = {.vertex = digest,
                       .stream = 1,
                       .data = text,
                       .len = strlen(text),
                       .timestamp_ns = START + at};

    cmd__plain_log(p, &l);
}

static void part(cmd__plain *p, const char *digest, const char *id,
                 int64_t current, int64_t total, bool done)
{
    bk_vertex_status s = {.vertex = digest,
                          .id = id,
                          .name = "",
                          .current = current,
                          .total = total,
                          .timestamp_ns = START + SEC / 2,
                          .started_ns = START,
                          .completed_ns = done ? START + SEC / 2 : 0};

    cmd__plain_status(p, &s);
}

/* Plays a script and compares all that was printed. */
static void play(void (*script)(cmd__plain *p), const char *expected)
{
    static char text[1 << 16];
    struct capture c = capture_begin(STDERR_FILENO);
    cmd__plain *p = cmd__plain_new(STDERR_FILENO, now_ms);

    clock_ms = 0;
    script(p);
    cmd__plain_end(p);
    cmd__plain_free(p);
    capture_end(&c, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void one_step(cmd__plain *p)
{
    vertex(p, "a", -1, -1, false, "");
    vertex(p, "a", 0, -1, false, "");
    logs(p, "a", SEC / 4, "one\ntw");
    logs(p, "a", SEC / 2, "o\r\n");
    logs(p, "a", 20 * SEC, "no newline");
    vertex(p, "a", 0, 21 * SEC, false, "");
}

static void a_step_has_header_lines_and_end(void **state)
{
    (void)state;
    play(one_step, "#1 step a\n"
                   "#1 0.250 one\n"
                   "#1 0.250 two\n"
                   "#1 20.00 no newline\n"
                   "#1 DONE 21.0s\n");
}

static void kinds_of_end(cmd__plain *p)
{
    vertex(p, "never", -1, -1, false, "");
    vertex(p, "cached", 0, 0, true, "");
    vertex(p, "failed", 0, SEC, false, "exit code: 3\x1b[2J");
    vertex(p, "stopped", 0, SEC, false, "x: context canceled");
}

static void an_end_is_one_of_four(void **state)
{
    (void)state;
    play(kinds_of_end, "#1 step cached\n#1 CACHED\n\n"
                       "#2 step failed\n"
                       "#2 ERROR: exit code: 3\\x1b[2J\n\n"
                       "#3 step stopped\n#3 CANCELED\n");
}

static void two_at_once(cmd__plain *p)
{
    vertex(p, "a", 0, -1, false, "");
    vertex(p, "b", 0, -1, false, "");
    logs(p, "a", SEC, "a1\n");
    logs(p, "b", SEC, "b1\n"); /* waits: a has just spoken */
    logs(p, "a", SEC, "a2\n");
    clock_ms += 1500; /* a is silent too long now */
    cmd__plain_waiting(p, "", 1);
    logs(p, "b", 2 * SEC, "b2\n");
    vertex(p, "a", 0, 3 * SEC, false, "");
    vertex(p, "b", 0, 4 * SEC, false, "");
}

static void steps_side_by_side_are_not_mixed(void **state)
{
    (void)state;
    play(two_at_once, "#1 step a\n#1 1.000 a1\n#1 1.000 a2\n#1 ...\n\n"
                      "#2 step b\n#2 1.000 b1\n#2 2.000 b2\n#2 ...\n\n"
                      "#1 step a\n#1 DONE 3.0s\n\n"
                      "#2 step b\n#2 DONE 4.0s\n");
}

static void patience(cmd__plain *p)
{
    vertex(p, "a", 0, -1, false, "");
    vertex(p, "b", 0, -1, false, "");
    logs(p, "b", SEC, "b1\n");
    for (int i = 0; i < 12; i++) { /* a never stops talking */
        clock_ms += 500;
        logs(p, "a", SEC, "a\n");
    }
}

static void a_talking_step_gives_way_in_the_end(void **state)
{
    (void)state;
    play(patience, "#1 step a\n#1 1.000 a\n#1 1.000 a\n#1 1.000 a\n"
                   "#1 1.000 a\n#1 1.000 a\n#1 1.000 a\n#1 1.000 a\n"
                   "#1 1.000 a\n#1 1.000 a\n#1 1.000 a\n#1 ...\n\n"
                   "#2 step b\n#2 1.000 b1\n#2 ...\n\n"
                   "#1 step a\n#1 1.000 a\n#1 1.000 a\n");
}

static void transfers(cmd__plain *p)
{
    vertex(p, "a", 0, -1, false, "");
    part(p, "a", "layer", 0, 16384, false);
    part(p, "a", "layer", 100, 16384, false); /* less than 5 percent */
    part(p, "a", "layer", 8192, 16384, false);
    vertex(p, "a", 0, SEC, false, ""); /* ended, but for the layer */
    part(p, "a", "layer", 16384, 16384, true);
    part(p, "a", "layer", 16384, 16384, true);
}

static void transfers_show_what_moved(void **state)
{
    (void)state;
    play(transfers, "#1 step a\n"
                    "#1 layer 0B / 16.38kB 0.5s\n"
                    "#1 layer 8.19kB / 16.38kB 0.5s\n"
                    "#1 layer 16.38kB / 16.38kB 0.5s done\n"
                    "#1 DONE 1.0s\n");
}

static void open_part(cmd__plain *p)
{
    vertex(p, "a", 0, -1, false, "");
    part(p, "a", "never closed", 78, 0, false);
    vertex(p, "a", 0, SEC, false, "");
}

static void an_open_transfer_cannot_hide_the_end(void **state)
{
    (void)state;
    play(open_part, "#1 step a\n#1 never closed 78B 0.5s\n#1 DONE 1.0s\n");
}

static void again(cmd__plain *p)
{
    vertex(p, "a", 0, SEC, false, "");
    vertex(p, "b", 0, SEC, false, "");
    vertex(p, "a", 2 * SEC, -1, false, "");
    vertex(p, "a", 2 * SEC, 5 * SEC, false, "");
    vertex(p, "a", 2 * SEC, 5 * SEC, false, "");
}

static void a_step_that_runs_again_sums_its_times(void **state)
{
    (void)state;
    play(again, "#1 step a\n#1 DONE 1.0s\n\n#2 step b\n#2 DONE 1.0s\n\n"
                "#1 step a\n#1 DONE 4.0s\n");
}

static void started_twice(cmd__plain *p)
{
    vertex(p, "a", 0, -1, false, "");
    vertex(p, "a", 0, 20000, false, "");
    vertex(p, "a", 100000, -1, false, "");
    vertex(p, "a", 100000, SEC, false, "");
    vertex(p, "b", SEC, SEC + 10, false, "");
    vertex(p, "c", SEC, 2 * SEC, false, "");
}

/* As BuildKit does with local sources. */
static void a_first_end_after_microseconds_is_none(void **state)
{
    (void)state;
    play(started_twice, "#1 step a\n#1 DONE 1.0s\n\n"
                        "#2 step b\n#2 DONE 0.0s\n\n"
                        "#3 step c\n#3 DONE 1.0s\n");
}

static void hostile(cmd__plain *p)
{
    vertex(p, "a", 0, -1, false, "");
    logs(p, "a", 0,
         "\x1b[31mred\x1b[0m \x1b]52;c;x\a \xc2\x9b"
         "2J \xff\n");
    logs(p, "a", 0,
         "10%\r20%\r\n\xe2\x80\xae"
         "evil\ttab\n");
}

static void output_cannot_steer_the_terminal(void **state)
{
    (void)state;
    play(hostile, "#1 step a\n"
                  "#1 0.000 red \\x1b]52;c;x\\x07 \\x9b2J \\xff\n"
                  "#1 0.000 10%\n"
                  "#1 0.000 20%\n"
                  "#1 0.000 \\u{202e}evil\ttab\n");
}

static void endless_line(cmd__plain *p)
{
    static char piece[4097];

    memset(piece, 'x', 4096);
    vertex(p, "a", 0, -1, false, "");
    for (int i = 0; i < 8; i++)
        logs(p, "a", 0, piece);
    logs(p, "unknown", 0, "of a step that was never announced\n");
}

static void a_line_without_end_is_kept_until_the_end(void **state)
{
    static char expected[40000];
    (void)state;

    strcpy(expected, "#1 step a\n#1 0.000 ");
    size_t len = strlen(expected);
    memset(expected + len, 'x', 8 * 4096);
    strcpy(expected + len + 8 * 4096, "\n");
    play(endless_line, expected);
}

/* A daemon may send tens of thousands of steps; each event must stay cheap. */
static void many_steps(cmd__plain *p)
{
    char digest[16];

    for (int i = 0; i < 30000; i++) {
        snprintf(digest, sizeof(digest), "%d", i);
        vertex(p, digest, -1, -1, false, "");
    }
    for (int i = 0; i < 30000; i++) {
        snprintf(digest, sizeof(digest), "%d", i);
        vertex(p, digest, 0, SEC, true, "");
    }
}

static void thirty_thousand_steps_take_no_time(void **state)
{
    struct capture c = capture_begin(STDERR_FILENO);
    cmd__plain *p = cmd__plain_new(STDERR_FILENO, now_ms);
    static char text[1 << 21];
    (void)state;

    many_steps(p);
    cmd__plain_end(p);
    cmd__plain_free(p);
    capture_end(&c, text, sizeof(text));
    assert_non_null(strstr(text, "#30000 step 29999\n#30000 CACHED\n"));
}

static void json_lines_are_rawjson(void **state)
{
    const char *inputs[] = {"sha256:i"};
    bk_vertex v = {.digest = "sha256:a",
                   .inputs = inputs,
                   .n_inputs = 1,
                   .name = "n\xff",
                   .started_ns = START + 5,
                   .error = "",
                   .group_id = "",
                   .group_name = ""};
    bk_vertex_log l = {.vertex = "sha256:a",
                       .stream = 2,
                       .data = "a\0b\n",
                       .len = 4,
                       .timestamp_ns = START};
    char text[1024];
    struct capture c = capture_begin(STDOUT_FILENO);
    cmd__progress *p = cmd__progress_new(CMD__PROGRESS_JSON, STDOUT_FILENO);
    const bk_progress *e = cmd__progress_events(p);
    (void)state;

    e->vertex(e->ctx, &v);
    e->log(e->ctx, &l);
    cmd__progress_end(p);
    cmd__progress_free(p);
    capture_end(&c, text, sizeof(text));
    assert_string_equal(
        text, "{\"vertexes\":[{\"digest\":\"sha256:a\",\"inputs\":"
              "[\"sha256:i\"],\"name\":\"n\\\\xff\",\"started\":"
              "\"2023-11-14T22:13:20.000000005Z\"}]}\n"
              "{\"logs\":[{\"vertex\":\"sha256:a\",\"stream\":2,\"data\":"
              "\"YQBiCg==\",\"timestamp\":"
              "\"2023-11-14T22:13:20.000000000Z\"}]}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_has_header_lines_and_end),
        cmocka_unit_test(an_end_is_one_of_four),
        cmocka_unit_test(steps_side_by_side_are_not_mixed),
        cmocka_unit_test(a_talking_step_gives_way_in_the_end),
        cmocka_unit_test(transfers_show_what_moved),
        cmocka_unit_test(an_open_transfer_cannot_hide_the_end),
        cmocka_unit_test(a_step_that_runs_again_sums_its_times),
        cmocka_unit_test(a_first_end_after_microseconds_is_none),
        cmocka_unit_test(output_cannot_steer_the_terminal),
        cmocka_unit_test(a_line_without_end_is_kept_until_the_end),
        cmocka_unit_test(thirty_thousand_steps_take_no_time),
        cmocka_unit_test(json_lines_are_rawjson),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
