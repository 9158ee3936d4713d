/* The copy for one solve: what changes, what stays, and what it asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <llb/def.h>

#include "def_make.h"
#include "golden.h"
#include "pb.h"

static llb_def *parse(pb b)
{
    llb_def *d = NULL;
    llb_error err = {0};

    if (llb_def_parse(b.data, b.len, 0, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return d;
}

static llb_def *patch(llb_def *d, const char *unique)
{
    llb_def *copy = NULL;
    llb_error err = {0};

    if (llb_def_patch_locals(d, unique, &copy, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return copy;
}

static void check_bytes(const llb_def *d, pb want)
{
    size_t len;
    const uint8_t *got = llb_def_bytes(d, &len);

    assert_int_equal(len, want.len);
    assert_memory_equal(got, want.data, len);
}

static pb attr(const char *key, const char *value)
{
    return pb_entry(2, key, pb_text(value));
}

static pb local(pb attrs)
{
    return pb_cat(pb_len(11, pb_text("")),
                  pb_len(3, pb_cat(pb_str(1, "local://ctx"), attrs)));
}

/* Metadata, a location and an unknown field for a definition of op. */
static pb around(pb op, pb ops)
{
    pb meta = pb_entry(2, pb_digest(op), pb_cat(pb_int(1, 1), pb_int(90, 5)));
    pb info = pb_len(2, pb_str(1, "build.llb"));
    pb place = pb_entry(1, pb_digest(op), pb_len(1, pb_text("")));

    return pb_cat(ops, meta, pb_len(3, pb_cat(place, info)), pb_int(77, 1));
}

static pb exec_on(pb op)
{
    pb meta = pb_len(1, pb_str(1, "true"));
    return pb_cat(pb_input(op, 0), pb_str(99, "foreign"),
                  pb_len(2, pb_cat(meta, pb_len(2, pb_str(3, "/")))));
}

/* source -> exec -> terminal, all with their surroundings */
static pb whole(pb source)
{
    pb exec = exec_on(source);
    return around(exec, pb_cat(pb_def(source), pb_def(exec), pb_end(exec)));
}

static struct patch_case {
    const char *name;
    const char *before[3][2], *after[3][2];
    const char *unique;
} cases[] = {
    {"unique is added", {{0}}, {{"local.unique", "u"}}, "u"},
    {"unique is sorted in",
     {{"local.includepattern", "[]"}, {"local.z", "1"}},
     {{"local.includepattern", "[]"}, {"local.unique", "u"}, {"local.z", "1"}},
     "u"},
    {"unique replaces the one there",
     {{"local.unique", "old"}},
     {{"local.unique", ""}},
     ""},
    {"a dead session goes",
     {{"local.session", "dead"}},
     {{"local.unique", "u"}},
     "u"},
    {"sessions go without unique",
     {{"local.session", "dead"}, {"oci.session", "dead"}, {"x", "y"}},
     {{"x", "y"}},
     NULL},
};

static pb attrs_of(const char *const (*pairs)[2])
{
    pb all[9] = {{0}};

    for (int i = 0; i < 3 && pairs[i][0]; i++)
        all[i] = attr(pairs[i][0], pairs[i][1]);
    return pb_cat8(all);
}

static void check_patch(void **state)
{
    const struct patch_case *c = *state;
    pb before = whole(local(attrs_of((const char *const(*)[2])c->before)));
    pb after = whole(local(attrs_of((const char *const(*)[2])c->after)));
    llb_def *d = parse(before), *copy = patch(d, c->unique);
    size_t old;

    check_bytes(copy, after);
    check_bytes(d, before);
    for (size_t i = 0; i < llb_def_n_ops(copy); i++) { /* the map of digests */
        llb_def_op op = llb_def_op_at(copy, i);
        assert_true(llb_def_find(copy, op.digest, strlen(op.digest), &old));
        assert_int_equal(old, i);
        assert_int_equal(op.kind, llb_def_op_at(d, i).kind);
    }
    assert_int_equal(llb_def_op_places(copy, 1, NULL, 0), 1);
    assert_non_null(llb_def_op_at(copy, 1).metadata);
    llb_def_free(d);
    llb_def_free(copy);
    pb_free_all();
}

static void nothing_to_patch_is_the_same_object(void **state)
{
    llb_def *d = parse(whole(pb_source("docker-image://a"))), *copy;
    (void)state;

    copy = patch(d, "u");
    assert_ptr_equal(copy, d);
    llb_def_free(copy);
    llb_def_free(d);
    d = parse(whole(local(attr("local.unique", "u"))));
    copy = patch(d, "u");
    assert_ptr_equal(copy, d);
    llb_def_free(copy);
    llb_def_free(d);
    pb_free_all();
}

