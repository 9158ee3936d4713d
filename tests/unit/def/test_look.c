/* Looking into a definition: names, platforms, places, source files; and that
 * threads may do so at once. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <llb/def.h>

#include "def_make.h"
#include "pb.h"

static llb_def *parse(pb b)
{
    llb_def *d = NULL;
    llb_error err = {0};

    if (llb_def_parse(b.data, b.len, 0, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return d;
}

static pb none(void) { return (pb){"", 0}; }

/* Two sources and an op on both. */
static pb on_two(pb body, pb more)
{
    pb a = pb_source("local://a"), b = pb_source("local://b");
    pb op = pb_cat(pb_input(a, 0), pb_input(b, 0), body);

    return pb_cat(pb_def(a), pb_def(b), pb_def(op), pb_end(op), more);
}

static pb actions(void)
{
    pb copy = pb_len(4, pb_cat(pb_str(1, "/s"), pb_str(2, "/d")));
    pb link = pb_len(8, pb_cat(pb_str(1, "old"), pb_str(2, "new")));
    pb file = pb_len(5, pb_str(1, "/f")), dir = pb_len(6, pb_str(1, "/d"));
    pb rm = pb_len(7, pb_str(1, "/r")), skip = pb_int(3, -1);

    return pb_len(4, pb_cat(pb_len(2, pb_cat(skip, copy)),
                            pb_len(2, pb_cat(skip, file)),
                            pb_len(2, pb_cat(skip, dir)),
                            pb_len(2, pb_cat(skip, rm)), pb_len(2, link)));
}

static pb exec(void)
{
    pb meta = pb_len(
        1, pb_cat(pb_str(1, "sh"), pb_str(1, "-c"), pb_str(1, "make  all")));
    return pb_len(2, pb_cat(meta, pb_len(2, pb_str(3, "/"))));
}

static pb merge(void)
{
    return pb_len(6, pb_cat(pb_str(1, ""), pb_len(1, pb_int(1, 1))));
}

static pb diff(int64_t lower, int64_t upper)
{
    return pb_len(
        7, pb_cat(pb_len(1, pb_int(1, lower)), pb_len(2, pb_int(1, upper))));
}
static pb diff_both(void) { return diff(0, 1); }
static pb diff_scratch(void) { return diff(-1, 1); }

static pb build(void)
{
    pb in = pb_entry(2, "buildkit.llb.definition", none());
    return pb_len(5, pb_cat(pb_int(1, -1), in));
}

static pb passthrough(void)
{
    return pb_len(8, pb_cat(pb_str(1, "id"), pb_int(2, 0)));
}

static pb source(void) { return pb_source("https://h/x"); }

static struct name_case {
    const char *name;
    pb (*body)(void);
    const char *want;
} names[] = {
    {"an exec is named by its args", exec, "sh -c make  all"},
    {"a source by its identifier", source, "https://h/x"},
    {"a file op by its actions", actions,
     "copy /s /d, mkfile /f, mkdir /d, rm /r, symlink new -> old"},
    {"a merge by its inputs", merge, "merge (local://a, local://b)"},
    {"a diff by its sides", diff_both, "diff (local://a) -> (local://b)"},
    {"scratch has no brackets", diff_scratch, "diff scratch -> (local://b)"},
    {"a build is a build", build, "build"},
    {"a passthrough by its id", passthrough, "passthrough id"},
};

static void check_name(void **state)
{
    const struct name_case *c = *state;
    llb_def *d = parse(on_two(c->body(), none()));
    char *name = llb_def_op_name(d, 2);

    assert_string_equal(name, c->want);
    free(name);
    llb_def_free(d);
    pb_free_all();
}

static pb named(pb op, const char *name)
{
    return pb_entry(2, pb_digest(op),
                    pb_entry(2, "llb.customname", pb_text(name)));
}

static void custom_name_wins(void **state)
{
    pb a = pb_source("local://a");
    llb_def *d = parse(on_two(merge(), named(a, "context")));
    size_t len;
    (void)state;

    char *name = llb_def_op_name(d, 0), *above = llb_def_op_name(d, 2);
    assert_string_equal(name, "context");
    assert_string_equal(above, "merge (context, local://b)");
    const char *text = llb_def_op_description(d, 0, "llb.customname", &len);
    assert_int_equal(len, 7);
    assert_memory_equal(text, "context", 7);
    assert_null(llb_def_op_description(d, 0, "other", &len));
    assert_null(llb_def_op_description(d, 1, "llb.customname", &len));
    free(name);
    free(above);
    llb_def_free(d);
    pb_free_all();
}

/* Each merge of the one before with itself would double the name. */
static void nested_names_end(void **state)
{
    pb op = pb_source("local://a");
    llb__buf *ops = pb_new();
    (void)state;

    pb def = pb_def(op);
    llb__buf_add(ops, def.data, def.len);
    for (int i = 0; i < 60; i++) {
        op = pb_cat(pb_input(op, 0), pb_input(op, 0), merge());
        def = pb_def(op);
        llb__buf_add(ops, def.data, def.len);
    }
    llb_def *d = parse(pb_cat(pb_of(ops), pb_end(op)));
    char *name = llb_def_op_name(d, 60);
    assert_non_null(strstr(name, "..."));
    assert_true(strlen(name) < 1000);
    free(name);
    llb_def_free(d);
    pb_free_all();
}

