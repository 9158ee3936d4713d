/* Wrong calls: NULL, bad text, two graphs, options of other layouts. Each gives
 * a failed state that says which call and argument it was. */
#include "helpers.h"

static void null_is_never_a_crash(void **state)
{
    llb_graph *g = *state;
    const llb_state *s = llb_image(g, "alpine", NULL);
    const llb_actions *a = llb_actions_new(g);
    llb_def *def = NULL;

    refuse(llb_image(NULL, "x", NULL), LLB_EINVAL, "NULL");
    refuse(llb_image(g, NULL, NULL), LLB_EINVAL, "ref is NULL");
    refuse(llb_local(g, NULL, NULL), LLB_EINVAL, "name is NULL");
    refuse(llb_http(g, NULL, NULL), LLB_EINVAL, "url is NULL");
    refuse(llb_git(g, NULL, NULL, NULL), LLB_EINVAL, "remote is NULL");
    refuse(llb_git(g, "", NULL, NULL), LLB_EINVAL, "empty");
    refuse(llb_oci_layout(g, NULL, NULL), LLB_EINVAL, "ref is NULL");
    refuse(llb_image_blob(g, NULL, NULL), LLB_EINVAL, "ref is NULL");
    refuse(llb_source(g, NULL, NULL), LLB_EINVAL, "identifier is NULL");
    refuse(llb_scratch(NULL), LLB_EINVAL, "NULL");
    refuse(llb_env(s, NULL, ""), LLB_EINVAL, "key is NULL");
    refuse(llb_env(s, "K", NULL), LLB_EINVAL, "value is NULL");
    refuse(llb_env(NULL, "K", "V"), LLB_EINVAL, "NULL");
    refuse(llb_dir(s, NULL), LLB_EINVAL, "path is NULL");
    refuse(llb_extra_host(s, "h", "nonsense"), LLB_EINVAL, "nonsense");
    refuse(llb_state_with_platform(s, NULL), LLB_EINVAL, "platform is NULL");
    refuse(llb_image_config(s, NULL, 0), LLB_EINVAL, "json is NULL");
    refuse(llb_reset(s, NULL), LLB_EINVAL, "values is NULL");
    refuse(llb_exec_root(NULL), LLB_EINVAL, "NULL");
    refuse(llb_exec_root(llb_run(NULL, NULL)), LLB_EINVAL, "NULL");
    refuse(llb_exec_mount(NULL, "/"), LLB_EINVAL, "NULL");
    refuse(llb_exec_add_mount(NULL, NULL), LLB_EINVAL, "NULL");
    refuse(llb_file(s, NULL, NULL), LLB_EINVAL, "actions are NULL");
    refuse(llb_file(s, a, NULL), LLB_EINVAL, "no action");
    refuse(llb_file(NULL, a, NULL), LLB_EINVAL, "NULL");
    refuse(llb_file(s, llb_mkdir(NULL, "/", 0, NULL), NULL), LLB_EINVAL,
           "NULL");
    refuse(llb_file(s, llb_copy(a, NULL, "a", "b", NULL), NULL), LLB_EINVAL,
           "from is NULL");
    refuse(llb_file(s, llb_copy_from_actions(a, NULL, "a", "b", NULL), NULL),
           LLB_EINVAL, "from is NULL");
    refuse(llb_file(
               s,
               llb_copy_from_actions(a, llb_actions_bind(a, s), "a", "b", NULL),
               NULL),
           LLB_EINVAL, "no action");
    refuse(llb_merge(g, NULL, 2, NULL), LLB_EINVAL, "inputs is NULL");
    refuse(llb_diff(s, NULL, NULL), LLB_EINVAL, "upper is NULL");
    refuse(llb_build(llb_scratch(g), NULL), LLB_EINVAL, "scratch");
    refuse(llb_passthrough(g, "", NULL, 0, NULL), LLB_EINVAL, "id is empty");
    refuse(llb_passthrough(g, "i", NULL, 0, NULL), LLB_EINVAL, "output");
    refuse(llb_passthrough_output(s, 0), LLB_EINVAL, "no passthrough");
    refuse(llb_requires(llb_scratch(g), "i", &s, 1), LLB_EINVAL, "output");
    refuse(llb_state_from_def(g, NULL), LLB_EINVAL, "def is NULL");
    refuse(NULL, LLB_EINVAL, "s is NULL");
    assert_int_equal(llb_marshal(s, NULL, NULL, NULL), LLB_EINVAL);
    assert_int_equal(llb_marshal(NULL, NULL, &def, NULL), LLB_EINVAL);
    llb_graph_free(NULL);
    llb_graph_clear(NULL);
}

