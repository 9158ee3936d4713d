/* In what two definitions differ: the op at the bottom of it is named, with
 * the field and both values, and what only follows from it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

#include <llb/def.h>

#include "pb.h"

/* ---- Definitions made of few words -------------------------------------- */

static llb__buf making; /* the definition so far */

static pb put(pb op)
{
    pb def = pb_def(op);

    llb__buf_add(&making, def.data, def.len);
    return op;
}

static pb none(void) { return (pb){"", 0}; }

static pb source(const char *id) { return put(pb_source(id)); }

static pb exec_body(const char *arg, pb more)
{
    pb meta = pb_len(1, pb_cat(pb_str(1, "make"), pb_str(1, arg), more));
    return pb_len(2, pb_cat(meta, pb_len(2, pb_str(3, "/"))));
}

static pb run(pb on, const char *arg)
{
    return put(pb_cat(pb_input(on, 0), exec_body(arg, none())));
}

static pb run_env(pb on, const char *arg, pb env)
{
    return put(pb_cat(pb_input(on, 0), exec_body(arg, env)));
}

static pb run_for(pb on, const char *arg, const char *arch)
{
    return put(pb_cat(pb_input(on, 0), exec_body(arg, none()),
                      pb_len(10, pb_str(1, arch))));
}

static pb merge(pb a, pb b)
{
    pb body = pb_cat(pb_str(1, ""), pb_len(1, pb_int(1, 1)));
    return put(pb_cat(pb_input(a, 0), pb_input(b, 0), pb_len(6, body)));
}

static pb write_file(const char *data)
{
    pb file = pb_cat(pb_str(1, "/f"), pb_str(3, data));
    pb action = pb_cat(pb_int(1, -1), pb_int(2, -1), pb_len(5, file));
    return put(pb_len(4, pb_len(2, action)));
}

static void beside(pb more) { llb__buf_add(&making, more.data, more.len); }

