/* What a daemon remembers of its builds. */
#include <stdlib.h>
#include <string.h>

#include <llb/daemon.h>

#include <control.pb-c.h>

#include "arena.h"
#include "bounds.h"
#include "call.h"
#include "error.h"
#include "listen.h"
#include "opts.h"
#include "pairs.h"
#include "request.h"
#include "times.h"
#include "wire.h"

BK__SAME_LAYOUT(Bk__Control__BuildHistoryRecord__FrontendAttrsEntry);
BK__SAME_LAYOUT(Bk__Control__BuildHistoryRecord__ExporterResponseEntry);

struct history {
    bk_history pub; /* first: bk_history_free() finds the rest behind it */
    llb__arena *arena;
    bk_past *list;
    size_t cap;
};

void bk_history_free(bk_history *pub)
{
    struct history *h = (struct history *)pub;

    if (!h)
        return;
    llb__arena_free(h->arena);
    free(h->list);
    free(h);
}

typedef Bk__Control__BuildHistoryRecord record;

/* A map of the record; NULL: no memory. */
static const bk_pair *pairs_of(llb__arena *a, void *entries, size_t n)
{
    bk__map_entry **list = entries;
    bk_pair *pairs = llb__arena_array(a, n + 1, sizeof *pairs);

    for (size_t i = 0; pairs && i < n; i++) {
        pairs[i].key = llb__arena_strdup(a, bk__text(list[i]->key));
        pairs[i].value = llb__arena_strdup(a, bk__text(list[i]->value));
        if (!pairs[i].key || !pairs[i].value)
            return NULL;
    }
    if (pairs)
        bk__pairs_sort(pairs, n);
    return pairs;
}

static const char *const *exporters_of(llb__arena *a, const record *r)
{
    const char **list = llb__arena_array(a, r->n_exporters + 1, sizeof *list);

    for (size_t i = 0; list && i < r->n_exporters; i++) {
        list[i] = llb__arena_strdup(a, bk__text(r->exporters[i]->type));
        if (!list[i])
            return NULL;
    }
    return list;
}

static bool fill(llb__arena *a, const record *r, bk_past *out)
{
    *out = (bk_past){
        .ref = llb__arena_strdup(a, bk__text(r->ref)),
        .frontend = llb__arena_strdup(a, bk__text(r->frontend)),
        .attrs = pairs_of(a, r->frontendattrs, r->n_frontendattrs),
        .n_attrs = r->n_frontendattrs,
        .exporters = exporters_of(a, r),
        .n_exporters = r->n_exporters,
        .response = pairs_of(a, r->exporterresponse, r->n_exporterresponse),
        .n_response = r->n_exporterresponse,
        .created_ns = bk__time_ns(r->createdat),
        .completed_ns = bk__time_ns(r->completedat),
        .error =
            llb__arena_strdup(a, r->error ? bk__text(r->error->message) : ""),
        .error_code = r->error ? r->error->code : 0,
        .pinned = r->pinned,
        .n_steps = r->numtotalsteps,
        .n_completed = r->numcompletedsteps,
        .n_cached = r->numcachedsteps,
        .n_warnings = r->numwarnings,
    };
    return out->ref && out->frontend && out->attrs && out->exporters &&
           out->response && out->error;
}

/* The place of a build in the list, a new one at the end if it is new; NULL:
 * no memory. */
static bk_past *place_of(struct history *h, const char *ref)
{
    for (size_t i = h->pub.n; i-- > 0;)
        if (strcmp(h->list[i].ref, ref) == 0)
            return &h->list[i];
    if (h->pub.n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 64;
        bk_past *list = realloc(h->list, cap * sizeof *list);
        if (!list)
            return NULL;
        h->list = list;
        h->cap = cap;
    }
    return &h->list[h->pub.n++];
}

/* A build that ends while we look is told twice: what comes last counts. */
static llb_status take(void *ctx, const ProtobufCMessage *m, llb_error *err)
{
    struct history *h = ctx;
    const Bk__Control__BuildHistoryEvent *e =
        (const Bk__Control__BuildHistoryEvent *)m;
    bk_past past;

    if (!e->record || e->type == BK__CONTROL__BUILD_HISTORY_EVENT_TYPE__DELETED)
        return LLB_OK;
    if (!fill(h->arena, e->record, &past))
        return llb__fail_nomem(err);
    bk_past *place = place_of(h, past.ref);
    if (!place)
        return llb__fail_nomem(err);
    *place = past;
    return LLB_OK;
}

