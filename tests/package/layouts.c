/* A program that knows the option structs of its own day. It prints the digest
 * of what it made; run links it with a library whose structs have grown since,
 * and compiles it with such headers for a library whose have not. */
#include <stdio.h>
#include <string.h>

#include <llb/llb.h>

static const llb_state *sources(llb_graph *g)
{
    llb_image_opts image = LLB_IMAGE_OPTS_INIT;
    llb_local_opts local = LLB_LOCAL_OPTS_INIT;
    llb_git_opts git = LLB_GIT_OPTS_INIT;
    llb_http_opts http = {0}; /* no size: the first layout */
    static const char *const include[] = {"*.c", "Makefile"};
    int64_t limit = 2;

    image.layer_limit = &limit;
    local.include = include;
    local.n_include = 2;
    git.git_ref = "main";
    http.filename = "f";
    const llb_state *inputs[] = {
        llb_image(g, "alpine", &image),
        llb_local(g, "src", &local),
        llb_git(g, "https://example.com/a.git", NULL, &git),
        llb_http(g, "https://example.com/f", &http),
    };
    return llb_merge(g, inputs, 4, NULL);
}

/* Lists: the size of the first element says how far the next one is. */
static const llb_state *run(const llb_state *s)
{
    llb_mount mounts[2] = {LLB_MOUNT_INIT, LLB_MOUNT_INIT};
    llb_secret secrets[2] = {LLB_SECRET_INIT, LLB_SECRET_INIT};
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    mounts[0].dest = "/cache";
    mounts[0].cache_id = "c";
    mounts[1].dest = "/tmp";
    mounts[1].tmpfs = 1;
    secrets[0].dest = "/run/secrets/a";
    secrets[1].env = "TOKEN";
    o.shlex = "make install";
    o.mounts = mounts;
    o.n_mounts = 2;
    o.secrets = secrets;
    o.n_secrets = 2;
    return llb_exec_root(llb_run(s, &o));
}

static const llb_state *files(llb_graph *g, const llb_state *s)
{
    llb_copy_opts copy = LLB_COPY_OPTS_INIT;
    llb_rm_opts rm = LLB_RM_OPTS_INIT;
    llb_owner owner = LLB_OWNER_INIT;

    owner.user = "daemon:daemon";
    copy.owner = &owner;
    copy.allow_wildcard = 1;
    rm.allow_not_found = 1;
    const llb_actions *a = llb_copy(llb_actions_new(g), s, "/*", "/d/", &copy);
    return llb_file(s, llb_rm(a, "/x", &rm), NULL);
}

#ifdef GROWN
/* What this library does not know it refuses, rather than build without. */
static int refuses_what_it_does_not_know(llb_graph *g)
{
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;

    o.grown = 1;
    const llb_error *err = llb_state_error(llb_image(g, "alpine", &o));
    return err && err->status == LLB_EINVAL &&
           strstr(err->message, "older than the program");
}
#else
static int refuses_what_it_does_not_know(llb_graph *g) { return g != NULL; }
#endif

int main(void)
{
    llb_graph_opts graph = LLB_GRAPH_OPTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_constraints constraints = LLB_CONSTRAINTS_INIT;
    llb_platform platform = LLB_PLATFORM_INIT;
    llb_error err = {0};
    llb_def *def = NULL;

    graph.max_bytes = 1 << 24;
    platform.os = "linux";
    platform.arch = "arm64";
    constraints.platform = &platform;
    o.constraints = &constraints;
    llb_graph *g = llb_graph_new(&graph);
    if (!g || !refuses_what_it_does_not_know(g))
        return 2;
    if (llb_marshal(files(g, run(sources(g))), &o, &def, &err) != LLB_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%s\n", llb_def_digest(def));
    llb_def_free(def);
    llb_graph_free(g);
    return 0;
}
