/* Addresses of daemons. */
#ifndef LLB__CLIENT_ADDR_H
#define LLB__CLIENT_ADDR_H

#include <stdbool.h>
#include <sys/un.h>

#include <llb/error.h>

/* Words of a helper program's command line, the NULL behind them included. */
enum { BK__MAX_ARGV = 16 };

/* An address, taken apart; it owns its strings. It is a unix socket, tcp, or
 * behind a helper program. */
typedef struct bk__addr {
    char *text;       /* as it was given */
    bool tcp;         /* host and port are set */
    bool docker;      /* named as a Docker Engine; else to be found out */
    const char *path; /* of a unix socket */
    char *host, *port;
    const char *argv[BK__MAX_ARGV]; /* the helper program; argv[0] NULL: none */
    char *parts;                    /* storage of all of these */
} bk__addr;

/* Takes an address apart; tls: it will be used with TLS, which has a usual
 * port of its own. LLB_EINVAL: it is none; the message names the way out. */
llb_status bk__addr_parse(const char *text, bool tls, bk__addr *ret,
                          llb_error *err);
void bk__addr_clear(bk__addr *a);

/* The socket address of path; LLB_EINVAL when it does not fit. */
llb_status bk__addr_unix(const char *path, struct sockaddr_un *ret,
                         llb_error *err);

#endif
