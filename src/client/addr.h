/* Addresses of daemons. */
#ifndef LLB__CLIENT_ADDR_H
#define LLB__CLIENT_ADDR_H

#include <stdbool.h>
#include <sys/un.h>

#include <llb/error.h>

/* An address, taken apart. Its strings are parts of text, which it owns. */
typedef struct bk__addr {
    char *text;       /* as it was given */
    bool tcp;         /* else a unix socket */
    bool docker;      /* named as a Docker Engine; else to be found out */
    const char *path; /* of a unix socket */
    char *host, *port;
    char *parts; /* storage of path, or of host and port */
} bk__addr;

/* Takes an address apart. LLB_EINVAL: it is none; LLB_EUNSUPPORTED: it is one
 * that needs a helper program; the message names the way out. */
llb_status bk__addr_parse(const char *text, bk__addr *ret, llb_error *err);
void bk__addr_clear(bk__addr *a);

/* The socket address of path; LLB_EINVAL when it does not fit. */
llb_status bk__addr_unix(const char *path, struct sockaddr_un *ret,
                         llb_error *err);

#endif
