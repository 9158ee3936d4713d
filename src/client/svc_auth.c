/* The Auth service without credentials. */
#include "svc_auth.h"

#include <stdlib.h>

#include "error.h"

/* An empty CredentialsResponse: nobody is logged in anywhere. */
static bk__rpc_status credentials(bk__service *svc, bk__stream *s)
{
    llb__bytes request;
    (void)svc;

    if (s->ops->recv(s, &request) <= 0 ||
        !s->ops->send(s, &(llb__bytes){(const uint8_t *)"", 0}, 1))
        return bk__rpc_fail(BK__RPC_CANCELED, "the call was cut off");
    return bk__rpc_ok();
}

/* The daemon falls back to Credentials when it hears this. */
static bk__rpc_status no_tokens(bk__service *svc, bk__stream *s)
{
    (void)svc;
    (void)s;
    return bk__rpc_fail(BK__RPC_UNIMPLEMENTED, "this client holds no tokens");
}

static const bk__method methods[] = {
    {"/moby.filesync.v1.Auth/Credentials", credentials},
    {"/moby.filesync.v1.Auth/GetTokenAuthority", no_tokens},
    {"/moby.filesync.v1.Auth/FetchToken", no_tokens},
    {"/moby.filesync.v1.Auth/VerifyTokenAuthority", no_tokens},
};

static void auth_free(bk__service *svc) { free(svc); }

llb_status bk__svc_auth_new(bk__service **ret, llb_error *err)
{
    bk__service *svc = malloc(sizeof *svc);

    if (!svc)
        return llb__fail_nomem(err);
    *svc = (bk__service){methods, sizeof methods / sizeof *methods, auth_free};
    *ret = svc;
    return LLB_OK;
}
