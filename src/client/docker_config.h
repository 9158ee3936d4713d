/* Docker's config.json, as far as it says who is logged in where. */
#ifndef LLB__CLIENT_DOCKER_CONFIG_H
#define LLB__CLIENT_DOCKER_CONFIG_H

#include <stdbool.h>

#include <llb/error.h>

#include "arena.h"

typedef struct bk__docker_config bk__docker_config;

/* A login. Strings are never NULL; all empty: nobody is logged in. */
typedef struct bk__login {
    const char *username; /* empty: secret is an identity token */
    const char *secret;
    const char *registry_token; /* to be shown as it is, if not empty */
} bk__login;

/* Reads config.json in dir (NULL: of DOCKER_CONFIG, else ~/.docker), and what
 * DOCKER_AUTH_CONFIG holds, which wins. A file that is not there is an empty
 * one. LLB_EINVAL with the file and the line, LLB_EIO, LLB_ENOMEM. */
llb_status bk__docker_config_read(const char *dir, bk__docker_config **ret,
                                  llb_error *err);
void bk__docker_config_free(bk__docker_config *c);

/* Borrowed. The folder; the name of the file, for messages. */
const char *bk__docker_config_dir(const bk__docker_config *c);
const char *bk__docker_config_path(const bk__docker_config *c);

/* The name of the helper program, without "docker-credential-", that knows the
 * logins of host, borrowed; NULL when the file has them. *ret_named: somebody
 * wrote it down; else it is what this system has. */
const char *bk__docker_config_helper(const bk__docker_config *c,
                                     const char *host, bool *ret_named);

/* The name under which host's login is kept: host itself, but for Docker Hub
 * an address. Static or host. */
const char *bk__docker_config_key(const char *host);

/* The login for host that the file has, in the arena. LLB_EINVAL: it is no
 * login; LLB_ENOMEM. */
llb_status bk__docker_config_login(const bk__docker_config *c, const char *host,
                                   llb__arena *a, bk__login *ret,
                                   llb_error *err);

/* Whether two hosts are the same registry: Docker Hub has several names. */
bool bk__docker_same_host(const char *a, const char *b);

#endif
