/* Words for builds that a daemon remembers. */
#ifndef LLB__CLI_HISTORY_H
#define LLB__CLI_HISTORY_H

#include <llb/daemon.h>

/* "running", "completed", "error" or "canceled"; static. */
const char *cmd__past_status(const bk_past *p);

/* What it built, as far as the daemon knows; borrowed from p. */
const char *cmd__past_name(const bk_past *p);

#endif
