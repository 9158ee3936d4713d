/* llb engine: the private engine as people see it. */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <llb/client.h>

#include "engine.h"
#include "error.h"
#include "report.h"

struct start_opts {
    const char *binary, *data;
};

struct stop_opts {
    bool purge;
};

struct status_opts {
    bool json;
};

static llb_status find_paths(llb__arena *a, const char *data,
                             cmd__engine_paths *ret, llb_error *err)
{
    char *run = bk_engine_dir();

    if (!run)
        return llb__fail_nomem(err);
    llb_status st = cmd__engine_paths_make(a, run, data, ret, err);
    free(run);
    return st;
}

/* Takes the lock, whose descriptor goes to *ret_fd. Who stops the engine
 * removes the file, so it may be another one by the time we have it. */
static llb_status take_lock(const cmd__engine_paths *p, int *ret_fd,
                            llb_error *err)
{
    struct stat ours, there;

    for (;;) {
        int fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            break;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
            cmd__say("waiting for another llb engine command (%s)", p->lock);
            if (flock(fd, LOCK_EX) < 0) {
                close(fd);
                break;
            }
        }
        if (fstat(fd, &ours) == 0 && stat(p->lock, &there) == 0 &&
            ours.st_ino == there.st_ino && ours.st_dev == there.st_dev) {
            *ret_fd = fd;
            return LLB_OK;
        }
        close(fd);
    }
    return llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot lock %s: %s", p->lock,
                     strerror(errno));
}

/* With the lock held and nothing running: the run folder goes, unless it holds
 * what is not ours. */
static void leave_nothing(const cmd__engine_paths *p)
{
    if (access(p->state, F_OK) == 0)
        return;
    unlink(p->lock);
    rmdir(p->run);
}

/* The engine whose state is in file, if its daemon runs. */
static bool is_running(llb__arena *a, const char *file, cmd__engine *ret)
{
    return cmd__engine_read(a, file, ret, NULL) == LLB_OK &&
           cmd__process_alive(&ret->processes[0]);
}

static void describe(const cmd__engine *e)
{
    cmd__say("%s is running (process %d)\n"
             "  address  unix://%s\n"
             "  data     %s\n"
             "  log      %s\n"
             "network: %s",
             cmd__engine_kind_name(e->kind), (int)e->processes[0].pid,
             e->socket, e->data, e->log, cmd__engine_network(e->kind));
}

/* What would make a start touch something that is not ours, or fail late. */
static llb_status check_start(llb__arena *a, const cmd__engine_paths *p,
                              llb_error *err)
{
    cmd__engine other;

    if (is_running(a, p->owner, &other))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is in use by the engine on %s; stop that one, or "
                         "give --data another folder",
                         p->data, other.socket);
    if (access("/proc/self/stat", R_OK) < 0)
        return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                         "/proc is not mounted, so no process can be told "
                         "from another");
    return LLB_OK;
}

static llb_status start_locked(llb__arena *a, const struct start_opts *o,
                               const cmd__engine_paths *p, cmd__engine *ret,
                               llb_error *err)
{
    cmd__engine_program program;
    cmd__engine old;
    llb_status st;

    if (is_running(a, p->state, ret) &&
        cmd__engine_answers(ret->kind, ret->socket)) {
        cmd__say("it had been started before");
        return LLB_OK;
    }
    /* what is left of one that was killed */
    if (cmd__engine_read(a, p->state, &old, NULL) == LLB_OK &&
        (st = cmd__engine_end(p, &old, err)) != LLB_OK)
        return st;
    if ((st = check_start(a, p, err)) != LLB_OK ||
        (st = cmd__engine_find(a, o->binary, &program, err)) != LLB_OK ||
        (st = cmd__make_folders(p->data, 0700, err)) != LLB_OK)
        return st;
    return cmd__engine_run(a, p, &program, ret, err);
}

static llb_status check_root(llb_error *err)
{
    if (geteuid() == 0)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "a private engine needs root, since it mounts file "
                     "systems for the steps: try sudo llb engine start");
}

static int run_start(const cmd__args *args)
{
    const struct start_opts *o = args->opts;
    cmd__engine_paths p;
    cmd__engine e;
    llb_error err = {0};
    int lock;

    if (check_root(&err) != LLB_OK ||
        find_paths(args->arena, o->data, &p, &err) != LLB_OK ||
        cmd__make_folders(p.run, 0700, &err) != LLB_OK ||
        take_lock(&p, &lock, &err) != LLB_OK)
        return cmd__fail(&err);
    llb_status st = start_locked(args->arena, o, &p, &e, &err);
    if (st != LLB_OK)
        leave_nothing(&p);
    close(lock);
    if (st != LLB_OK)
        return cmd__fail(&err);
    describe(&e);
    return CMD__DONE;
}

static llb_status stop_locked(const cmd__args *args, const cmd__engine_paths *p,
                              llb_error *err)
{
    const struct stop_opts *o = args->opts;
    cmd__engine e = {.data = p->data};
    cmd__engine_paths theirs = *p;
    llb_status st = cmd__engine_read(args->arena, p->state, &e, err);

    if (st == LLB_EINVAL)
        return st;
    if (st != LLB_OK) {
        cmd__say("no private engine is running");
        e.n_processes = 0;
    }
    theirs.owner = llb__arena_printf(args->arena, "%s/engine.json", e.data);
    if (!theirs.owner)
        return llb__fail_nomem(err);
    if (st == LLB_OK)
        cmd__say("stopping %s (process %d)", e.processes[0].name,
                 (int)e.processes[0].pid);
    if ((st = cmd__engine_end(&theirs, &e, err)) != LLB_OK)
        return st;
    if (o->purge)
        return cmd__engine_purge(e.data, err);
    if (access(e.data, F_OK) == 0)
        cmd__say("its cache stays in %s; --purge removes it", e.data);
    return LLB_OK;
}

