/* Small HTTP requests to a registry's token server, by libcurl, which is
 * opened at the first of them. */
#ifndef LLB__CLIENT_HTTP_TOKEN_H
#define LLB__CLIENT_HTTP_TOKEN_H

#include <stdbool.h>

#include <llb/error.h>

#include "buf.h"

/* Fields of a form or query, in their order. */
typedef struct bk__http_field {
    const char *key, *value;
} bk__http_field;

typedef struct bk__http_request {
    const char *url; /* http or https, with no user in it */
    bool post;       /* the fields are the body; else they join the query */
    const bk__http_field *fields;
    size_t n_fields;
    const char *username, *password; /* Basic; NULL for none */
    bool (*is_over)(void *arg);      /* asked about once a second */
    void *arg;
} bk__http_request;

/* Whether there is a libcurl on this machine. Any thread. */
bool bk__http_works(void);

/* Sends one request and reads the answer, at most 1 MiB, into *ret_body (empty
 * before; the caller wipes and clears it). Redirects are followed by GET only,
 * and never take a password to another host. LLB_OK with any status;
 * LLB_EUNAVAILABLE (nobody there, no answer in 30 s, a certificate),
 * LLB_EINVAL (no such address), LLB_EUNSUPPORTED (no libcurl), LLB_ELIMIT,
 * LLB_ECANCELED, LLB_ENOMEM. The message is the reason alone and holds neither
 * fields nor passwords. Any thread. */
llb_status bk__http_send(const bk__http_request *r, long *ret_status,
                         llb__buf *ret_body, llb_error *err);

#endif
