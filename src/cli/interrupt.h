/* Ctrl-C: once cancels and waits, twice leaves at once. */
#ifndef LLB__CLI_INTERRUPT_H
#define LLB__CLI_INTERRUPT_H

#include <stdbool.h>

#include <llb/client.h>

/* From now on SIGINT, SIGTERM and SIGHUP set the handle (borrowed until the
 * end). Call it before anything starts a thread: they inherit the mask.
 * False: the system refused, and signals kill as ever. */
bool cmd__interrupt_begin(bk_cancel *cancel);

/* Says a line on the first signal, unless told not to. */
void cmd__interrupt_quiet(bool quiet);

/* The signal that came, or 0; signals kill again afterwards. */
int cmd__interrupt_end(void);

#endif
