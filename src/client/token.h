/* Bearer tokens, as registries' token servers give them out. */
#ifndef LLB__CLIENT_TOKEN_H
#define LLB__CLIENT_TOKEN_H

#include <stdint.h>

#include "docker_config.h"

/* What a registry has told the daemon of its token server. */
typedef struct bk__token_request {
    const char *realm, *service;
    const char *const *scopes;
    size_t n_scopes;
    bool (*is_over)(void *arg);
    void *arg;
} bk__token_request;

typedef struct bk__token {
    const char *text;
    int64_t expires_in; /* seconds */
    int64_t issued_at;  /* since 1970; 0: not said */
} bk__token;

/* Fetches a token for login (which is not empty), in the arena: by POST, as
 * OAuth has it, and by GET where the server knows only that. The errors of
 * bk__http_send(), and LLB_EINVAL for a refusal or an answer without a token;
 * messages name the server, without what may be secret in its address. */
llb_status bk__token_fetch(const bk__token_request *r, const bk__login *login,
                           llb__arena *a, bk__token *ret, llb_error *err);

/* Reads a token server's answer: text is "" if no token is in it. False: no
 * memory. */
bool bk__token_read(llb__bytes answer, llb__arena *a, bk__token *ret);

#endif
