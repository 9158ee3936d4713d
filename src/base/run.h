/* Running another program to its end: what goes in, what comes out, and for
 * how long. */
#ifndef LLB__BASE_RUN_H
#define LLB__BASE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "arena.h" /* llb__bytes */

typedef struct llb__run_opts {
    const char *const *argv; /* NULL behind the last; found on PATH */
    llb__bytes in;           /* its standard input */
    size_t max_out;          /* more on its standard output is LLB_ELIMIT */
    int timeout_ms;
    bool (*is_over)(void *arg); /* asked ten times a second; NULL: never */
    void *arg;
} llb__run_opts;

/* What a program that ran to its end left. */
typedef struct llb__ran {
    char *out; /* with a NUL behind it; llb__ran_clear() wipes it */
    size_t out_len, out_max;
    char said[151]; /* the end of its standard error, as one line */
    int code;       /* exit code, 128 and the signal for one that was killed */
} llb__ran;

/* Runs a program in a session of its own. LLB_OK: it ran to its end, and
 * llb__ran_clear() must follow, whatever its code is. Otherwise *ret is empty,
 * it and its children are killed, and the message is the reason alone: the
 * program is not there (LLB_ENOENT), the time is over (LLB_EUNAVAILABLE), it
 * said too much (LLB_ELIMIT), is_over() said so (LLB_ECANCELED); LLB_EIO,
 * LLB_ENOMEM. Any thread; the standard error is not passed on. */
llb_status llb__run(const llb__run_opts *o, llb__ran *ret, llb_error *err);
void llb__ran_clear(llb__ran *r);

/* Kills what llb__run() runs in any thread, for a process that leaves without
 * waiting for its threads. Not from a signal handler. */
void llb__run_kill_all(void);

#endif
