/* Execs: mounts and what they leave behind, secrets, ssh, PATH. */
#include "helpers.h"

static llb_exec *run_with(const llb_state *base, const llb_mount *mounts,
                          size_t n)
{
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";

    o.args = &arg;
    o.n_args = 1;
    o.mounts = mounts;
    o.n_mounts = n;
    return llb_run(base, &o);
}

static const llb_state *alpine(void **state)
{
    return llb_image(*state, "alpine", NULL);
}

static void read_only_mount_gives_its_source(void **state)
{
    const llb_state *a = alpine(state), *b = llb_image(*state, "busybox", NULL);
    llb_mount m = {.dest = "/in", .source = b, .readonly = 1};
    llb_exec *e = run_with(a, &m, 1);

    assert_true(same_def(llb_exec_mount(e, "/in"), b));
}

static void mounts_without_output_cannot_be_built_on(void **state)
{
    llb_mount m[] = {{.dest = "/c", .cache_id = "id"},
                     {.dest = "/t", .tmpfs = 1},
                     {.dest = "/n", .no_output = 1}};
    llb_exec *e = run_with(alpine(state), m, 3);

    for (int i = 0; i < 3; i++)
        refuse(llb_exec_mount(e, m[i].dest), LLB_EINVAL, m[i].dest);
    refuse(llb_exec_mount(e, "/other"), LLB_ENOENT, "/other");
    assert_null(llb_state_error(llb_exec_root(e)));
}

/* A cache added later has nothing to give, which is no fault of the graph. */
static void adding_a_cache_is_no_error(void **state)
{
    llb_exec *e = run_with(alpine(state), NULL, 0);
    llb_mount m = {.dest = "/c", .cache_id = "id"};

    refuse(llb_exec_add_mount(e, &m), LLB_EINVAL, "nothing can be built");
    assert_null(llb_graph_error(*state));
    assert_true(holds(llb_exec_root(e), "exec.mount.cache"));
}

static void one_dest_takes_one_mount(void **state)
{
    llb_mount m[] = {{.dest = "/a"}, {.dest = "/b"}, {.dest = "/a"}};
    llb_mount root = {.dest = "/"}, late = {.dest = "/b"};

    refuse(llb_exec_root(run_with(alpine(state), m, 3)), LLB_EINVAL,
           "two mounts at \"/a\"");
    refuse(llb_exec_root(run_with(alpine(state), &root, 1)), LLB_EINVAL,
           "two mounts at \"/\"");
    llb_exec *e = run_with(alpine(state), m, 2);
    refuse(llb_exec_add_mount(e, &late), LLB_EINVAL, "two mounts");
}

static void tmpfs_has_no_source(void **state)
{
    llb_mount m = {.dest = "/t", .tmpfs = 1, .source = alpine(state)};

    refuse(llb_exec_root(run_with(alpine(state), &m, 1)), LLB_EINVAL, "tmpfs");
    m.source = llb_scratch(*state);
    assert_null(llb_state_error(llb_exec_root(run_with(alpine(state), &m, 1))));
}

/* Output numbers follow the order of targets, whenever a mount was added. */
static void late_mount_shifts_outputs(void **state)
{
    llb_mount m = {.dest = "/m"}, n = {.dest = "/a"};
    llb_exec *e = run_with(alpine(state), &m, 1);
    const llb_state *out = llb_exec_mount(e, "/m");

    assert_null(llb_state_error(llb_exec_add_mount(e, &n)));
    llb_def *def = define(out);
    int64_t output;
    llb_def_op_input(def, llb_def_n_ops(def) - 1, 0, &output);
    assert_int_equal(output, 2); /* "/", "/a", "/m" */
    llb_def_free(def);
}

static void marshal_closes_an_exec(void **state)
{
    llb_exec *e = run_with(alpine(state), NULL, 0);
    llb_mount m = {.dest = "/late"};

    llb_def_free(define(llb_exec_root(e)));
    refuse(llb_exec_add_mount(e, &m), LLB_EINVAL, "no more mounts");
    llb_def_free(define(llb_exec_root(e)));
}

/* Go fails such a command too; without its mount it would be another one. */
static void mount_that_fails_takes_its_exec_along(void **state)
{
    llb_exec *e = run_with(alpine(state), NULL, 0);
    const llb_state *before = llb_exec_root(e);
    llb_mount m = {.dest = "/m", .source = llb_image(*state, "UPPER", NULL)};

    refuse(llb_exec_add_mount(e, &m), LLB_EINVAL, "UPPER");
    refuse(llb_exec_root(e), LLB_EINVAL, "UPPER");
    refuse(before, LLB_EINVAL, "UPPER");
}

static void cached_contents_want_no_writing_below_a_selector(void **state)
{
    llb_mount m = {.dest = "/m",
                   .source = alpine(state),
                   .selector = "sub",
                   .content_cache = LLB_CONTENT_CACHE_ON};

    refuse(llb_exec_root(run_with(alpine(state), &m, 1)), LLB_EINVAL,
           "cached by its contents");
    m.readonly = 1;
    assert_null(llb_state_error(llb_exec_root(run_with(alpine(state), &m, 1))));
}

static void circle_of_mounts_is_found(void **state)
{
    llb_exec *e = run_with(alpine(state), NULL, 0);
    llb_mount m = {.dest = "/m", .source = run1(llb_exec_root(e), "y")};

    assert_null(llb_state_error(llb_exec_add_mount(e, &m)));
    refuse(llb_exec_root(e), LLB_EINVAL, "depends on itself");
}

static void read_only_root_vanishes(void **state)
{
    const llb_state *a = alpine(state);
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";

    o.args = &arg;
    o.n_args = 1;
    o.readonly_root = 1;
    assert_true(same_def(llb_exec_root(llb_run(a, &o)), a));
}

