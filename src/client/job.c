/* Starting a build. What can be known to fail is found before anything is
 * sent, in the order: options, our files, the daemon, our outputs. */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "can.h"
#include "error.h"
#include "ident.h"
#include "opts.h"
#include "frontend.h"
#include "request.h"
#include "services.h"

llb_status bk__solve_opts(bk_solve_opts *o, const bk_solve_opts *given,
                          llb_error *err)
{
    return llb__opts_read(o, sizeof *o, given,
                          LLB__FIRST(bk_solve_opts, progress), err);
}

static llb_status prepare(bk__job *j, const bk_solve_opts *opts, llb_error *err)
{
    char unique[BK__ID_LEN + 1];
    llb_status st = bk__solve_opts(&j->o, opts, err);

    if (st != LLB_OK)
        return st;
    j->arena = llb__arena_new((size_t)64 << 20);
    j->record = bk__record_new();
    if (!j->arena || !j->record)
        return llb__fail_nomem(err);
    st = bk__random_id(unique, err);
    snprintf(j->unique, sizeof j->unique, "%s", unique);
    if (st == LLB_OK && !j->o.ref) {
        st = bk__random_id(unique, err);
        snprintf(j->ref_buf, sizeof j->ref_buf, "%s", unique);
    }
    j->ref = j->o.ref ? j->o.ref : j->ref_buf;
    return st;
}

/* An old daemon runs the first of several exporters, and is silent about it.
 */
static llb_status check_several(bk__job *j, llb_error *err)
{
    bool several = true;
    llb_status st = LLB_OK;

    if (j->o.n_exports > 1)
        st = bk__client_has_cap(j->client, "exporter.multiple", &several, err);
    if (st == LLB_OK && !several)
        st = llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                       "this daemon makes one export of a build, not %zu; "
                       "build once for each, the second time from its cache",
                       j->o.n_exports);
    return st;
}

/* Exporters, as this daemon has them. */
static llb_status choose_exports(bk__job *j, llb_error *err)
{
    bool graphdriver = false;
    bk_daemon_info *info;

    if (j->conn->line.kind == BK_KIND_DOCKER && bk__exports_ask(&j->o)) {
        llb_status st = bk_info(j->client, &info, err);
        if (st != LLB_OK)
            return st;
        graphdriver = info->graphdriver;
        bk_info_free(info);
    }
    llb_status st = bk__exports_make(j->arena, &j->o, j->conn->line.kind,
                                     graphdriver, &j->exports, err);
    return st == LLB_OK ? check_several(j, err) : st;
}

/* A definition carries no image config. An exporter of buildkitd takes it as
 * an attribute; that of a Docker Engine drops it without a word, and sees only
 * what comes with a result. */
static bool config_by_result(const bk__job *j)
{
    for (size_t i = 0; i < j->exports.n && j->o.image_config; i++) {
        if (j->conn->line.kind == BK_KIND_DOCKER &&
            j->exports.list[i].has_config)
            return true;
    }
    return false;
}

/* A plain build of ours that reads nothing and pushes nothing is spared the
 * session and its threads. */
static bool needs_session(const bk__job *j, const llb_def *def)
{
    return !def || llb_def_needs_session(def) || j->exports.to_client ||
           j->exports.layout || j->exports.pushes || j->o.n_cache_from > 0 ||
           j->o.n_cache_to > 0 || j->o.n_uploads > 0;
}

static llb_status open_session(bk__job *j, llb_error *err)
{
    char key[65];
    const char *root = j->o.project_root;

    if (!root && j->o.n_locals > 0)
        root = j->o.locals[0].path;
    bk__project_key(root, key);
    return bk__session_new(j->conn, j->services, j->n_services, key,
                           &j->session, err);
}

static void cancel_solve(void *arg) { bk__call_cancel(arg); }

