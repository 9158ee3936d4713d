// The headers as C++ reads them: every macro that sets a struct up, and calls
// of all three libraries with C linkage.
#include <cstdio>
#include <cstring>

#include <llb/client.h>
#include <llb/compiler.h>
#include <llb/daemon.h>
#include <llb/diag.h>
#include <llb/format.h>
#include <llb/gateway.h>
#include <llb/llb.h>

static bool makes_a_definition()
{
    llb_graph_opts graph = LLB_GRAPH_OPTS_INIT;
    llb_run_opts run = LLB_RUN_OPTS_INIT;
    llb_mount mount = LLB_MOUNT_INIT;
    llb_secret secret = LLB_SECRET_INIT;
    llb_ssh ssh = LLB_SSH_INIT;
    llb_copy_opts copy = LLB_COPY_OPTS_INIT;
    llb_marshal_opts marshal = LLB_MARSHAL_OPTS_INIT;
    llb_error err = {};
    llb_def *def = nullptr;

    llb_graph *g = llb_graph_new(&graph);
    mount.dest = "/m";
    secret.dest = "/s";
    run.shlex = "true";
    run.mounts = &mount;
    run.n_mounts = 1;
    run.secrets = &secret;
    run.n_secrets = 1;
    run.ssh = &ssh;
    run.n_ssh = 1;
    const llb_state *s =
        llb_exec_root(llb_run(llb_image(g, "alpine", nullptr), &run));
    s = llb_file(s, llb_copy(llb_actions_new(g), s, "/a", "/b", &copy),
                 nullptr);
    bool good = llb_marshal(s, &marshal, &def, &err) == LLB_OK &&
                llb_def_n_ops(def) == 4;
    llb_def_free(def);
    llb_graph_free(g);
    return good;
}

static bool compiles()
{
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    llbc_compile_opts compile = LLBC_COMPILE_OPTS_INIT;
    llbc_resolver resolver = LLBC_RESOLVER_INIT;
    const char text[] = "llb 1\n\ntarget default {\n    from scratch()\n}\n";
    llbc_diags *diags = llbc_diags_new();
    llbc_project *project = nullptr;
    llb_error err = {};

    compile.resolver = &resolver;
    compile.build_platform = "linux/amd64";
    bool good = llbc_open_text("build.llb", text, std::strlen(text), &open,
                               diags, &project, &err) == LLB_OK &&
                llbc_n_targets(project) == 1;
    llbc_result *result = nullptr;
    good = good && llbc_compile(project, 0, &compile, &result, &err) == LLB_OK;
    llbc_result_free(result);
    llbc_project_free(project);
    llbc_diags_free(diags);
    return good;
}

static bool refuses_an_address()
{
    bk_client_opts opts = BK_CLIENT_OPTS_INIT;
    bk_solve_opts solve = BK_SOLVE_OPTS_INIT;
    bk_client *client = nullptr;
    llb_error err = {};

    return solve.size == sizeof solve && opts.size == sizeof opts &&
           bk_client_new("no address", &opts, &client, &err) == LLB_EINVAL &&
           client == nullptr && err.message[0];
}

// What these libraries do not know they refuse.
static bool refuses_what_it_does_not_know()
{
#ifdef GROWN
    bk_client_opts client_opts = BK_CLIENT_OPTS_INIT;
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    llbc_diags *diags = llbc_diags_new();
    llbc_project *project = nullptr;
    bk_client *client = nullptr;
    llb_error err = {};

    client_opts.grown = open.grown = 1;
    bool good =
        bk_client_new("unix:///x", &client_opts, &client, &err) == LLB_EINVAL &&
        std::strstr(err.message, "older than the program") &&
        llbc_open_text("b.llb", "", 0, &open, diags, &project, &err) ==
            LLB_EINVAL &&
        std::strstr(err.message, "llbc_open_opts");
    llbc_diags_free(diags);
    return good;
#else
    return true;
#endif
}

int main()
{
    bool good = makes_a_definition() && compiles() && refuses_an_address() &&
                refuses_what_it_does_not_know();
    std::puts(good ? "good" : "bad");
    return good ? 0 : 1;
}
