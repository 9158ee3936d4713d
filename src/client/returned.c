/* The end of a build that we steer: what it made, or why it made nothing. */
#include <stdlib.h>
#include <string.h>

#include <gateway.pb-c.h>

#include "bounds.h"
#include "error.h"
#include "gateway.h"
#include "refs.h"
#include "wire.h"

static llb_status send_return(bk_build *b, Bk__Gw__ReturnRequest *req,
                              unsigned timeout_ms, llb_error *err)
{
    ProtobufCMessage *m;
    llb_status st =
        bk__gateway_ask(b, BK__BRIDGE "Return", &req->base, timeout_ms,
                        &bk__gw__return_response__descriptor, &m, NULL, err);

    if (st == LLB_OK)
        bk__free(m);
    return st;
}

llb_status bk_build_return_refs(bk_build *b, const bk_refs *refs,
                                bk_result **ret_result,
                                bk_failure **ret_failure, llb_error *err)
{
    Bk__Gw__ReturnRequest req = BK__GW__RETURN_REQUEST__INIT;
    llb__arena *a = llb__arena_new(LLB__MAX_MESSAGE);

    req.result = a ? bk__refs_message(a, refs, true) : NULL;
    llb_status st =
        req.result ? send_return(b, &req, 0, err) : llb__fail_nomem(err);
    llb__arena_free(a);
    if (st != LLB_OK)
        return st;
    b->over = true;
    return bk__job_finish(&b->job, ret_result, ret_failure, err);
}

llb_status bk_build_return(bk_build *b, const char *ref,
                           const bk_pair *metadata, size_t n_metadata,
                           bk_result **ret_result, bk_failure **ret_failure,
                           llb_error *err)
{
    bk_ref one = {.platform = "", .id = ref};
    bk_meta *meta = calloc(n_metadata + 1, sizeof *meta);
    bk_refs *refs = NULL;

    if (!meta)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < n_metadata; i++)
        meta[i] = (bk_meta){metadata[i].key, metadata[i].value,
                            strlen(metadata[i].value)};
    llb_status st = bk_refs_new(&one, 1, false, meta, n_metadata, &refs, err);
    free(meta);
    if (st == LLB_OK)
        st = bk_build_return_refs(b, refs, ret_result, ret_failure, err);
    bk_refs_free(refs);
    return st;
}

/* Ends the build with the error that it came to, so that the daemon's history
 * has that, and not that somebody went away. */
void bk__return_failure(bk_build *b)
{
    Bk__Gw__ReturnRequest req = BK__GW__RETURN_REQUEST__INIT;
    Bk__Rpc__Status status = BK__RPC__STATUS__INIT;
    ProtobufCMessage *details = NULL;
    llb__bytes bytes = {b->failed.details, b->failed.details_len};

    if (b->failed.details && bk__unpack(&bk__rpc__status__descriptor, bytes,
                                        "status", &details, NULL) == LLB_OK) {
        req.error = (Bk__Rpc__Status *)details;
    } else {
        status.code = b->failed.code;
        status.message = b->failed.message;
        req.error = &status;
    }
    if (send_return(b, &req, bk__call_ms(b->job.client), NULL) == LLB_OK &&
        !b->over) {
        b->over = true;
        bk__job_finish(&b->job, NULL, NULL, NULL);
    }
    bk__free(details);
}
