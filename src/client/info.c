/* What a daemon says about itself. */
#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>

#include <control.pb-c.h>

#include "arena.h"
#include "call.h"
#include "error.h"
#include "bounds.h"
#include "pairs.h"
#include "wire.h"

/* The label by which a Docker Engine with the containerd image store, and
 * every buildkitd, can be told from one that keeps images itself. */
#define SNAPSHOTTER "org.mobyproject.buildkit.worker.snapshotter"

/* Public part first: bk_info_free() finds the arena behind it. */
struct info {
    bk_daemon_info pub;
    llb__arena *arena;
};

typedef Bk__Types__WorkerRecord worker_record;

/* "os/arch[/variant]" */
static const char *platform_text(llb__arena *a, const Bk__Pb__Platform *p)
{
    const char *variant = bk__text(p->variant);

    return llb__arena_printf(a, "%s/%s%s%s", bk__text(p->os),
                             bk__text(p->architecture), *variant ? "/" : "",
                             variant);
}

static bool fill_platforms(llb__arena *a, const worker_record *r, bk_worker *w)
{
    const char **list = llb__arena_array(a, r->n_platforms + 1, sizeof *list);

    if (!list)
        return false;
    for (size_t i = 0; i < r->n_platforms; i++) {
        list[i] = platform_text(a, r->platforms[i]);
        if (!list[i])
            return false;
    }
    w->platforms = list;
    w->n_platforms = r->n_platforms;
    return true;
}

static bool fill_worker(llb__arena *a, const worker_record *r, bk_worker *w)
{
    bk_pair *labels = llb__arena_array(a, r->n_labels + 1, sizeof *labels);

    w->id = llb__arena_strdup(a, bk__text(r->id));
    w->version = llb__arena_strdup(
        a, r->buildkitversion ? bk__text(r->buildkitversion->version) : "");
    if (!labels || !w->id || !w->version)
        return false;
    for (size_t i = 0; i < r->n_labels; i++) {
        labels[i].key = llb__arena_strdup(a, bk__text(r->labels[i]->key));
        labels[i].value = llb__arena_strdup(a, bk__text(r->labels[i]->value));
        if (!labels[i].key || !labels[i].value)
            return false;
    }
    bk__pairs_sort(labels, r->n_labels);
    w->labels = labels;
    w->n_labels = r->n_labels;
    return fill_platforms(a, r, w);
}

static bool fill_workers(struct info *info,
                         const Bk__Control__ListWorkersResponse *r)
{
    bk_worker *list =
        llb__arena_array(info->arena, r->n_record + 1, sizeof *list);

    if (!list)
        return false;
    for (size_t i = 0; i < r->n_record; i++) {
        if (!fill_worker(info->arena, r->record[i], &list[i]))
            return false;
    }
    info->pub.workers = list;
    info->pub.n_workers = r->n_record;
    return true;
}

static llb_status ask_workers(bk_client *c, struct info *info, llb_error *err)
{
    grpc_slice reply;
    ProtobufCMessage *m;
    llb_status st =
        bk__unary(c, "/moby.buildkit.v1.Control/ListWorkers", NULL, 0,
                  bk__buffer("", 0), bk__call_ms(c), NULL, &reply, NULL, err);

    if (st != LLB_OK)
        return st;
    st = bk__unpack(&bk__control__list_workers_response__descriptor,
                    bk__slice_bytes(&reply), "list of workers", &m, err);
    grpc_slice_unref(reply);
    if (st != LLB_OK)
        return st;
    if (!fill_workers(info, (const Bk__Control__ListWorkersResponse *)m))
        st = llb__fail_nomem(err);
    bk__free(m);
    return st;
}

static llb_status read_version(struct info *info, grpc_slice reply,
                               llb_error *err)
{
    ProtobufCMessage *m;
    llb_status st = bk__unpack(&bk__control__info_response__descriptor,
                               bk__slice_bytes(&reply), "version", &m, err);

    if (st != LLB_OK)
        return st;
    const Bk__Types__BuildkitVersion *v =
        ((const Bk__Control__InfoResponse *)m)->buildkitversion;
    info->pub.has_version = true;
    if (v) {
        info->pub.package =
            llb__arena_strdup(info->arena, bk__text(v->package));
        info->pub.version =
            llb__arena_strdup(info->arena, bk__text(v->version));
        info->pub.revision =
            llb__arena_strdup(info->arena, bk__text(v->revision));
        if (!info->pub.package || !info->pub.version || !info->pub.revision)
            st = llb__fail_nomem(err);
    }
    bk__free(m);
    return st;
}

/* Daemons before v0.11 have no such call, which is an answer too. */
static llb_status ask_version(bk_client *c, struct info *info, llb_error *err)
{
    grpc_slice reply;
    llb_status st =
        bk__unary(c, "/moby.buildkit.v1.Control/Info", NULL, 0,
                  bk__buffer("", 0), bk__call_ms(c), NULL, &reply, NULL, err);

    if (st == LLB_EUNSUPPORTED)
        return LLB_OK;
    if (st != LLB_OK)
        return st;
    st = read_version(info, reply, err);
    grpc_slice_unref(reply);
    return st;
}

/* Whether the default worker of an engine keeps images the old way. */
static bool is_graphdriver(const bk_daemon_info *info)
{
    if (info->kind != BK_KIND_DOCKER || info->n_workers == 0)
        return info->kind == BK_KIND_DOCKER;
    const bk_worker *w = &info->workers[0];
    return !bk__pairs_get(w->labels, w->n_labels, SNAPSHOTTER);
}

llb_status bk_info(bk_client *c, bk_daemon_info **ret_info, llb_error *err)
{
    if (bk__in_callback)
        return bk__busy(err);
    struct info *info = calloc(1, sizeof *info);
    if (!info)
        return llb__fail_nomem(err);
    info->pub.package = info->pub.version = info->pub.revision = "";
    info->arena = llb__arena_new(2 * LLB__MAX_MESSAGE);
    llb_status st = info->arena ? LLB_OK : llb__fail_nomem(err);
    if (st == LLB_OK)
        st = bk_client_connect(c, &info->pub.kind, err);
    if (st == LLB_OK)
        st = ask_version(c, info, err);
    if (st == LLB_OK)
        st = ask_workers(c, info, err);
    if (st != LLB_OK) {
        bk_info_free(&info->pub);
        return st;
    }
    info->pub.graphdriver = is_graphdriver(&info->pub);
    *ret_info = &info->pub;
    return LLB_OK;
}

void bk_info_free(bk_daemon_info *pub)
{
    struct info *info = (struct info *)pub;

    if (!info)
        return;
    llb__arena_free(info->arena);
    free(info);
}
