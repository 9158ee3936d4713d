/* Tests of how a failed build ends, and of what a good one leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "failure.h"
#include "metadata.h"

static const char source[] = "llb 1\n"
                             "def broken() {\n"
                             "    from base()\n"
                             "    run \"exit 3\"\n"
                             "}\n"
                             "target t {\n"
                             "    from broken()\n"
                             "}\n";

static const bk_range run_range = {4, 5, 4, 17}, call_range = {7, 10, 7, 18};

static const bk_place places[] = {
    {"build.llb", source, sizeof(source) - 1, &run_range, 1},
    {"build.llb", source, sizeof(source) - 1, &call_range, 1},
};

static bk_failure example(void)
{
    return (bk_failure){.message = "process \"exit 3\" failed: exit code: 3",
                        .vertex = "sha256:a",
                        .step = "exit 3",
                        .error = "",
                        .places = places,
                        .n_places = 2,
                        .has_exit_code = true,
                        .exit_code = 3};
}

static const char *shown(const bk_failure *f, bk_kind kind)
{
    static char text[1 << 14];
    struct capture c = capture_begin(STDERR_FILENO);

    cmd__failure_show(f, kind);
    capture_end(&c, text, sizeof(text));
    return text;
}

static void a_failure_shows_log_place_and_error(void **state)
{
    bk_log_line lines[12];
    bk_failure f = example();
    (void)state;

    for (int i = 0; i < 12; i++)
        lines[i] = (bk_log_line){1, i * 1000000000LL, "\x1b[2Jx", 5};
    f.log = lines + 10;
    f.n_log = 2;
    assert_string_equal(shown(&f, BK_KIND_BUILDKITD),
                        "------\n"
                        " > exit 3:\n"
                        "10.000 \\x1b[2Jx\n"
                        "11.000 \\x1b[2Jx\n"
                        "------\n"
                        "build.llb:4\n"
                        "--------------------\n"
                        "   2 |     def broken() {\n"
                        "   3 |         from base()\n"
                        "   4 | >>>     run \"exit 3\"\n"
                        "   5 |     }\n"
                        "   6 |     target t {\n"
                        "--------------------\n"
                        "called from build.llb:7\n"
                        "error: exit 3: exit code: 3\n");
    f.log = lines;
    f.n_log = 12; /* ten of them are enough */
    assert_null(strstr(shown(&f, BK_KIND_BUILDKITD), "\n1.000"));
    assert_non_null(strstr(shown(&f, BK_KIND_BUILDKITD), "\n2.000"));
}

static void the_first_and_the_last_line_can_fail(void **state)
{
    bk_range first = {1, 0, 1, 0}, all = {1, 0, 9, 0}, beyond = {99, 0, 99, 0};
    bk_place place = {"f", source, sizeof(source) - 1, &first, 1};
    bk_failure f = example();
    (void)state;

    f.places = &place;
    f.n_places = 1;
    assert_non_null(strstr(shown(&f, BK_KIND_BUILDKITD),
                           "f:1\n--------------------\n"
                           "   1 | >>> llb 1\n"
                           "   2 |     def broken() {\n"
                           "   3 |         from base()\n"
                           "--------------------\n"));
    place.ranges = &all; /* what follows the last newline is a line too */
    assert_non_null(strstr(shown(&f, BK_KIND_BUILDKITD),
                           "   9 | >>> \n--------------------\n"));
    place.ranges = &beyond;
    assert_non_null(strstr(shown(&f, BK_KIND_BUILDKITD),
                           "f:99\n--------------------\n"
                           "--------------------\n"));
    place.text = NULL;
    assert_non_null(
        strstr(shown(&f, BK_KIND_BUILDKITD), "f:99\nerror: exit 3"));
    place.n_ranges = 0;
    assert_non_null(strstr(shown(&f, BK_KIND_BUILDKITD), "f\nerror: exit 3"));
}

