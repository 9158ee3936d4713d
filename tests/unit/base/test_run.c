/* Tests of running other programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "run.h"

static llb__run_opts shell(const char *const argv[4])
{
    return (llb__run_opts){
        .argv = argv, .max_out = 1000, .timeout_ms = 60 * 1000};
}

#define SHELL(text) shell((const char *const[]){"sh", "-c", text, NULL})

static void input_output_and_code_are_passed(void **state)
{
    llb__ran ran = {0};
    (void)state;

    llb__run_opts o = SHELL("cat; printf 'one\\033\\ntwo\\n' >&2; exit 7");
    o.in = (llb__bytes){(const uint8_t *)"to it", 5};
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_OK);
    assert_string_equal(ran.out, "to it");
    assert_int_equal(ran.out_len, 5);
    assert_string_equal(ran.said, "one?; two");
    assert_int_equal(ran.code, 7);
    llb__ran_clear(&ran);
    o = SHELL("kill -9 $$");
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_OK);
    assert_int_equal(ran.code, 128 + 9);
    llb__ran_clear(&ran);
}

static void a_program_need_not_read_what_it_is_given(void **state)
{
    llb__ran ran = {0};
    char *much = calloc(1, 1 << 20);
    (void)state;

    llb__run_opts o = SHELL("exec true");
    o.in = (llb__bytes){(const uint8_t *)much, 1 << 20};
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_OK);
    assert_int_equal(ran.code, 0);
    llb__ran_clear(&ran);
    free(much);
}

static void the_last_of_much_output_is_kept(void **state)
{
    llb__ran ran = {0};
    (void)state;

    llb__run_opts o = SHELL("i=0; while [ $i -lt 2000 ]; do echo line $i >&2; "
                            "i=$((i + 1)); done");
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_OK);
    assert_non_null(strstr(ran.said, "line 1998; line 1999"));
    llb__ran_clear(&ran);
    o = SHELL("head -c 1000 /dev/zero");
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_OK);
    assert_int_equal(ran.out_len, 1000);
    llb__ran_clear(&ran);
    o = SHELL("head -c 1001 /dev/zero; sleep 600");
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_ELIMIT);
    assert_null(ran.out);
}

static void one_that_is_not_there_is_told(void **state)
{
    llb__ran ran = {0};
    llb_error err = {0};
    const char *const argv[] = {"llb-no-such-program", NULL};
    (void)state;

    llb__run_opts o = {.argv = argv, .max_out = 10, .timeout_ms = 1000};
    assert_int_equal(llb__run(&o, &ran, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, "llb-no-such-program"));
}

static bool at_once(void *arg)
{
    ++*(int *)arg;
    return true;
}

/* Its children, too: the shell's sleep would keep this test for ten minutes
 * if its output were waited for. */
static void one_that_takes_too_long_is_ended(void **state)
{
    llb__ran ran = {0};
    llb_error err = {0};
    int asked = 0;
    (void)state;

    llb__run_opts o = SHELL("sleep 600 & sleep 600");
    o.timeout_ms = 0;
    assert_int_equal(llb__run(&o, &ran, &err), LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "has not ended"));
    o.timeout_ms = 60 * 1000;
    o.is_over = at_once;
    o.arg = &asked;
    assert_int_equal(llb__run(&o, &ran, &err), LLB_ECANCELED);
    assert_int_equal(asked, 1);
}

static void what_it_leaves_behind_is_not_waited_for(void **state)
{
    llb__ran ran = {0};
    (void)state;

    llb__run_opts o = SHELL("echo out; (trap '' HUP; exec sleep 20) & exit 0");
    o.timeout_ms = 10 * 1000;
    assert_int_equal(llb__run(&o, &ran, NULL), LLB_OK);
    assert_string_equal(ran.out, "out\n");
    llb__ran_clear(&ran);
}

static void lack_of_memory_is_told(void **state)
{
    llb__ran ran = {0};
    (void)state;

    llb__run_opts o = SHELL("exec true");
    fail_alloc_at(0);
    llb_status st = llb__run(&o, &ran, NULL);
    assert_true(fail_alloc_done());
    assert_int_equal(st, LLB_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_output_and_code_are_passed),
        cmocka_unit_test(a_program_need_not_read_what_it_is_given),
        cmocka_unit_test(the_last_of_much_output_is_kept),
        cmocka_unit_test(one_that_is_not_there_is_told),
        cmocka_unit_test(one_that_takes_too_long_is_ended),
        cmocka_unit_test(what_it_leaves_behind_is_not_waited_for),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
