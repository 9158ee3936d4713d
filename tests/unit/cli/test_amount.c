/* Sizes, times and filters, as people type and read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "amount.h"
#include "filter.h"

#define HOUR INT64_C(3600000000000)

static void sizes_are_bytes_thousands_or_1024s(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t size; /* -1: refused */
    } cases[] = {
        {"10GB", INT64_C(10000000000)},
        {"10GiB", INT64_C(10737418240)},
        {"512MB", 512000000},
        {"0", 0},
        {"10", 10},
        {"10B", 10},
        {"1.5kb", 1500},
        {"-1", -1},
        {"10XB", -1},
        {"1e400", -1},
        {"1e4", -1},
        {"", -1},
        {" 1", -1},
        {"0x10", -1},
        {"inf", -1},
        {"1.2.3", -1},
        {"99999999TB", -1},
        {"GB", -1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t size = -1;
        bool good = cmd__size_parse(cases[i].text, &size);
        if (good != (cases[i].size >= 0) || (good && size != cases[i].size))
            fail_msg("%s: %lld", cases[i].text, (long long)size);
    }
}

static void durations_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns; /* -1: refused */
    } cases[] = {
        {"24h", 24 * HOUR},
        {"1h30m", HOUR + HOUR / 2},
        {"7d", 7 * 24 * HOUR},
        {"0s", 0},
        {"0", 0},
        {"1.5h", HOUR + HOUR / 2},
        {"10ms", 10000000},
        {"90", -1},
        {"-5m", -1},
        {"5x", -1},
        {"", -1},
        {"h", -1},
        {"1h 2m", -1},
        {"9999999999w", -1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ns = -1;
        bool good = cmd__duration_parse(cases[i].text, &ns);
        if (good != (cases[i].ns >= 0) || (good && ns != cases[i].ns))
            fail_msg("%s: %lld", cases[i].text, (long long)ns);
    }
}

static void amounts_read_well(void **state)
{
    (void)state;
    char size[16], ago[24];

    cmd__size_text(0, size);
    assert_string_equal(size, "0B");
    cmd__size_text(999, size);
    assert_string_equal(size, "999B");
    cmd__size_text(1000, size);
    assert_string_equal(size, "1.00kB");
    cmd__size_text(999996, size);
    assert_string_equal(size, "1.00MB");
    cmd__size_text(INT64_MAX, size);
    assert_string_equal(size, "9223.37PB");
    cmd__ago_text(HOUR, ago);
    assert_string_equal(ago, "60 minutes");
    cmd__ago_text(49 * HOUR, ago);
    assert_string_equal(ago, "2 days");
    cmd__ago_text(-5, ago);
    assert_string_equal(ago, "0 seconds");

    json_t *t = cmd__time_json(INT64_C(1500000000500000000));
    assert_string_equal(json_string_value(t), "2017-07-14T02:40:00.5Z");
    json_decref(t);
    t = cmd__time_json(0);
    assert_true(json_is_null(t));
    json_decref(t);
}

static void filters_are_checked_before_they_are_sent(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says; /* NULL: fine */
    } cases[] = {
        {"type==regular", NULL},
        {"inuse", NULL},
        {"id==x,type!=regular,shared", NULL},
        {"description~=\"a, \\\"b\\\"\"", NULL},
        {"id==", "character 5: a value is missing"},
        {"", "character 1: a key is missing"},
        {"id==a,", "character 7: a key is missing"},
        {"type=regular", "character 5: one of =="},
        {"typ==x", "did you mean \"type\"?"},
        {"id==a b", "character 6: a comma is wanted"},
        {"id==\"a", "quote is not closed"},
        {"until=soon", "\"soon\" is no duration"},
        {"until=90", "24h, 1h30m or 7d"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        llb__arena *a = llb__arena_new(1 << 16);
        const char *items[] = {cases[i].text};
        cmd__list l = {items, 1};
        cmd__filters f;
        llb_error err = {0};
        llb_status st = cmd__filters_read(a, &l, &f, &err);
        if (st != (cases[i].says ? LLB_EINVAL : LLB_OK) ||
            (cases[i].says && !strstr(err.message, cases[i].says)))
            fail_msg("%s: %s", cases[i].text, err.message);
        llb__arena_free(a);
    }
}

static void an_age_is_no_filter_of_the_daemon(void **state)
{
    (void)state;
    llb__arena *a = llb__arena_new(1 << 16);
    const char *items[] = {"until=1h", "type==regular", "until=2h"};
    cmd__list two = {items, 2}, three = {items, 3};
    cmd__filters f;
    llb_error err = {0};

    assert_int_equal(cmd__filters_read(a, &two, &f, &err), LLB_OK);
    assert_int_equal(f.n, 1);
    assert_string_equal(f.items[0], "type==regular");
    assert_true(f.age_ns == HOUR);
    assert_int_equal(cmd__filters_read(a, &three, &f, &err), LLB_EINVAL);
    llb__arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_bytes_thousands_or_1024s),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(amounts_read_well),
        cmocka_unit_test(filters_are_checked_before_they_are_sent),
        cmocka_unit_test(an_age_is_no_filter_of_the_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
