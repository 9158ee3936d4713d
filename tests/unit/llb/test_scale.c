/* Size: a million ops in a row, side by side, and the same ten times over, each
 * with the definition that Go's client makes of it; many mounts and outputs;
 * all of it in a stack of 128 KiB. Under sanitizers the graphs are smaller.
 */
#include "helpers.h"

#include <sys/resource.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
enum { MANY = 200000, WIDE = 100000, MANY_MOUNTS = 5000 };
#else
enum { MANY = 1000000, WIDE = 1000000, MANY_MOUNTS = 20000 };
#endif

/* Recursion on the depth of a graph would use it up. */
enum { SMALL_STACK = 128 << 10 };

static llb_def *define_plain(const llb_state *s)
{
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_error err = {0};
    llb_def *def = NULL;

    c.platform = &amd64;
    o.constraints = &c;
    if (llb_marshal(s, &o, &def, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return def;
}

static const llb_state *chain(llb_graph *g, int n)
{
    const llb_state *s = llb_image(g, "alpine", NULL);
    char script[32];
    const char *args[] = {"/bin/sh", "-c", script};
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    o.args = args;
    o.n_args = 3;
    for (int i = 0; i < n; i++) {
        snprintf(script, sizeof script, "make step-%d", i);
        s = llb_exec_root(llb_run(s, &o));
    }
    return s;
}

static void long_chain_is_marshalled(void **state)
{
    llb_def *def = define_plain(chain(*state, MANY));

    assert_int_equal(llb_def_n_ops(def), MANY + 2);
    llb_def_free(def);
}

/* Read, looked at, printed, compared, patched, gone on with: nothing of it
 * follows the chain by recursion. */
static void long_chain_goes_all_the_ways_of_a_definition(void **state)
{
    enum { N = MANY / 20 };
    llb_graph *g = *state;
    llb_def *def = define_plain(chain(g, N)), *again = NULL, *patched = NULL;
    llb_def *more = define_plain(run1(llb_state_from_def(g, def), "x"));
    llb_def_needs *needs = NULL;
    char *text = NULL;
    size_t len;
    const void *bytes = llb_def_bytes(def, &len);

    assert_int_equal(llb_def_n_ops(more), N + 3);
    assert_int_equal(llb_def_parse(bytes, len, 0, &again, NULL), LLB_OK);
    for (int format = LLB_DEF_JSON; format <= LLB_DEF_DOT; format++) {
        assert_int_equal(
            llb_def_print(again, (llb_def_format)format, &text, NULL, NULL),
            LLB_OK);
        free(text);
    }
    assert_int_equal(llb_def_diff(again, more, &text, NULL), LLB_OK);
    free(text);
    assert_int_equal(llb_def_needs_of(again, &needs, NULL), LLB_OK);
    llb_def_needs_free(needs);
    assert_int_equal(llb_def_patch_locals(again, "u", &patched, NULL), LLB_OK);
    llb_def_free(patched);
    llb_def_free(again);
    llb_def_free(more);
    llb_def_free(def);
}

/* One file op of many actions, each of which copies from the ones before. */
static void long_chains_of_actions_are_marshalled(void **state)
{
    enum { N = MANY / 20 };
    llb_graph *g = *state;
    const llb_state *s = llb_image(g, "alpine", NULL);
    const llb_actions *a = llb_mkdir(llb_actions_new(g), "/d", 0755, NULL);

    for (int i = 0; i < N; i++)
        a = llb_copy_from_actions(llb_actions_new(g), llb_actions_bind(a, s),
                                  "/d", "/d", NULL);
    llb_def *def = define_plain(llb_file(s, a, NULL));
    assert_int_equal(llb_def_n_ops(def), 3);
    llb_def_free(def);
}

static void wide_merge_is_marshalled(void **state)
{
    llb_graph *g = *state;
    const llb_state **in = malloc(WIDE * sizeof *in);
    const llb_actions *none = llb_actions_new(g);
    char path[32];

    assert_non_null(in);
    for (int i = 0; i < WIDE; i++) {
        snprintf(path, sizeof path, "/%d", i);
        in[i] =
            llb_file(llb_scratch(g), llb_mkdir(none, path, 0755, NULL), NULL);
    }
    llb_def *def = define_plain(llb_merge(g, in, WIDE, NULL));
    free(in);
    assert_int_equal(llb_def_n_ops(def), WIDE + 2);
    assert_int_equal(llb_def_op_at(def, WIDE).n_inputs, WIDE);
    llb_def_free(def);
}

/* The graph "dup" of the benchmark, whose definition Go's client made too. */
static void duplicates_are_found(void **state)
{
    llb_graph *g = *state;
    enum { N = MANY };
    static const llb_state *in[N];
    const llb_state *base = llb_image(g, "alpine", NULL);
    char number[16];
    const char *args[] = {"/bin/dup", number};
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    o.args = args;
    o.n_args = 2;
    for (int i = 0; i < N; i++) {
        snprintf(number, sizeof number, "%d", i % (N / 10));
        in[i] = llb_exec_root(llb_run(base, &o));
    }
    llb_def *def = define_plain(llb_merge(g, in, N, NULL));
    assert_int_equal(llb_def_n_ops(def), N / 10 + 3);
    llb_def_free(def);
}

/* Each output of an exec is mounted into the next one. */
static void many_mounts_are_linear(void **state)
{
    llb_graph *g = *state;
    llb_mount *m = calloc(MANY_MOUNTS, sizeof *m);
    char(*names)[16] = calloc(MANY_MOUNTS, sizeof *names);
    const char *arg = "x";
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    assert_non_null(m);
    assert_non_null(names);
    for (int i = 0; i < MANY_MOUNTS; i++) {
        snprintf(names[i], sizeof names[i], "/%d", i);
        m[i].dest = names[i];
    }
    o.args = &arg;
    o.n_args = 1;
    o.mounts = m;
    o.n_mounts = MANY_MOUNTS;
    llb_exec *first = llb_run(llb_image(g, "alpine", NULL), &o);
    for (int i = 0; i < MANY_MOUNTS; i++)
        m[i].source = llb_exec_mount(first, names[i]);
    llb_exec *second = llb_run(llb_exec_root(first), &o);
    llb_def *def = define_plain(llb_exec_root(second));
    assert_int_equal(llb_def_op_at(def, 2).n_inputs, MANY_MOUNTS + 1);
    llb_def_free(def);
    free(names);
    free(m);
}

/* All of them are one vertex, whose description has 20,000 keys; a description
 * given to the marshal, which every op carries on, changes nothing in that. */
static void many_equal_calls_with_names_are_linear(void **state)
{
    llb_graph *g = *state;
    enum { N = 20000 };
    static const llb_state *in[N];
    const llb_state *base = llb_image(g, "alpine", NULL);
    char key[16];

    for (int i = 0; i < N; i++) {
        snprintf(key, sizeof key, "k%d", i);
        llb_pair pair = {key, "v"};
        llb_constraints c = {.description = &pair, .n_description = 1};
        const char *arg = "x";
        llb_run_opts o = {.args = &arg, .n_args = 1, .constraints = &c};
        in[i] = llb_exec_root(llb_run(base, &o));
    }
    llb_def *def = define_plain(llb_merge(g, in, N, NULL));
    size_t len;
    assert_int_equal(llb_def_n_ops(def), 4);
    assert_non_null(llb_def_op_description(def, 1, "k19999", &len));
    assert_non_null(llb_def_op_description(def, 1, "k0", &len));
    llb_def_free(def);
    llb_pair all = {"all", "yes"};
    llb_constraints c = {.description = &all, .n_description = 1};
    llb_marshal_opts o = {.constraints = &c};
    assert_int_equal(llb_marshal(llb_merge(g, in, N, NULL), &o, &def, NULL),
                     LLB_OK);
    assert_null(llb_def_op_description(def, 0, "k0", &len));
    assert_non_null(llb_def_op_description(def, 1, "k0", &len));
    assert_non_null(llb_def_op_description(def, 1, "k19999", &len));
    assert_non_null(llb_def_op_description(def, 2, "k19999", &len));
    assert_non_null(llb_def_op_description(def, 2, "all", &len));
    llb_def_free(def);
}

/* Runs this program again where its stack is small. */
static void shrink_stack(char **argv)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_STACK, &limit) != 0)
        abort();
    if (limit.rlim_cur == SMALL_STACK)
        return;
    limit.rlim_cur = SMALL_STACK;
    if (setrlimit(RLIMIT_STACK, &limit) == 0)
        execv("/proc/self/exe", argv);
    perror("a small stack");
    exit(1);
}

int main(int argc, char **argv)
{
    (void)argc;
    shrink_stack(argv);
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(long_chain_is_marshalled),
        GRAPH_TEST(long_chain_goes_all_the_ways_of_a_definition),
        GRAPH_TEST(long_chains_of_actions_are_marshalled),
        GRAPH_TEST(wide_merge_is_marshalled),
        GRAPH_TEST(duplicates_are_found),
        GRAPH_TEST(many_mounts_are_linear),
        GRAPH_TEST(many_equal_calls_with_names_are_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
