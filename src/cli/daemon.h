/* The daemon that a command talks to, and what to say when there is none. */
#ifndef LLB__CLI_DAEMON_H
#define LLB__CLI_DAEMON_H

#include <llb/client.h>

/* Starts all zero. */
typedef struct cmd__daemon {
    bk_found *found;
    bk_client *client;
    bk_kind kind;
    char platform[128]; /* of its first worker; see cmd__daemon_platform */
} cmd__daemon;

/* Finds a daemon and connects; addr is --addr or NULL. On failure what was
 * looked at, and what would help, is said on stderr, but not err itself. */
llb_status cmd__daemon_open(cmd__daemon *d, const char *addr, llb_error *err);
void cmd__daemon_close(cmd__daemon *d);

/* The platform that it builds for by default, in d->platform; "" when the
 * daemon names none. */
llb_status cmd__daemon_platform(cmd__daemon *d, llb_error *err);

#endif
