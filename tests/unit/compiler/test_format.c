/* The formatter: tests/golden/fmt, and that nothing is lost or done twice. */
#include "buf.h"
#include "fail_alloc.h"
#include "golden.h"
#include "parse.h"

#include <llb/format.h>

#define EXAMPLES LLB_SOURCE_DIR "/examples"
#define FMT LLB_SOURCE_DIR "/tests/golden/fmt"

/* The formatted text, for free(). */
static char *format(const char *text)
{
    llbc_diags *d = llbc_diags_new();
    char *out = NULL;
    size_t len;

    assert_int_equal(llbc_format("t.llb", text, strlen(text), &out, &len, d),
                     LLB_OK);
    assert_int_equal(len, strlen(out));
    assert_int_equal(llbc_diags_count(d), 0);
    llbc_diags_free(d);
    return out;
}

static const llbc__file *parse(llbc_diags *d, llb__arena *a, const char *text)
{
    uint32_t number;

    assert_int_equal(
        llbc_diags_add_file(d, "t.llb", text, strlen(text), &number), LLB_OK);
    const llbc__file *file = llbc__parse(llbc__source_get(d, number), a, d);
    assert_non_null(file);
    return file;
}

static size_t n_comments(const llbc__file *file)
{
    size_t n = 0;

    for (const llbc__comment *c = file->comments; c; c = c->next)
        n++;
    return n;
}

/* Equal trees, as many comments, and the same text when formatted again. */
static void check_kept(const char *before, const char *after)
{
    llbc_diags *d = llbc_diags_new();
    llb__arena *a = llb__arena_new(1 << 26);
    const llbc__file *x = parse(d, a, before), *y = parse(d, a, after);
    char *again = format(after);

    assert_true(llbc__file_equal(x, y));
    assert_int_equal(n_comments(x), n_comments(y));
    assert_string_equal(again, after);
    free(again);
    llb__arena_free(a);
    llbc_diags_free(d);
}

static void formats_as_its_file_says(void **state)
{
    const char *name = *state;
    char golden[512];
    char *text = golden_read(name), *out = format(text);

    snprintf(golden, sizeof golden, "%.*s.fmt", (int)strlen(name) - 4, name);
    golden_compare(golden, out);
    check_kept(text, out);
    free(out);
    free(text);
}

/* --- meaning ---------------------------------------------------------- */

/* Everything that a text compiles to, as one text: of each target a digest of
 * the definition's bytes, and the image config. Without source places, which
 * are what formatting changes. */
static char *meaning(const char *name, const char *text)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    golden_opts o;
    llb__buf out = LLB__BUF_INIT;
    size_t len;

    golden_opts_read(&o, NULL, text);
    open.resolver = &o.resolver;
    assert_int_equal(
        llbc_open_text(name, text, strlen(text), &open, d, &p, NULL), LLB_OK);
    golden_opts_read(&o, p, text);
    o.compile.no_source = 1;
    for (size_t i = 0; i < llbc_n_targets(p); i++) {
        llbc_result *r = NULL;
        assert_int_equal(llbc_compile(p, i, &o.compile, &r, NULL), LLB_OK);
        const uint8_t *bytes = llb_def_bytes(llbc_result_def(r), &len);
        llb__buf_printf(&out, "%s %zu %s %s\n", llbc_target_at(p, i)->name, len,
                        llb_def_digest(llbc_result_def(r)),
                        llbc_result_config(r, NULL));
        for (size_t k = 0; k < len; k++)
            llb__buf_printf(&out, "%02x", bytes[k]);
        llbc_result_free(r);
    }
    llbc_project_free(p);
    llbc_diags_free(d);
    assert_false(out.failed);
    return llb__buf_take(&out, &len);
}

static void every_program_keeps_its_meaning(void **state)
{
    const char *name = *state;
    char *text = golden_read(name), *out = format(text);
    char *before = meaning(name, text), *after = meaning(name, out);

    check_kept(text, out);
    assert_true(strlen(before) > 0);
    assert_string_equal(before, after);
    free(after);
    free(before);
    free(out);
    free(text);
}

/* Nothing of a file that does not parse is formatted. */
static void what_does_not_parse_is_left_alone(void **state)
{
    char *text = golden_read(*state), *out = (char *)1;
    llbc_diags *d = llbc_diags_new();
    size_t len = 7;

    assert_int_equal(llbc_format("t.llb", text, strlen(text), &out, &len, d),
                     LLB_EINVAL);
    assert_ptr_equal(out, (char *)1);
    assert_int_equal(len, 7);
    assert_true(llbc_diags_n_errors(d) > 0);
    llbc_diags_free(d);
    free(text);
}

static void a_wrong_file_is_left_alone(void **state)
{
    llbc_diags *d = llbc_diags_new();
    char *out = (char *)1;
    size_t len = 7;

    (void)state;
    assert_int_equal(llbc_format("t.llb", "let = 1", 7, &out, &len, d),
                     LLB_EINVAL);
    assert_ptr_equal(out, (char *)1);
    assert_int_equal(len, 7);
    assert_int_equal(llbc_diags_n_errors(d), 1);
    llbc_diags_free(d);
}

static void a_file_too_large_is_refused(void **state)
{
    size_t len = ((size_t)16 << 20) + 1;
    char *text = calloc(1, len), *out;
    llbc_diags *d = llbc_diags_new();

    (void)state;
    assert_int_equal(llbc_format("t.llb", text, len, &out, &len, d),
                     LLB_ELIMIT);
    llbc_diags_free(d);
    free(text);
}

static void windows_and_marks_are_normalized(void **state)
{
    char *out = format("\xef\xbb\xbfllb 1\r\nlet a = 1 # c\r\nlet b = '''\r\n"
                       "  x\r\n  '''");

    (void)state;
    assert_string_equal(out, "llb 1\n\nlet a = 1  # c\nlet b = '''\n    x\n"
                             "    '''\n");
    free(out);
}

static void lack_of_memory_is_told(void **state)
{
    static const char text[] = "# c\ntarget t { # d\n run \"${a}\" x=[1, # e\n"
                               "2] { mount b '/c' }\n}\n";
    bool failed = true;

    (void)state;
    for (long n = 0; failed; n++) {
        llbc_diags *d = llbc_diags_new();
        char *out = NULL;
        size_t len;

        fail_alloc_at(n);
        llb_status st = llbc_format("t", text, strlen(text), &out, &len, d);
        failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        free(out);
        llbc_diags_free(d);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_file_is_left_alone),
        cmocka_unit_test(a_file_too_large_is_refused),
        cmocka_unit_test(windows_and_marks_are_normalized),
        cmocka_unit_test(lack_of_memory_is_told),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    failed |= golden_run(FMT, formats_as_its_file_says);
    failed |= golden_run(FMT "/../meaning", every_program_keeps_its_meaning);
    failed |= golden_run(FMT "/../syntax", what_does_not_parse_is_left_alone);
    failed |= golden_run(EXAMPLES "/hello", every_program_keeps_its_meaning);
    failed |= golden_run(EXAMPLES "/multi", every_program_keeps_its_meaning);
    return failed;
}