static int newest_first(const void *a, const void *b)
{
    const bk_past *x = a, *y = b;

    if (x->created_ns != y->created_ns)
        return x->created_ns > y->created_ns ? -1 : 1;
    return strcmp(x->ref, y->ref);
}

/* Says of a daemon without history what is wrong with it. */
static llb_status explain(llb_status st, llb_error *err)
{
    return st == LLB_EUNSUPPORTED
               ? llb__fail(err, st, LLB__NOWHERE,
                           "this daemon cannot keep a history of its builds "
                           "(needs BuildKit v0.11)")
               : st;
}

static llb_status listen(bk_client *c, const bk_history_opts *o,
                         struct history *h, llb_error *err)
{
    Bk__Control__BuildHistoryRequest req =
        BK__CONTROL__BUILD_HISTORY_REQUEST__INIT;
    union {
        const char *const *in;
        char **out;
    } filters = {o->filters};
    llb_error why = {0};

    req.activeonly = o->active_only != 0;
    req.earlyexit = true;
    if (o->ref)
        req.ref = bk__mutable(o->ref);
    req.filter = filters.out;
    req.n_filter = o->n_filters;
    req.limit = o->limit < INT32_MAX ? (int32_t)o->limit : 0;
    llb_status st = bk__listen(
        c, "/moby.buildkit.v1.Control/ListenBuildHistory", &req.base, o->cancel,
        &bk__control__build_history_event__descriptor, take, h, &why);
    if (o->ref && ((st == LLB_OK && h->pub.n == 0) || st == LLB_ENOENT ||
                   (st == LLB_EBUILD && strstr(why.message, "is deleted"))))
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "the daemon remembers no build %.100s", o->ref);
    if (st != LLB_OK)
        llb__fail(err, st, LLB__NOWHERE, "%s", why.message);
    return explain(st, err);
}

llb_status bk_history_get(bk_client *c, const bk_history_opts *opts,
                          bk_history **ret_history, llb_error *err)
{
    bk_history_opts o = BK_HISTORY_OPTS_INIT;
    llb_status st = llb__opts_read(&o, sizeof o, opts,
                                   LLB__FIRST(bk_history_opts, cancel), err);

    if (st != LLB_OK)
        return st;
    struct history *h = calloc(1, sizeof *h);
    if (h)
        h->arena = llb__arena_new(16 * LLB__MAX_MESSAGE);
    st = h && h->arena ? listen(c, &o, h, err) : llb__fail_nomem(err);
    if (st != LLB_OK) {
        bk_history_free(h ? &h->pub : NULL);
        return st;
    }
    if (h->pub.n > 1)
        qsort(h->list, h->pub.n, sizeof *h->list, newest_first);
    if (o.limit && h->pub.n > o.limit)
        h->pub.n = o.limit; /* what runs does not count for a daemon */
    h->pub.list = h->list;
    *ret_history = &h->pub;
    return LLB_OK;
}

llb_status bk_history_update(bk_client *c, const char *ref,
                             bk_history_change change, llb_error *err)
{
    Bk__Control__UpdateBuildHistoryRequest req =
        BK__CONTROL__UPDATE_BUILD_HISTORY_REQUEST__INIT;
    uint8_t *data;
    size_t len;
    grpc_slice reply;

    if (bk__in_callback)
        return bk__busy(err);
    req.ref = bk__mutable(ref);
    req.delete_ = change == BK_HISTORY_DELETE;
    req.pinned = change == BK_HISTORY_PIN;
    llb_status st = bk__pack(&req.base, &data, &len, err);
    if (st != LLB_OK)
        return st;
    st = bk__unary(c, "/moby.buildkit.v1.Control/UpdateBuildHistory", NULL, 0,
                   bk__buffer(data, len), bk__call_ms(c), NULL, &reply, NULL,
                   err);
    free(data);
    if (st != LLB_OK)
        return explain(st, err);
    grpc_slice_unref(reply);
    return LLB_OK;
}
