/* Results within a build: made of a definition, read, handed back. */
#include <stdlib.h>
#include <string.h>

#include <grpc/slice.h>

#include <gateway.pb-c.h>

#include "error.h"
#include "gateway.h"
#include "bounds.h"
#include "request.h"
#include "wire.h"

/* LLBBridge.SolveRequest: the packed flags, and the definition in field 1. */
static llb_status solve_message(llb_def *def, bool evaluate,
                                grpc_byte_buffer **ret, llb_error *err)
{
    Bk__Gw__SolveRequest req = BK__GW__SOLVE_REQUEST__INIT;
    uint8_t *packed;
    size_t len;

    req.allowresultreturn = true;
    req.allowresultarrayref = true;
    req.evaluate = evaluate;
    llb_status st = bk__pack(&req.base, &packed, &len, err);
    if (st != LLB_OK)
        return st;
    st = bk__join_def(packed, len, 1, def, ret, err);
    free(packed);
    return st;
}

/* The id of the one result there is; "" when there is nothing in it. */
static const char *ref_of(const Bk__Gw__SolveResponse *r)
{
    const Bk__Gw__Result *result = r->result;

    if (!result)
        return bk__text(r->ref);
    if (result->result_case == BK__GW__RESULT__RESULT_REF)
        return bk__text(result->ref->id);
    if (result->result_case == BK__GW__RESULT__RESULT_REF_DEPRECATED)
        return bk__text(result->refdeprecated);
    return "";
}

llb_status bk_build_solve(bk_build *b, llb_def *def, bool evaluate,
                          char **ret_ref, bk_failure **ret_failure,
                          llb_error *err)
{
    llb_def *sent;
    grpc_byte_buffer *request;
    grpc_slice reply;
    ProtobufCMessage *m;
    llb_status st = bk__job_patch(&b->job, def, &sent, err);

    if (st != LLB_OK)
        return st;
    st = solve_message(sent, evaluate, &request, err);
    llb_def_free(sent);
    if (st == LLB_OK)
        st = bk__gateway_call(b, BK__BRIDGE "Solve", request, 0, &reply,
                              ret_failure, err);
    if (st != LLB_OK)
        return st;
    st = bk__unpack(&bk__gw__solve_response__descriptor,
                    bk__slice_bytes(&reply), "result", &m, err);
    grpc_slice_unref(reply);
    if (st != LLB_OK)
        return st;
    *ret_ref = strdup(ref_of((const Bk__Gw__SolveResponse *)m));
    bk__free(m);
    return *ret_ref ? LLB_OK : llb__fail_nomem(err);
}

/* Messages of protobuf-c have no const, though packing only reads them. */
static char *text(const char *s)
{
    union {
        const char *in;
        char *out;
    } u = {s};

    return u.out;
}

llb_status bk_build_read_file(bk_build *b, const char *ref, const char *path,
                              int64_t offset, int64_t len, char **ret_data,
                              size_t *ret_len, llb_error *err)
{
    Bk__Gw__ReadFileRequest req = BK__GW__READ_FILE_REQUEST__INIT;
    Bk__Gw__FileRange range = BK__GW__FILE_RANGE__INIT;
    bk_failure *failure = NULL;
    ProtobufCMessage *m;

    if (offset < 0 || len < 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a part of a file starts and ends at 0 or later");
    req.ref = text(ref);
    req.filepath = text(path);
    range.offset = offset;
    range.length = len;
    if (offset || len)
        req.range = &range;
    llb_status st = bk__gateway_ask(b, BK__BRIDGE "ReadFile", &req.base, 0,
                                    &bk__gw__read_file_response__descriptor, &m,
                                    &failure, err);
    bk_failure_free(failure);
    if (st != LLB_OK)
        return st;
    ProtobufCBinaryData data = ((const Bk__Gw__ReadFileResponse *)m)->data;
    char *copy = malloc(data.len + 1);
    if (copy) {
        if (data.len)
            memcpy(copy, data.data, data.len);
        copy[data.len] = '\0';
        *ret_data = copy;
        *ret_len = data.len;
    }
    bk__free(m);
    return copy ? LLB_OK : llb__fail_nomem(err);
}

static llb_status send_return(bk_build *b, const char *ref,
                              const bk_pair *metadata, size_t n_metadata,
                              llb__arena *a, llb_error *err)
{
    Bk__Gw__ReturnRequest req = BK__GW__RETURN_REQUEST__INIT;
    Bk__Gw__Result result = BK__GW__RESULT__INIT;
    Bk__Gw__Ref one = BK__GW__REF__INIT;
    Bk__Gw__Result__MetadataEntry *entries =
        llb__arena_array(a, n_metadata + 1, sizeof *entries);
    Bk__Gw__Result__MetadataEntry **list =
        llb__arena_array(a, n_metadata + 1, sizeof *list);
    ProtobufCMessage *m;

    if (!entries || !list)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < n_metadata; i++) {
        bk__gw__result__metadata_entry__init(&entries[i]);
        entries[i].key = text(metadata[i].key);
        entries[i].value.data = (uint8_t *)text(metadata[i].value);
        entries[i].value.len = strlen(metadata[i].value);
        list[i] = &entries[i];
    }
    one.id = text(ref ? ref : "");
    result.result_case = BK__GW__RESULT__RESULT_REF;
    result.ref = &one;
    result.metadata = list;
    result.n_metadata = n_metadata;
    req.result = &result;
    llb_status st =
        bk__gateway_ask(b, BK__BRIDGE "Return", &req.base, 0,
                        &bk__gw__return_response__descriptor, &m, NULL, err);
    if (st == LLB_OK)
        bk__free(m);
    return st;
}

llb_status bk_build_return(bk_build *b, const char *ref,
                           const bk_pair *metadata, size_t n_metadata,
                           bk_result **ret_result, bk_failure **ret_failure,
                           llb_error *err)
{
    llb_status st =
        send_return(b, ref, metadata, n_metadata, b->job.arena, err);

    if (st != LLB_OK)
        return st;
    b->over = true;
    return bk__job_finish(&b->job, ret_result, ret_failure, err);
}
