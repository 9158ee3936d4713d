/* Each call with each of its allocations failing in turn: LLB_ENOMEM, nothing
 * set, nothing leaked (ASan watches). jansson gets its memory through us too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>

#include <llb/def.h>

#include "fail_alloc.h"
#include "pb.h"

/* One of everything: two sources, exec, file op, metadata, places. dir, name
 * and the source text are what another sample has otherwise. */
static pb sample(const char *dir, const char *name, const char *text)
{
    pb a = pb_len(3, pb_cat(pb_str(1, "local://a"),
                            pb_entry(2, "local.session", pb_text("s"))));
    pb b = pb_source("https://u@h/f");
    pb act = pb_cat(pb_int(1, 0), pb_len(6, pb_str(1, dir)));
    pb file = pb_cat(pb_input(a, 0), pb_len(4, pb_len(2, act)));
    pb mounts = pb_cat(pb_len(2, pb_str(3, "/")),
                       pb_len(2, pb_cat(pb_int(1, 1), pb_str(3, "/m"))));
    pb exec = pb_cat(pb_input(file, 0), pb_input(b, 0),
                     pb_len(2, pb_cat(pb_len(1, pb_str(1, "true")), mounts)));
    pb merge =
        pb_cat(pb_input(exec, 0), pb_input(exec, 1),
               pb_len(6, pb_cat(pb_str(1, ""), pb_len(1, pb_int(1, 1)))));
    pb custom = pb_entry(2, "llb.customname", pb_text(name));
    pb caps = pb_len(5, pb_cat(pb_str(1, "c"), pb_int(2, 1)));
    pb meta = pb_entry(2, pb_digest(exec),
                       pb_cat(custom, caps, pb_len(4, pb_text("")),
                              pb_len(6, pb_text("")), pb_len(7, pb_int(2, 5))));
    pb place = pb_entry(1, pb_digest(exec),
                        pb_len(1, pb_len(2, pb_len(1, pb_int(1, 3)))));
    pb info = pb_len(2, pb_cat(pb_str(1, "f"), pb_len(2, pb_text(text))));
    pb ops = pb_cat(pb_def(a), pb_def(b), pb_def(file), pb_def(exec),
                    pb_def(merge), pb_end(merge));

    return pb_cat(ops, meta, pb_len(3, pb_cat(place, info)));
}

static llb_status parse(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)d;
    return llb_def_parse(b.data, b.len, 0, (llb_def **)ret, err);
}

static llb_status print_json(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return llb_def_print(d, LLB_DEF_JSON, (char **)ret, NULL, err);
}

static llb_status print_op(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return llb_def_print_op(d, 3, (char **)ret, NULL, err);
}

static llb_status print_tree(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return llb_def_print(d, LLB_DEF_TREE, (char **)ret, NULL, err);
}

static llb_status print_dot(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return llb_def_print(d, LLB_DEF_DOT, (char **)ret, NULL, err);
}

static llb_status patch(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return llb_def_patch_locals(d, "u", (llb_def **)ret, err);
}

static llb_status needs(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return llb_def_needs_of(d, (llb_def_needs **)ret, err);
}

static llb_status diff_to(pb b, llb_def *d, void **ret, llb_error *err)
{
    llb_def *other = NULL;

    llb_status st = llb_def_parse(b.data, b.len, 0, &other, err);
    if (st == LLB_OK)
        st = llb_def_diff(d, other, (char **)ret, err);
    llb_def_free(other);
    return st;
}

static pb small, similar; /* other definitions */

static llb_status diff(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return diff_to(small, d, ret, err);
}

static llb_status diff_similar(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    return diff_to(similar, d, ret, err);
}

static llb_status name(pb b, llb_def *d, void **ret, llb_error *err)
{
    (void)b;
    *ret = llb_def_op_name(d, 4);
    err->status = *ret ? LLB_OK : LLB_ENOMEM;
    return err->status;
}

static void free_def(void *p) { llb_def_free(p); }
static void free_needs(void *p) { llb_def_needs_free(p); }

static struct alloc_case {
    const char *name;
    llb_status (*call)(pb b, llb_def *d, void **ret, llb_error *err);
    void (*release)(void *);
} cases[] = {
    {"parse without memory", parse, free_def},
    {"JSON without memory", print_json, free},
    {"an op's JSON without memory", print_op, free},
    {"tree without memory", print_tree, free},
    {"DOT without memory", print_dot, free},
    {"patch without memory", patch, free_def},
    {"needs without memory", needs, free_needs},
    {"diff without memory", diff, free},
    {"diff of fields without memory", diff_similar, free},
    {"name without memory", name, free},
};

static void check_alloc(void **state)
{
    const struct alloc_case *c = *state;
    pb b = sample("/d", "n", "\xff"), src = pb_source("local://other");
    llb_def *d = NULL;
    llb_error err = {0};
    bool failed = true;
    long n;

    if (llb_def_parse(b.data, b.len, 0, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    small = pb_cat(pb_def(src), pb_end(src));
    similar = sample("/e", "m", "x\n");
    for (n = 0; failed; n++) {
        void *ret = NULL;
        fail_alloc_at(n);
        llb_status st = c->call(b, d, &ret, &err);
        failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        assert_int_equal(err.status, failed ? LLB_ENOMEM : err.status);
        assert_int_equal(ret == NULL, failed);
        c->release(ret);
    }
    assert_true(n > 1); /* it allocates at all */
    llb_def_free(d);
    pb_free_all();
}

static void *our_malloc(size_t size) { return malloc(size); }
static void our_free(void *p) { free(p); }

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N];

    json_set_alloc_funcs(our_malloc, our_free);
    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, check_alloc, NULL, NULL,
                                       &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
