/* A shell where a step failed, or on what a target is made of. */
#ifndef LLB__CLI_SHELL_H
#define LLB__CLI_SHELL_H

#include "gate.h"
#include "solve.h"

#define CMD__SHELL "/bin/sh"

/* What cmd__shell_failed() needs to know. */
typedef struct cmd__shell {
    cmd__solve *s;
    cmd__gate gate;
    const char *program; /* CMD__SHELL, or what was named */
    bool opened;         /* a failure was shown, and a shell tried */
    bool ran;            /* there was a shell, and its exit code is code */
    unsigned code;
} cmd__shell;

/* Refuses what has no terminal to run a shell on, in the words of what (an
 * option or a command). Returns an exit code. */
int cmd__shell_check(cmd__solve *s, const char *what);

/* Prepares the options of a build for it; cmd__shell_end() must follow. */
void cmd__shell_begin(cmd__shell *sh, cmd__solve *s, const char *program,
                      bk_solve_opts *o);
void cmd__shell_end(cmd__shell *sh);

/* bk_solve_opts.failed: shows the failure and runs a shell where it happened.
 * ctx is the cmd__shell. */
void cmd__shell_failed(void *ctx, bk_build *b, const bk_failure *f);

/* Runs the shell in a container (borrowed) with the options (borrowed), args
 * apart. An exit code if there was no shell, which has been said; its own exit
 * code is in sh->code. */
int cmd__shell_run(cmd__shell *sh, bk_container *c,
                   const bk_process_opts *opts);

#endif
