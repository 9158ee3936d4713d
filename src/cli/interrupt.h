/* Ctrl-C: a build is cancelled and waited for, twice leaves at once. */
#ifndef LLB__CLI_INTERRUPT_H
#define LLB__CLI_INTERRUPT_H

#include <llb/client.h>

/* From now on SIGINT, SIGTERM and SIGHUP are taken by a thread. While nothing
 * runs that could be cancelled they end the command at once, with exit code
 * 128 and the signal's number. leave is called before that, by the thread; it
 * may be NULL. Call this before anything starts a thread, since all inherit
 * the mask. When the system refuses, signals kill as ever. */
void cmd__interrupt_begin(void (*leave)(int exit_code));

/* From now on the first signal sets the handle (borrowed), and the second one
 * leaves; NULL: as at the beginning. quiet: the first one is not mentioned. */
void cmd__interrupt_cancels(bk_cancel *cancel, bool quiet);

/* The signal that came, or 0; signals kill again afterwards. */
int cmd__interrupt_end(void);

#endif
