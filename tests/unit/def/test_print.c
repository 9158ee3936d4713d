/* The forms of a definition: exact text of JSON, tree and DOT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

#include <llb/def.h>

#include "pb.h"

static char *print(pb b, llb_def_format format)
{
    llb_def *d = NULL;
    llb_error err = {0};
    char *text = NULL;

    if (llb_def_parse(b.data, b.len, 0, &d, &err) != LLB_OK ||
        llb_def_print(d, format, &text, NULL, &err) != LLB_OK)
        fail_msg("%s", err.message);
    llb_def_free(d);
    return text;
}

/* The op of the first op's JSON. */
static json_t *first_op(pb op)
{
    char *text = print(pb_cat(pb_def(op), pb_end(op)), LLB_DEF_JSON);
    json_t *all = json_loads(text, JSON_ALLOW_NUL, NULL);
    json_t *ops = json_object_get(all, "ops");
    json_t *ret = json_incref(json_object_get(json_array_get(ops, 0), "op"));

    free(text);
    json_decref(all);
    return ret;
}

static void check_json(pb op, const char *want)
{
    json_t *j = first_op(op);
    char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);

    assert_string_equal(text, want);
    free(text);
    json_decref(j);
    pb_free_all();
}

static pb mkfile(const char *data, size_t len)
{
    pb file = pb_cat(pb_str(1, "/f"), pb_len(3, (pb){data, len}));
    return pb_len(
        4, pb_len(2, pb_cat(pb_int(1, -1), pb_int(2, -1), pb_len(5, file))));
}

static void text_data_is_text(void **state)
{
    (void)state;
    check_json(mkfile("a\0\xc3\xa4", 4),
               "{\"file\":{\"actions\":[{\"input\":-1,\"mkfile\":{\"data\":"
               "\"a\\u0000\xc3\xa4\",\"path\":\"/f\"},\"secondaryInput\":-1}]"
               "}}");
}

static void other_data_is_hex(void **state)
{
    (void)state;
    check_json(mkfile("a\xff", 2),
               "{\"file\":{\"actions\":[{\"input\":-1,\"mkfile\":{"
               "\"data_hex\":\"61ff\",\"path\":\"/f\"},\"secondaryInput\":-1}]"
               "}}");
}

static void unknown_fields_are_kept(void **state)
{
    (void)state;
    check_json(pb_cat(pb_len(3, pb_cat(pb_str(1, "a://"), pb_int(77, 5))),
                      pb_str(99, "x")),
               "{\"source\":{\"identifier\":\"a://\",\"unknown_fields\":["
               "\"e80405\"]},\"unknown_fields\":[\"9a060178\"]}");
}

static void enums_are_words_or_numbers(void **state)
{
    pb meta =
        pb_len(1, pb_cat(pb_str(1, "x"), pb_len(12, ((pb){"\x00\x07", 2})),
                         pb_int(12, -1)));
    pb mounts = pb_len(2, pb_cat(pb_int(1, -1), pb_str(3, "/")));
    (void)state;

    check_json(pb_len(2, pb_cat(meta, mounts, pb_int(3, 2), pb_int(4, 9))),
               "{\"exec\":{\"meta\":{\"args\":[\"x\"],\"validExitCodes\":[0,7,"
               "-1]},\"mounts\":[{\"dest\":\"/\",\"input\":-1}],\"network\":"
               "\"NONE\",\"security\":9}}");
}

static void maps_are_objects(void **state)
{
    pb two =
        pb_cat(pb_entry(2, "b", pb_text("2")), pb_entry(2, "a", (pb){"", 0}));
    (void)state;

    check_json(pb_len(3, pb_cat(pb_str(1, "a://"), two)),
               "{\"source\":{\"attrs\":{\"a\":\"\",\"b\":\"2\"},"
               "\"identifier\":\"a://\"}}");
}

#define SOURCE                                                                 \
    "sha256:96558056f5de082ce6e9b060370607ec"                                  \
    "8fe0df4b584652fafc8eb8680689d1c3"
#define END                                                                    \
    "sha256:e7cbebfe87116f0c22414ec1a6617c39"                                  \
    "56627bd992afa93331f68151ecebb2d1"

