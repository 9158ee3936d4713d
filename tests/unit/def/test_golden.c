/* Each golden definition is read, and its JSON says what the golden file
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <llb/def.h>

#include "golden.h"

static llb_def *parse_scenario(json_t *s)
{
    llb_error err = {0};
    llb_def *d = NULL;
    size_t len;
    unsigned char *bytes =
        golden_bytes(json_string_value(json_object_get(s, "definition")), &len);

    if (llb_def_parse(bytes, len, LLB_DEF_TAKE | LLB_DEF_EMPTY_OK, &d, &err) !=
        LLB_OK)
        fail_msg("%s: %s", json_string_value(json_object_get(s, "name")),
                 err.message);
    return d;
}

static void check_equal(json_t *s, const char *what, json_t *got, json_t *want)
{
    if (json_equal(got, want))
        return;
    char *g = json_dumps(got, JSON_ENCODE_ANY | JSON_SORT_KEYS);
    char *w = json_dumps(want, JSON_ENCODE_ANY | JSON_SORT_KEYS);
    fail_msg("%s: %s is\n%s\nand should be\n%s",
             json_string_value(json_object_get(s, "name")), what, g, w);
}

static void check_json(json_t *s)
{
    llb_def *d = parse_scenario(s);
    json_t *ops = json_object_get(s, "ops"), *want, *got;
    llb_error err = {0};
    char *text = NULL;
    size_t i, len = 0;

    assert_int_equal(llb_def_print(d, LLB_DEF_JSON, &text, &len, &err), LLB_OK);
    assert_int_equal(strlen(text), len);
    json_error_t e;
    json_t *j = json_loads(text, JSON_ALLOW_NUL, &e);
    if (!j)
        fail_msg("%s: %s in\n%s", json_string_value(json_object_get(s, "name")),
                 e.text, text);
    check_equal(s, "metadata", json_object_get(j, "metadata"),
                json_object_get(s, "metadata"));
    check_equal(s, "source", json_object_get(j, "source"),
                json_object_get(s, "source"));
    assert_int_equal(json_array_size(json_object_get(j, "ops")),
                     json_array_size(ops));
    json_array_foreach(ops, i, want)
    {
        got = json_array_get(json_object_get(j, "ops"), i);
        check_equal(s, "digest", json_object_get(got, "digest"),
                    json_object_get(want, "digest"));
        check_equal(s, "kind", json_object_get(got, "kind"),
                    json_object_get(want, "kind"));
        assert_null(
            json_object_get(json_object_get(got, "op"), "unknown_fields"));
    }
    json_decref(j);
    free(text);
    llb_def_free(d);
}

static void check_forms(json_t *s)
{
    llb_def *d = parse_scenario(s);
    llb_error err = {0};
    char *text = NULL;

    for (int form = LLB_DEF_TREE; form <= LLB_DEF_DOT; form++) {
        assert_int_equal(
            llb_def_print(d, (llb_def_format)form, &text, NULL, &err), LLB_OK);
        size_t n = strlen(text);
        assert_true(n > 0 && text[n - 1] == '\n');
        for (size_t i = 0; i < n; i++)
            assert_true(text[i] == '\n' || (unsigned char)text[i] >= 0x20);
        free(text);
    }
    assert_int_equal(llb_def_print(d, (llb_def_format)9, &text, NULL, &err),
                     LLB_EINVAL);
    llb_def_free(d);
}

/* What accessors say agrees with the JSON. */
static void check_accessors(json_t *s)
{
    llb_def *d = parse_scenario(s);
    json_t *ops = json_object_get(s, "ops"), *want;
    size_t i, found, len;

    assert_int_equal(llb_def_n_ops(d), json_array_size(ops));
    json_array_foreach(ops, i, want)
    {
        llb_def_op op = llb_def_op_at(d, i);
        const char *digest = json_string_value(json_object_get(want, "digest"));
        unsigned char *bytes =
            golden_bytes(json_string_value(json_object_get(want, "hex")), &len);
        assert_string_equal(op.digest, digest);
        assert_int_equal(op.len, len);
        assert_memory_equal(op.data, bytes, len);
        assert_true(llb_def_find(d, digest, strlen(digest), &found));
        assert_int_equal(found, i);
        for (size_t k = 0; k < op.n_inputs; k++)
            assert_true(llb_def_op_input(d, i, k, NULL) < i);
        char *name = llb_def_op_name(d, i);
        assert_non_null(name);
        free(name);
        free(bytes);
    }
    assert_false(llb_def_find(d, "sha256:00", 9, &found));
    if (i > 0)
        assert_string_equal(llb_def_digest(d),
                            json_string_value(json_object_get(
                                json_array_get(ops, i - 1), "digest")));
    llb_def_free(d);
}

static void json_agrees_with_the_golden_files(void **state)
{
    (void)state;
    assert_int_equal(golden_each(check_json), 179);
}

static void tree_and_dot_have_no_control_characters(void **state)
{
    (void)state;
    assert_int_equal(golden_each(check_forms), 179);
}

static void accessors_agree_with_the_golden_files(void **state)
{
    (void)state;
    assert_int_equal(golden_each(check_accessors), 179);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_agrees_with_the_golden_files),
        cmocka_unit_test(tree_and_dot_have_no_control_characters),
        cmocka_unit_test(accessors_agree_with_the_golden_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
