/* Source policies as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policy.h"

static void a_policy_is_read(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    Bk__Policy__Policy *p;
    llb_error err = {0};
    (void)state;

    assert_int_equal(
        bk__policy_read(
            a,
            "{\"Version\":1,\"rules\":[{\"action\":\"deny\",\"selector\":"
            "{\"identifier\":\"docker-image://*\",\"match_type\":\"EXACT\","
            "\"constraints\":[{\"key\":\"k\",\"value\":\"v\",\"condition\":1}]"
            "}},{\"ACTION\":2,\"selector\":{\"identifier\":\"x\"},\"updates\":"
            "{\"identifier\":\"y\",\"attrs\":{\"http.checksum\":\"s\"}}}]}",
            &p, &err),
        LLB_OK);
    assert_int_equal(p->version, 1);
    assert_int_equal(p->n_rules, 2);
    const Bk__Policy__Rule *r = p->rules[0];
    assert_int_equal(r->action, BK__POLICY__POLICY_ACTION__DENY);
    assert_string_equal(r->selector->identifier, "docker-image://*");
    assert_int_equal(r->selector->match_type, BK__POLICY__MATCH_TYPE__EXACT);
    assert_int_equal(r->selector->n_constraints, 1);
    assert_int_equal(r->selector->constraints[0]->condition,
                     BK__POLICY__ATTR_MATCH__NOTEQUAL);
    r = p->rules[1];
    assert_int_equal(r->action, BK__POLICY__POLICY_ACTION__CONVERT);
    assert_string_equal(r->updates->identifier, "y");
    assert_int_equal(r->updates->n_attrs, 1);
    assert_string_equal(r->updates->attrs[0]->key, "http.checksum");
    llb__arena_free(a);
}

#define RULE(text) "{\"rules\":[{" text "}]}"
#define SELECTOR "\"selector\":{\"identifier\":\"x\"}"

static void mistakes_are_told_with_their_place(void **state)
{
    static const struct {
        const char *json, *words;
    } cases[] = {
        {"", "line 1 is no JSON"},
        {"{\n}}", "line 2 is no JSON"},
        {"[]", "no object"},
        {"{}", "\"rules\""},
        {"{\"rule\":[]}", "there is no \"rule\""},
        {"{\"rules\":[],\"version\":\"1\"}", "version"},
        {"{\"rules\":[7]}", "rules[0]"},
        {RULE(SELECTOR ",\"action\":\"DENNY\""), "rules[0]: action \"DENNY\""},
        {RULE(SELECTOR ",\"action\":9"), "action"},
        {RULE(SELECTOR ",\"action\":null"), "action"},
        {RULE("\"action\":1"), "rules[0].selector"},
        {RULE("\"selector\":{}"), "lacks \"identifier\""},
        {RULE("\"selector\":{\"identifier\":7}"), "no text"},
        {RULE("\"selector\":{\"identifer\":\"x\"}"), "identifer"},
        {RULE("\"selector\":{\"identifier\":\"x\",\"constraints\":{}}"),
         "no list: \"constraints\""},
        {RULE(SELECTOR ",\"updates\":{\"attrs\":[]}"), "no object: \"attrs\""},
        {RULE(SELECTOR ",\"updates\":{\"attrs\":{\"a\":1}}"),
         "rules[0].updates: this is no text: \"a\""},
    };
    llb__arena *a = llb__arena_new(1 << 20);
    Bk__Policy__Policy *p;
    llb_error err;
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(bk__policy_read(a, cases[i].json, &p, &err),
                         LLB_EINVAL);
        if (!strstr(err.message, cases[i].words))
            fail_msg("%s: %s", cases[i].json, err.message);
    }
    llb__arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_is_read),
        cmocka_unit_test(mistakes_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