static void whole_json_is_stable(void **state)
{
    pb a = pb_source("a://");
    pb meta = pb_entry(2, pb_digest(a), pb_int(1, 1));
    pb info = pb_len(2, pb_cat(pb_str(1, "f\xff"), pb_str(2, "t\n")));
    pb place = pb_entry(1, pb_digest(a), pb_len(1, (pb){"", 0}));
    char *text = print(
        pb_cat(pb_def(a), pb_end(a), meta, pb_len(3, pb_cat(place, info))),
        LLB_DEF_JSON);
    (void)state;

    assert_string_equal(text, "{\n"
                              "  \"metadata\": {\n"
                              "    \"" SOURCE "\": {\n"
                              "      \"ignore_cache\": true\n"
                              "    },\n"
                              "    \"" END "\": {}\n"
                              "  },\n"
                              "  \"ops\": [\n"
                              "    {\n"
                              "      \"digest\": \"" SOURCE "\",\n"
                              "      \"inputs\": [],\n"
                              "      \"kind\": \"source\",\n"
                              "      \"op\": {\n"
                              "        \"source\": {\n"
                              "          \"identifier\": \"a://\"\n"
                              "        }\n"
                              "      }\n"
                              "    },\n"
                              "    {\n"
                              "      \"digest\": \"" END "\",\n"
                              "      \"inputs\": [\n"
                              "        {\n"
                              "          \"digest\": \"" SOURCE "\",\n"
                              "          \"index\": 0\n"
                              "        }\n"
                              "      ],\n"
                              "      \"kind\": \"terminal\",\n"
                              "      \"op\": {}\n"
                              "    }\n"
                              "  ],\n"
                              "  \"source\": {\n"
                              "    \"infos\": [\n"
                              "      {\n"
                              "        \"data\": \"t\\n\",\n"
                              "        \"filename\": \"f\xef\xbf\xbd\"\n"
                              "      }\n"
                              "    ],\n"
                              "    \"locations\": {\n"
                              "      \"" SOURCE "\": [\n"
                              "        {\n"
                              "          \"ranges\": null,\n"
                              "          \"source_index\": 0\n"
                              "        }\n"
                              "      ]\n"
                              "    }\n"
                              "  }\n"
                              "}\n");
    free(text);
    pb_free_all();
}

static pb graph(void)
{
    pb a = pb_source("local://a\x1b[1m"), b = pb_source("local://b\"\n");
    pb mounts =
        pb_cat(pb_len(2, pb_str(3, "/")),
               pb_len(2, pb_cat(pb_int(1, 1), pb_str(3, "/m"), pb_int(4, 1))));
    pb meta = pb_len(1, pb_str(1, "true"));
    pb run =
        pb_cat(pb_input(a, 0), pb_input(b, 0), pb_len(2, pb_cat(meta, mounts)));
    pb merge =
        pb_cat(pb_input(run, 1), pb_input(b, 0),
               pb_len(6, pb_cat(pb_str(1, ""), pb_len(1, pb_int(1, 1)))));

    return pb_cat(pb_def(a), pb_def(b), pb_def(run), pb_def(merge),
                  pb_end(merge));
}

static void tree_shows_each_op_once(void **state)
{
    char *text = print(graph(), LLB_DEF_TREE);
    (void)state;

    assert_string_equal(text, "#4 terminal\n"
                              "#3 merge  merge (true, local://b\"\\n)\n"
                              "  #2 exec [output 1]  true\n"
                              "    #0 source  local://a\\x1b[1m  at /\n"
                              "    #1 source  local://b\"\\n  at /m\n"
                              "  #1 source  local://b\"\\n  (see above)\n");
    free(text);
    pb_free_all();
}

static void names_cannot_pretend_another_order(void **state)
{
    pb a = pb_source("a://\xe2\x80\xae"
                     "b\xc2\x9b"
                     "c\xe2\x80\xa8\xc3\xa4");
    char *text = print(pb_cat(pb_def(a), pb_end(a)), LLB_DEF_TREE);
    (void)state;

    assert_string_equal(text, "#1 terminal\n"
                              "#0 source  a://\\u{202e}b\\xc2\\x9bc\\u{2028}"
                              "\xc3\xa4\n");
    free(text);
    pb_free_all();
}

static void dot_is_quoted(void **state)
{
    char *text = print(graph(), LLB_DEF_DOT);
    (void)state;

    assert_string_equal(text,
                        "digraph definition {\n"
                        "  n0 [shape=ellipse, label=\"local://a\\\\x1b[1m\"];\n"
                        "  n1 [shape=ellipse, label=\"local://b\\\"\\\\n\"];\n"
                        "  n2 [shape=box, label=\"true\"];\n"
                        "  n3 [shape=invtriangle, label=\"merge (true, "
                        "local://b\\\"\\\\n)\"];\n"
                        "  n4 [shape=plaintext, label=\"result\"];\n"
                        "  n0 -> n2;\n"
                        "  n1 -> n2;\n"
                        "  n2 -> n3 [label=\"1\"];\n"
                        "  n1 -> n3;\n"
                        "  n3 -> n4;\n"
                        "}\n");
    free(text);
    pb_free_all();
}

struct pieces {
    llb__buf text;
    size_t n, max;
};

