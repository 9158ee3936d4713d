/* The user's terminal, lent to a program in a container. */
#ifndef LLB__CLI_TERMINAL_H
#define LLB__CLI_TERMINAL_H

#include <llb/gateway.h>

/* Whether standard input and output are a terminal. */
bool cmd__terminal_is_there(void);

/* Gives the terminal to a program until it ends: keys go to it raw, its
 * window has the size of ours, and what it writes is written. Ctrl-P Ctrl-Q
 * leaves it, which ends it (*ret_left). The terminal is as before in any case
 * when this returns, and when a signal ends the command.
 *
 * args as for bk_process_start(), env and so on those of opts (borrowed). As
 * bk_process_wait(); LLB_EIO: the terminal cannot be set. */
llb_status cmd__terminal_run(bk_container *c, bk_process_opts opts,
                             unsigned *ret_code, bool *ret_left,
                             llb_error *err);

/* Puts the terminal back if it is lent out. Any thread. */
void cmd__terminal_restore(void);

#endif
