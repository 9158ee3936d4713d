/* Starting a daemon: its arguments, its process, and the wait for it. */
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "error.h"
#include "file.h"
#include "report.h"

enum { MAX_ARGS = 16, START_MS = 60000 };

struct start {
    llb__arena *a;
    const cmd__engine_paths *p;
    const cmd__engine_program *program;
    char **env;
    cmd__engine e;
};

const char *cmd__engine_network(cmd__engine_kind kind)
{
    if (kind == CMD__BUILDKITD)
        return "steps use this machine's network, since one of their own "
               "would need a bridge\nand firewall rules, which llb does not "
               "touch; a step with network=\"none\" has none";
    return "steps have no default network, since that would need a bridge and "
           "firewall rules,\nwhich llb does not touch: give each run "
           "network=\"none\" or \"host\", or build with\n"
           "--network-default none or --network-default host";
}

/* Arguments; memory is checked once, in add_process. */
static void buildkitd_args(struct start *s, const char **args, size_t *n)
{
    args[(*n)++] =
        llb__arena_printf(s->a, "--config=%s/buildkitd.toml", s->p->data);
    args[(*n)++] = llb__arena_printf(s->a, "--root=%s/buildkitd", s->p->data);
    args[(*n)++] = llb__arena_printf(s->a, "--addr=unix://%s", s->e.socket);
    args[(*n)++] =
        llb__arena_printf(s->a, "--otel-socket-path=%s/otel.sock", s->p->run);
    args[(*n)++] = "--oci-worker=true";
    args[(*n)++] = "--containerd-worker=false";
    args[(*n)++] = "--oci-worker-net=host";
    /* steps have that network anyway, so asking for it by name is fine */
    args[(*n)++] = "--allow-insecure-entitlement=network.host";
}

static void dockerd_args(struct start *s, const char **args, size_t *n)
{
    args[(*n)++] =
        llb__arena_printf(s->a, "--config-file=%s/daemon.json", s->p->data);
    args[(*n)++] =
        llb__arena_printf(s->a, "--data-root=%s/dockerd", s->p->data);
    args[(*n)++] = llb__arena_printf(s->a, "--exec-root=%s", s->p->exec);
    args[(*n)++] =
        llb__arena_printf(s->a, "--pidfile=%s/dockerd.pid", s->p->run);
    args[(*n)++] = llb__arena_printf(s->a, "--host=unix://%s", s->e.socket);
    args[(*n)++] = "--group=0";
    args[(*n)++] = "--bridge=none";
    args[(*n)++] = "--iptables=false";
    args[(*n)++] = "--ip6tables=false";
    args[(*n)++] = "--ip-masq=false";
    args[(*n)++] = "--ip-forward=false";
    args[(*n)++] =
        llb__arena_printf(s->a, "--containerd=%s/containerd.sock", s->p->run);
}

/* The environment with the program's PATH, and without what would make a
 * daemon believe that a service manager or another engine is there. */
static char **make_env(struct start *s)
{
    static const char *const left_out[] = {
        "PATH=",       "LD_LIBRARY_PATH=", "NOTIFY_SOCKET=", "LISTEN_FDS=",
        "LISTEN_PID=", "DOCKER_",          "BUILDKIT_"};
    size_t n = 0, kept = 0;

    while (environ[n])
        n++;
    char **env = llb__arena_array(s->a, n + 3, sizeof(*env));
    if (!env)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        bool drop = false;
        for (size_t j = 0; j < sizeof(left_out) / sizeof(*left_out); j++)
            if (strncmp(environ[i], left_out[j], strlen(left_out[j])) == 0)
                drop = strcmp(left_out[j], "LD_LIBRARY_PATH=") != 0 ||
                       s->program->libraries;
        if (!drop)
            env[kept++] = environ[i];
    }
    env[kept++] = llb__arena_printf(s->a, "PATH=%s", s->program->path);
    if (!env[kept - 1])
        return NULL;
    if (s->program->libraries)
        env[kept] = llb__arena_printf(s->a, "LD_LIBRARY_PATH=%s",
                                      s->program->libraries);
    return env;
}

/* posix_spawn in a session of its own, so that a Ctrl-C in our terminal does
 * not reach it; output to the log; no other descriptor goes along. */
