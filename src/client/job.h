/* A build in the daemon: its session, its Control.Solve, and what is seen of
 * it. bk_solve() and bk_build are two ways of filling one. */
#ifndef LLB__CLIENT_JOB_H
#define LLB__CLIENT_JOB_H

#include <llb/gateway.h>

#include "arena.h"
#include "call.h"
#include "cancel.h"
#include "exports.h"
#include "exports_content.h"
#include "maps.h"
#include "progress.h"
#include "record.h"
#include "session.h"

enum { BK__N_SERVICES = 8 };

typedef struct bk__job {
    bk_client *client;
    bk_solve_opts o; /* completed; lists are still the caller's */
    char ref_buf[32];
    const char *ref;
    char unique[32]; /* value of local.unique in what is sent */
    llb__arena *arena;

    bk__conn *conn;
    bk__exports exports;
    bk__contents contents;
    bool gateway; /* what to build is told through the LLBBridge */
    bk__maps maps;
    bk__service *services[BK__N_SERVICES];
    size_t n_services;
    /* some of them, or NULL */
    bk__service *filesync, *filesend, *content, *upload;
    bk__service *auth; /* another */

    bk__session *session; /* NULL: none is needed */
    bk__call *solve;
    bk__watch watch; /* cancels solve */
    bool watching;
    bk__record *record;
    bk__progress *progress;
} bk__job;

/* Reads the caller's options into o, which holds our defaults. LLB_EINVAL. */
llb_status bk__solve_opts(bk_solve_opts *o, const bk_solve_opts *given,
                          llb_error *err);

/* Checks the options against the definition or result (borrowed; both NULL: a
 * frontend's build, or one that we steer) and the daemon, opens what is to be
 * read and written, and starts the build. It is sent the definition unless
 * j->gateway says that it waits for one. On failure too, bk__job_clear() must
 * follow. */
llb_status bk__job_start(bk__job *j, bk_client *c, llb_def *def,
                         const bk_refs *refs, const bk_solve_opts *opts,
                         llb_error *err);

/* A copy of def to send within the job, noted so that its digests are
 * translated; counted once for the caller. */
llb_status bk__job_patch(bk__job *j, llb_def *def, llb_def **ret,
                         llb_error *err);

/* Waits for Control.Solve to end, gives files their names if all went well,
 * and says how it went, as bk_solve() does. Once for a job. */
llb_status bk__job_finish(bk__job *j, bk_result **ret_result,
                          bk_failure **ret_failure, llb_error *err);

/* Ends the build, if it runs, and frees all that is in j. */
void bk__job_clear(bk__job *j);

/* Turns the end of a call of this job into an error: cancelled by the caller,
 * our own part in it (a file that cannot be read or written), a daemon that
 * was lost, else a failed build with its failure. */
llb_status bk__job_fail(bk__job *j, const char *what, const bk__rpc *rpc,
                        bk_failure **ret_failure, llb_error *err);

#endif
