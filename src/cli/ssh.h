/* --ssh: what it names, looked at before anything is sent. */
#ifndef LLB__CLI_SSH_H
#define LLB__CLI_SSH_H

#include <llb/client.h>

#include "arena.h"

/* Parses ID[=PATH[,PATH...][,raw=BOOL]] (borrowed) into the arena, and has the
 * client look at the agent, the socket or the keys. Any error names text and
 * what is wrong with it. */
llb_status cmd__ssh_parse(llb__arena *a, const char *text, bk_ssh *ret,
                          llb_error *err);

#endif
