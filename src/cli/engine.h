/* The private engine: a BuildKit daemon that llb itself starts and stops, on
 * a socket and data folder of its own. It needs no service manager and
 * touches no other daemon, no firewall and no network device.
 *
 * What runs is written down in a state file. A process is ours only while its
 * number, its start time and the boot are those written there, so a number
 * that the system gave to another process is never signalled. */
#ifndef LLB__CLI_ENGINE_H
#define LLB__CLI_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <llb/error.h>

#include "arena.h"

typedef enum cmd__engine_kind {
    CMD__BUILDKITD,
    CMD__DOCKERD,
} cmd__engine_kind;

const char *cmd__engine_kind_name(cmd__engine_kind kind);

/* Where everything is; made once, strings in the arena. */
typedef struct cmd__engine_paths {
    const char *run;   /* sockets and state, gone after a stop */
    const char *state; /* RUN/engine.json */
    const char *lock;  /* RUN/lock, held while something starts or stops */
    const char *exec;  /* RUN/exec, dockerd's own sockets */
    const char *data;  /* caches, configuration and the log */
    const char *log;   /* DATA/engine.log */
    const char *owner; /* DATA/engine.json, a copy of the state file */
} cmd__engine_paths;

/* A process of ours, and what tells it from a later one with its number. */
typedef struct cmd__process {
    const char *name;
    pid_t pid;
    unsigned long long start; /* clock ticks between boot and its start */
} cmd__process;

enum { CMD__MAX_PROCESSES = 2 };

typedef struct cmd__engine {
    cmd__engine_kind kind;
    const char *binary;
    const char *socket; /* path; the address is unix://PATH */
    const char *log, *data;
    const char *boot;
    cmd__process processes[CMD__MAX_PROCESSES]; /* the daemon is the first */
    size_t n_processes;
} cmd__engine;

/* Paths below run; data NULL means the default data folder. LLB_EINVAL when
 * run is so long that a socket below it would not fit into an address. */
llb_status cmd__engine_paths_make(llb__arena *a, const char *run,
                                  const char *data, cmd__engine_paths *ret,
                                  llb_error *err);

/* The state written in file. LLB_ENOENT: nothing was started, or what was
 * written is of an earlier boot; LLB_EINVAL: it is no state file. */
llb_status cmd__engine_read(llb__arena *a, const char *file, cmd__engine *ret,
                            llb_error *err);

/* Writes the state file and its copy. */
llb_status cmd__engine_write(const cmd__engine_paths *p, const cmd__engine *e,
                             llb_error *err);

/* Fills in the start time of p->pid; false when there is no such process. */
bool cmd__process_identify(cmd__process *p);

/* A pidfd of the process, or -1 when it has ended. */
int cmd__process_open(const cmd__process *p);
bool cmd__process_alive(const cmd__process *p);

/* Asks the process to end, waits up to wait_ms, then kills it. LLB_OK when it
 * is gone, also when it was gone before. */
llb_status cmd__process_end(const cmd__process *p, int wait_ms, llb_error *err);

/* Whether a daemon of that kind answers on the socket within two seconds. */
bool cmd__engine_answers(cmd__engine_kind kind, const char *socket);

/* What a step gets as network there, and why: some lines for people. */
const char *cmd__engine_network(cmd__engine_kind kind);

/* A daemon's program, and the PATH and library path it runs with. */
typedef struct cmd__engine_program {
    cmd__engine_kind kind;
    const char *binary;
    const char *path;       /* value of PATH */
    const char *libraries;  /* value of LD_LIBRARY_PATH, NULL: as it is */
    const char *containerd; /* dockerd's companion */
} cmd__engine_program;

/* Finds it: binary is a program, or a folder into which packages were
 * unpacked; NULL: buildkitd, else dockerd, in PATH. LLB_ENOENT says what to
 * install. */
llb_status cmd__engine_find(llb__arena *a, const char *binary,
                            cmd__engine_program *ret, llb_error *err);

/* Starts a daemon and waits until it answers; the folders exist and the lock
 * is held. What failed to start is stopped again. */
llb_status cmd__engine_run(llb__arena *a, const cmd__engine_paths *p,
                           const cmd__engine_program *program, cmd__engine *ret,
                           llb_error *err);

/* Ends its processes and removes the run folder's contents. */
llb_status cmd__engine_end(const cmd__engine_paths *p, const cmd__engine *e,
                           llb_error *err);

/* Ends the steps of a daemon that could not do so itself. */
void cmd__engine_end_steps(const char *data);

/* Removes what engines left in their data folder, and then the folder unless
 * something else is in it. */
llb_status cmd__engine_purge(const char *data, llb_error *err);

/* Removes a file, or a folder with all in it, after unmounting what is mounted
 * there. What is not there is fine. */
llb_status cmd__remove_tree(const char *path, llb_error *err);

/* Makes a folder and those above it. */
llb_status cmd__make_folders(const char *path, mode_t mode, llb_error *err);

#endif
