/* Lock files: what is read is what is written, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <llb/lock.h>

#include "fail_alloc.h"

#define DIGEST                                                                 \
    "sha256:1fd62556954250bac80d601a196bb7fd480ceba7c10e94dd8fd4c6d1c08783d5"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static const char written[] =
    "{\"version\": 1,\n"
    " \"build_platform\": \"linux/amd64\",\n"
    " \"images\": {\n"
    "  \"a linux/amd64\": {\"digest\":\"" DIGEST "\"},\n"
    "  \"b linux/arm64\": {\"config\":{\"a\":[1],\"z\":\"\xc3\xa9\\\"\"},"
    "\"digest\":\"" DIGEST "\"}},\n"
    " \"git\": {\n"
    "  \"https://example.com/a.git#main\": {\"commit\":\"" COMMIT "\"}},\n"
    " \"http\": {\n"
    "  \"https://example.com/f\": {\"checksum\":\"" DIGEST "\"}},\n"
    " \"modules\": {\n"
    "  \"https://example.com/m.git#v1 l.llb\": {\"file\":\"" DIGEST "\"}},\n"
    " \"frontends\": {\n"
    "  \"dockerfile.v0 1\": {\"result\":\"" DIGEST "\"}}}\n";

static llbc_lock *parse(const char *text)
{
    llbc_lock *l = NULL;
    llb_error err = {0};

    if (llbc_lock_parse(text, strlen(text), &l, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return l;
}

static void assert_written(const llbc_lock *l, const char *want)
{
    char *text;
    size_t len;

    assert_int_equal(llbc_lock_write(l, &text, &len, NULL), LLB_OK);
    assert_string_equal(text, want);
    assert_int_equal(len, strlen(want));
    free(text);
}

static void set(llbc_lock *l, llbc_lock_kind kind, const char *name,
                const char *value, const char *config)
{
    assert_int_equal(llbc_lock_set(l, kind, name, value, config, NULL), LLB_OK);
}

static void entries_in_any_order_are_written_in_one(void **state)
{
    llbc_lock *l = llbc_lock_new();

    (void)state;
    set(l, LLBC_LOCK_MODULE, "https://example.com/m.git#v1 l.llb", DIGEST,
        NULL);
    set(l, LLBC_LOCK_FRONTEND, "dockerfile.v0 1", DIGEST, NULL);
    set(l, LLBC_LOCK_HTTP, "https://example.com/f", DIGEST, NULL);
    set(l, LLBC_LOCK_IMAGE, "b linux/arm64", DIGEST, "{}");
    set(l, LLBC_LOCK_IMAGE, "b linux/arm64", DIGEST,
        "{ \"z\": \"\\u00e9\\\"\", \"a\": [1] }");
    set(l, LLBC_LOCK_IMAGE, "a linux/amd64", DIGEST, NULL);
    set(l, LLBC_LOCK_GIT, "https://example.com/a.git#main", COMMIT, NULL);
    assert_int_equal(llbc_lock_set_build_platform(l, "linux/amd64", NULL),
                     LLB_OK);
    assert_written(l, written);
    llbc_lock_free(l);
    l = llbc_lock_new();
    assert_written(l, "{\"version\": 1}\n");
    llbc_lock_free(l);
}

static void what_is_written_is_read(void **state)
{
    llbc_lock *l = parse(written);
    llbc_lock_entry e;

    (void)state;
    assert_written(l, written);
    assert_string_equal(llbc_lock_build_platform(l), "linux/amd64");
    assert_int_equal(llbc_lock_count(l, LLBC_LOCK_IMAGE), 2);
    e = llbc_lock_at(l, LLBC_LOCK_IMAGE, 1);
    assert_string_equal(e.name, "b linux/arm64");
    assert_string_equal(e.config, "{\"a\":[1],\"z\":\"\xc3\xa9\\\"\"}");
    assert_true(llbc_lock_find(l, LLBC_LOCK_IMAGE, "a linux/amd64", &e));
    assert_string_equal(e.value, DIGEST);
    assert_null(e.config);
    assert_false(llbc_lock_find(l, LLBC_LOCK_IMAGE, "a linux/arm64", &e));
    assert_true(
        llbc_lock_find(l, LLBC_LOCK_GIT, "https://example.com/a.git#main", &e));
    assert_string_equal(e.value, COMMIT);
    llbc_lock_free(l);
}

static void anything_else_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "line 1"},
        {"[]", "no lock file"},
        {"{}", "no version"},
        {"{\"version\": 2}", "another version"},
        {"{\"version\": 1, \"more\": 1}", "no member \"more\""},
        {"{\"version\": 1, \"build_platform\": 1}", "build_platform"},
        {"{\"version\": 1, \"git\": 1}", "\"git\" is no object"},
        {"{\"version\": 1, \"git\": {\"a\": 1}}", "no commit"},
        {"{\"version\": 1, \"git\": {\"a\": {\"commit\": \"main\"}}}",
         "no commit"},
        {"{\"version\": 1, \"http\": {\"a\": {\"checksum\": \"" COMMIT "\"}}}",
         "no sha256"},
        {"{\"version\": 1, \"http\": {\"a\": {\"checksum\": \"" DIGEST
         "\", \"b\": 1}}}",
         "not known"},
        {"{\"version\": 1, \"images\": {\"a\": {\"digest\": \"" DIGEST "\"}}}",
         "no platform"},
        {"{\"version\": 1, \"images\": {\"a b\": {\"digest\": \"" DIGEST
         "\", \"config\": 1}}}",
         "no object"},
        {"{\"version\": 1, \"version\": 1}", "line 1"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        llbc_lock *l = NULL;
        llb_error err = {0};
        assert_int_equal(
            llbc_lock_parse(cases[i][0], strlen(cases[i][0]), &l, &err),
            LLB_EINVAL);
        assert_null(l);
        if (!strstr(err.message, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], err.message);
    }
}

/* Cut anywhere it is no lock file; with any byte changed it may be one. */
static void a_cut_file_is_no_lock(void **state)
{
    size_t len = strlen(written) - 1; /* without its last newline */

    (void)state;
    for (size_t i = 0; i < len; i++) {
        llbc_lock *l = NULL;
        assert_int_equal(llbc_lock_parse(written, i, &l, NULL), LLB_EINVAL);
    }
    for (size_t i = 0; i < len; i++) {
        char text[sizeof(written)];
        llbc_lock *l = NULL;
        memcpy(text, written, sizeof(written));
        text[i] ^= 1;
        llbc_lock_parse(text, len, &l, NULL);
        llbc_lock_free(l);
    }
}