static llb_status send_solve(bk__job *j, llb_def *def, llb_error *err)
{
    grpc_byte_buffer *message;
    bk__request r = {.ref = j->ref,
                     .session = j->session ? bk__session_id(j->session) : "",
                     .def = def,
                     .o = &j->o,
                     .exports = &j->exports,
                     .contents = &j->contents};
    llb_status st = bk__request_make(j->arena, &r, &message, err);

    if (st != LLB_OK)
        return st;
    st = bk__call_new(j->conn, "/moby.buildkit.v1.Control/Solve", NULL, 0, 0,
                      &j->solve, err);
    if (st != LLB_OK) {
        grpc_byte_buffer_destroy(message);
        return st;
    }
    j->watch = (bk__watch){cancel_solve, j->solve, NULL, NULL};
    bk__cancel_watch(j->o.cancel, &j->watch);
    j->watching = true;
    /* A send that fails belongs to a call that has ended: its status tells. */
    if (bk__call_send(j->solve, message))
        bk__call_close(j->solve);
    return bk__progress_new(j->conn, j->ref, j->session, j->record, &j->maps,
                            j->o.progress, &j->progress, err);
}

llb_status bk__job_patch(bk__job *j, llb_def *def, llb_def **ret,
                         llb_error *err)
{
    llb_def *sent = NULL;
    llb_status st = bk__daemon_can(j->client, def, err);

    if (st != LLB_OK)
        return st;
    if (j->o.no_patch)
        sent = llb_def_ref(def);
    else
        st = llb_def_patch_locals(def, j->unique, &sent, err);
    if (st == LLB_OK)
        st = bk__maps_add(&j->maps, def, sent, err);
    if (st == LLB_OK)
        *ret = sent;
    else
        llb_def_free(sent);
    return st;
}

/* Everything up to the first byte sent. */
static llb_status get_ready(bk__job *j, llb_def *def, const bk_refs *refs,
                            const bk_solve_opts *opts, llb_def **ret_sent,
                            llb_error *err)
{
    llb_status st = prepare(j, opts, err);

    if (st == LLB_OK)
        st = bk__services_read(j, def, refs, err);
    if (st == LLB_OK && def)
        st = bk__job_patch(j, def, ret_sent, err);
    if (st == LLB_OK)
        st = bk__conn_get(j->client, &j->conn, err);
    if (st == LLB_OK)
        st = choose_exports(j, err);
    if (st == LLB_OK && j->o.frontend)
        st = bk__frontend_caches(j->arena, &j->contents, &j->o.frontend_attrs,
                                 &j->o.n_frontend_attrs, err);
    if (st == LLB_OK) {
        j->gateway = !j->o.frontend && (!def || config_by_result(j));
        st = bk__services_write(j, err);
    }
    return st;
}

llb_status bk__job_start(bk__job *j, bk_client *c, llb_def *def,
                         const bk_refs *refs, const bk_solve_opts *opts,
                         llb_error *err)
{
    llb_def *sent = NULL;

    *j = (bk__job){.client = c};
    bk__maps_init(&j->maps);
    llb_status st = get_ready(j, def, refs, opts, &sent, err);
    if (st == LLB_OK && j->o.cancel && bk_cancel_is_set(j->o.cancel))
        st = llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "cancelled");
    if (st == LLB_OK && needs_session(j, def))
        st = open_session(j, err);
    if (st == LLB_OK)
        st = send_solve(j, j->gateway ? NULL : sent, err);
    llb_def_free(sent);
    return st;
}

void bk__job_clear(bk__job *j)
{
    if (j->watching)
        bk__cancel_unwatch(j->o.cancel, &j->watch);
    bk__call_free(j->solve);
    bk__progress_end(j->progress);
    bk__session_free(j->session);
    bk__services_free(j);
    bk__record_free(j->record);
    bk__maps_clear(&j->maps);
    bk__conn_release(j->conn);
    llb__arena_free(j->arena);
    *j = (bk__job){0};
}
