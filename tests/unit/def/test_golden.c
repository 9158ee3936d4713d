/* Each golden definition is read, and its JSON says what the golden file
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <llb/def.h>

#include "buf.h"
#include "golden.h"
#include "schema.h"

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

/* Behind "..." in DOT's syntax, or NULL: it is no string. */
static const char *skip_quoted(const char *p)
{
    if (*p++ != '"')
        return NULL;
    for (; *p && *p != '"'; p++)
        if (*p == '\\' && p[1] != '"' && p[1] != '\\')
            return NULL; /* \N and \G would become names */
        else if (*p == '\\')
            p++;
    return *p ? p + 1 : NULL;
}

/* Behind the one statement on a line of ours: a node, or an edge between nodes
 * that are there, with its attributes. NULL: it is none of these. */
static const char *skip_statement(const char *p, size_t n_nodes, size_t *nodes)
{
    unsigned from, to;
    int len = 0;
    char shape[16];

    if (sscanf(p, "  n%u -> n%u%n", &from, &to, &len) == 2) {
        p += len;
        if (from >= n_nodes || to >= n_nodes)
            return NULL;
        if (strncmp(p, " [label=", 8) == 0) {
            p = skip_quoted(p + 8);
            if (!p || *p++ != ']')
                return NULL;
        }
    } else if (sscanf(p, "  n%u [shape=%15[a-z], label=%n", &from, shape,
                      &len) == 2 &&
               len > 0) {
        p = skip_quoted(p + len);
        if (from != (*nodes)++ || !p || *p++ != ']')
            return NULL;
    } else {
        return NULL;
    }
    return strncmp(p, ";\n", 2) == 0 ? p + 2 : NULL;
}

static void check_dot(json_t *s)
{
    static const char first[] = "digraph definition {\n";
    llb_def *d = parse_scenario(s);
    llb_error err = {0};
    char *text = NULL;
    size_t nodes = 0;

    assert_int_equal(llb_def_print(d, LLB_DEF_DOT, &text, NULL, &err), LLB_OK);
    assert_memory_equal(text, first, sizeof first - 1);
    for (const char *p = text + sizeof first - 1; strcmp(p, "}\n") != 0;) {
        const char *next = skip_statement(p, llb_def_n_ops(d), &nodes);
        if (!next)
            fail_msg("%s: no statement of DOT: %s",
                     json_string_value(json_object_get(s, "name")), p);
        p = next;
    }
    assert_int_equal(nodes, llb_def_n_ops(d));
    free(text);
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

static void dot_is_what_graphviz_reads(void **state)
{
    (void)state;
    assert_int_equal(golden_each(check_dot), 179);
}

static char *doc; /* docs/definition-json.md */

/* Whether the document has the word as code: `word` or "word". */
static bool documented(const char *key)
{
    char code[80], quoted[80];

    snprintf(code, sizeof code, "`%s`", key);
    snprintf(quoted, sizeof quoted, "\"%s\"", key);
    return strstr(doc, code) || strstr(doc, quoted);
}

/* Members of these are named by what they are about, not by us. */
static bool is_map(const char *key)
{
    static const char *const maps[] = {"attrs",  "caps",      "description",
                                       "inputs", "locations", "metadata"};

    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (strcmp(maps[i], key) == 0)
            return true;
    return false;
}

/* Recurses as deep as our own JSON nests. */
static void check_keys(const char *of, json_t *value)
{
    const char *key;
    json_t *v;
    size_t i;

    json_object_foreach(value, key, v)
    {
        if (!is_map(of) && !documented(key))
            fail_msg("docs/definition-json.md does not name \"%s\", a member "
                     "of \"%s\"",
                     key, of);
        check_keys(is_map(of) ? "" : key, v);
    }
    /* A list named like a map holds objects of ours. */
    json_array_foreach(value, i, v) check_keys("", v);
}

static void check_documented(json_t *s)
{
    llb_def *d = parse_scenario(s);
    llb_error err = {0};
    char *text = NULL;

    assert_int_equal(llb_def_print(d, LLB_DEF_JSON, &text, NULL, &err), LLB_OK);
    json_t *j = json_loads(text, JSON_ALLOW_NUL, NULL);
    check_keys("", j);
    json_decref(j);
    free(text);
    llb_def_free(d);
}

static void type_of(llb__buf *b, const llb__field *f)
{
    switch ((llb__ftype)f->type) {
    case LLB__F_BOOL:
        llb__buf_adds(b, "true or false");
        break;
    case LLB__F_INT32:
    case LLB__F_INT64:
    case LLB__F_UINT32:
    case LLB__F_UINT64:
        llb__buf_adds(b, "number");
        break;
    case LLB__F_ENUM:
        for (size_t i = 0; f->words[i]; i++)
            llb__buf_printf(b, "%s`%s`", i ? " " : "", f->words[i]);
        break;
    case LLB__F_STRING:
        llb__buf_adds(b, "text");
        break;
    case LLB__F_BYTES:
        llb__buf_adds(b, "bytes");
        break;
    case LLB__F_MESSAGE:
        llb__buf_adds(b, f->message->name);
        break;
    }
}

/* The line of the document that tells of a field. */
static void row_of(llb__buf *b, const llb__message *m, const llb__field *f)
{
    llb__buf_printf(b, "| %s | `%s` | ", m->name, f->name);
    if (f->flags & LLB__MAP) {
        llb__buf_adds(b, "map to ");
        type_of(b, llb__field_of(f->message, 2));
    } else {
        if (f->flags & LLB__REPEATED)
            llb__buf_adds(b, "list of ");
        type_of(b, f);
    }
    llb__buf_adds(b, " |\n");
}

enum { MAX_MESSAGES = 128 };

static size_t add_message(const llb__message **list, size_t n,
                          const llb__message *m)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == m)
            return n;
    assert_true(n < MAX_MESSAGES);
    list[n] = m;
    return n + 1;
}

/* The lines for all messages that an op can hold, in the order in which they
 * are met. */
static void all_rows(llb__buf *b)
{
    const llb__message *list[MAX_MESSAGES] = {&llb__msg_op};
    size_t n = 1;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < list[i]->n_fields; k++) {
            const llb__field *f = &list[i]->fields[k];
            if (list[i] == &llb__msg_op && f->number == 1)
                continue; /* "inputs" stands beside "op" */
            row_of(b, list[i], f);
            const llb__message *m = f->message;
            if (f->flags & LLB__MAP)
                m = llb__field_of(m, 2)->message;
            if (m)
                n = add_message(list, n, m);
        }
    }
}

static void read_doc(void)
{
    FILE *in = fopen(LLB_SOURCE_DIR "/docs/definition-json.md", "r");
    size_t cap = 0;

    assert_non_null(in);
    assert_true(getdelim(&doc, &cap, '\0', in) > 0);
    fclose(in);
}

static void each_member_is_documented(void **state)
{
    (void)state;
    read_doc();
    assert_int_equal(golden_each(check_documented), 179);
    free(doc);
}

static void each_field_of_an_op_is_documented(void **state)
{
    llb__buf rows = LLB__BUF_INIT;
    (void)state;

    read_doc();
    all_rows(&rows);
    if (!strstr(doc, rows.data)) {
        fputs(rows.data, stderr);
        fail_msg("docs/definition-json.md should hold the lines above");
    }
    llb__buf_clear(&rows);
    free(doc);
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
        cmocka_unit_test(dot_is_what_graphviz_reads),
        cmocka_unit_test(each_member_is_documented),
        cmocka_unit_test(each_field_of_an_op_is_documented),
        cmocka_unit_test(accessors_agree_with_the_golden_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
