/* What the headers call the default of an option: leaving it out, setting it up
 * with the macro, and giving the default by hand are the same bytes. */
#include "helpers.h"

typedef const llb_state *(*maker)(llb_graph *g, int how);

/* how: 0 no options, 1 the macro, 2 the default given by hand */
static const llb_state *image(llb_graph *g, int how)
{
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;

    if (how == 2) {
        o.resolve_mode = LLB_RESOLVE_DEFAULT;
        o.checksum = "";
        o.resolved_digest = "";
    }
    return llb_image(g, "alpine", how ? &o : NULL);
}

static const llb_state *local(llb_graph *g, int how)
{
    static const char *const none[] = {NULL};
    llb_local_opts o = LLB_LOCAL_OPTS_INIT;

    if (how == 2) {
        o.include = o.exclude = o.follow = o.metadata_exceptions = none;
        o.shared_key_hint = o.session_id = "";
        o.differ_required = 1; /* of nothing */
    }
    return llb_local(g, "ctx", how ? &o : NULL);
}

static const llb_state *http(llb_graph *g, int how)
{
    llb_http_opts o = LLB_HTTP_OPTS_INIT;

    if (how == 2)
        o.checksum = o.filename = o.auth_header_secret = "";
    return llb_http(g, "https://h/f", how ? &o : NULL);
}

static const llb_state *git(llb_graph *g, int how)
{
    static const char *const none[] = {NULL};
    llb_git_opts o = LLB_GIT_OPTS_INIT;

    if (how == 2) {
        o.known_ssh_hosts = none;
        o.mount_ssh_sock = "default";
        o.git_ref = o.sub_dir = o.checksum = o.mtime = o.bundle = "";
    }
    return llb_git(g, "git@h:r.git", how == 2 ? "" : NULL, how ? &o : NULL);
}

static const llb_state *oci(llb_graph *g, int how)
{
    llb_oci_layout_opts o = LLB_OCI_LAYOUT_OPTS_INIT;

    if (how == 2)
        o.session_id = o.store_id = o.checksum = "";
    return llb_oci_layout(g, "x@y", how ? &o : NULL);
}

static const llb_state *blob(llb_graph *g, int how)
{
    static const char ref[] = "a@sha256:4bcff63911fcb4448bd4fdacec207030997caf2"
                              "5e9bea4045fa6c8c44de311d1";
    llb_blob_opts o = LLB_BLOB_OPTS_INIT;

    if (how == 2)
        o.filename = o.session_id = o.store_id = "";
    return llb_oci_layout_blob(g, ref, how ? &o : NULL);
}

static const llb_state *raw(llb_graph *g, int how)
{
    llb_source_opts o = LLB_SOURCE_OPTS_INIT;

    return llb_source(g, "x://y", how ? &o : NULL);
}

static const llb_state *run(llb_graph *g, int how)
{
    static const char *const args[] = {"x"};
    static const uint32_t secret_mode = 0400, ssh_mode = 0600;
    const llb_state *base = llb_args(llb_image(g, "alpine", NULL), args, 1);
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    llb_secret secret = LLB_SECRET_INIT;
    llb_ssh ssh = LLB_SSH_INIT;
    llb_mount mount = LLB_MOUNT_INIT;
    llb_constraints c = LLB_CONSTRAINTS_INIT;

    secret.dest = "/s";
    mount.dest = "/m";
    if (how == 2) {
        secret.id = "/s";
        secret.mode = &secret_mode;
        ssh.id = "";
        ssh.target = "/run/buildkit/ssh_agent.0";
        ssh.mode = &ssh_mode;
        mount.source = llb_scratch(g);
        mount.selector = mount.cache_id = "";
        o.with = base;
        o.args = args;
        o.n_args = 1;
        o.constraints = &c;
    }
    o.secrets = &secret;
    o.n_secrets = 1;
    o.ssh = &ssh;
    o.n_ssh = 1;
    o.mounts = &mount;
    o.n_mounts = 1;
    return llb_exec_root(llb_run(base, &o));
}

static const llb_state *files(llb_graph *g, int how)
{
    static const int32_t keep = -1;
    llb_mkdir_opts dir = LLB_MKDIR_OPTS_INIT;
    llb_mkfile_opts file = LLB_MKFILE_OPTS_INIT;
    llb_symlink_opts link = LLB_SYMLINK_OPTS_INIT;
    llb_rm_opts rm = LLB_RM_OPTS_INIT;
    llb_copy_opts copy = LLB_COPY_OPTS_INIT;
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    const llb_actions *a = llb_actions_new(g);

    if (how == 2) {
        copy.mode = &keep;
        copy.mode_str = "";
    }
    a = llb_mkdir(a, "/d", 0755, how ? &dir : NULL);
    a = llb_mkfile(a, "/f", 0644, "x", 1, how ? &file : NULL);
    a = llb_symlink(a, "o", "n", how ? &link : NULL);
    a = llb_rm(a, "/r", how ? &rm : NULL);
    a = llb_copy(a, llb_image(g, "x", NULL), "/a", "/b", how ? &copy : NULL);
    return llb_file(llb_scratch(g), a, how ? &c : NULL);
}

static const llb_state *build(llb_graph *g, int how)
{
    llb_build_opts o = LLB_BUILD_OPTS_INIT;

    if (how == 2)
        o.filename = "";
    return llb_build(llb_image(g, "alpine", NULL), how ? &o : NULL);
}

static const struct {
    const char *name;
    maker make;
} cases[] = {
    {"llb_image", image},    {"llb_local", local},
    {"llb_http", http},      {"llb_git", git},
    {"llb_oci_layout", oci}, {"llb_oci_layout_blob", blob},
    {"llb_source", raw},     {"llb_run", run},
    {"file actions", files}, {"llb_build", build},
};

static void defaults_are_what_the_headers_say(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const llb_state *s = cases[i].make(*state, 0);
        for (int how = 1; how <= 2; how++)
            if (!same_def(s, cases[i].make(*state, how)))
                fail_msg("%s: options of kind %d", cases[i].name, how);
    }
}

/* A caller that gives no platform gets that of the machine. */
static void platform_of_the_machine_is_the_default(void **state)
{
    llb_def *def;
    llb_def_platform p;

    assert_int_equal(
        llb_marshal(llb_image(*state, "alpine", NULL), NULL, &def, NULL),
        LLB_OK);
    assert_true(llb_def_op_platform(def, 0, &p));
    assert_int_equal(p.os_len, 5);
    assert_memory_equal(p.os, "linux", 5);
#ifdef __x86_64__
    assert_int_equal(p.arch_len, 5);
    assert_memory_equal(p.arch, "amd64", 5);
#endif
    llb_def_free(def);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(defaults_are_what_the_headers_say),
        GRAPH_TEST(platform_of_the_machine_is_the_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
