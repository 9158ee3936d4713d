/* Makes a build and has a daemon build it, in one program.
 *
 *     solve FOLDER COMMAND OUT
 *
 * Unpacks FOLDER/base.tar, runs COMMAND in it with the shell, and puts what
 * the command leaves in /out into the folder OUT. The daemon is the one that
 * the command llb would find: LLB_ADDR, BUILDKIT_HOST, the usual sockets.
 *
 * Exits with 0, with 1 when the build failed, with 3 when there is no daemon.
 */
#include <ctype.h>
#include <stdio.h>

#include <llb/client.h>
#include <llb/llb.h>

/* Text from a build may hold anything, and a terminal must not obey it. */
static void print(FILE *f, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        fputc(c < ' ' && c != '\n' && c != '\t' ? '?' : c, f);
    }
}

/* --- what to build -------------------------------------------------- */

static const llb_state *base(llb_graph *g)
{
    static const char *const only[] = {"base.tar"};
    llb_local_opts local = LLB_LOCAL_OPTS_INIT;
    llb_copy_opts unpack = LLB_COPY_OPTS_INIT;

    local.include = only;
    local.n_include = 1;
    unpack.attempt_unpack = 1;
    const llb_actions *a =
        llb_copy(llb_actions_new(g), llb_local(g, "folder", &local), "base.tar",
                 "/", &unpack);
    return llb_file(llb_scratch(g), a, NULL);
}

static const llb_state *run(const llb_state *s, const char *command)
{
    const char *args[] = {"/bin/sh", "-c", command};
    llb_mount out = LLB_MOUNT_INIT;
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    out.dest = "/out";
    o.args = args;
    o.n_args = 3;
    o.mounts = &out;
    o.n_mounts = 1;
    o.with = llb_network(llb_env(s, "PATH", "/bin:/usr/bin"), LLB_NETWORK_NONE);
    return llb_exec_mount(llb_run(s, &o), "/out");
}

static llb_status define(const char *command, llb_def **ret_def, llb_error *err)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_status st = llb_marshal(run(base(g), command), NULL, ret_def, err);

    llb_graph_free(g); /* a definition stands alone */
    return st;
}

/* --- what people see ------------------------------------------------ */

/* Called from a thread of the library, never two at once. */
static void show_vertex(void *ctx, const bk_vertex *v)
{
    (void)ctx;
    if (!v->completed_ns)
        return; /* it has only started */
    fprintf(stderr, "%-6s ",
            v->error[0] ? "FAILED"
            : v->cached ? "cached"
                        : "done");
    for (const char *c = v->name; *c; c++)
        print(stderr, c, 1);
    fputc('\n', stderr);
}

static void show_log(void *ctx, const bk_vertex_log *l)
{
    (void)ctx;
    print(stderr, l->data, l->len);
}

static void show_waiting(void *ctx, const char *what, unsigned seconds)
{
    (void)ctx;
    fprintf(stderr, "waiting for %s, %u s\n", what, seconds);
}

static void show_failure(const bk_failure *f)
{
    fprintf(stderr, "the step failed: %s\n", f->step[0] ? f->step : f->message);
    if (f->has_exit_code)
        fprintf(stderr, "exit code: %u\n", f->exit_code);
    for (size_t i = 0; i < f->n_log; i++) {
        fputs("  | ", stderr);
        print(stderr, f->log[i].text, f->log[i].len);
        fputc('\n', stderr);
    }
}

/* --- having it built ------------------------------------------------ */

static llb_status connect_any(bk_client **ret_client, llb_error *err)
{
    bk_found *found = NULL;
    bk_client_opts o = BK_CLIENT_OPTS_INIT;
    llb_status st = bk_find_daemon(NULL, &found, err);

    if (st == LLB_OK) {
        o.tls = found->tls; /* of DOCKER_HOST or a context */
        st = bk_client_new(found->addr, &o, ret_client, err);
    }
    bk_found_free(found);
    return st;
}

static llb_status solve(bk_client *c, llb_def *def, const char *folder,
                        const char *dest, llb_error *err)
{
    bk_local local = {"folder", folder};
    bk_export to_folder = {.type = "local", .dest = dest};
    bk_progress progress = {
        .vertex = show_vertex, .log = show_log, .waiting = show_waiting};
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    bk_failure *failure = NULL;

    o.locals = &local;
    o.n_locals = 1;
    o.exports = &to_folder;
    o.n_exports = 1;
    o.progress = &progress;
    llb_status st = bk_solve(c, def, &o, NULL, &failure, err);
    if (failure)
        show_failure(failure);
    bk_failure_free(failure);
    return st;
}

int main(int argc, char **argv)
{
    bk_client *client = NULL;
    llb_def *def = NULL;
    llb_error err = {0};

    if (argc != 4) {
        fprintf(stderr, "usage: solve FOLDER COMMAND OUT\n");
        return 2;
    }
    llb_status st = define(argv[2], &def, &err);
    if (st == LLB_OK)
        st = connect_any(&client, &err);
    if (st == LLB_OK)
        st = solve(client, def, argv[1], argv[3], &err);
    if (st != LLB_OK)
        fprintf(stderr, "solve: %s\n", err.message);
    bk_client_free(client);
    llb_def_free(def);
    return st == LLB_OK ? 0 : st == LLB_EUNAVAILABLE ? 3 : 1;
}