static const struct help_case {
    const char *message;
    bk_kind kind;
    const char *help; /* NULL: none */
} helps[] = {
    {"executor failed: network bridge not found", BK_KIND_DOCKER,
     "--network-default none"},
    {"network.host is not allowed", BK_KIND_DOCKER, "--allow network.host\n"},
    {"network.host is not allowed", BK_KIND_BUILDKITD,
     "--allow-insecure-entitlement network.host"},
    {"security.insecure is not allowed", BK_KIND_DOCKER,
     "a Docker Engine has no such flag"},
    {"exit code: 1", BK_KIND_BUILDKITD, NULL},
};

static void known_causes_come_with_help(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(helps) / sizeof(*helps); i++) {
        bk_failure f = example();
        f.message = helps[i].message;
        const char *text = shown(&f, helps[i].kind);
        if (!helps[i].help)
            assert_null(strstr(text, "help:"));
        else if (!strstr(text, helps[i].help))
            fail_msg("%s", text);
    }
}

static void a_failure_is_one_object(void **state)
{
    bk_log_line line = {2, 5, "last \xff", 6};
    bk_failure f = example();
    llb_error err = {.status = LLB_EBUILD};
    (void)state;

    f.log = &line;
    f.n_log = 1;
    json_t *o = cmd__error_json(&err, &f, 1);
    json_t *e = json_object_get(o, "error");
    json_t *place = json_array_get(json_object_get(e, "places"), 0);
    assert_string_equal(json_string_value(json_object_get(e, "step")),
                        "exit 3");
    assert_int_equal(json_integer_value(json_object_get(e, "exit_code")), 3);
    assert_int_equal(json_integer_value(json_object_get(e, "exit")), 1);
    assert_string_equal(json_string_value(json_object_get(e, "status")),
                        "LLB_EBUILD");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(e, "log"), 0)),
        "last \\xff");
    assert_string_equal(json_string_value(json_object_get(place, "file")),
                        "build.llb");
    assert_int_equal(json_integer_value(json_object_get(place, "line")), 4);
    json_decref(o);
}

static void metadata_decodes_objects_in_base64(void **state)
{
    const bk_pair pairs[] = {
        {"containerimage.digest", "sha256:abcd"},
        {"descriptor", "eyJzaXplIjo3fQ=="}, /* {"size":7} */
        {"empty", "e30="},                  /* {} stays text */
        {"name", "abcd"},                   /* base64, but of no object */
    };
    bk_result r = {"ref", pairs, 4};
    json_t *o = cmd__metadata(&r);
    (void)state;

    assert_string_equal(
        json_string_value(json_object_get(o, "containerimage.digest")),
        "sha256:abcd");
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(o, "descriptor"), "size")),
                     7);
    assert_string_equal(json_string_value(json_object_get(o, "empty")), "e30=");
    assert_string_equal(json_string_value(json_object_get(o, "name")), "abcd");
    json_decref(o);
}

static void files_are_checked_before_and_written_whole(void **state)
{
    char dir[] = "/tmp/llb-metadata-XXXXXX", path[64];
    json_t *o = json_pack("{s:i}", "a", 1), *back;
    llb_error err = {0};
    (void)state;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/none/m.json", dir);
    assert_int_equal(cmd__check_writable("metadata-file", path, &err),
                     LLB_ENOENT);
    assert_non_null(strstr(err.message, "--metadata-file"));
    assert_non_null(strstr(err.message, path));
    snprintf(path, sizeof(path), "%s/m.json", dir);
    assert_int_equal(cmd__check_writable("metadata-file", path, &err), LLB_OK);
    assert_int_equal(access(path, F_OK), -1); /* nothing is left */
    assert_int_equal(cmd__metadata_write(path, o, &err), LLB_OK);
    back = json_load_file(path, 0, NULL);
    assert_true(json_equal(o, back));
    json_decref(o);
    json_decref(back);
    unlink(path);
    rmdir(dir); /* fails the next run's cleanup if a temporary stayed */
    assert_int_equal(access(dir, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_shows_log_place_and_error),
        cmocka_unit_test(the_first_and_the_last_line_can_fail),
        cmocka_unit_test(known_causes_come_with_help),
        cmocka_unit_test(a_failure_is_one_object),
        cmocka_unit_test(metadata_decodes_objects_in_base64),
        cmocka_unit_test(files_are_checked_before_and_written_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