static void what_is_built_on_a_failed_state_is_that_state(void **state)
{
    llb_graph *g = *state;
    const llb_state *bad = llb_image(g, "BAD", NULL);
    const llb_state *s = llb_dir(llb_env(bad, "A", "1"), "/x");
    const llb_actions *a = llb_actions_new(g);

    assert_ptr_equal(s, bad);
    assert_ptr_equal(llb_exec_root(llb_run(bad, NULL)), bad);
    assert_ptr_equal(
        llb_file(llb_scratch(g), llb_copy(a, bad, "/", "/", NULL), NULL), bad);
    assert_ptr_equal(llb_merge(g, &bad, 1, NULL), bad);
    llb_mount m = {.dest = "/m", .source = bad};
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";
    o.args = &arg;
    o.n_args = 1;
    o.mounts = &m;
    o.n_mounts = 1;
    const llb_state *good = llb_image(g, "alpine", NULL);
    refuse(llb_exec_root(llb_run(good, &o)), LLB_EINVAL, "llb_image (call 1)");
    assert_string_equal(llb_graph_error(g)->message,
                        llb_state_error(bad)->message);
}

/* A failed state that the result does not need is no reason to fail. */
static void unused_failure_does_not_matter(void **state)
{
    llb_image(*state, "BAD", NULL);
    llb_def_free(define(llb_image(*state, "alpine", NULL)));
    assert_non_null(llb_graph_error(*state));
}

static void message_has_the_place_if_there_is_one(void **state)
{
    llb_graph *g = *state;
    llb_range r = {7, 0, 7, 9};
    llb_location l = {llb_source_map_new(g, NULL, "app.llb", NULL, "x", 1), &r,
                      1};
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;

    c.locations = &l;
    c.n_locations = 1;
    o.constraints = &c;
    refuse(llb_image(g, "BAD", &o), LLB_EINVAL, "app.llb:7: llb_image: ");
}

static void graphs_do_not_mix(void **state)
{
    llb_graph *g = *state, *h = llb_graph_new(NULL);
    const llb_state *a = llb_image(g, "alpine", NULL);
    const llb_state *b = llb_image(h, "alpine", NULL), *both[] = {a, b};
    const llb_actions *x = llb_actions_new(h);
    llb_mount m = {.dest = "/m", .source = b};

    refuse(llb_merge(g, both, 2, NULL), LLB_EINVAL, "another graph");
    refuse(llb_diff(a, b, NULL), LLB_EINVAL, "another graph");
    refuse(llb_reset(a, b), LLB_EINVAL, "another graph");
    const char *const args[] = {"x"};
    refuse(llb_exec_add_mount(llb_run(llb_args(a, args, 1), NULL), &m),
           LLB_EINVAL, "another graph");
    refuse(llb_file(a, llb_mkdir(x, "/", 0, NULL), NULL), LLB_EINVAL,
           "another graph");
    refuse(llb_file(b, llb_copy(x, a, "/", "/", NULL), NULL), LLB_EINVAL,
           "another graph");
    llb_graph_free(h);
}

static void text_must_be_utf8(void **state)
{
    llb_graph *g = *state;
    const llb_state *s = llb_image(g, "alpine", NULL);

    refuse(llb_env(s, "K", "\xff"), LLB_EINVAL, "value is not UTF-8 at byte 0");
    refuse(run1(s, "ok\xc0\x80"), LLB_EINVAL, "not UTF-8 at byte 2");
    refuse(llb_local(g, "\xed\xa0\x80", NULL), LLB_EINVAL, "name is not UTF-8");
    refuse(llb_file(s, llb_rm(llb_actions_new(g), "/\x80", NULL), NULL),
           LLB_EINVAL, "path is not UTF-8");
    /* data is bytes */
    llb_def_free(define(llb_file(
        s, llb_mkfile(llb_actions_new(g), "/f", 0644, "\xff\0\x80", 3, NULL),
        NULL)));
}

static void enums_out_of_range_are_refused(void **state)
{
    llb_graph *g = *state;
    const llb_state *s = llb_image(g, "alpine", NULL);
    llb_image_opts image = {.resolve_mode = (llb_resolve_mode)3};
    llb_local_opts local = {.differ = (llb_local_differ)-1};
    llb_constraints c = {.export_cache = (llb_export_cache)9};

    refuse(llb_network(s, (llb_network_mode)3), LLB_EINVAL, "mode cannot be 3");
    refuse(llb_security(s, (llb_security_mode)2), LLB_EINVAL, "mode");
    refuse(llb_image(g, "x", &image), LLB_EINVAL, "resolve_mode");
    refuse(llb_local(g, "x", &local), LLB_EINVAL, "differ");
    refuse(llb_diff(s, s, &c), LLB_EINVAL, "export_cache");
}

static void marshal_takes_no_locations(void **state)
{
    llb_location l = {0};
    llb_constraints c = {.locations = &l, .n_locations = 1};
    llb_marshal_opts o = {.constraints = &c};
    llb_error err = {0};
    llb_def *def = NULL;

    assert_int_equal(llb_marshal(llb_image(*state, "x", NULL), &o, &def, &err),
                     LLB_EINVAL);
    assert_non_null(strstr(err.message, "locations"));
    assert_null(def);
}

/* ---- Layouts of options -------------------------------------------------- */