static bool take_piece(void *ctx, const char *text, size_t len)
{
    struct pieces *p = ctx;

    llb__buf_add(&p->text, text, len);
    return ++p->n < p->max;
}

/* Big enough for some pieces. */
static llb_def *wide(void)
{
    llb__buf ops = LLB__BUF_INIT;
    char id[64];
    llb_def *d = NULL;
    llb_error err = {0};
    size_t len;

    for (int i = 0; i < 3000; i++) {
        snprintf(id, sizeof id, "local://%d", i);
        pb def = pb_def(pb_source(id));
        llb__buf_add(&ops, def.data, def.len);
        pb_free_all();
    }
    pb end = pb_end(pb_source("local://0"));
    llb__buf_add(&ops, end.data, end.len);
    char *bytes = llb__buf_take(&ops, &len);
    if (llb_def_parse(bytes, len, LLB_DEF_TAKE, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    pb_free_all();
    return d;
}

static void pieces_make_the_same_text(void **state)
{
    llb_def *d = wide();
    llb_error err = {0};
    char *text = NULL;
    (void)state;

    for (int form = LLB_DEF_JSON; form <= LLB_DEF_DOT; form++) {
        struct pieces p = {.max = SIZE_MAX};
        assert_int_equal(
            llb_def_print(d, (llb_def_format)form, &text, NULL, &err), LLB_OK);
        assert_int_equal(
            llb_def_print_to(d, (llb_def_format)form, take_piece, &p, &err),
            LLB_OK);
        assert_true(p.n > 1 || form == LLB_DEF_TREE);
        assert_string_equal(p.text.data, text);
        llb__buf_clear(&p.text);
        free(text);
    }
    llb_def_free(d);
}

static void a_reader_that_has_enough_ends_it(void **state)
{
    llb_def *d = wide();
    llb_error err = {0};
    struct pieces p = {.max = 1};
    (void)state;

    assert_int_equal(llb_def_print_to(d, LLB_DEF_JSON, take_piece, &p, &err),
                     LLB_ECANCELED);
    assert_int_equal(p.n, 1);
    llb__buf_clear(&p.text);
    p.n = 0;
    assert_int_equal(llb_def_print_to(d, LLB_DEF_TREE, take_piece, &p, &err),
                     LLB_ECANCELED);
    llb__buf_clear(&p.text);
    assert_int_equal(
        llb_def_print_to(d, (llb_def_format)7, take_piece, &p, &err),
        LLB_EINVAL);
    llb_def_free(d);
}

static void one_op_comes_with_what_is_beside_it(void **state)
{
    pb a = pb_source("a://");
    pb meta = pb_entry(2, pb_digest(a), pb_int(1, 1));
    pb place = pb_entry(1, pb_digest(a), pb_len(1, (pb){"", 0}));
    pb info = pb_len(2, pb_str(1, "f"));
    pb b = pb_cat(pb_def(a), pb_end(a), meta, pb_len(3, pb_cat(place, info)));
    llb_def *d = NULL;
    llb_error err = {0};
    char *text;
    size_t len;
    (void)state;

    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_int_equal(llb_def_print_op(d, 0, &text, &len, &err), LLB_OK);
    assert_string_equal(text, "{\n"
                              "  \"digest\": \"" SOURCE "\",\n"
                              "  \"inputs\": [],\n"
                              "  \"kind\": \"source\",\n"
                              "  \"locations\": [\n"
                              "    {\n"
                              "      \"ranges\": null,\n"
                              "      \"source_index\": 0\n"
                              "    }\n"
                              "  ],\n"
                              "  \"metadata\": {\n"
                              "    \"ignore_cache\": true\n"
                              "  },\n"
                              "  \"number\": 0,\n"
                              "  \"op\": {\n"
                              "    \"source\": {\n"
                              "      \"identifier\": \"a://\"\n"
                              "    }\n"
                              "  }\n"
                              "}\n");
    assert_int_equal(len, strlen(text));
    free(text);
    assert_int_equal(llb_def_print_op(d, 2, &text, NULL, &err), LLB_EINVAL);
    llb_def_free(d);
    pb_free_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_data_is_text),
        cmocka_unit_test(other_data_is_hex),
        cmocka_unit_test(unknown_fields_are_kept),
        cmocka_unit_test(enums_are_words_or_numbers),
        cmocka_unit_test(maps_are_objects),
        cmocka_unit_test(whole_json_is_stable),
        cmocka_unit_test(tree_shows_each_op_once),
        cmocka_unit_test(names_cannot_pretend_another_order),
        cmocka_unit_test(dot_is_quoted),
        cmocka_unit_test(pieces_make_the_same_text),
        cmocka_unit_test(a_reader_that_has_enough_ends_it),
        cmocka_unit_test(one_op_comes_with_what_is_beside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