static int spawn(struct start *s, const char *const *args, pid_t *ret_pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t all, none;
    int rc;

    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
                                        POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawn_file_actions_addchdir_np(&files, "/");
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, s->p->log,
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    rc = posix_spawn(ret_pid, args[0], &files, &attr, (char *const *)args,
                     s->env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static llb_status add_process(struct start *s, const char *name,
                              const char *const *args, size_t n, llb_error *err)
{
    cmd__process p = {.name = name};

    for (size_t i = 0; i < n; i++)
        if (!args[i])
            return llb__fail_nomem(err);
    int rc = spawn(s, args, &p.pid);
    if (rc != 0)
        return llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot start %s: %s",
                         args[0], strerror(rc));
    cmd__process_identify(&p); /* not waited for yet, so it is there */
    /* the daemon comes first, what it needs behind it */
    memmove(s->e.processes + 1, s->e.processes, s->e.n_processes * sizeof(p));
    s->e.processes[0] = p;
    s->e.n_processes++;
    return cmd__engine_write(s->p, &s->e, err);
}

static llb_status write_text(struct start *s, const char *name,
                             const char *text, llb_error *err)
{
    const char *path = llb__arena_printf(s->a, "%s/%s", s->p->data, name);

    if (!path || !text)
        return llb__fail_nomem(err);
    return llb__file_write_all(path, text, strlen(text), 0600, err);
}

/* A containerd of our own: dockerd would take the system's if there is one,
 * and start one that makes folders in /opt if there is none. */
static llb_status start_containerd(struct start *s, llb_error *err)
{
    const char *config = llb__arena_printf(
        s->a,
        "version = 2\nroot = \"%s/containerd\"\nstate = \"%s/state\"\n"
        "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n"
        "[grpc]\n  address = \"%s/containerd.sock\"\n"
        "[plugins.\"io.containerd.internal.v1.opt\"]\n  path = \"%s/opt\"\n",
        s->p->data, s->p->exec, s->p->run, s->p->exec);
    const char *args[] = {
        s->program->containerd, "--config",
        llb__arena_printf(s->a, "%s/containerd.toml", s->p->data), NULL};
    llb_status st = write_text(s, "containerd.toml", config, err);

    return st == LLB_OK ? add_process(s, "containerd", args, 3, err) : st;
}

static llb_status start_daemon(struct start *s, llb_error *err)
{
    const char *args[MAX_ARGS + 1] = {s->program->binary};
    size_t n = 1;
    bool is_engine = s->program->kind == CMD__DOCKERD;
    llb_status st = is_engine ? write_text(s, "daemon.json", "{}\n", err)
                              : write_text(s, "buildkitd.toml", "", err);

    if (st != LLB_OK)
        return st;
    if (is_engine)
        dockerd_args(s, args, &n);
    else
        buildkitd_args(s, args, &n);
    return add_process(s, cmd__engine_kind_name(s->program->kind), args, n,
                       err);
}

/* The end of the log, which says why a daemon did not come up. */
static void show_log(const char *log)
{
    char *text;
    size_t len, lines = 0;

    if (llb__file_read(log, 64 << 20, &text, &len, NULL) != LLB_OK)
        return;
    size_t at = len;
    while (at > 0 && (lines += text[at - 1] == '\n') <= 10)
        at--;
    if (at < len)
        cmd__say("the end of %s:\n%s", log, text + at);
    free(text);
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000};

    nanosleep(&t, NULL);
}

/* Until it answers, ends or has taken too long. */
static llb_status wait_answer(const struct start *s, llb_error *err)
{
    const cmd__process *d = &s->e.processes[0];

    for (int waited = 0; waited < START_MS; waited += 20) {
        if (cmd__engine_answers(s->e.kind, s->e.socket))
            return LLB_OK;
        if (waitpid(d->pid, NULL, WNOHANG) == d->pid) {
            show_log(s->e.log);
            return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                             "%s ended before it answered; its log is %s",
                             d->name, s->e.log);
        }
        if (waited == 1000)
            cmd__say("waiting for %s to answer on %s", d->name, s->e.socket);
        pause_ms(20);
    }
    show_log(s->e.log);
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                     "%s does not answer on %s after %d seconds; its log is "
                     "%s",
                     d->name, s->e.socket, START_MS / 1000, s->e.log);
}

static llb_status start_all(struct start *s, llb_error *err)
{
    llb_status st = LLB_OK;

    if (s->program->kind == CMD__DOCKERD)
        st = start_containerd(s, err);
    if (st == LLB_OK)
        st = start_daemon(s, err);
    return st == LLB_OK ? wait_answer(s, err) : st;
}

llb_status cmd__engine_run(llb__arena *a, const cmd__engine_paths *p,
                           const cmd__engine_program *program, cmd__engine *ret,
                           llb_error *err)
{
    struct start s = {.a = a, .p = p, .program = program};

    s.e = (cmd__engine){.kind = program->kind,
                        .binary = program->binary,
                        .log = p->log,
                        .data = p->data};
    /* these two names are where a build looks for the engine */
    s.e.socket = llb__arena_printf(a, "%s/%s.sock", p->run,
                                   program->kind == CMD__DOCKERD ? "docker"
                                                                 : "buildkitd");
    s.env = make_env(&s);
    if (!s.e.socket || !s.env)
        return llb__fail_nomem(err);
    unlink(s.e.socket); /* of a daemon that was killed; the lock is ours */
    unlink(p->log);
    llb_status st = start_all(&s, err);
    if (st != LLB_OK) {
        cmd__engine_end(p, &s.e, NULL);
        return st;
    }
    *ret = s.e;
    return LLB_OK;
}

llb_status cmd__engine_end(const cmd__engine_paths *p, const cmd__engine *e,
                           llb_error *err)
{
    static const char *const names[] = {
        "buildkitd.sock",  "docker.sock",           "otel.sock",  "dockerd.pid",
        "containerd.sock", "containerd.sock.ttrpc", "engine.json"};
    char path[128];
    llb_status st = LLB_OK;

    for (size_t i = 0; i < e->n_processes && st == LLB_OK; i++)
        st = cmd__process_end(&e->processes[i], 20000, err);
    if (st == LLB_OK)
        cmd__engine_end_steps(e->data);
    if (st == LLB_OK)
        st = cmd__remove_tree(p->exec, err);
    if (st != LLB_OK)
        return st;
    unlink(p->owner);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if ((size_t)snprintf(path, sizeof(path), "%s/%s", p->run, names[i]) <
            sizeof(path))
            unlink(path);
    return LLB_OK;
}

llb_status cmd__engine_purge(const char *data, llb_error *err)
{
    /* by name: the folder may be one that holds other things too */
    static const char *const names[] = {
        "buildkitd",   "dockerd",         "containerd", "buildkitd.toml",
        "daemon.json", "containerd.toml", "engine.log", "engine.json"};
    llb_status st = LLB_OK;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && st == LLB_OK;
         i++) {
        char *path;
        if (asprintf(&path, "%s/%s", data, names[i]) < 0)
            return llb__fail_nomem(err);
        st = cmd__remove_tree(path, err);
        free(path);
    }
    rmdir(data); /* if nothing else is in it */
    return st;
}