/* The daemon would refuse the whole definition, without saying which call. */
static void what_no_daemon_takes_is_refused_early(void **state)
{
    llb_graph *g = *state;
    const llb_state *s = llb_image(g, "x", NULL);
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    llb_secret secret = LLB_SECRET_INIT;
    llb_ssh ssh = LLB_SSH_INIT;

    refuse(llb_source(g, "alpine", NULL), LLB_EINVAL, "no scheme");
    refuse(llb_source(g, "", NULL), LLB_EINVAL, "no scheme");
    refuse(llb_http(g, "example.com/f", NULL), LLB_EINVAL, "no scheme");
    o.shlex = "true";
    o.secrets = &secret;
    o.n_secrets = 1;
    secret.dest = "";
    refuse(llb_exec_root(llb_run(s, &o)), LLB_EINVAL, "no id");
    secret.dest = "/";
    refuse(llb_exec_root(llb_run(s, &o)), LLB_EINVAL, "where the root is");
    o.n_secrets = 0;
    o.ssh = &ssh;
    o.n_ssh = 1;
    ssh.target = "/";
    refuse(llb_exec_root(llb_run(s, &o)), LLB_EINVAL, "where the root is");
}

static void size_zero_is_the_first_layout(void **state)
{
    llb_graph *g = *state;
    int64_t limit = 2;
    llb_image_opts sized = LLB_IMAGE_OPTS_INIT, bare = {.layer_limit = &limit};

    sized.layer_limit = &limit;
    assert_true(same_def(llb_image(g, "x", &sized), llb_image(g, "x", &bare)));
    assert_true(holds(llb_image(g, "x", &bare), "image.layerlimit"));
}

struct newer_image_opts {
    llb_image_opts known;
    uint64_t unknown;
};

static void unknown_members_must_be_zero(void **state)
{
    llb_graph *g = *state;
    struct newer_image_opts o = {.known = LLB_IMAGE_OPTS_INIT};

    o.known.size = sizeof o;
    assert_null(llb_state_error(llb_image(g, "x", &o.known)));
    o.unknown = UINT64_C(1) << 63;
    refuse(llb_image(g, "x", &o.known), LLB_EINVAL, "older than the program");
}

static void sizes_below_the_first_layout_are_refused(void **state)
{
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;
    llb_graph_opts g = LLB_GRAPH_OPTS_INIT;

    o.size = 8;
    refuse(llb_image(*state, "x", &o), LLB_EINVAL, "smaller than any layout");
    g.size = 4;
    assert_null(llb_graph_new(&g));
}

struct newer_mount {
    llb_mount known;
    uint64_t unknown;
};

/* A newer program's list has larger elements; all have one size. */
static void lists_are_walked_by_the_size_of_their_elements(void **state)
{
    struct newer_mount m[2] = {{{.size = sizeof *m, .dest = "/a"}, 0},
                               {{.size = sizeof *m, .dest = "/b"}, 0}};
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const llb_state *s = llb_image(*state, "alpine", NULL);
    const char *arg = "x";

    o.args = &arg;
    o.n_args = 1;
    o.mounts = &m[0].known;
    o.n_mounts = 2;
    llb_exec *e = llb_run(s, &o);
    assert_null(llb_state_error(llb_exec_mount(e, "/b")));
    m[1].known.size = sizeof(llb_mount);
    refuse(llb_exec_root(llb_run(s, &o)), LLB_EINVAL, "element 1");
    m[1].known.size = sizeof *m;
    m[1].unknown = 1;
    refuse(llb_exec_root(llb_run(s, &o)), LLB_EINVAL, "older");
}

static void graph_has_a_limit(void **state)
{
    llb_graph_opts o = LLB_GRAPH_OPTS_INIT;

    (void)state;
    o.max_bytes = 100000;
    llb_graph *g = llb_graph_new(&o);
    const llb_state *s = llb_image(g, "alpine", NULL);
    for (int i = 0; i < 10000; i++)
        s = run1(s, "x");
    refuse(s, LLB_ENOMEM, "limit");
    assert_true(llb_graph_bytes(g) <= 100000);
    assert_int_equal(llb_graph_error(g)->status, LLB_ENOMEM);
    llb_graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(null_is_never_a_crash),
        GRAPH_TEST(what_is_built_on_a_failed_state_is_that_state),
        GRAPH_TEST(unused_failure_does_not_matter),
        GRAPH_TEST(message_has_the_place_if_there_is_one),
        GRAPH_TEST(graphs_do_not_mix),
        GRAPH_TEST(text_must_be_utf8),
        GRAPH_TEST(enums_out_of_range_are_refused),
        GRAPH_TEST(marshal_takes_no_locations),
        GRAPH_TEST(what_no_daemon_takes_is_refused_early),
        GRAPH_TEST(size_zero_is_the_first_layout),
        GRAPH_TEST(unknown_members_must_be_zero),
        GRAPH_TEST(sizes_below_the_first_layout_are_refused),
        GRAPH_TEST(lists_are_walked_by_the_size_of_their_elements),
        cmocka_unit_test(graph_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
