/* Each call alone without memory: its n-th allocation fails, or the graph is
 * full at any byte of what it takes. Then the result is LLB_ENOMEM, and what
 * was there before is as it was. */
#include "bad_rows.h"

#include "fail_alloc.h"

static const char *const good_texts[] = {"x", "::1", "/x", "x://y", BLOB};

enum {
    N_GOOD = sizeof good_texts / sizeof *good_texts,
    N_TEXTS = N_GOOD * sizeof texts / sizeof *texts,
    N_ROWS = N_TEXTS + sizeof objects / sizeof *objects
};

/* Calls a row with a text or object that it may like. */
static const llb_state *of_row(const struct world *w, size_t row)
{
    if (row < N_TEXTS)
        return of_text(w, row / N_GOOD, good_texts[row % N_GOOD]);
    row -= N_TEXTS;
    return of_object(w, row, pick(w, objects[row].type));
}

/* A world in a graph of at most so many bytes; def is borrowed. */
static struct world world_within(uint64_t max_bytes, llb_def *def)
{
    llb_graph_opts o = {.max_bytes = max_bytes};
    struct world w = {.def = def};

    world_of(&w, llb_graph_new(&o));
    return w;
}

static void every_byte_may_be_the_last(void **state)
{
    for (size_t row = 0; row < N_ROWS; row++) {
        struct world w = world_within(0, *state);
        uint64_t before = llb_graph_bytes(w.g);
        bool good = !llb_state_error(of_row(&w, row));
        uint64_t after = llb_graph_bytes(w.g);
        llb_graph_free(w.g);
        for (uint64_t limit = before; good && limit < after; limit += 16) {
            w = world_within(limit, *state);
            assert_null(llb_graph_error(w.g));
            const llb_state *s = of_row(&w, row);
            assert_int_equal(llb_state_error(s)->status, LLB_ENOMEM);
            assert_int_equal(llb_graph_error(w.g)->status, LLB_ENOMEM);
            assert_null(llb_state_error(w.s));
            llb_graph_free(w.g);
        }
    }
}

/* A row and a marshal of what it made, with allocation n failing. */
static llb_status try_row(size_t row, llb_def *def, long n, bool *ret_failed)
{
    struct world w = world_within(0, def);
    llb_def *made = NULL;

    fail_alloc_at(n);
    const llb_state *s = of_row(&w, row);
    llb_status st = llb_state_error(s) ? llb_state_error(s)->status
                                       : llb_marshal(s, NULL, &made, NULL);
    *ret_failed = fail_alloc_done();
    assert_int_equal(st == LLB_OK, made != NULL);
    llb_def_free(made);
    llb_graph_free(w.g);
    return st;
}

/* Giving back what was not needed may fail, which hurts nobody. */
static void every_allocation_may_fail(void **state)
{
    bool failed;

    for (size_t row = 0; row < N_ROWS; row++) {
        llb_status expected = try_row(row, *state, -1, &failed);
        failed = true;
        for (long n = 0; failed; n++) {
            llb_status st = try_row(row, *state, n, &failed);
            if (!failed || st != LLB_ENOMEM)
                assert_int_equal(st, expected);
        }
    }
}

/* Calls that make no state. */
static llb_status other_call(const struct world *w, int which)
{
    llb_pair *list = NULL;
    char *text = NULL;
    size_t n;
    llb_status st = LLB_OK;

    if (which == 0) {
        st = llb_image_ref_normalize("alpine", &text, NULL);
    } else if (which == 1) {
        st = llb_state_env_list(llb_env(w->s, "K", "v"), &list, &n);
    } else {
        llb_graph *g = llb_graph_new(NULL);
        st = g ? LLB_OK : LLB_ENOMEM;
        llb_graph_clear(g);
        llb_graph_free(g);
    }
    free(text);
    free(list);
    return st;
}

static void other_calls_without_memory(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        bool failed = true;
        for (long n = 0; failed; n++) {
            struct world w = world_within(0, NULL);
            fail_alloc_at(n);
            llb_status st = other_call(&w, which);
            failed = fail_alloc_done();
            assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
            llb_graph_free(w.g);
        }
    }
}

static int setup(void **state)
{
    llb_graph *g = llb_graph_new(NULL);

    *state = define(llb_image(g, "alpine", NULL));
    llb_graph_free(g);
    return 0;
}

static int teardown(void **state)
{
    llb_def_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_may_be_the_last),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(other_calls_without_memory),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