static llb_def *end(pb result)
{
    llb_def *d = NULL;
    llb_error err = {0};

    put(pb_input(result, 0));
    if (llb_def_parse(making.data, making.len, 0, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    llb__buf_clear(&making);
    return d;
}

static void says(llb_def *a, llb_def *b, const char *want)
{
    llb_error err = {0};
    char *text;

    assert_int_equal(llb_def_diff(a, b, &text, &err), LLB_OK);
    assert_string_equal(text, want);
    free(text);
    llb_def_free(a);
    llb_def_free(b);
    pb_free_all();
}

/* ---- Ops ---------------------------------------------------------------- */

static void equal_ones_say_nothing(void **state)
{
    (void)state;
    says(end(run(source("a://"), "x")), end(run(source("a://"), "x")), "");
}

static void a_field_is_named_with_both_values(void **state)
{
    (void)state;
    says(end(run(source("a://"), "x")), end(run(source("a://"), "y")),
         "#1 exec \"make x\":\n"
         "  exec.meta.args[1]: \"x\" -> \"y\"\n");
}

static void what_builds_on_it_is_not_repeated(void **state)
{
    (void)state;
    says(end(run(run(source("a://"), "x"), "y")),
         end(run(run(source("b://"), "x"), "y")),
         "#0 source \"a://\":\n"
         "  source.identifier: \"a://\" -> \"b://\"\n");
}

static void the_deepest_comes_first(void **state)
{
    (void)state;
    says(end(run(run(source("a://"), "x"), "z")),
         end(run(run(source("b://"), "y"), "z")),
         "#0 source \"a://\":\n"
         "  source.identifier: \"a://\" -> \"b://\"\n"
         "#1 exec \"make x\":\n"
         "  exec.meta.args[1]: \"x\" -> \"y\"\n");
}

static void an_op_put_into_a_chain_is_one_difference(void **state)
{
    (void)state;
    says(end(run(run(run(source("a://"), "x"), "y"), "z")),
         end(run(run(run(run(source("a://"), "x"), "new"), "y"), "z")),
         "only in the second: #2 exec \"make new\"\n");
    says(end(run(run(run(run(source("b://"), "x"), "new"), "y"), "z")),
         end(run(run(run(source("a://"), "x"), "y"), "z")),
         "#0 source \"b://\":\n"
         "  source.identifier: \"b://\" -> \"a://\"\n"
         "only in the first: #2 exec \"make new\"\n");
}

/* Equal commands one after the other: nothing about them is unique. */
static void repeated_ops_do_not_confuse_it(void **state)
{
    pb a, b;
    (void)state;

    a = source("a://");
    for (int i = 0; i < 50; i++)
        a = run(a, "x");
    llb_def *first = end(a);
    b = source("b://");
    for (int i = 0; i < 50; i++)
        b = i == 20 ? run(run(b, "new"), "x") : run(b, "x");
    says(first, end(b),
         "#0 source \"a://\":\n"
         "  source.identifier: \"a://\" -> \"b://\"\n"
         "only in the second: #21 exec \"make new\"\n");
}

static void another_platform_is_a_field(void **state)
{
    (void)state;
    says(end(run_for(source("a://"), "x", "amd64")),
         end(run_for(source("a://"), "x", "arm64")),
         "#1 exec \"make x\":\n"
         "  platform.Architecture: \"amd64\" -> \"arm64\"\n");
}

static void swapped_inputs_are_named(void **state)
{
    (void)state;
    pb a = source("a://"), b = source("b://");
    llb_def *first = end(merge(a, b));
    a = source("a://");
    b = source("b://");
    says(first, end(merge(b, a)),
         "#2 merge \"merge (a://, b://)\":\n"
         "  inputs[0]: #0 source \"a://\" -> #1 source \"b://\"\n");
}

static void one_input_more_is_said(void **state)
{
    pb a = source("a://"), b = source("b://");
    llb_def *first = end(merge(a, b));
    (void)state;

    a = source("a://");
    b = source("b://");
    pb c = source("c://");
    pb body =
        pb_cat(pb_str(1, ""), pb_len(1, pb_int(1, 1)), pb_len(1, pb_int(1, 2)));
    pb three = put(pb_cat(pb_input(a, 0), pb_input(b, 0), pb_input(c, 0),
                          pb_len(6, body)));
    says(first, end(three),
         "only in the second: #2 source \"c://\"\n"
         "#2 merge \"merge (a://, b://)\" and #3 merge \"merge (a://, b://, "
         "c://)\":\n"
         "  merge.inputs[2]: nothing -> {\"input\":2}\n"
         "  n_inputs: 2 -> 3\n");
}

static void another_output_is_said(void **state)
{
    pb on = source("a://");
    pb mounts =
        pb_cat(pb_len(2, pb_str(3, "/")),
               pb_len(2, pb_cat(pb_int(1, -1), pb_str(3, "/b"), pb_int(4, 1))));
    pb exec = pb_cat(pb_input(on, 0),
                     pb_len(2, pb_cat(pb_len(1, pb_str(1, "x")), mounts)));
    (void)state;

    llb_def *first = end(put(exec));
    source("a://");
    put(exec);
    pb after = put(pb_cat(pb_input(exec, 1), exec_body("y", none())));
    llb_def *second = end(after);
    source("a://");
    put(exec);
    llb_def *third =
        end(put(pb_cat(pb_input(exec, 0), exec_body("y", none()))));
    says(third, second,
         "#2 exec \"make y\":\n"
         "  inputs[0]: #1 exec \"x\" -> #1 exec \"x\" [output 1]\n");
    llb_def_free(first);
}

static void the_order_of_ops_means_nothing(void **state)
{
    pb a = pb_source("a://"), b = pb_source("b://");
    (void)state;

    put(a);
    put(b);
    llb_def *first = end(merge(a, b));
    put(b);
    put(a);
    put(a); /* twice */
    says(first, end(merge(a, b)), "");
}

static void unused_ops_are_said_to_be_unused(void **state)
{
    (void)state;
    llb_def *first = end(run(source("a://"), "x"));
    source("b://");
    says(first, end(run(source("a://"), "x")),
         "only in the second: #0 source \"b://\", which the result does not "
         "use\n"
         "The result is the same, sha256:"
         "cb161111ce72b7eaef490a62baa609a81fe3731e746d634e07b818de184c8056.\n");
}

static void elements_put_into_a_list_are_one_change_each(void **state)
{
    (void)state;
    pb two = pb_cat(pb_str(2, "A=1"), pb_str(2, "B=2"));
    pb three = pb_cat(pb_str(2, "A=1"), pb_str(2, "N=0"), pb_str(2, "B=2"));
    says(end(run_env(source("a://"), "x", two)),
         end(run_env(source("a://"), "x", three)),
         "#1 exec \"make x\":\n"
         "  exec.meta.env[1]: nothing -> \"N=0\"\n");
}

static void long_values_are_cut_to_where_they_differ(void **state)
{
    char a[600], b[600];
    (void)state;

    memset(a, 'a', sizeof a);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof a);
    memcpy(b + 300, "\x1b[2J", 4);
    memset(a + 310, '\0', 1);
    memset(b + 310, '\0', 1);
    says(end(write_file(a)), end(write_file(b)),
         "#0 file \"mkfile /f\":\n"
         "  file.actions[0].mkfile.data: ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" "
         "-> ...aaaaaaaaaaaaaaaaaaaa\\u001B[2Jaaaaaa\"\n");
}

static void keys_that_are_no_words_are_quoted(void **state)
{
    pb key = pb_entry(2, "http.checksum", pb_text("1"));
    (void)state;

    pb with = pb_len(3, pb_cat(pb_str(1, "a://"), key));
    says(end(source("a://")), end(put(with)),
         "#0 source \"a://\":\n"
         "  source.attrs: nothing -> {\"http.checksum\":\"1\"}\n");
    pb other = pb_entry(2, "http.checksum", pb_text("2"));
    says(
        end(put(pb_len(3, pb_cat(pb_str(1, "a://"),
                                 pb_entry(2, "http.checksum", pb_text("1")))))),
        end(put(pb_len(3, pb_cat(pb_str(1, "a://"), other)))),
        "#0 source \"a://\":\n"
        "  source.attrs[\"http.checksum\"]: \"1\" -> \"2\"\n");
}

/* A zero that is written out, and fields in another order: protobuf readers
 * see the same, digests do not. */
static void other_bytes_of_the_same_fields_are_said(void **state)
{
    pb meta = pb_len(1, pb_str(1, "x")), root = pb_len(2, pb_str(3, "/"));
    (void)state;

    pb a = source("a://");
    llb_def *first =
        end(put(pb_cat(pb_input(a, 0), pb_len(2, pb_cat(meta, root)))));
    a = source("a://");
    pb turned = put(pb_cat(pb_input(a, 0), pb_len(2, pb_cat(root, meta))));
    llb_error err = {0};
    llb_def_changes *c;
    llb_def *second = end(turned);
    assert_int_equal(llb_def_changes_of(first, second, &c, &err), LLB_OK);
    assert_int_equal(c->n, 1);
    assert_int_equal(c->list[0].kind, LLB_CHANGE_OP);
    assert_int_equal(c->list[0].a, 1);
    assert_string_equal(c->list[0].field, "bytes[77]");
    assert_string_equal(c->list[0].a_value, "\"0a030a017812031a012f\"");
    assert_string_equal(c->list[0].b_value, "\"12031a012f0a030a0178\"");
    llb_def_changes_free(c);
    llb_def_free(first);
    llb_def_free(second);
    pb_free_all();
}

/* BuildKit's build op may hold a definition, whose ops hold definitions. */
static void nested_definitions_are_compared_by_fields(void **state)
{
    pb in = pb_entry(2, "buildkit.llb.definition", pb_text(""));
    (void)state;

    llb_def *d[2];
    for (int i = 0; i < 2; i++) {
        pb on = source("a://");
        pb deepest = pb_len(3, pb_def(pb_source(i ? "x://1" : "x://2")));
        pb inner = pb_len(5, deepest);
        pb def = pb_len(3, pb_def(inner));
        d[i] = end(put(pb_cat(pb_input(on, 0),
                              pb_len(5, pb_cat(pb_int(1, -1), in, def)))));
    }
    says(d[0], d[1],
         "#1 build \"build\":\n"
         "  build.def.def[0].build.def.def[0].source.identifier: \"x://2\" -> "
         "\"x://1\"\n");
}

/* ---- What is beside the ops --------------------------------------------- */

static llb_def *with_beside(pb meta, pb info, pb place)
{
    pb a = source("a://");

    beside(pb_entry(2, pb_digest(a), meta));
    beside(
        pb_len(3, pb_cat(pb_len(2, info), pb_entry(1, pb_digest(a), place))));
    return end(a);
}

static pb text_file(const char *text)
{
    return pb_cat(pb_str(1, "f.llb"), pb_str(2, text));
}

#define SAME                                                                   \
    "The result is the same, sha256:"                                          \
    "e7cbebfe87116f0c22414ec1a6617c3956627bd992afa93331f68151ecebb2d1.\n"

static void metadata_is_said_as_such(void **state)
{
    (void)state;
    says(with_beside(none(), text_file("x"), none()),
         with_beside(pb_int(1, 1), text_file("x"), none()),
         "#0 source \"a://\":\n"
         "  metadata.ignore_cache: nothing -> true\n" SAME);
    /* Bytes that are no UTF-8 look alike as JSON. */
    says(with_beside(pb_entry(2, "k", pb_text("\xff")), text_file("x"), none()),
         with_beside(pb_entry(2, "k", pb_text("\xfe")), text_file("x"), none()),
         "#0 source \"a://\":\n"
         "  metadata.bytes[7]: \"ff\" -> \"fe\"\n" SAME);
}

/* Metadata is by digest: what is listed twice has it twice. */
static void an_op_listed_twice_is_equal_to_itself(void **state)
{
    llb_def *d[2];
    (void)state;

    for (int i = 0; i < 2; i++) {
        pb a = source("a://");
        put(a);
        beside(pb_entry(2, pb_digest(a), pb_int(1, 1)));
        d[i] = end(a);
        assert_int_equal(llb_def_op_at(d[i], 0).metadata_len, 2);
        assert_int_equal(llb_def_op_at(d[i], 1).metadata_len, 2);
    }
    says(d[0], d[1], "");
}

static void the_order_of_maps_means_nothing(void **state)
{
    pb k = pb_entry(2, "k", pb_text("1")), l = pb_entry(2, "l", pb_text("2"));
    (void)state;

    says(with_beside(pb_cat(k, l), text_file("x"), none()),
         with_beside(pb_cat(l, k), text_file("x"), none()), "");
}

static void source_texts_are_compared_by_lines(void **state)
{
    (void)state;
    says(with_beside(none(), text_file("1\n2\n3\n"), none()),
         with_beside(none(), text_file("1\nb\x1b\nc\n"), none()),
         "source file 0 \"f.llb\":\n"
         "  data line 2: \"2\" -> \"b\\u001B\"\n" SAME);
    says(with_beside(none(), text_file("1\n"), none()),
         with_beside(none(), text_file("1\n2\n"), none()),
         "source file 0 \"f.llb\":\n"
         "  data line 2: nothing -> \"2\"\n" SAME);
    says(with_beside(none(), pb_str(1, "f"), none()),
         with_beside(none(), pb_cat(pb_str(1, "g"), pb_str(4, "llb")), none()),
         "source file 0 \"f\":\n"
         "  filename: \"f\" -> \"g\"\n"
         "  language: \"\" -> \"llb\"\n" SAME);
}

static void places_come_last(void **state)
{
    pb line = pb_len(1, pb_len(2, pb_len(1, pb_int(1, 3))));
    pb other = pb_len(1, pb_len(2, pb_len(1, pb_int(1, 4))));
    (void)state;

    says(with_beside(none(), text_file("x"), line),
         with_beside(none(), text_file("y"), other),
         "source file 0 \"f.llb\":\n"
         "  data line 1: \"x\" -> \"y\"\n"
         "#0 source \"a://\":\n"
         "  locations[0].ranges[0][0]: 3 -> 4\n" SAME);
}

/* ---- Any graph ---------------------------------------------------------- */

enum { MAX_NODES = 24 };

/* Sources, runs and merges; an input is a lower number. */
struct node {
    int kind, label, in[2];
};

static unsigned random_state;

static int below(int n)
{
    random_state = random_state * 1103515245u + 12345u;
    return (int)(random_state >> 16 & 0x7fff) % n;
}

static int random_graph(struct node *g)
{
    int n = 3 + below(MAX_NODES - 3);

    for (int i = 0; i < n; i++) {
        int kind = i < 2 || below(7) == 0 ? 0 : 1 + (below(4) == 0);
        int from = i > 3 ? i - 3 : 0;
        /* Few labels, so that ops repeat; sources stay apart. */
        g[i] = (struct node){kind, kind == 1 ? below(3) : i, {0, 0}};
        if (i > 0)
            g[i].in[0] = from + below(i - from);
        if (i > 0)
            g[i].in[1] = below(i);
    }
    return n;
}

/* The definition of the last node; with number changed another label, behind
 * number inserted another run. */
static llb_def *define_graph(const struct node *g, int n, int changed,
                             int inserted)
{
    pb ops[MAX_NODES];
    char label[32];

    for (int i = 0; i < n; i++) {
        snprintf(label, sizeof label, "%s%d",
                 i == changed ? "changed://" : "a://", g[i].label);
        ops[i] = g[i].kind == 0   ? source(label)
                 : g[i].kind == 1 ? run(ops[g[i].in[0]], label)
                                  : merge(ops[g[i].in[0]], ops[g[i].in[1]]);
        if (i == inserted)
            ops[i] = run(ops[i], "inserted");
    }
    return end(ops[n - 1]);
}

/* Whether the last node builds on number t. */
static bool used(const struct node *g, int n, int t)
{
    bool is[MAX_NODES] = {false};

    is[n - 1] = true;
    for (int i = n - 1; i > t; i--) {
        if (!is[i] || g[i].kind == 0)
            continue;
        is[g[i].in[0]] = true;
        if (g[i].kind == 2)
            is[g[i].in[1]] = true;
    }
    return is[t];
}

/* Of equal ops one may change and leave the other as it was: more than one
 * difference, and rightly so. */
static bool has_twins(const llb_def *d)
{
    for (size_t i = 0; i < llb_def_n_ops(d); i++) {
        size_t found = i;
        llb_def_op op = llb_def_op_at(d, i);
        if (!llb_def_find(d, op.digest, strlen(op.digest), &found) ||
            found != i)
            return true;
    }
    return false;
}

/* One edit somewhere in a graph is one difference, whatever the graph; ops
 * that the result does not use stay equal. */
static void one_edit_is_one_difference(void **state)
{
    struct node g[MAX_NODES];
    llb_def_changes *c;
    llb_error err = {0};
    int tried = 0;
    (void)state;

    for (random_state = 1; tried < 200;) {
        int n = random_graph(g), t = below(n), change = below(2);
        if (!used(g, n, t) || (change && g[t].kind == 2))
            continue;
        llb_def *a = define_graph(g, n, -1, -1);
        if (has_twins(a)) {
            llb_def_free(a);
            pb_free_all();
            continue;
        }
        tried++;
        llb_def *b = define_graph(g, n, change ? t : -1, change ? -1 : t);
        assert_int_equal(llb_def_changes_of(a, b, &c, &err), LLB_OK);
        if (c->n != 1 ||
            c->list[0].kind != (change ? LLB_CHANGE_OP : LLB_CHANGE_ADDED)) {
            char *text = NULL;
            (void)llb_def_diff(a, b, &text, &err);
            fail_msg("graph %d: %s", tried, text);
        }
        llb_def_changes_free(c);
        llb_def_free(a);
        llb_def_free(b);
        pb_free_all();
    }
}

/* ---- Size --------------------------------------------------------------- */

enum { LONG = 10000 };

/* A chain of runs, of which number odd has another environment. */
static llb_def *chain(int n, int odd, const char *env)
{
    llb__buf out = LLB__BUF_INIT;
    char arg[16];
    pb op = pb_source("a://"), def = pb_def(op);

    llb__buf_add(&out, def.data, def.len);
    for (int i = 0; i < n; i++) {
        /* The pool of pieces is small: one op at a time stays. */
        static char last[512];
        assert_true(op.len < sizeof last);
        memcpy(last, op.data, op.len);
        pb before = {last, op.len};
        pb in = pb_input(before, 0);
        char digest[128];
        assert_true(in.len < sizeof digest);
        memcpy(digest, in.data, in.len);
        pb_free_all();
        snprintf(arg, sizeof arg, "%d", i);
        op = pb_cat(((pb){digest, in.len}),
                    exec_body(arg, i == odd ? pb_str(2, env) : none()));
        def = pb_def(op);
        llb__buf_add(&out, def.data, def.len);
    }
    pb last = pb_end(op);
    llb__buf_add(&out, last.data, last.len);
    pb_free_all();
    llb_def *d = NULL;
    llb_error err = {0};
    size_t len;
    char *bytes = llb__buf_take(&out, &len);
    if (llb_def_parse(bytes, len, LLB_DEF_TAKE, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return d;
}

static void a_value_deep_in_a_chain_is_found(void **state)
{
    (void)state;
    says(chain(LONG, 17, "V=1"), chain(LONG, 17, "V=2"),
         "#18 exec \"make 17\":\n"
         "  exec.meta.env[0]: \"V=1\" -> \"V=2\"\n");
}

static void two_values_of_a_chain_are_found(void **state)
{
    (void)state;
    says(chain(LONG, 17, "V=1"), chain(LONG, 5000, "V=2"),
         "#18 exec \"make 17\":\n"
         "  exec.meta.env: [\"V=1\"] -> nothing\n"
         "#5001 exec \"make 5000\":\n"
         "  exec.meta.env: nothing -> [\"V=2\"]\n");
}

/* More differences than anybody reads are counted. */
static void many_differences_are_counted(void **state)
{
    llb_def *a, *b;
    llb_error err = {0};
    llb_def_changes *c;
    pb on;
    char arg[16];
    (void)state;

    on = source("a://");
    for (int i = 0; i < 150; i++) {
        snprintf(arg, sizeof arg, "%d", i);
        on = run(on, arg);
    }
    a = end(on);
    on = source("a://");
    for (int i = 0; i < 150; i++) {
        snprintf(arg, sizeof arg, "n%d", i);
        on = run(on, arg);
    }
    b = end(on);
    assert_int_equal(llb_def_changes_of(a, b, &c, &err), LLB_OK);
    assert_int_equal(c->n, 100);
    assert_int_equal(c->n_more, 50);
    llb_def_changes_free(c);
    llb_def_free(a);
    llb_def_free(b);
    pb_free_all();
}

static void scratch_lacks_all_ops(void **state)
{
    llb_def *a = NULL;
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &a, &err), LLB_OK);
    says(a, end(source("a://")),
         "only in the second: #0 source \"a://\"\n"
         "only in the second: #1 terminal\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_ones_say_nothing),
        cmocka_unit_test(a_field_is_named_with_both_values),
        cmocka_unit_test(what_builds_on_it_is_not_repeated),
        cmocka_unit_test(the_deepest_comes_first),
        cmocka_unit_test(an_op_put_into_a_chain_is_one_difference),
        cmocka_unit_test(repeated_ops_do_not_confuse_it),
        cmocka_unit_test(another_platform_is_a_field),
        cmocka_unit_test(swapped_inputs_are_named),
        cmocka_unit_test(one_input_more_is_said),
        cmocka_unit_test(another_output_is_said),
        cmocka_unit_test(the_order_of_ops_means_nothing),
        cmocka_unit_test(unused_ops_are_said_to_be_unused),
        cmocka_unit_test(elements_put_into_a_list_are_one_change_each),
        cmocka_unit_test(long_values_are_cut_to_where_they_differ),
        cmocka_unit_test(keys_that_are_no_words_are_quoted),
        cmocka_unit_test(other_bytes_of_the_same_fields_are_said),
        cmocka_unit_test(nested_definitions_are_compared_by_fields),
        cmocka_unit_test(metadata_is_said_as_such),
        cmocka_unit_test(an_op_listed_twice_is_equal_to_itself),
        cmocka_unit_test(the_order_of_maps_means_nothing),
        cmocka_unit_test(source_texts_are_compared_by_lines),
        cmocka_unit_test(places_come_last),
        cmocka_unit_test(one_edit_is_one_difference),
        cmocka_unit_test(a_value_deep_in_a_chain_is_found),
        cmocka_unit_test(two_values_of_a_chain_are_found),
        cmocka_unit_test(many_differences_are_counted),
        cmocka_unit_test(scratch_lacks_all_ops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
