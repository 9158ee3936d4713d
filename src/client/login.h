/* Who is logged in at a registry. */
#ifndef LLB__CLIENT_LOGIN_H
#define LLB__CLIENT_LOGIN_H

#include "docker_config.h"

/* When a search is no longer wanted; asked often while a program runs. */
typedef struct bk__wanted {
    bool (*is_over)(void *arg);
    void *arg;
    int timeout_ms; /* of the program */
} bk__wanted;

/* Finds the login for host in the config or through its helper program, in
 * the arena. All empty: there is none. Any error of a helper names it, the
 * file, the host and what happened, and no byte of a secret: LLB_EINVAL,
 * LLB_ENOENT, LLB_EUNAVAILABLE (time is over), LLB_ECANCELED, LLB_ENOMEM. */
llb_status bk__login_find(const bk__docker_config *c, const char *host,
                          const bk__wanted *w, llb__arena *a, bk__login *ret,
                          llb_error *err);

/* Reads what a helper printed. LLB_EINVAL: it is no login; LLB_ENOMEM. */
llb_status bk__login_read(llb__bytes out, llb__arena *a, bk__login *ret);

#endif
