/* The commands, each in a file cmd_NAME.c, and how one is chosen. */
#ifndef LLB__CLI_COMMANDS_H
#define LLB__CLI_COMMANDS_H

#include "options.h"

extern const cmd__command cmd_build, cmd_check, cmd_compile, cmd_engine_start,
    cmd_engine_status, cmd_engine_stop, cmd_fmt, cmd_help, cmd_info, cmd_diff,
    cmd_inspect, cmd_lock, cmd_solve, cmd_targets, cmd_workers, cmd_du,
    cmd_prune, cmd_history, cmd_logs, cmd_debug;

/* Runs the command that argv[1] names and returns the exit code of llb.
 * argv may be reordered. */
int cmd__main(int argc, char **argv);

/* Whether a command begins with this word. */
bool cmd__is_command(const char *word);

/* The command whose name the words begin with, and how many words that are;
 * NULL and a message when there is none. */
const cmd__command *cmd__command_named(int n, char *const *words,
                                       int *ret_used);

#endif
