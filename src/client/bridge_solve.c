/* LLBBridge.Solve: results made within a build, of a definition or by a
 * frontend. */
#include <stdlib.h>
#include <string.h>

#include <grpc/slice.h>

#include <gateway.pb-c.h>

#include "bounds.h"
#include "error.h"
#include "frontend.h"
#include "gateway.h"
#include "opts.h"
#include "refs.h"
#include "request.h"
#include "services.h"
#include "wire.h"

BK__SAME_LAYOUT(Bk__Gw__CacheOptionsEntry__AttrsEntry);
BK__SAME_LAYOUT(Bk__Gw__SolveRequest__FrontendOptEntry);

/* In a build that we steer the caches to read are named with what is solved;
 * Control.Solve's own are for writing. */
static llb_status fill_caches(llb__arena *a, const bk__contents *o,
                              Bk__Gw__SolveRequest *req, llb_error *err)
{
    Bk__Gw__CacheOptionsEntry *entries =
        llb__arena_array(a, o->n_cache_from + 1, sizeof *entries);

    req->cacheimports =
        llb__arena_array(a, o->n_cache_from + 1, sizeof *req->cacheimports);
    if (!entries || !req->cacheimports)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_cache_from; i++) {
        const bk_cache *c = &o->cache_from[i];
        void *attrs;
        bk__gw__cache_options_entry__init(&entries[i]);
        llb_status st = bk__fill_map(
            a, &bk__gw__cache_options_entry__attrs_entry__descriptor, c->attrs,
            c->n_attrs, &attrs, err);
        if (st != LLB_OK)
            return st;
        entries[i].type = bk__mutable(c->type);
        entries[i].attrs = attrs;
        entries[i].n_attrs = c->n_attrs;
        req->cacheimports[i] = &entries[i];
    }
    req->n_cacheimports = o->n_cache_from;
    return LLB_OK;
}

static llb_status fill_common(bk_build *b, llb__arena *a,
                              Bk__Gw__SolveRequest *req, llb_error *err)
{
    bk__gw__solve_request__init(req);
    req->allowresultreturn = true;
    req->allowresultarrayref = true;
    return fill_caches(a, &b->job.contents, req, err);
}

/* Sends the request (taken) and reads the result. */
static llb_status call(bk_build *b, grpc_byte_buffer *request, bk_refs **ret,
                       bk_failure **ret_failure, llb_error *err)
{
    grpc_slice reply;
    ProtobufCMessage *m;
    llb_status st = bk__gateway_call(b, BK__BRIDGE "Solve", request, 0, &reply,
                                     ret_failure, err);

    if (st != LLB_OK)
        return st;
    st = bk__unpack(&bk__gw__solve_response__descriptor,
                    bk__slice_bytes(&reply), "result", &m, err);
    grpc_slice_unref(reply);
    if (st != LLB_OK)
        return st;
    const Bk__Gw__SolveResponse *r = (const Bk__Gw__SolveResponse *)m;
    if (r->result)
        return bk__refs_read(m, r->result, false, ret, err);
    bk_ref one = {.platform = "", .id = bk__text(r->ref)};
    st = bk_refs_new(&one, 1, false, NULL, 0, ret, err);
    bk__free(m);
    return st;
}

/* ---- definitions ---- */

/* The packed flags, and the definition in field 1. */
static llb_status def_message(bk_build *b, llb__arena *a, llb_def *def,
                              bool evaluate, grpc_byte_buffer **ret,
                              llb_error *err)
{
    Bk__Gw__SolveRequest req;
    uint8_t *packed;
    size_t len;
    llb_status st = fill_common(b, a, &req, err);

    req.evaluate = evaluate;
    if (st == LLB_OK)
        st = bk__pack(&req.base, &packed, &len, err);
    if (st != LLB_OK)
        return st;
    st = bk__join_def(packed, len, 1, def, ret, err);
    free(packed);
    return st;
}

llb_status bk_build_solve(bk_build *b, llb_def *def, bool evaluate,
                          char **ret_ref, bk_failure **ret_failure,
                          llb_error *err)
{
    llb__arena *a = llb__arena_new(LLB__MAX_MESSAGE);
    llb_def *sent = NULL;
    bk_refs *refs = NULL;
    grpc_byte_buffer *request;
    llb_status st =
        a ? bk__job_patch(&b->job, def, &sent, err) : llb__fail_nomem(err);

    if (st == LLB_OK) {
        bk__services_allow_def(&b->job, def);
        st = def_message(b, a, sent, evaluate, &request, err);
    }
    llb_def_free(sent);
    llb__arena_free(a);
    if (st == LLB_OK)
        st = call(b, request, &refs, ret_failure, err);
    if (st == LLB_OK) {
        char *ref = strdup(refs->list[0].id);
        st = ref ? LLB_OK : llb__fail_nomem(err);
        if (ref)
            *ret_ref = ref;
    }
    bk_refs_free(refs);
    return st;
}

/* ---- frontends ---- */

/* An input's definition as a message, patched like any other. */
static llb_status input_def(bk_build *b, llb_def *def, ProtobufCMessage **ret,
                            llb_error *err)
{
    llb_def *sent;
    size_t len;
    llb_status st = bk__job_patch(&b->job, def, &sent, err);

    if (st != LLB_OK)
        return st;
    const uint8_t *data = llb_def_bytes(sent, &len);
    st = bk__unpack(&bk__pb__definition__descriptor, (llb__bytes){data, len},
                    "input", ret, err);
    llb_def_free(sent);
    return st;
}

