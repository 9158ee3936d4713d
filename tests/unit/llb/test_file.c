/* Chains of file actions: paths, owners, times, chains that copy from chains.
 */
#include "helpers.h"

static const llb_state *alpine(llb_graph *g)
{
    return llb_image(g, "alpine", NULL);
}

/* Chains are values: a longer one leaves the shorter one as it was. */
static void chains_can_be_continued_twice(void **state)
{
    llb_graph *g = *state;
    const llb_actions *a = llb_mkdir(llb_actions_new(g), "/d", 0755, NULL);
    const llb_actions *b = llb_rm(a, "/b", NULL), *c = llb_rm(a, "/c", NULL);

    assert_true(holds(llb_file(alpine(g), b, NULL), "/b"));
    assert_false(holds(llb_file(alpine(g), b, NULL), "/c"));
    assert_true(holds(llb_file(alpine(g), c, NULL), "/c"));
    assert_false(holds(llb_file(alpine(g), a, NULL), "/b"));
}

static const struct {
    const char *dest, *written;
} dests[] = {
    {"./", "\x12\x06/base/"},    {"a/.", "\x12\x09/base/a/."},
    {"/.", "\x12\x02/."},        {"a/./", "\x12\x08/base/a/"},
    {"", "\x12\x05/base"},       {".", "\x12\x05/base"},
    {"/x/../y/", "\x12\x03/y/"}, {"/", "\x12\x01/"},
    {"../../q", "\x12\x02/q"},
};

static void copy_dest_keeps_its_slash(void **state)
{
    llb_graph *g = *state;
    const llb_state *base = llb_dir(alpine(g), "/base");

    for (size_t i = 0; i < sizeof dests / sizeof *dests; i++) {
        const llb_actions *a =
            llb_copy(llb_actions_new(g), alpine(g), "/s", dests[i].dest, NULL);
        char want[64] = "\x0a\x02/s";
        strcat(want, dests[i].written);
        if (!holds(llb_file(base, a, NULL), want))
            fail_msg("dest \"%s\"", dests[i].dest);
    }
}

static void copy_source_starts_at_the_dir_of_its_state(void **state)
{
    llb_graph *g = *state;
    const llb_state *from = llb_dir(alpine(g), "/src");
    const llb_actions *a = llb_actions_new(g);
    const llb_bound_actions *b =
        llb_actions_bind(llb_mkdir(a, "new", 0755, NULL), from);

    assert_true(
        holds(llb_file(alpine(g), llb_copy(a, from, "a/.", "/x", NULL), NULL),
              "\x0a\x06/src/a"));
    const llb_state *s = llb_file(
        alpine(g), llb_copy_from_actions(a, b, "new", "/x", NULL), NULL);
    assert_true(holds(s, "\x0a\x08/src/new\x12\x02/x"));
    assert_true(holds(s, "\x0a\x08/src/new\x10\xed\x03"));
}

static const struct {
    const char *user, *written;
} owners[] = {
    {"root", "\x22\x04\x0a\x02\x10"},
    {"5", "\x22\x04\x0a\x02\x10\x05"},
    {"+5:007", "\x22\x08\x0a\x02\x10\x05\x12\x02\x10\x07"},
    {"-1", "\x22\x08\x0a\x06\x10\xff\xff\xff\xff\x0f"},
    {"bob", "\x22\x09\x0a\x07\x0a\x05\x0a\x03"
            "bob"},
    {"2147483648", "\x0a\x0c\x0a\x0a"
                   "2147483648"},
    {"0x10", "\x0a\x06\x0a\x04"
             "0x10"},
    {" 5", "\x0a\x04\x0a\x02 5"},
    {":g", "\x12\x05\x0a\x03\x0a\x01g"},
};