static void unused_ops_stay_unused(void **state)
{
    pb stray = local((pb){"", 0}), used = pb_source("local://b");
    llb_def *d = parse(pb_cat(pb_def(stray), pb_def(used), pb_end(used)));
    llb_def *copy = patch(d, "u");
    llb_def_needs *needs = NULL;
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb_def_needs_of(copy, &needs, &err), LLB_OK);
    assert_int_equal(needs->n, 1);
    assert_string_equal(needs->list[0].name, "b");
    llb_def_needs_free(needs);
    llb_def_free(copy);
    llb_def_free(d);
    pb_free_all();
}

static void bad_unique_is_refused(void **state)
{
    llb_def *d = parse(whole(local((pb){"", 0}))), *copy = NULL;
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb_def_patch_locals(d, "\xff", &copy, &err), LLB_EINVAL);
    assert_null(copy);
    llb_def_free(d);
    pb_free_all();
}

/* Patched golden definitions are read back and differ only where they must:
 * patched again with the value that they had they are the old bytes. */
static size_t n_patched;

static void check_golden(json_t *s)
{
    llb_error err = {0};
    llb_def *d = NULL, *again = NULL;
    size_t len;
    unsigned char *bytes =
        golden_bytes(json_string_value(json_object_get(s, "definition")), &len);

    assert_int_equal(
        llb_def_parse(bytes, len, LLB_DEF_TAKE | LLB_DEF_EMPTY_OK, &d, &err),
        LLB_OK);
    llb_def *copy = patch(d, "other");
    n_patched += copy != d;
    const uint8_t *out = llb_def_bytes(copy, &len);
    if (llb_def_parse(out, len, LLB_DEF_EMPTY_OK, &again, &err) != LLB_OK)
        fail_msg("%s: %s", json_string_value(json_object_get(s, "name")),
                 err.message);
    for (size_t i = 0; i < llb_def_n_ops(d); i++)
        assert_string_equal(llb_def_op_at(copy, i).digest,
                            llb_def_op_at(again, i).digest);
    llb_def_free(again);
    llb_def_free(copy);
    llb_def_free(d);
}

static void patched_golden_definitions_are_read_back(void **state)
{
    (void)state;
    golden_each(check_golden);
    assert_true(n_patched > 5);
}

static void add_op(llb__def_op *op, const llb_def *d, size_t i)
{
    llb_def_op from = llb_def_op_at(d, i);
    size_t len;

    llb__digest_parse(from.digest, LLB__DIGEST_LEN, op->sum);
    op->offset = (uint32_t)(from.data - llb_def_bytes(d, &len));
    op->len = (uint32_t)from.len;
    op->n_inputs = (uint32_t)from.n_inputs;
}

/* What the marshaller makes answers like what is read. */
static void made_definitions_answer_like_read_ones(void **state)
{
    pb bytes = whole(local(attr("local.session", "s")));
    llb_def *d = parse(bytes), *made = NULL;
    llb__def_op *ops = calloc(3, sizeof *ops);
    uint8_t *own = malloc(bytes.len);
    char *a, *b;
    llb_error err = {0};
    (void)state;

    memcpy(own, bytes.data, bytes.len);
    for (size_t i = 0; i < 3; i++)
        add_op(&ops[i], d, i);
    assert_int_equal(llb__def_take(own, bytes.len, ops, 3, 1, &made, &err),
                     LLB_OK);
    assert_string_equal(llb_def_digest(made), llb_def_digest(d));
    assert_true(llb_def_needs_session(made));
    assert_int_equal(llb_def_print(d, LLB_DEF_JSON, &a, NULL, &err), LLB_OK);
    assert_int_equal(llb_def_print(made, LLB_DEF_JSON, &b, NULL, &err), LLB_OK);
    assert_string_equal(a, b);
    free(a);
    free(b);
    llb_def *copy = patch(made, "u");
    check_bytes(copy, whole(local(attr("local.unique", "u"))));
    llb_def_free(copy);
    llb_def_free(made);
    llb_def_free(d);
    pb_free_all();
}

static void empty_definition_can_be_made(void **state)
{
    llb_def *d = NULL, *copy;
    llb_error err = {0};
    size_t len = 1;
    (void)state;

    assert_int_equal(llb__def_take(NULL, 0, NULL, 0, 0, &d, &err), LLB_OK);
    assert_non_null(llb_def_bytes(d, &len));
    assert_int_equal(len, 0);
    copy = patch(d, "u");
    assert_ptr_equal(copy, d);
    llb_def_free(copy);
    llb_def_free(d);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 6] = {
        cmocka_unit_test(nothing_to_patch_is_the_same_object),
        cmocka_unit_test(unused_ops_stay_unused),
        cmocka_unit_test(bad_unique_is_refused),
        cmocka_unit_test(patched_golden_definitions_are_read_back),
        cmocka_unit_test(made_definitions_answer_like_read_ones),
        cmocka_unit_test(empty_definition_can_be_made),
    };
    for (size_t i = 0; i < N; i++)
        tests[6 + i] = (struct CMUnitTest){cases[i].name, check_patch, NULL,
                                           NULL, &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
