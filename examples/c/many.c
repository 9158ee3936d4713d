/* Runs many builds at once on one daemon, in one thread of its own.
 *
 *     many FOLDER SECONDS COMMAND...
 *
 * Unpacks FOLDER/base.tar and runs each COMMAND in it with the shell, all of
 * them at once. A build that takes more than SECONDS is cancelled, and Ctrl-C
 * cancels all. Prints a line when a build ends.
 *
 * Exits with 0 when all went well, with 1 when one failed or was cancelled,
 * with 3 when there is no daemon.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* -std=c11 leaves signals and clocks out */
#endif
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <llb/client.h>
#include <llb/llb.h>

typedef struct build {
    const char *command;
    bk_solving *solving; /* NULL: not begun, or over */
    int64_t deadline_ms;
    int late;
} build;

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static llb_status define(const char *command, llb_def **ret_def, llb_error *err)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_copy_opts unpack = LLB_COPY_OPTS_INIT;
    llb_run_opts run = LLB_RUN_OPTS_INIT;
    const char *args[] = {"/bin/sh", "-c", command};

    unpack.attempt_unpack = 1;
    const llb_actions *copy =
        llb_copy(llb_actions_new(g), llb_local(g, "folder", NULL), "base.tar",
                 "/", &unpack);
    const llb_state *base = llb_file(llb_scratch(g), copy, NULL);
    run.args = args;
    run.n_args = 3;
    run.with =
        llb_network(llb_env(base, "PATH", "/bin:/usr/bin"), LLB_NETWORK_NONE);
    llb_status st =
        llb_marshal(llb_exec_root(llb_run(base, &run)), NULL, ret_def, err);
    llb_graph_free(g);
    return st;
}

/* By a thread of the library: only wakes the loop. */
static void wake(void *ctx) { eventfd_write(*(int *)ctx, 1); }

static llb_status begin(build *b, bk_client *c, const bk_solve_opts *o,
                        int *wake_fd, llb_error *err)
{
    llb_def *def;
    llb_status st = define(b->command, &def, err);

    if (st != LLB_OK)
        return st;
    st = bk_solve_start(c, def, o, wake, wake_fd, &b->solving, err);
    llb_def_free(def); /* the build has its own */
    return st;
}

/* Returns 1 for a build that was no success. */
static int end(build *b)
{
    bk_failure *f = NULL;
    llb_error err = {0};
    llb_status st = bk_solving_finish(b->solving, NULL, &f, &err);

    b->solving = NULL;
    printf("%s: %s\n", b->command,
           st == LLB_OK            ? "done"
           : b->late               ? "took too long"
           : f && f->has_exit_code ? "failed"
                                   : err.message);
    fflush(stdout);
    bk_failure_free(f);
    return st != LLB_OK;
}

/* Takes note of those that ended or are late; returns how many still run. */
static size_t look(build *builds, size_t n, int *failed)
{
    size_t running = 0;

    for (size_t i = 0; i < n; i++) {
        build *b = &builds[i];
        if (!b->solving)
            continue;
        if (bk_solving_wait(b->solving, 0)) {
            *failed |= end(b);
            continue;
        }
        running++;
        if (!b->late && now_ms() >= b->deadline_ms) {
            b->late = 1;
            bk_solving_cancel(b->solving); /* it ends soon */
        }
    }
    return running;
}

/* The loop: events are builds that end, signals and the time. */
static int run_loop(build *builds, size_t n, int wake_fd, int signals,
                    bk_cancel *all)
{
    struct pollfd fds[] = {{wake_fd, POLLIN, 0}, {signals, POLLIN, 0}};
    eventfd_t ends;
    int failed = 0;

    while (look(builds, n, &failed)) {
        poll(fds, 2, 200);
        if (fds[0].revents)
            eventfd_read(wake_fd, &ends);
        if (fds[1].revents) {
            bk_cancel_set(all);
            fds[1].fd = -1; /* once; poll passes over it */
        }
    }
    return failed;
}

static int run(build *builds, size_t n, bk_client *c, const char *folder,
               int seconds, int signals)
{
    bk_local local = {"folder", folder};
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failed = 0;
    llb_error err = {0};

    o.locals = &local;
    o.n_locals = 1;
    o.cancel = bk_cancel_new();
    for (size_t i = 0; i < n; i++) {
        builds[i].deadline_ms = now_ms() + (int64_t)seconds * 1000;
        if (begin(&builds[i], c, &o, &wake_fd, &err) != LLB_OK) {
            fprintf(stderr, "many: %s\n", err.message);
            failed = 1;
        }
    }
    failed |= run_loop(builds, n, wake_fd, signals, o.cancel);
    bk_cancel_free(o.cancel);
    close(wake_fd);
    return failed;
}

static llb_status connect_any(bk_client **ret_client, llb_error *err)
{
    bk_found *found = NULL;
    bk_client_opts o = BK_CLIENT_OPTS_INIT;
    bk_kind kind;
    llb_status st = bk_find_daemon(NULL, &found, err);

    if (st == LLB_OK) {
        o.tls = found->tls;
        st = bk_client_new(found->addr, &o, ret_client, err);
    }
    if (st == LLB_OK)
        st = bk_client_connect(*ret_client, &kind, err);
    bk_found_free(found);
    return st;
}

/* Before there is any thread, or one of the library would get the signal. */
static int block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
    size_t n = argc > 3 ? (size_t)argc - 3 : 0;
    build *builds = calloc(n + 1, sizeof *builds);
    bk_client *client = NULL;
    llb_error err = {0};
    int code;

    if (!n || !builds) {
        fprintf(stderr, "usage: many FOLDER SECONDS COMMAND...\n");
        free(builds);
        return 2;
    }
    int signals = block_signals();
    for (size_t i = 0; i < n; i++)
        builds[i].command = argv[i + 3];
    if (connect_any(&client, &err) == LLB_OK) {
        code = run(builds, n, client, argv[1], atoi(argv[2]), signals);
    } else {
        fprintf(stderr, "many: %s\n", err.message);
        code = 3;
    }
    bk_client_free(client);
    close(signals);
    free(builds);
    return code;
}
