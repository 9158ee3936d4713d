/* One run of llb build: what its options, its file and its daemon make. */
#ifndef LLB__CLI_BUILD_H
#define LLB__CLI_BUILD_H

#include "project.h"
#include "solve.h"

typedef struct cmd__build_opts {
    cmd__file_opts file;
    cmd__solve_opts solve;
    const char *platform;
    bool push, no_cache;
    cmd__list fresh; /* targets or stages that ignore the cache */
    int network, on_error;
    bool no_outputs;            /* nothing leaves the daemon */
    const char *needs_terminal; /* what needs one, in words; NULL: nothing */
} cmd__build_opts;

typedef struct cmd__build {
    const cmd__build_opts *o;
    llb__arena *a;
    cmd__solve s;
    cmd__project p;
    cmd__resolver asks;
    cmd__job *jobs; /* one a target */
    bk_refs **refs; /* of those with several platforms */
    size_t n_refs;
    char *root;   /* folder of the file, for free() */
    bool outside; /* an export lies outside of it */
} cmd__build;

/* Sets where the job's result goes: -o, else the exports of its file (r; NULL
 * for one that has none), if the user agrees to those that leave the project.
 * Returns an exit code; what is wrong has been said. */
int cmd__build_outputs(cmd__build *b, const llbc_result *r, cmd__job *job);

/* Refuses -o for several targets, which would write over each other's files.
 * Returns an exit code. */
int cmd__build_check_outputs(cmd__build *b);

/* From options to jobs, which build turns into an exit code, and to the end. */
int cmd__build_run(const cmd__args *args, cmd__build_opts *o,
                   int (*build)(cmd__build *b));

#endif