static int run_stop(const cmd__args *args)
{
    cmd__engine_paths p;
    llb_error err = {0};
    int lock;

    if (geteuid() != 0 && find_paths(args->arena, NULL, &p, &err) == LLB_OK &&
        access(p.run, F_OK) != 0) {
        cmd__say("no private engine is running (%s)", p.run);
        return CMD__DONE;
    }
    if (find_paths(args->arena, NULL, &p, &err) != LLB_OK ||
        cmd__make_folders(p.run, 0700, &err) != LLB_OK ||
        take_lock(&p, &lock, &err) != LLB_OK)
        return cmd__fail(&err);
    llb_status st = stop_locked(args, &p, &err);
    leave_nothing(&p);
    close(lock);
    return st == LLB_OK ? CMD__DONE : cmd__fail(&err);
}

static int print_status(const cmd__engine *e, bool running, bool answers)
{
    json_t *o = json_pack("{s:b, s:b}", "running", running, "answers", answers);
    char *text;
    int rc = CMD__FAILED;

    if (o && running)
        json_object_update_new(
            o,
            json_pack("{s:s, s:i, s:s+, s:s, s:s, s:s, s:s}", "kind",
                      cmd__engine_kind_name(e->kind), "pid",
                      (int)e->processes[0].pid, "address", "unix://", e->socket,
                      "binary", e->binary, "data", e->data, "log", e->log,
                      "network", e->kind == CMD__DOCKERD ? "none" : "host"));
    text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    if (text)
        rc = cmd__print(text, strlen(text));
    if (rc == CMD__DONE)
        rc = cmd__print("\n", 1);
    free(text);
    return rc;
}

static int run_status(const cmd__args *args)
{
    const struct status_opts *o = args->opts;
    cmd__engine_paths p;
    cmd__engine e;
    llb_error err = {0};

    if (find_paths(args->arena, NULL, &p, &err) != LLB_OK)
        return cmd__fail(&err);
    bool running = is_running(args->arena, p.state, &e);
    bool answers = running && cmd__engine_answers(e.kind, e.socket);
    int rc = running && answers ? CMD__DONE : CMD__NO_DAEMON;
    if (o->json) {
        int printed = print_status(&e, running, answers);
        return printed == CMD__DONE ? rc : printed;
    }
    if (!running)
        cmd__say("no private engine is running (%s); llb engine start starts "
                 "one",
                 p.run);
    else
        describe(&e);
    if (running && !answers)
        cmd__warn("it does not answer; its log is %s", e.log);
    return rc;
}

static const cmd__option start_options[] = {
    {.name = "binary",
     .kind = CMD__TEXT,
     .value = "PATH",
     .offset = offsetof(struct start_opts, binary),
     .help = "buildkitd or dockerd, or a folder into which their packages "
             "were unpacked (buildkitd, else dockerd, in PATH)"},
    {.name = "data",
     .kind = CMD__TEXT,
     .value = "DIR",
     .offset = offsetof(struct start_opts, data),
     .help = "folder for caches and the log (/var/lib/llb/engine)"},
};

static const cmd__option stop_options[] = {
    {.name = "purge",
     .kind = CMD__FLAG,
     .offset = offsetof(struct stop_opts, purge),
     .help = "remove what is in the data folder too: all caches"},
};

static const cmd__option status_options[] = {
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct status_opts, json),
     .help = "write one JSON object to standard output"},
};

const cmd__command cmd_engine_start = {
    .name = "engine start",
    .operands = "",
    .summary = "start a private BuildKit engine",
    .about =
        "Starts buildkitd, or dockerd where there is none, for llb alone: on "
        "a socket below $XDG_RUNTIME_DIR/llb or /run/llb and with a data "
        "folder of its own. It needs root. It changes no system service, no "
        "firewall and no network device, and no other daemon. Every llb "
        "command finds it by itself when no other daemon is named.\n\n"
        "Steps of a buildkitd use the machine's network. Those of a dockerd "
        "have none by default and need network=\"none\" or \"host\", or a "
        "build with --network-default, since a network of their own would "
        "take a bridge and firewall rules.",
    .examples = "    sudo llb engine start\n"
                "    apt-get download docker.io containerd\n"
                "    for d in *.deb; do dpkg -x $d engine; done\n"
                "    sudo llb engine start --binary engine\n",
    .options = start_options,
    .n_options = sizeof(start_options) / sizeof(*start_options),
    .opts_size = sizeof(struct start_opts),
    .run = run_start,
};

const cmd__command cmd_engine_stop = {
    .name = "engine stop",
    .operands = "",
    .summary = "stop the private engine",
    .about = "Stops what llb engine start has started, and no other process: "
             "each is known by its number, its start time and the boot. The "
             "sockets are removed; the caches stay unless --purge is given.",
    .options = stop_options,
    .n_options = sizeof(stop_options) / sizeof(*stop_options),
    .opts_size = sizeof(struct stop_opts),
    .run = run_stop,
};

const cmd__command cmd_engine_status = {
    .name = "engine status",
    .operands = "",
    .summary = "say whether the private engine runs, and where",
    .about = "Shows the private engine's process, address, data folder, log "
             "and network. Exit code 0 when it runs and answers, else 3.",
    .options = status_options,
    .n_options = sizeof(status_options) / sizeof(*status_options),
    .opts_size = sizeof(struct status_opts),
    .run = run_status,
};