static void platform_is_read(void **state)
{
    pb platform = pb_len(
        10, pb_cat(pb_str(1, "arm"), pb_str(2, "linux"), pb_str(3, "v7")));
    llb_def *d = parse(on_two(pb_cat(platform, exec()), none()));
    llb_def_platform p;
    (void)state;

    assert_false(llb_def_op_platform(d, 0, &p));
    assert_true(llb_def_op_platform(d, 2, &p));
    assert_int_equal(p.os_len, 5);
    assert_memory_equal(p.os, "linux", 5);
    assert_memory_equal(p.arch, "arm", 3);
    assert_int_equal(p.variant_len, 2);
    assert_string_equal(p.os_version, "");
    llb_def_free(d);
    pb_free_all();
}

static pb position(unsigned number, int line, int character)
{
    return pb_len(number, pb_cat(pb_int(1, line), pb_int(2, character)));
}

static pb with_places(void)
{
    pb a = pb_source("local://a");
    pb r1 = pb_len(2, pb_cat(position(1, 3, 2), position(2, 4, 9)));
    pb r2 = pb_len(2, pb_cat(position(1, 7, 0), position(2, 7, 1)));
    pb in_1 = pb_len(1, pb_cat(pb_int(1, 1), r1, r2)), in_0 = pb_len(1, none());
    pb inner = pb_cat(pb_def(a), pb_end(a));
    pb f0 = pb_len(2, pb_cat(pb_str(1, "a.llb"), pb_str(2, "text"),
                             pb_len(3, inner), pb_str(4, "llb")));
    pb f1 = pb_len(2, pb_str(1, "b"));

    return on_two(
        merge(), pb_len(3, pb_cat(pb_entry(1, pb_digest(a), pb_cat(in_1, in_0)),
                                  f0, f1)));
}

static void places_and_files_are_read(void **state)
{
    llb_def *d = parse(with_places());
    llb_def_place p[3];
    (void)state;

    assert_int_equal(llb_def_op_places(d, 0, p, 1), 3);
    assert_int_equal(llb_def_op_places(d, 0, p, 3), 3);
    assert_int_equal(p[0].location, 0);
    assert_int_equal(p[0].info, 1);
    assert_int_equal(p[0].start_line, 3);
    assert_int_equal(p[0].start_char, 2);
    assert_int_equal(p[0].end_line, 4);
    assert_int_equal(p[0].end_char, 9);
    assert_int_equal(p[1].start_line, 7);
    assert_int_equal(p[2].location, 1); /* without ranges: lines 0 */
    assert_int_equal(p[2].info, 0);
    assert_int_equal(p[2].start_line, 0);
    assert_int_equal(llb_def_op_places(d, 1, p, 3), 0);
    assert_int_equal(llb_def_n_infos(d), 2);
    llb_def_info f = llb_def_info_at(d, 0);
    assert_memory_equal(f.filename, "a.llb", f.filename_len);
    assert_memory_equal(f.data, "text", f.data_len);
    assert_memory_equal(f.language, "llb", f.language_len);
    assert_int_equal(f.definition_ops, 2);
    f = llb_def_info_at(d, 1);
    assert_int_equal(f.data_len + f.language_len + f.definition_ops, 0);
    llb_def_free(d);
    pb_free_all();
}

/* A definition as the marshaller makes it: indexed at first use. */
static llb_def *make(pb bytes)
{
    llb_def *d = parse(bytes), *made = NULL;
    size_t n = llb_def_n_ops(d), len;
    llb__def_op *ops = calloc(n, sizeof *ops);
    uint8_t *own = malloc(bytes.len);
    llb_error err = {0};

    memcpy(own, bytes.data, bytes.len);
    for (size_t i = 0; i < n; i++) {
        llb_def_op from = llb_def_op_at(d, i);
        llb__digest_parse(from.digest, LLB__DIGEST_LEN, ops[i].sum);
        ops[i].offset = (uint32_t)(from.data - llb_def_bytes(d, &len));
        ops[i].len = (uint32_t)from.len;
        ops[i].n_inputs = (uint32_t)from.n_inputs;
    }
    assert_int_equal(
        llb__def_take(own, bytes.len, ops, n, llb_def_n_infos(d), &made, &err),
        LLB_OK);
    llb_def_free(d);
    return made;
}

static void *ask(void *p)
{
    llb_def *d = p;
    llb_def_place place;
    bool good = llb_def_op_at(d, 2).kind == LLB_OP_MERGE &&
                llb_def_op_input(d, 2, 1, NULL) == 1 &&
                llb_def_op_places(d, 0, &place, 1) == 3 &&
                llb_def_needs_session(d);

    llb_def_free(d);
    return good ? p : NULL;
}

static void threads_may_ask_at_once(void **state)
{
    llb_def *d = make(with_places());
    pthread_t threads[4];
    void *good;
    (void)state;

    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, llb_def_ref(d)),
                         0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_non_null(good);
    }
    llb_def_free(d);
    pb_free_all();
}

int main(void)
{
    enum { N = sizeof names / sizeof *names };
    struct CMUnitTest tests[N + 5] = {
        cmocka_unit_test(custom_name_wins),
        cmocka_unit_test(nested_names_end),
        cmocka_unit_test(platform_is_read),
        cmocka_unit_test(places_and_files_are_read),
        cmocka_unit_test(threads_may_ask_at_once),
    };
    for (size_t i = 0; i < N; i++)
        tests[5 + i] = (struct CMUnitTest){names[i].name, check_name, NULL,
                                           NULL, &names[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
