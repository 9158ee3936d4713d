/* How a build ended. Success is what Solve's reply says; for a failure the
 * first cause is looked for, which may lie with us. */
#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>

#include <control.pb-c.h>

#include "dial.h"
#include "error.h"
#include "failure.h"
#include "job.h"
#include "bounds.h"
#include "pairs.h"
#include "svc_filesend.h"
#include "svc_filesync.h"
#include "svc_upload.h"
#include "wire.h"

enum { BEAT_MS = 1000 };

struct result {
    bk_result pub; /* first: bk_result_free() finds the arena behind it */
    llb__arena *arena;
};

static int64_t last_heard(bk__job *j, int64_t since)
{
    int64_t progress = bk__progress_heard_ms(j->progress);
    int64_t session = j->session ? bk__session_heard_ms(j->session) : 0;

    if (progress > since)
        since = progress;
    return session > since ? session : since;
}

/* Waits for the reply. No deadline, since a build may take days, but a daemon
 * that is silent must answer a small question now and then. False: it is
 * gone. */
static bool await_reply(bk__job *j, llb__bytes *ret_reply)
{
    int64_t asked = bk__now_ms();

    for (;;) {
        int got = bk__call_recv(j->solve, BEAT_MS, ret_reply);
        if (got != BK__TIMEOUT)
            return true;
        int64_t now = bk__now_ms();
        if (now - last_heard(j, asked) < BK__QUIET_MS)
            continue;
        if (!bk__conn_alive(j->conn))
            return false;
        asked = bk__now_ms();
    }
}

/* Our own part in a failure, which the daemon only knows as a broken stream.
 */
static llb_status own_failure(bk__job *j, llb_error *err)
{
    llb_status st = LLB_OK;

    if (j->filesend)
        st = bk__svc_filesend_failed(j->filesend, err);
    if (st == LLB_OK && j->filesync)
        st = bk__svc_filesync_failed(j->filesync, err);
    if (st == LLB_OK && j->content)
        st = bk__svc_content_failed(j->content, err);
    if (st == LLB_OK && j->upload)
        st = bk__svc_upload_failed(j->upload, err);
    return st;
}

static llb_status lost(bk__job *j, const char *reply, llb_error *err)
{
    char words[512];

    bk__conn_lost(j->client, j->conn);
    bk__conn_why(j->conn, reply, words, sizeof words);
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                     "%.200s: lost the daemon during the build%s%s",
                     bk_client_addr(j->client), *words ? ": " : "", words);
}

/* Codes that a broken connection gives, and that a daemon hardly ever does. */
static bool may_be_lost(int code)
{
    return code == GRPC_STATUS_UNAVAILABLE || code == GRPC_STATUS_CANCELLED ||
           code == GRPC_STATUS_INTERNAL;
}

llb_status bk__job_fail(bk__job *j, const char *what, const bk__rpc *rpc,
                        bk_failure **ret_failure, llb_error *err)
{
    const char *words = rpc->message ? rpc->message : "";

    if (j->o.cancel && bk_cancel_is_set(j->o.cancel))
        return llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "cancelled");
    llb_status st = own_failure(j, err);
    if (st != LLB_OK)
        return st;
    if (!rpc->has_details && may_be_lost(rpc->code) && !bk__conn_alive(j->conn))
        return lost(j, words, err);
    if (rpc->code == GRPC_STATUS_RESOURCE_EXHAUSTED &&
        strstr(words, "larger than max"))
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "%s: the daemon refused the request as too large: %s",
                         what, words);
    bk_failure *f = bk__failure_make(rpc, j->record, &j->maps);
    if (!f)
        return llb__fail_nomem(err);
    if (ret_failure)
        *ret_failure = f;
    else
        bk_failure_free(f);
    return llb__fail(err, LLB_EBUILD, LLB__NOWHERE, "%s", words);
}

static bool fill_result(struct result *r, const Bk__Control__SolveResponse *m,
                        const char *ref)
{
    bk_pair *list =
        llb__arena_array(r->arena, m->n_exporterresponse + 1, sizeof *list);

    r->pub.ref = llb__arena_strdup(r->arena, ref);
    if (!list || !r->pub.ref)
        return false;
    for (size_t i = 0; i < m->n_exporterresponse; i++) {
        list[i].key =
            llb__arena_strdup(r->arena, bk__text(m->exporterresponse[i]->key));
        list[i].value = llb__arena_strdup(
            r->arena, bk__text(m->exporterresponse[i]->value));
        if (!list[i].key || !list[i].value)
            return false;
    }
    bk__pairs_sort(list, m->n_exporterresponse);
    r->pub.response = list;
    r->pub.n_response = m->n_exporterresponse;
    return true;
}

static llb_status read_result(bk__job *j, llb__bytes reply,
                              bk_result **ret_result, llb_error *err)
{
    ProtobufCMessage *m;
    llb_status st = bk__unpack(&bk__control__solve_response__descriptor, reply,
                               "result", &m, err);

    if (st != LLB_OK)
        return st;
    struct result *r = calloc(1, sizeof *r);
    if (r)
        r->arena = llb__arena_new(4 * LLB__MAX_MESSAGE);
    if (!r || !r->arena ||
        !fill_result(r, (const Bk__Control__SolveResponse *)m, j->ref)) {
        st = llb__fail_nomem(err);
        bk_result_free(r ? &r->pub : NULL);
    } else {
        *ret_result = &r->pub;
    }
    bk__free(m);
    return st;
}

/* What follows a reply: the end of progress, then of the session, after which
 * no service writes any more and the outputs can get their names. */
static void wind_down(bk__job *j)
{
    bk__progress_end(j->progress);
    j->progress = NULL;
    bk__session_free(j->session);
    j->session = NULL;
}

static llb_status commit(bk__job *j, llb__bytes reply, bk_result **ret_result,
                         llb_error *err)
{
    bk_result *result = NULL;
    llb_status st = read_result(j, reply, &result, err);

    if (st != LLB_OK)
        return st;
    if (j->filesend)
        st = bk__svc_filesend_commit(j->filesend, err);
    if (st == LLB_OK && j->content)
        st = bk__contents_keep(j->arena, &j->contents, j->content, result, err);
    if (st == LLB_OK && ret_result)
        *ret_result = result;
    else
        bk_result_free(result);
    return st;
}

llb_status bk__job_finish(bk__job *j, bk_result **ret_result,
                          bk_failure **ret_failure, llb_error *err)
{
    bk__rpc rpc = {0};
    llb__bytes reply = {NULL, 0};
    llb_status st;

    /* Behind its reply, a daemon has nothing to wait for. */
    bool there =
        await_reply(j, &reply) && bk__call_status(j->solve, BK__ALIVE_MS, &rpc);
    if (!there) {
        bk__call_cancel(j->solve);
        bk__call_status(j->solve, -1, &rpc);
    }
    bk__cancel_unwatch(j->o.cancel, &j->watch);
    j->watching = false;
    wind_down(j);
    if (!there)
        st = lost(j, "it does not answer any more", err);
    else if (rpc.code == GRPC_STATUS_OK)
        st = commit(j, reply, ret_result, err);
    else
        st = bk__job_fail(j, "build", &rpc, ret_failure, err);
    bk__rpc_clear(&rpc);
    return st;
}

const char *bk_result_get(const bk_result *r, const char *key)
{
    return bk__pairs_get(r->response, r->n_response, key);
}

void bk_result_free(bk_result *pub)
{
    struct result *r = (struct result *)pub;

    if (!r)
        return;
    llb__arena_free(r->arena);
    free(r);
}
