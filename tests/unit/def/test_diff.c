/* Why two definitions differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <llb/def.h>

#include "pb.h"

static pb exec_of(const char *arg, int64_t output, pb source)
{
    pb meta = pb_len(1, pb_cat(pb_str(1, "make"), pb_str(1, arg)));
    pb mounts = pb_cat(pb_len(2, pb_str(3, "/")),
                       pb_len(2, pb_cat(pb_int(1, -1), pb_str(3, "/b"))));
    (void)output;
    return pb_cat(pb_input(source, 0), pb_len(2, pb_cat(meta, mounts)));
}

static pb whole(const char *source, const char *arg, int64_t output, pb more)
{
    pb src = pb_source(source), exec = exec_of(arg, output, src);
    pb end = pb_input(exec, output);

    return pb_cat(pb_def(src), pb_def(exec), pb_def(end), more);
}

static pb meta_of(const char *source, const char *arg, pb meta)
{
    return pb_entry(2, pb_digest(exec_of(arg, 0, pb_source(source))), meta);
}

static pb none(void) { return (pb){"", 0}; }
static pb base(void) { return whole("local://a", "x", 0, none()); }
static pb same(void) { return base(); }
static pb other_arg(void) { return whole("local://a", "y", 0, none()); }
static pb other_source(void) { return whole("local://b", "x", 0, none()); }
static pb both(void) { return whole("local://b", "y", 0, none()); }
static pb other_output(void) { return whole("local://a", "x", 1, none()); }
static pb other_meta(void)
{
    return whole("local://a", "x", 0, meta_of("local://a", "x", pb_int(1, 1)));
}
static pb other_kind(void)
{
    pb src = pb_source("local://a");
    return pb_cat(pb_def(src), pb_end(src));
}

static struct diff_case {
    const char *name;
    pb (*make)(void);
    const char *says;
} cases[] = {
    {"equal ones do not", same, ""},
    {"an argument", other_arg,
     "#1 exec \"make x\" and #1 exec \"make y\": op.exec.meta.args[1]: \"x\" "
     "and \"y\"\n"},
    {"a source, and not what is built on it", other_source,
     "#0 source \"local://a\" and #0 source \"local://b\": "
     "op.source.identifier: \"local://a\" and \"local://b\"\n"},
    {"both, the source first", both,
     "#0 source \"local://a\" and #0 source \"local://b\": "
     "op.source.identifier: \"local://a\" and \"local://b\"\n"
     "#1 exec \"make x\" and #1 exec \"make y\": op.exec.meta.args[1]: \"x\" "
     "and \"y\"\n"},
    {"an output", other_output,
     "#2 terminal \"result\" and #2 terminal \"result\": input 0 is output 0 "
     "and 1\n"},
    {"metadata", other_meta,
     "#1 exec \"make x\" and #1 exec \"make x\": metadata.ignore_cache: "
     "nothing and true\n"},
    {"what they do", other_kind,
     "#1 exec \"make x\" and #0 source \"local://a\": they do different "
     "things\n"},
};

static llb_def *parse(pb b)
{
    llb_def *d = NULL;
    llb_error err = {0};

    if (llb_def_parse(b.data, b.len, LLB_DEF_EMPTY_OK, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return d;
}

static void check_diff(void **state)
{
    const struct diff_case *c = *state;
    llb_def *a = parse(base()), *b = parse(c->make());
    llb_error err = {0};
    char *text;

    assert_int_equal(llb_def_diff(a, b, &text, &err), LLB_OK);
    assert_string_equal(text, c->says);
    free(text);
    llb_def_free(a);
    llb_def_free(b);
    pb_free_all();
}

static void scratch_is_said_to_be_scratch(void **state)
{
    llb_def *a = parse(none()), *b = parse(base());
    llb_error err = {0};
    char *text;
    (void)state;

    assert_int_equal(llb_def_diff(a, b, &text, &err), LLB_OK);
    assert_string_equal(text, "only the first is scratch\n");
    free(text);
    assert_int_equal(llb_def_diff(a, a, &text, &err), LLB_OK);
    assert_string_equal(text, "");
    free(text);
    llb_def_free(a);
    llb_def_free(b);
    pb_free_all();
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 1] = {
        cmocka_unit_test(scratch_is_said_to_be_scratch),
    };
    for (size_t i = 0; i < N; i++)
        tests[1 + i] = (struct CMUnitTest){cases[i].name, check_diff, NULL,
                                           NULL, &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
