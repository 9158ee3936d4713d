/* The Auth service: logins at registries. */
#ifndef LLB__CLIENT_SVC_AUTH_H
#define LLB__CLIENT_SVC_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "svc.h"

typedef struct bk__auth_opts {
    const char *config_dir;   /* NULL: that of Docker's client */
    const char *const *hosts; /* whose logins may be given */
    size_t n_hosts;
    bool any_host;
    int helper_ms; /* for a helper program; 0: half a minute */
    /* Told once for each host that asks in vain; NULL for nobody. */
    void (*refused)(void *arg, const char *host);
    void *arg;
} bk__auth_opts;

/* A service that answers for these hosts (copied) with what Docker's config
 * and its helper programs know. Nothing is read or run before a daemon asks,
 * and each host is looked up once. The daemon fetches tokens itself where
 * nobody is logged in; else this does. To another host it gives an empty
 * login, which is no error, since an error would fail the pull of a public
 * image. A login that cannot be had is one. LLB_ENOMEM. The caller ends *ret
 * by (*ret)->free(*ret), which wipes the logins. */
llb_status bk__svc_auth_new(const bk__auth_opts *opts, bk__service **ret,
                            llb_error *err);

/* Allows one more host (copied), or all of them by NULL. Without memory it
 * stays refused, which the user is told. Any thread, while calls are served
 * too. */
void bk__svc_auth_allow(bk__service *svc, const char *host);

#endif
