/* From a daemon's words and details to a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <status.pb-c.h>

#include "failure.h"
#include "wire.h"

#define DIGEST                                                                 \
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct detail {
    const char *type, *json;
};

/* A status with these details, as its trailer has it. */
static bk__rpc make_rpc(const char *message, const struct detail *list,
                        size_t n)
{
    Bk__Rpc__Status status = BK__RPC__STATUS__INIT;
    Bk__Wk__Any anys[8], *ptrs[8];
    bk__rpc rpc = {.code = 2, .message = strdup(message), .has_details = n > 0};

    for (size_t i = 0; i < n; i++) {
        bk__wk__any__init(&anys[i]);
        anys[i].type_url = (char *)list[i].type;
        anys[i].value.data = (uint8_t *)list[i].json;
        anys[i].value.len = strlen(list[i].json);
        ptrs[i] = &anys[i];
    }
    status.n_details = n;
    status.details = ptrs;
    assert_int_equal(
        bk__pack(&status.base, &rpc.details, &rpc.details_len, NULL), LLB_OK);
    return rpc;
}

static bk_failure *make(const char *message, const struct detail *list,
                        size_t n, bk__record *record)
{
    bk__maps maps;
    bk__rpc rpc = make_rpc(message, list, n);

    bk__maps_init(&maps);
    bk_failure *f = bk__failure_make(&rpc, record, &maps);
    bk__maps_clear(&maps);
    bk__rpc_clear(&rpc);
    assert_non_null(f);
    return f;
}

static void details_name_what_a_step_left(void **state)
{
    (void)state;
    struct detail details[] = {
        {"github.com/moby/buildkit/errdefs.Solve+json",
         "{\"inputIDs\":[\"x\"],\"mountIDs\":[\"one\",\"\",\"three\"],"
         "\"op\":{}}"},
    };
    bk_failure *f = make("failed", details, 1, NULL);

    assert_int_equal(f->n_mount_refs, 3);
    assert_string_equal(f->mount_refs[0], "one");
    assert_string_equal(f->mount_refs[1], "");
    assert_string_equal(f->mount_refs[2], "three");
    bk_failure_free(f);
}

static void details_name_step_places_and_exit_code(void **state)
{
    static const struct detail list[] = {
        {"github.com/moby/buildkit/stack.Stack+json", "{\"frames\":[]}"},
        {"github.com/moby/buildkit/errdefs.Source+json",
         "{\"info\":{\"filename\":\"a.llb\",\"data\":\"bGxiIDEK\"},"
         "\"ranges\":[{\"start\":{\"line\":3,\"character\":4},"
         "\"end\":{\"line\":4}}]}"},
        {"github.com/moby/buildkit/errdefs.Source+json",
         "{\"info\":{\"filename\":\"b.llb\"},\"ranges\":[{\"start\":{\"Line\":"
         "7}}]}"},
        {"github.com/moby/buildkit/errdefs.Vertex+json",
         "{\"digest\":\"" DIGEST "\"}"},
        {"github.com/moby/buildkit/gatewayapi.ExitMessage+json",
         "{\"Code\":3}"},
        {"github.com/moby/buildkit/errdefs.Unheard+json", "not even JSON"},
    };
    bk_failure *f = make("it failed", list, 6, NULL);

    (void)state;
    assert_string_equal(f->message, "it failed");
    assert_string_equal(f->vertex, DIGEST);
    assert_true(f->has_exit_code);
    assert_int_equal(f->exit_code, 3);
    assert_int_equal(f->n_places, 2);
    assert_string_equal(f->places[0].file, "a.llb");
    assert_int_equal(f->places[0].text_len, 6);
    assert_memory_equal(f->places[0].text, "llb 1\n", 7);
    assert_int_equal(f->places[0].n_ranges, 1);
    assert_int_equal(f->places[0].ranges[0].start_line, 3);
    assert_int_equal(f->places[0].ranges[0].start_column, 4);
    assert_int_equal(f->places[0].ranges[0].end_line, 4);
    assert_null(f->places[1].text);
    assert_int_equal(f->places[1].ranges[0].start_line, 7);
    bk_failure_free(f);
}

static struct hostile_case {
    const char *name, *type, *json;
} hostile[] = {
    {"places that are no list", "errdefs.Source", "{\"ranges\":7}"},
    {"lines beyond all numbers", "errdefs.Source",
     "{\"ranges\":[{\"start\":{\"line\":99999999999}}]}"},
    {"text that is no base64", "errdefs.Source",
     "{\"info\":{\"data\":\"!!!\"}}"},
    {"a list for an object", "errdefs.Source", "[]"},
    {"a digest that is a number", "errdefs.Vertex", "{\"digest\":4}"},
    {"a code that is text", "gatewayapi.ExitMessage", "{\"Code\":\"x\"}"},
    {"JSON cut short", "errdefs.Source", "{\"info\":{"},
};

