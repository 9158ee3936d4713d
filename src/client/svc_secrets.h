/* The Secrets service: gives steps the secrets that the user named. */
#ifndef LLB__CLIENT_SVC_SECRETS_H
#define LLB__CLIENT_SVC_SECRETS_H

#include <stddef.h>

#include <llb/error.h>

#include "svc.h"

typedef enum bk__secret_kind {
    BK__SECRET_FILE, /* the regular file path, read when a step asks */
    BK__SECRET_ENV,  /* the environment variable env, read now */
    BK__SECRET_DATA, /* these bytes, copied */
} bk__secret_kind;

typedef struct bk__secret {
    const char *id;
    bk__secret_kind kind;
    const char *path; /* FILE */
    const char *env;  /* ENV */
    llb__bytes data;  /* DATA */
} bk__secret;

/* A service that answers Secrets.GetSecret for these ids (all copied); any
 * other id is NotFound, which lets an optional secret pass. What can be known
 * to fail is found now: a missing or unreadable file, an unset variable, an id
 * given twice or empty, more than LLB__MAX_SECRET bytes. A message never holds
 * a byte of a secret. The caller owns *ret and ends it by (*ret)->free(*ret),
 * which wipes the copies. n may be 0. */
llb_status bk__svc_secrets_new(const bk__secret *secrets, size_t n,
                               bk__service **ret, llb_error *err);

#endif