typedef Bk__Gw__SolveRequest__FrontendInputsEntry input_entry;

static llb_status fill_inputs(bk_build *b, llb__arena *a,
                              const bk_frontend_opts *o,
                              Bk__Gw__SolveRequest *req, llb_error *err)
{
    input_entry *entries =
        llb__arena_array(a, o->n_inputs + 1, sizeof *entries);
    llb_status st = LLB_OK;

    req->frontendinputs =
        llb__arena_array(a, o->n_inputs + 1, sizeof *req->frontendinputs);
    if (!entries || !req->frontendinputs)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_inputs && st == LLB_OK; i++) {
        ProtobufCMessage *def = NULL;
        bk__gw__solve_request__frontend_inputs_entry__init(&entries[i]);
        st = input_def(b, o->inputs[i].def, &def, err);
        entries[i].key = bk__mutable(o->inputs[i].name);
        entries[i].value = (Bk__Pb__Definition *)def;
        req->frontendinputs[i] = &entries[i];
        req->n_frontendinputs = i + 1;
    }
    return st;
}

static llb_status frontend_message(bk_build *b, llb__arena *a,
                                   const bk_frontend_opts *o,
                                   grpc_byte_buffer **ret, llb_error *err)
{
    Bk__Gw__SolveRequest req;
    uint8_t *packed;
    size_t len;
    void *attrs = NULL;
    const bk_pair *list = o->attrs;
    size_t n = o->n_attrs;
    llb_status st = fill_common(b, a, &req, err);

    if (st == LLB_OK)
        st = bk__frontend_caches(a, &b->job.contents, &list, &n, err);
    if (st == LLB_OK)
        st = bk__fill_map(
            a, &bk__gw__solve_request__frontend_opt_entry__descriptor, list, n,
            &attrs, err);
    if (st != LLB_OK)
        return st;
    req.frontend = bk__mutable(o->frontend);
    req.frontendopt = attrs;
    req.n_frontendopt = n;
    st = fill_inputs(b, a, o, &req, err);
    if (st == LLB_OK)
        st = bk__pack(&req.base, &packed, &len, err);
    if (st == LLB_OK) {
        *ret = len <= LLB__MAX_MESSAGE ? bk__buffer(packed, len) : NULL;
        if (!*ret)
            st = llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                           "the frontend's inputs have %zu bytes, but a daemon "
                           "takes requests of 16 MiB",
                           len);
        free(packed);
    }
    for (size_t i = 0; i < req.n_frontendinputs; i++)
        if (req.frontendinputs[i]->value)
            bk__free(&req.frontendinputs[i]->value->base);
    return st;
}

/* What a frontend made is known from now on, as what a caller gave. */
static llb_status note_defs(bk_build *b, const bk_refs *refs, llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < refs->n && st == LLB_OK; i++)
        if (refs->list[i].def)
            st = bk__maps_add(&b->job.maps, refs->list[i].def,
                              refs->list[i].def, err);
    return st;
}

llb_status bk_build_frontend(bk_build *b, const bk_frontend_opts *opts,
                             bk_refs **ret_refs, bk_failure **ret_failure,
                             llb_error *err)
{
    bk_frontend_opts o = BK_FRONTEND_OPTS_INIT;
    bk_refs *refs = NULL;
    grpc_byte_buffer *request;
    llb_status st = llb__opts_read(&o, sizeof o, opts,
                                   LLB__FIRST(bk_frontend_opts, n_inputs), err);

    if (st == LLB_OK && !o.frontend)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "bk_build_frontend: no frontend is named");
    llb__arena *a = llb__arena_new(LLB__MAX_MESSAGE);
    if (st == LLB_OK) /* nobody knows what images it comes to */
        bk__services_allow_image(&b->job, NULL);
    if (st == LLB_OK)
        st = a ? frontend_message(b, a, &o, &request, err)
               : llb__fail_nomem(err);
    llb__arena_free(a);
    if (st == LLB_OK)
        st = call(b, request, &refs, ret_failure, err);
    if (st == LLB_OK)
        st = note_defs(b, refs, err);
    if (st == LLB_OK)
        *ret_refs = refs;
    else
        bk_refs_free(refs);
    return st;
}

/* ---- lazy results ---- */

llb_status bk_build_evaluate(bk_build *b, const char *ref,
                             bk_failure **ret_failure, llb_error *err)
{
    Bk__Gw__EvaluateRequest eval = BK__GW__EVALUATE_REQUEST__INIT;
    Bk__Gw__StatFileRequest stat = BK__GW__STAT_FILE_REQUEST__INIT;
    const bk_caps *caps;
    ProtobufCMessage *m = NULL;

    if (!ref || !*ref)
        return LLB_OK; /* nothing is in it */
    llb_status st = bk_build_ping(b, &caps, err);
    if (st != LLB_OK)
        return st;
    eval.ref = stat.ref = bk__mutable(ref);
    stat.path = bk__mutable(".");
    if (bk_caps_has_frontend(caps, "gateway.evaluate"))
        st = bk__gateway_ask(b, BK__BRIDGE "Evaluate", &eval.base, 0,
                             &bk__gw__evaluate_response__descriptor, &m,
                             ret_failure, err);
    else
        st = bk__gateway_ask(b, BK__BRIDGE "StatFile", &stat.base, 0,
                             &bk__gw__stat_file_response__descriptor, &m,
                             ret_failure, err);
    bk__free(m);
    return st;
}