static void own_platform_reaches_outputs_only(void **state)
{
    llb_platform arm = {.os = "linux", .arch = "arm64", .variant = "v8"};
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    llb_mount m = {.dest = "/m"};
    const char *arg = "x";

    c.platform = &arm;
    o.args = &arg;
    o.n_args = 1;
    o.mounts = &m;
    o.n_mounts = 1;
    o.constraints = &c;
    llb_exec *e = llb_run(alpine(state), &o);
    assert_string_equal(llb_state_platform(llb_exec_root(e))->variant, "");
    assert_string_equal(llb_state_platform(llb_exec_mount(e, "/m"))->arch,
                        "arm64");
    e = run_with(llb_state_with_platform(alpine(state), &arm), &m, 1);
    assert_null(llb_state_platform(llb_exec_mount(e, "/m")));
}

static const llb_state *secret(void **state, llb_secret s)
{
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";

    o.args = &arg;
    o.n_args = 1;
    o.secrets = &s;
    o.n_secrets = 1;
    return llb_exec_root(llb_run(alpine(state), &o));
}

static void secret_ids_have_defaults(void **state)
{
    uint32_t mode = 0400;

    assert_true(same_def(
        secret(state, (llb_secret){.dest = "/s"}),
        secret(state, (llb_secret){.dest = "/s", .id = "/s", .mode = &mode})));
    assert_true(
        same_def(secret(state, (llb_secret){.env = "TOK"}),
                 secret(state, (llb_secret){.env = "TOK", .id = "TOK"})));
    refuse(secret(state, (llb_secret){0}), LLB_EINVAL, "no id, dest or env");
}

static void first_ssh_socket_is_in_the_env(void **state)
{
    llb_ssh ssh[] = {{.id = "a"}, {.target = "/own"}, {.id = "c"}};
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";

    o.args = &arg;
    o.n_args = 1;
    o.ssh = ssh;
    o.n_ssh = 3;
    const llb_state *s = llb_exec_root(llb_run(alpine(state), &o));
    assert_true(holds(s, "SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0"));
    assert_true(holds(s, "/run/buildkit/ssh_agent.2"));
    assert_false(holds(s, "/run/buildkit/ssh_agent.1"));
    const llb_state *set = llb_env(alpine(state), "SSH_AUTH_SOCK", "mine");
    s = llb_exec_root(llb_run(set, &o));
    assert_false(holds(s, "SSH_AUTH_SOCK=/run"));
}

static bool path_with(const llb_state *s, const char *const *caps, size_t n,
                      const char *os, const char *what)
{
    llb_platform p = {.os = os, .arch = "amd64"};
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_def *def;
    size_t len;

    c.platform = &p;
    o.constraints = &c;
    o.caps = caps;
    o.n_caps = n;
    assert_int_equal(llb_marshal(s, &o, &def, NULL), LLB_OK);
    const uint8_t *bytes = llb_def_bytes(def, &len);
    bool found = memmem(bytes, len, what, strlen(what)) != NULL;
    llb_def_free(def);
    return found;
}

static void path_depends_on_what_the_daemon_can(void **state)
{
    const llb_state *s = run1(alpine(state), "x");
    const llb_state *own = run1(llb_env(alpine(state), "PATH", ""), "x");
    const char *const none[] = {NULL}, *const all[] = {"*"};
    const char *const has[] = {"a", "exec.meta.setsdefaultpath"};
    static const char path[] = "PATH=/usr", cap[] = "exec.meta.setsdefaultpath";

    assert_false(path_with(s, NULL, 0, "linux", path));
    assert_false(path_with(s, NULL, 0, "linux", cap));
    assert_true(path_with(s, none, 0, "linux", path));
    assert_false(path_with(own, none, 0, "linux", path));
    assert_false(path_with(s, none, 0, "windows", "PATH"));
    assert_true(path_with(s, has, 2, "linux", cap));
    assert_true(path_with(s, all, 1, "linux", cap));
    assert_false(path_with(s, has, 2, "linux", path));
}

static void exit_codes_may_be_none(void **state)
{
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";
    const int32_t codes[] = {0, -1};

    o.args = &arg;
    o.n_args = 1;
    o.valid_exit_codes = codes;
    const llb_state *empty = llb_exec_root(llb_run(alpine(state), &o));
    assert_true(holds(empty, "exec.validexitcode"));
    o.n_valid_exit_codes = 2;
    const llb_state *two = llb_exec_root(llb_run(alpine(state), &o));
    assert_true(holds(two, "\x62\x0b"));
    o.valid_exit_codes = NULL;
    refuse(llb_exec_root(llb_run(alpine(state), &o)), LLB_EINVAL,
           "valid_exit_codes is NULL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(read_only_mount_gives_its_source),
        GRAPH_TEST(mounts_without_output_cannot_be_built_on),
        GRAPH_TEST(adding_a_cache_is_no_error),
        GRAPH_TEST(one_dest_takes_one_mount),
        GRAPH_TEST(tmpfs_has_no_source),
        GRAPH_TEST(late_mount_shifts_outputs),
        GRAPH_TEST(marshal_closes_an_exec),
        GRAPH_TEST(mount_that_fails_takes_its_exec_along),
        GRAPH_TEST(cached_contents_want_no_writing_below_a_selector),
        GRAPH_TEST(circle_of_mounts_is_found),
        GRAPH_TEST(read_only_root_vanishes),
        GRAPH_TEST(own_platform_reaches_outputs_only),
        GRAPH_TEST(secret_ids_have_defaults),
        GRAPH_TEST(first_ssh_socket_is_in_the_env),
        GRAPH_TEST(path_depends_on_what_the_daemon_can),
        GRAPH_TEST(exit_codes_may_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
