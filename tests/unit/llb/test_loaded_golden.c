/* Each golden definition as the start of a graph: marshalled again it has
 * the same ops, metadata, places and source files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <llb/llb.h>

#include "def/golden.h"

static llb_def *parse(const char *name, json_t *scenario)
{
    llb_error err = {0};
    llb_def *d = NULL;
    size_t len;
    unsigned char *bytes = golden_bytes(
        json_string_value(json_object_get(scenario, "definition")), &len);

    if (llb_def_parse(bytes, len, LLB_DEF_TAKE | LLB_DEF_EMPTY_OK, &d, &err) !=
        LLB_OK)
        fail_msg("%s: %s", name, err.message);
    return d;
}

static void check_again(json_t *scenario)
{
    const char *name = json_string_value(json_object_get(scenario, "name"));
    llb_def *before = parse(name, scenario), *after = NULL;
    llb_graph *g = llb_graph_new(NULL);
    llb_error err = {0};
    char *text = NULL;
    size_t before_len, after_len;

    if (llb_marshal(llb_state_from_def(g, before), NULL, &after, &err) !=
        LLB_OK)
        fail_msg("%s: %s", name, err.message);
    assert_int_equal(llb_def_diff(before, after, &text, &err), LLB_OK);
    if (text[0])
        fail_msg("%s:\n%s", name, text);
    assert_string_equal(llb_def_digest(before), llb_def_digest(after));
    /* Bytes may differ in the order of ops, which means nothing. */
    (void)llb_def_bytes(before, &before_len);
    (void)llb_def_bytes(after, &after_len);
    assert_int_equal(before_len, after_len);
    free(text);
    llb_def_free(before);
    llb_def_free(after);
    llb_graph_free(g);
}

static void a_loaded_definition_marshals_as_it_was(void **state)
{
    (void)state;
    assert_int_equal(golden_each(check_again), 179);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loaded_definition_marshals_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
