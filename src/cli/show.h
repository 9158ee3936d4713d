/* Commands that ask a daemon something and print the answer. */
#ifndef LLB__CLI_SHOW_H
#define LLB__CLI_SHOW_H

#include <jansson.h>

#include "buf.h"
#include "daemon.h"

/* Opens the daemon for such a command. CMD__DONE, or the exit code after
 * saying what is wrong. */
int cmd__show_open(cmd__daemon *d, const char *command,
                   const cmd__daemon_opts *o);

/* Prints o (taken; NULL: no memory) as JSON. An exit code. */
int cmd__show_json(json_t *o);

/* Prints what is in out and clears it. An exit code. */
int cmd__show_text(llb__buf *out);

#endif