static void owners_are_ids_or_names(void **state)
{
    llb_graph *g = *state;

    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        llb_owner owner = {.user = owners[i].user};
        llb_mkdir_opts o = LLB_MKDIR_OPTS_INIT;
        o.owner = &owner;
        const llb_actions *a = llb_mkdir(llb_actions_new(g), "/d", 0700, &o);
        if (!holds(llb_file(alpine(g), a, NULL), owners[i].written))
            fail_msg("owner \"%s\"", owners[i].user);
    }
}

static void times_beyond_nanoseconds_are_refused(void **state)
{
    llb_graph *g = *state;
    llb_time t = {INT64_MAX / 1000, 0};
    llb_mkdir_opts o = {.created = &t};

    refuse(
        llb_file(alpine(g), llb_mkdir(llb_actions_new(g), "/d", 0, &o), NULL),
        LLB_EINVAL, "292 years");
}

static void inner_chain_is_written_once(void **state)
{
    llb_graph *g = *state;
    const llb_actions *none = llb_actions_new(g);
    const llb_bound_actions *inner = llb_actions_bind(
        llb_mkdir(none, "/only-once", 0755, NULL), llb_scratch(g));
    const llb_actions *a =
        llb_copy_from_actions(none, inner, "/only-once", "/a", NULL);
    a = llb_copy_from_actions(a, inner, "/only-once", "/b", NULL);
    llb_def *def = define(llb_file(alpine(g), a, NULL));
    llb_def_op op = llb_def_op_at(def, 1);
    static const char mkdir[] = "\x32\x1a\x0a\x0a/only-once\x10";

    const uint8_t *at = memmem(op.data, op.len, mkdir, sizeof mkdir - 1);
    assert_non_null(at);
    at++;
    assert_null(
        memmem(at, op.len - (size_t)(at - op.data), mkdir, sizeof mkdir - 1));
    llb_def_free(def);
}

/* Each chain copies twice from the one before: 2^40 ways through it. */
static void chains_that_copy_twice_are_linear(void **state)
{
    llb_graph *g = *state;
    const llb_actions *none = llb_actions_new(g);
    const llb_bound_actions *b =
        llb_actions_bind(llb_mkdir(none, "/d", 0755, NULL), alpine(g));

    for (int i = 0; i < 40; i++) {
        const llb_actions *a = llb_copy_from_actions(none, b, "/d", "/e", NULL);
        a = llb_copy_from_actions(a, b, "/e", "/d", NULL);
        b = llb_actions_bind(a, alpine(g));
    }
    llb_def *def = define(llb_file(
        alpine(g), llb_copy_from_actions(none, b, "/d", "/x", NULL), NULL));
    assert_int_equal(llb_def_n_ops(def), 3);
    llb_def_free(def);
}

/* 50,000 chains within each other need no deep stack. */
static void deep_chains_are_walked_without_recursion(void **state)
{
    llb_graph *g = *state;
    const llb_actions *none = llb_actions_new(g);
    const llb_bound_actions *b =
        llb_actions_bind(llb_mkdir(none, "/d", 0755, NULL), alpine(g));

    for (int i = 0; i < 50000; i++)
        b = llb_actions_bind(llb_copy_from_actions(none, b, "/d", "/d", NULL),
                             alpine(g));
    llb_def *def = define(llb_file(
        alpine(g), llb_copy_from_actions(none, b, "/d", "/x", NULL), NULL));
    assert_int_equal(llb_def_n_ops(def), 3);
    llb_def_free(def);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(chains_can_be_continued_twice),
        GRAPH_TEST(copy_dest_keeps_its_slash),
        GRAPH_TEST(copy_source_starts_at_the_dir_of_its_state),
        GRAPH_TEST(owners_are_ids_or_names),
        GRAPH_TEST(times_beyond_nanoseconds_are_refused),
        GRAPH_TEST(inner_chain_is_written_once),
        GRAPH_TEST(chains_that_copy_twice_are_linear),
        GRAPH_TEST(deep_chains_are_walked_without_recursion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
