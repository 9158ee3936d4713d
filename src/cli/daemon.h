/* The daemon that a command talks to, and what to say when there is none. */
#ifndef LLB__CLI_DAEMON_H
#define LLB__CLI_DAEMON_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/client.h>

#include "options.h"

/* What the command line says about the daemon; all NULL: nothing. */
typedef struct cmd__daemon_opts {
    const char *addr;
    const char *ca, *cert, *key, *server_name, *dir; /* --tls... */
    cmd__list auth_hosts;
} cmd__daemon_opts;

/* Their rows in an option table; words are the help of --addr, which says
 * what the daemon is for. Names and files are those of buildctl. */
#define CMD__DAEMON_OPTIONS(type, member, words)                               \
    {.name = "addr",                                                           \
     .kind = CMD__TEXT,                                                        \
     .offset = offsetof(type, member.addr),                                    \
     .value = "ADDRESS",                                                       \
     .help = words},                                                           \
        {.name = "auth-host",                                                  \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.auth_hosts),                          \
         .value = "HOST[:PORT]",                                               \
         .help = "a registry whose login the daemon may ask for beside those " \
                 "that the build names"},                                      \
        {.name = "tlscacert",                                                  \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.ca),                                  \
         .value = "FILE",                                                      \
         .help =                                                               \
             "authority of the daemon's certificate, for a tcp:// address "    \
             "(those that this machine trusts)"},                              \
        {.name = "tlscert",                                                    \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.cert),                                \
         .value = "FILE",                                                      \
         .help = "certificate to show to the daemon (none)"},                  \
        {.name = "tlskey",                                                     \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.key),                                 \
         .value = "FILE",                                                      \
         .help = "its key, without a passphrase"},                             \
        {.name = "tlsservername",                                              \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.server_name),                         \
         .value = "NAME",                                                      \
         .help = "whom the daemon's certificate must be for (the host of the " \
                 "address)"},                                                  \
    {                                                                          \
        .name = "tlsdir", .kind = CMD__TEXT,                                   \
        .offset = offsetof(type, member.dir), .value = "DIR",                  \
        .help = "a folder with ca.pem, cert.pem and key.pem, or ca.crt, "      \
                "tls.crt and tls.key, instead of the three files"              \
    }

/* Starts all zero. */
typedef struct cmd__daemon {
    bk_found *found;
    bk_client *client;
    bk_kind kind;
    char platform[128]; /* of its first worker; see cmd__daemon_platform */
} cmd__daemon;

/* Finds a daemon and connects, unless that is done. On failure what was looked
 * at, and what would help, is said on stderr, but not err itself. */
llb_status cmd__daemon_open(cmd__daemon *d, const cmd__daemon_opts *o,
                            llb_error *err);

/* The same for a daemon that is welcome and not needed: on failure nothing is
 * said, and d is all zero again. */
bool cmd__daemon_try(cmd__daemon *d, const cmd__daemon_opts *o);

void cmd__daemon_close(cmd__daemon *d);

/* The platform that it builds for by default, in d->platform; "" when the
 * daemon names none. */
llb_status cmd__daemon_platform(cmd__daemon *d, llb_error *err);

#endif
