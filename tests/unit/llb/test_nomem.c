/* Each allocation of a program that uses every call fails in turn: the result
 * is LLB_ENOMEM, and nothing is lost or left half done. */
#include "helpers.h"

#include "fail_alloc.h"

static const char *const words[] = {"a", "b", "c"};

static const llb_state *sources(llb_graph *g, const llb_constraints *c)
{
    int64_t limit = 3;
    llb_image_opts image = LLB_IMAGE_OPTS_INIT;
    llb_local_opts local = LLB_LOCAL_OPTS_INIT;
    llb_git_opts git = LLB_GIT_OPTS_INIT;
    llb_http_opts http = LLB_HTTP_OPTS_INIT;
    llb_pair attr = {"key", "value"};
    llb_source_opts raw = LLB_SOURCE_OPTS_INIT;

    image.layer_limit = &limit;
    image.constraints = c;
    image.config = "{\"os\":\"linux\",\"architecture\":\"aarch64\","
                   "\"config\":{\"Env\":[\"A=1\"],\"WorkingDir\":\"/w\"}}";
    image.config_len = strlen(image.config);
    local.include = local.exclude = local.follow = words;
    local.n_include = local.n_exclude = local.n_follow = 3;
    git.known_ssh_hosts = words;
    git.n_known_ssh_hosts = 2;
    git.sub_dir = "sub";
    http.chmod = 0644;
    http.uid = 5;
    http.checksum = "sha256:x";
    raw.attrs = &attr;
    raw.n_attrs = 1;
    const llb_state *list[] = {
        llb_image(g, "alpine", &image),
        llb_local(g, "ctx", &local),
        llb_git(g, "git@h:x/y.git", "main:dir", &git),
        llb_git(g, "https://u:p@h/a b%20c", "main", NULL),
        llb_http(g, "https://h/f", &http),
        llb_oci_layout(g, "x", NULL),
        llb_image_blob(g,
                       "a@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4"
                       "045fa6c8c44de311d1",
                       NULL),
        llb_source(g, "x://y", &raw),
    };

    return llb_merge(g, list, sizeof list / sizeof *list, c);
}

static const llb_state *values(const llb_state *s)
{
    llb_platform p = {.os = "linux", .arch = "armhf"};
    char key[16];

    for (int i = 0; i < 40; i++) {
        snprintf(key, sizeof key, "K%d", i % 8);
        s = llb_env(s, key, "value");
    }
    s = llb_env_unset(s, "K1");
    s = llb_dir(llb_user(s, "me"), "rel");
    s = llb_hostname(llb_cgroup_parent(s, "cg"), "host");
    s = llb_extra_host(llb_ulimit(s, "nofile", 1, 2), "h", "::1");
    s = llb_network(llb_security(s, LLB_SECURITY_INSECURE), LLB_NETWORK_HOST);
    s = llb_args(s, words, 3);
    return llb_state_with_platform(s, &p);
}

static const llb_state *execs(const llb_state *base, const llb_state *other,
                              const llb_constraints *c)
{
    llb_mount mounts[] = {{.dest = "/m", .source = other},
                          {.dest = "/c", .cache_id = "id"},
                          {.dest = "/t", .tmpfs = 1}};
    llb_secret secret = {.dest = "/s", .env = "S"};
    llb_ssh ssh = {.id = "x"};
    llb_proxy proxy = {.http_proxy = "p"};
    llb_cdi_device device = {.name = "d"};
    int32_t code = 3;
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    llb_mount late = {.dest = "/late"};

    o.shlex = "make 'all of' it";
    o.mounts = mounts;
    o.n_mounts = 3;
    o.secrets = &secret;
    o.n_secrets = 1;
    o.ssh = &ssh;
    o.n_ssh = 1;
    o.proxy = &proxy;
    o.cdi_devices = &device;
    o.n_cdi_devices = 1;
    o.valid_exit_codes = &code;
    o.n_valid_exit_codes = 1;
    o.with = values(base);
    o.constraints = c;
    llb_exec *e = llb_run(base, &o);
    const llb_state *added = llb_exec_add_mount(e, &late);
    return llb_diff(llb_reset(added, base), llb_exec_mount(e, "/m"), c);
}

