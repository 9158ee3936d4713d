/* Option structs of another day: what an older or a newer program hands in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "opts.h"

/* The struct of today: its first layout ended with name. */
struct today {
    uint32_t size;
    uint32_t flag;
    const char *name;
    uint64_t added;
};

struct tomorrow {
    struct today known;
    uint64_t later;
};

static const struct today defaults = {sizeof(struct today), 1, "d", 7};

static struct case_of_opts {
    const char *name;
    uint32_t size;
    uint64_t added, later; /* what stands behind the first layout */
    llb_status status;
    uint64_t expect_added;
    const char *words;
} cases[] = {
    {"0 is the first layout", 0, 99, 99, LLB_OK, 7, ""},
    {"the first layout leaves later members alone", 16, 99, 99, LLB_OK, 7, ""},
    {"today's layout is taken whole", 24, 99, 99, LLB_OK, 99, ""},
    {"a newer layout with nothing new is taken", 32, 99, 0, LLB_OK, 99, ""},
    {"an unknown member is refused", 32, 99, UINT64_C(1) << 63, LLB_EINVAL, 7,
     "byte 31 of struct today is set, but this library knows 24 bytes"},
    {"less than any layout is refused", 12, 0, 0, LLB_EINVAL, 7,
     "struct today of 12 bytes is smaller than any layout"},
    {"a size that was never set is refused unread", 0xbebebebe, 0, 0,
     LLB_EINVAL, 7, "larger than any layout"},
};

static void check(void **state)
{
    const struct case_of_opts *c = *state;
    struct tomorrow given = {{c->size, 2, "n", c->added}, c->later};
    struct today own = defaults;
    llb_error err = {0};

    assert_int_equal(llb__opts_read(&own, sizeof own, &given,
                                    LLB__FIRST(struct today, name), &err),
                     c->status);
    assert_int_equal(own.added, c->expect_added);
    assert_int_equal(own.flag, c->status == LLB_OK ? 2 : 1);
    assert_int_equal(err.status, c->status);
    assert_non_null(strstr(err.message, c->words));
}

static void null_is_the_defaults(void **state)
{
    struct today own = defaults;

    (void)state;
    assert_int_equal(llb__opts_read(&own, sizeof own, NULL,
                                    LLB__FIRST(struct today, name), NULL),
                     LLB_OK);
    assert_memory_equal(&own, &defaults, sizeof own);
}

/* A list without sizes is one of a program that knows the first layout. */
static void elements_without_a_size_have_the_first_one(void **state)
{
    struct today list[1] = {{0}};
    size_t stride = 0;

    (void)state;
    assert_int_equal(
        llb__opts_stride(list, LLB__FIRST(struct today, name), &stride, NULL),
        LLB_OK);
    assert_int_equal(stride, 16);
    list[0].size = sizeof *list;
    assert_int_equal(
        llb__opts_stride(list, LLB__FIRST(struct today, name), &stride, NULL),
        LLB_OK);
    assert_int_equal(stride, sizeof *list);
    list[0].size = 3;
    assert_int_equal(
        llb__opts_stride(list, LLB__FIRST(struct today, name), &stride, NULL),
        LLB_EINVAL);
}

/* What ends in the middle of a word is padded, as the compiler does it. */
static void first_layouts_are_padded(void **state)
{
    (void)state;
    assert_int_equal(LLB__FIRST(struct today, flag).first, 8);
    struct odd {
        uint32_t size;
        char byte;
        void *added;
    };
    assert_int_equal(LLB__FIRST(struct odd, byte).first, 8);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 3] = {
        cmocka_unit_test(null_is_the_defaults),
        cmocka_unit_test(elements_without_a_size_have_the_first_one),
        cmocka_unit_test(first_layouts_are_padded),
    };

    for (size_t i = 0; i < N; i++)
        tests[3 + i] =
            (struct CMUnitTest){cases[i].name, check, NULL, NULL, &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