static void check_hostile(void **state)
{
    const struct hostile_case *c = *state;
    char type[128];

    snprintf(type, sizeof type, "github.com/moby/buildkit/%s+json", c->type);
    const struct detail d = {type, c->json};
    bk_failure *f = make("words", &d, 1, NULL);
    assert_string_equal(f->message, "words");
    assert_string_equal(f->vertex, "");
    assert_int_equal(f->exit_code, 0);
    for (size_t i = 0; i < f->n_places; i++) {
        for (size_t k = 0; k < f->places[i].n_ranges; k++)
            assert_int_equal(f->places[i].ranges[k].start_line, 0);
        assert_null(f->places[i].text);
    }
    bk_failure_free(f);
}

static void an_old_daemon_tells_the_code_in_words(void **state)
{
    bk_failure *f =
        make("executor failed running [x]: exit code: 42", NULL, 0, NULL);

    (void)state;
    assert_true(f->has_exit_code);
    assert_int_equal(f->exit_code, 42);
    bk_failure_free(f);
    f = make("exit code: lots", NULL, 0, NULL);
    assert_false(f->has_exit_code);
    bk_failure_free(f);
}

static void note(bk__record *r, const char *digest, const char *name,
                 const char *error, int64_t started, int64_t completed)
{
    bk_vertex v = {.digest = digest,
                   .name = name,
                   .error = error,
                   .started_ns = started,
                   .completed_ns = completed};

    bk__record_vertex(r, &v);
}

static void say(bk__record *r, const char *digest, int stream, const char *text,
                int64_t at)
{
    bk_vertex_log l = {.vertex = digest,
                       .stream = stream,
                       .data = text,
                       .len = strlen(text),
                       .timestamp_ns = at};

    bk__record_log(r, &l);
}

static void the_failed_step_keeps_its_last_lines(void **state)
{
    bk__record *r = bk__record_new();
    char line[32];

    (void)state;
    assert_non_null(r);
    note(r, "fine", "a step", "", 1000, 0);
    say(r, "fine", 1, "not of interest\n", 1500);
    note(r, "fine", "a step", "", 1000, 2000);
    note(r, "gone", "another", "context canceled", 1000, 2000);
    note(r, "bad", "the step", "", 5000, 0);
    for (int i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "line %d\n", i);
        say(r, "bad", 1, line, 6000);
    }
    say(r, "bad", 2, "par", 7000);
    say(r, "bad", 1, "between\n", 7500);
    say(r, "bad", 2, "tial\nlast", 8000);
    note(r, "bad", "the step", "exit code: 1", 5000, 9000);
    bk_failure *f = make("it failed", NULL, 0, r);
    assert_string_equal(f->vertex, "bad");
    assert_string_equal(f->step, "the step");
    assert_string_equal(f->error, "exit code: 1");
    assert_int_equal(f->n_log, 64);
    assert_string_equal(f->log[63].text, "last");
    assert_string_equal(f->log[62].text, "between");
    assert_string_equal(f->log[61].text, "partial");
    assert_int_equal(f->log[61].stream, 2);
    assert_int_equal(f->log[61].offset_ns, 2000);
    assert_string_equal(f->log[60].text, "line 99");
    assert_string_equal(f->log[0].text, "line 39");
    bk_failure_free(f);
    bk__record_free(r);
}

static void the_record_is_bounded(void **state)
{
    bk__record *r = bk__record_new();
    size_t len = 1 << 20;
    char digest[32], *text = malloc(len + 1);

    (void)state;
    assert_non_null(r);
    assert_non_null(text);
    memset(text, 'x', len);
    text[len] = '\0';
    for (int i = 0; i < 70000; i++) {
        snprintf(digest, sizeof digest, "step %d", i);
        note(r, digest, "name", "", 1, 0);
    }
    for (int i = 0; i < 20; i++)
        say(r, "step 1", 1, text, 2);
    note(r, "step 1", "name", "broken", 1, 3);
    bk_failure *f = make("words", NULL, 0, r);
    assert_int_equal(f->n_log, 1);
    assert_int_equal(f->log[0].len, 4096);
    bk_failure_free(f);
    bk__record_free(r);
    free(text);
}

int main(void)
{
    enum { N = sizeof hostile / sizeof *hostile, M = 4 };
    struct CMUnitTest tests[M + N] = {
        cmocka_unit_test(details_name_what_a_step_left),
        cmocka_unit_test(details_name_step_places_and_exit_code),
        cmocka_unit_test(an_old_daemon_tells_the_code_in_words),
        cmocka_unit_test(the_failed_step_keeps_its_last_lines),
        cmocka_unit_test(the_record_is_bounded),
    };

    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){.name = hostile[i].name,
                                           .test_func = check_hostile,
                                           .initial_state = &hostile[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
