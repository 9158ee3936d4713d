/* The Auth service of a client that holds no registry credentials. */
#ifndef LLB__CLIENT_SVC_AUTH_H
#define LLB__CLIENT_SVC_AUTH_H

#include <llb/error.h>

#include "svc.h"

/* A service that tells the daemon to go on without credentials: Credentials
 * answers OK with an empty user and secret (an error would fail the pull),
 * GetTokenAuthority, FetchToken and VerifyTokenAuthority answer Unimplemented,
 * so that the daemon fetches anonymous tokens itself. The caller owns *ret and
 * ends it by (*ret)->free(*ret). */
llb_status bk__svc_auth_new(bk__service **ret, llb_error *err);

#endif