static const llb_state *files(llb_graph *g, const llb_state *base,
                              const llb_state *from, const llb_constraints *c)
{
    llb_owner owner = {.user = "bob:staff"};
    llb_time t = {1, 2};
    llb_copy_opts o = LLB_COPY_OPTS_INIT;
    const llb_actions *a = llb_actions_new(g);
    const llb_bound_actions *inner =
        llb_actions_bind(llb_mkdir(a, "d", 0755, NULL), from);

    o.owner = &owner;
    o.created = &t;
    o.include = words;
    o.n_include = 3;
    a = llb_mkfile(a, "rel", 0644, "data", 4, NULL);
    a = llb_symlink(a, "/old", "/new", NULL);
    a = llb_rm(a, "/gone", NULL);
    a = llb_copy(a, from, "src", "dest/", &o);
    a = llb_copy_from_actions(a, inner, "d", "/e", &o);
    return llb_file(base, a, c);
}

static const llb_state *everything(llb_graph *g)
{
    llb_range r = {1, 2, 3, 4};
    llb_location l = {
        llb_source_map_new(g, llb_image(g, "src", NULL), "f", "llb", "text", 4),
        &r, 1};
    llb_progress_group group = {.id = "g", .name = "n"};
    llb_linux_resources res = {.memory = 1};
    llb_platform arm = {.os = "linux", .arch = "aarch64"};
    llb_pair pair = {"k", "v"};
    llb_constraints c = LLB_CONSTRAINTS_INIT;

    c.platform = &arm;
    c.custom_name = "name";
    c.description = &pair;
    c.n_description = 1;
    c.progress_group = &group;
    c.linux_resources = &res;
    c.require = words;
    c.n_require = 2;
    c.locations = &l;
    c.n_locations = 1;
    const llb_state *s = sources(g, &c);
    const llb_state *t = execs(s, llb_image(g, "alpine", NULL), &c);
    const llb_state *u = files(g, t, s, &c);
    llb_pass_input in[] = {{s, 0}, {u, 1}, {t, 1}};
    const llb_state *p =
        llb_passthrough_output(llb_passthrough(g, "id", in, 3, &c), 1);
    llb_build_opts b = {.filename = "f", .constraints = &c};

    return llb_requires(llb_build(p, &b), "r", &s, 1);
}

/* Builds, marshals, loads and marshals again. */
static llb_status whole_way(llb_error *err)
{
    llb_pair pair = {"shared", "by all"};
    llb_constraints c = {.description = &pair, .n_description = 1};
    llb_marshal_opts o = {.constraints = &c};
    llb_def *def = NULL, *again = NULL;
    llb_graph *g = llb_graph_new(NULL);

    if (!g)
        return LLB_ENOMEM;
    llb_status st = llb_marshal(everything(g), &o, &def, err);
    if (st == LLB_OK)
        st = llb_marshal(run1(llb_state_from_def(g, def), "more"), NULL, &again,
                         err);
    llb_def_free(again);
    llb_def_free(def);
    llb_graph_free(g);
    return st;
}

/* Giving back what a definition does not need may fail too, which hurts
 * nobody: once in each of the two marshals. */
static void every_allocation_may_fail(void **state)
{
    int n_harmless = 0;

    (void)state;
    for (long n = 0;; n++) {
        llb_error err = {0};
        fail_alloc_at(n);
        llb_status st = whole_way(&err);
        if (!fail_alloc_done()) {
            if (st != LLB_OK)
                fail_msg("%s", err.message);
            assert_true(n > 30); /* it did allocate */
            return;
        }
        if (st == LLB_OK && ++n_harmless <= 2)
            continue;
        if (st != LLB_ENOMEM)
            fail_msg("allocation %ld: %s %s", n, llb_status_name(st),
                     err.message);
    }
}

/* A shrinking limit reaches the allocations that come out of a chunk. */
static void every_limit_may_be_reached(void **state)
{
    (void)state;
    for (uint64_t limit = 1;; limit += 97) {
        llb_graph_opts o = {.max_bytes = limit};
        llb_graph *g = llb_graph_new(&o);
        llb_def *def = NULL;
        llb_status st = llb_marshal(everything(g), NULL, &def, NULL);

        llb_def_free(def);
        llb_graph_free(g);
        if (st == LLB_OK)
            return;
        assert_int_equal(st, LLB_ENOMEM);
        assert_true(limit < 1000000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_limit_may_be_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
