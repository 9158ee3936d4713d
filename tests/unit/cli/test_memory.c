/* What the command allocates may fail at each place: an error, no leak. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "output.h"
#include "progress_plain.h"
#include "spec.h"

static void an_output_is_parsed_or_nothing(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        llb_error err = {0};
        cmd__output o;
        llb_status st = LLB_ENOMEM;

        fail_alloc_at(n);
        llb__arena *a = llb__arena_new(1 << 20);
        if (a)
            st = cmd__output_parse(a, "type=oci,dest=x,name=a,push=false", &o,
                                   &err);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        llb__arena_free(a);
        if (!failed)
            return;
    }
}

static int64_t no_time(void) { return 0; }

static void play(cmd__plain *p)
{
    bk_vertex v = {.digest = "a",
                   .name = "name",
                   .started_ns = 1,
                   .error = "",
                   .group_id = "",
                   .group_name = ""};
    bk_vertex_log l = {.vertex = "a", .stream = 1, .data = "x\ny", .len = 3};
    bk_vertex_status s = {
        .vertex = "a", .id = "part", .name = "", .current = 1, .started_ns = 1};
    bk_vertex_warning w = {.vertex = "a", .text = "careful", .url = ""};

    cmd__plain_vertex(p, &v);
    cmd__plain_log(p, &l);
    cmd__plain_status(p, &s);
    cmd__plain_warning(p, &w);
    v.completed_ns = 2;
    cmd__plain_vertex(p, &v);
    cmd__plain_end(p);
}

/* A display without memory shows less; the build goes on. */
static void a_display_survives_each_failing_allocation(void **state)
{
    int fd = open("/dev/null", O_WRONLY);
    (void)state;

    for (long n = 0;; n++) {
        fail_alloc_at(n);
        cmd__plain *p = cmd__plain_new(fd, no_time);
        if (p)
            play(p);
        bool failed = fail_alloc_done();
        cmd__plain_free(p);
        if (!failed)
            break;
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_output_is_parsed_or_nothing),
        cmocka_unit_test(a_display_survives_each_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