/* All that is done with a lock file; what it writes is what it read. */
static llb_status use(void)
{
    llbc_lock *l = NULL;
    llbc_lock_entry e;
    char *text = NULL;
    llb_error err = {0};
    llb_status st = llbc_lock_parse(written, strlen(written), &l, &err);

    if (st == LLB_OK)
        st = llbc_lock_set(l, LLBC_LOCK_HTTP, "https://example.com/f", DIGEST,
                           NULL, &err);
    if (st == LLB_OK)
        st = llbc_lock_set_build_platform(l, "linux/amd64", &err);
    if (st == LLB_OK && !llbc_lock_at(l, LLBC_LOCK_GIT, 0).name)
        st = LLB_ENOMEM;
    if (st == LLB_OK &&
        llbc_lock_find(l, LLBC_LOCK_IMAGE, "b linux/arm64", &e) && !e.config)
        st = LLB_ENOMEM;
    if (st == LLB_OK)
        st = llbc_lock_write(l, &text, NULL, &err);
    if (st == LLB_OK)
        assert_string_equal(text, written);
    free(text);
    llbc_lock_free(l);
    return st;
}

static void lack_of_memory_is_told(void **state)
{
    bool failed = true;

    (void)state;
    for (long n = 0; failed; n++) {
        fail_alloc_at(n);
        llb_status st = use();
        failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
    }
}

/* Each entry was found by sorting all of them. */
static void many_entries_are_listed_in_order(void **state)
{
    enum { N = 20000 };
    llbc_lock *l = llbc_lock_new();
    char name[32];

    (void)state;
    for (int i = N; i--;) {
        snprintf(name, sizeof(name), "%06d#main", i);
        set(l, LLBC_LOCK_GIT, name, COMMIT, NULL);
    }
    for (int i = 0; i < N; i++) {
        snprintf(name, sizeof(name), "%06d#main", i);
        assert_string_equal(llbc_lock_at(l, LLBC_LOCK_GIT, (size_t)i).name,
                            name);
    }
    llbc_lock_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_in_any_order_are_written_in_one),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(a_cut_file_is_no_lock),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(many_entries_are_listed_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
