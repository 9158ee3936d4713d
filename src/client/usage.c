/* What a daemon's cache holds, and tidying it up. */
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
#include "times.h"
#include "wire.h"

struct usages {
    bk_usages pub; /* first: bk_usages_free() finds the arena behind it */
    llb__arena *arena;
};

void bk_usages_free(bk_usages *pub)
{
    struct usages *u = (struct usages *)pub;

    if (!u)
        return;
    llb__arena_free(u->arena);
    free(u);
}

/* Strings in out are those of r. False: no memory. */
static bool fill(llb__arena *a, const Bk__Control__UsageRecord *r,
                 bk_usage *out)
{
    bool one = r->n_parents == 0 && *bk__text(r->parent);
    const char **parents =
        llb__arena_array(a, r->n_parents + 1, sizeof *parents);

    if (!parents)
        return false;
    if (one) /* all that old daemons know */
        parents[0] = r->parent;
    for (size_t i = 0; i < r->n_parents; i++)
        parents[i] = bk__text(r->parents[i]);
    *out = (bk_usage){
        .id = bk__text(r->id),
        .is_mutable = r->mutable_,
        .in_use = r->inuse,
        .shared = r->shared,
        .len = r->size,
        .parents = parents,
        .n_parents = one ? 1 : r->n_parents,
        .created_ns = bk__time_ns(r->createdat),
        .last_used_ns = bk__time_ns(r->lastusedat),
        .n_uses = r->usagecount,
        .description = bk__text(r->description),
        .type = bk__text(r->recordtype),
    };
    return true;
}

/* The same, with strings of its own. */
static bool fill_own(llb__arena *a, const Bk__Control__UsageRecord *r,
                     bk_usage *out)
{
    if (!fill(a, r, out))
        return false;
    const char **parents =
        llb__arena_array(a, out->n_parents + 1, sizeof *parents);
    bool good = parents != NULL;
    for (size_t i = 0; i < out->n_parents && good; i++) {
        parents[i] = llb__arena_strdup(a, out->parents[i]);
        good = parents[i] != NULL;
    }
    out->parents = parents;
    out->id = llb__arena_strdup(a, out->id);
    out->description = llb__arena_strdup(a, out->description);
    out->type = llb__arena_strdup(a, out->type);
    return good && out->id && out->description && out->type;
}

static int by_size(const void *a, const void *b)
{
    const bk_usage *x = a, *y = b;

    if (x->len != y->len)
        return x->len > y->len ? -1 : 1;
    return strcmp(x->id, y->id);
}

static bk_usages *make(const Bk__Control__DiskUsageResponse *r)
{
    struct usages *u = calloc(1, sizeof *u);
    bk_usage *list = NULL;
    bool good = true;

    if (u)
        u->arena = llb__arena_new(16 * LLB__MAX_MESSAGE);
    if (u && u->arena)
        list = llb__arena_array(u->arena, r->n_record + 1, sizeof *list);
    for (size_t i = 0; list && good && i < r->n_record; i++)
        good = fill_own(u->arena, r->record[i], &list[i]);
    if (!list || !good) {
        bk_usages_free(u ? &u->pub : NULL);
        return NULL;
    }
    if (r->n_record > 1)
        qsort(list, r->n_record, sizeof *list, by_size);
    u->pub = (bk_usages){list, r->n_record};
    return &u->pub;
}

/* protobuf-c only reads the list. */
static char **list_of(const char *const *filters)
{
    union {
        const char *const *in;
        char **out;
    } u = {filters};

    return u.out;
}

llb_status bk_disk_usage(bk_client *c, const char *const *filters,
                         size_t n_filters, bk_usages **ret_usages,
                         llb_error *err)
{
    Bk__Control__DiskUsageRequest req = BK__CONTROL__DISK_USAGE_REQUEST__INIT;
    uint8_t *data;
    size_t len;
    grpc_slice reply;
    ProtobufCMessage *m;

    if (bk__in_callback)
        return bk__busy(err);
    req.filter = list_of(filters);
    req.n_filter = n_filters;
    llb_status st = bk__pack(&req.base, &data, &len, err);
    if (st != LLB_OK)
        return st;
    /* A large cache takes its time to be counted. */
    st = bk__unary(c, "/moby.buildkit.v1.Control/DiskUsage", NULL, 0,
                   bk__buffer(data, len), 0, NULL, &reply, NULL, err);
    free(data);
    if (st != LLB_OK)
        return st;
    st = bk__unpack(&bk__control__disk_usage_response__descriptor,
                    bk__slice_bytes(&reply), "disk usage", &m, err);
    grpc_slice_unref(reply);
    if (st != LLB_OK)
        return st;
    *ret_usages = make((const Bk__Control__DiskUsageResponse *)m);
    bk__free(m);
    return *ret_usages ? LLB_OK : llb__fail_nomem(err);
}

/* ---- pruning ---- */

struct pruner {
    const bk_prune_opts *o;
    llb__arena *arena; /* for one record */
};

static llb_status take(void *ctx, const ProtobufCMessage *m, llb_error *err)
{
    struct pruner *p = ctx;
    bk_usage u;

    if (!p->o->removed)
        return LLB_OK;
    if (!fill(p->arena, (const Bk__Control__UsageRecord *)m, &u))
        return llb__fail_nomem(err);
    p->o->removed(p->o->ctx, &u);
    llb__arena_clear(p->arena);
    return LLB_OK;
}

llb_status bk_prune(bk_client *c, const bk_prune_opts *opts, llb_error *err)
{
    bk_prune_opts o = BK_PRUNE_OPTS_INIT;
    Bk__Control__PruneRequest req = BK__CONTROL__PRUNE_REQUEST__INIT;
    llb_status st = llb__opts_read(&o, sizeof o, opts,
                                   LLB__FIRST(bk_prune_opts, cancel), err);

    if (st != LLB_OK)
        return st;
    struct pruner p = {&o, llb__arena_new(LLB__MAX_MESSAGE)};
    if (!p.arena)
        return llb__fail_nomem(err);
    req.filter = list_of(o.filters);
    req.n_filter = o.n_filters;
    req.all = o.all != 0;
    req.keepduration = o.keep_ns;
    /* An old daemon knows one bound, which has become the lower one of two. */
    req.reservedspace = req.maxusedspace = o.keep_len;
    req.minfreespace = o.min_free_len;
    st = bk__listen(c, "/moby.buildkit.v1.Control/Prune", &req.base, o.cancel,
                    &bk__control__usage_record__descriptor, take, &p, err);
    llb__arena_free(p.arena);
    return st;
}
