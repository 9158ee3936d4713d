/* Containers that live as long as a build: of refs, or of a step that failed.
 */
#include "container.h"

#include <stdlib.h>
#include <string.h>

#include <gateway.pb-c.h>

#include "bounds.h"
#include "error.h"
#include "opts.h"
#include "wire.h"

typedef Bk__Gw__NewContainerRequest request;

const Bk__Pb__ExecOp *bk__container_exec(const bk_container *c)
{
    const Bk__Pb__Op *op = (const Bk__Pb__Op *)c->op;

    return op && op->op_case == BK__PB__OP__OP_EXEC ? op->exec : NULL;
}

static llb_status can_run(bk_build *b, llb_error *err)
{
    const bk_caps *caps;
    llb_status st = bk_build_ping(b, &caps, err);

    if (st != LLB_OK || bk_caps_has_frontend(caps, "gateway.exec"))
        return st;
    return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                     "this daemon cannot run programs within a build (needs "
                     "BuildKit v0.8)");
}

static llb_status container_new(bk_build *b, bk_container **ret, llb_error *err)
{
    bk_container *c = calloc(1, sizeof *c);

    if (!c)
        return llb__fail_nomem(err);
    c->build = b;
    llb_status st = bk__random_id(c->id, err);
    if (st == LLB_OK)
        st = can_run(b, err);
    if (st == LLB_OK)
        *ret = c;
    else
        free(c);
    return st;
}

static void forget(bk_container *c)
{
    bk__free(c->op);
    free(c->root);
    free(c);
}

static void note_root(bk_container *c, const request *req)
{
    for (size_t i = 0; i < req->n_mounts; i++) {
        const char *ref = bk__text(req->mounts[i]->resultid);
        if (strcmp(bk__text(req->mounts[i]->dest), "/") == 0 && *ref &&
            !c->root)
            c->root = strdup(ref);
        else
            c->covered = true;
    }
}

/* Sends the request, which says all but the id. Taken: c, on failure. */
static llb_status create(bk_container *c, request *req, bk_container **ret,
                         llb_error *err)
{
    ProtobufCMessage *m;

    req->containerid = c->id;
    note_root(c, req);
    llb_status st = bk__gateway_ask(
        c->build, BK__BRIDGE "NewContainer", &req->base, 0,
        &bk__gw__new_container_response__descriptor, &m, NULL, err);
    if (st == LLB_OK) {
        bk__free(m);
        *ret = c;
        return LLB_OK;
    }
    forget(c);
    return st;
}

/* ---- of refs ---- */

static llb_status fill_mounts(llb__arena *a, const bk_container_opts *o,
                              request *req, llb_error *err)
{
    Bk__Pb__Mount *mounts =
        llb__arena_array(a, o->n_mounts + 1, sizeof *mounts);

    req->mounts = llb__arena_array(a, o->n_mounts + 1, sizeof *req->mounts);
    if (!mounts || !req->mounts)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_mounts; i++) {
        bk__pb__mount__init(&mounts[i]);
        mounts[i].dest = bk__mutable(o->mounts[i].dest);
        mounts[i].resultid = bk__mutable(o->mounts[i].ref);
        mounts[i].readonly = o->mounts[i].readonly;
        if (o->mounts[i].selector)
            mounts[i].selector = bk__mutable(o->mounts[i].selector);
        req->mounts[i] = &mounts[i];
    }
    req->n_mounts = o->n_mounts;
    return LLB_OK;
}

static llb_status fill(llb__arena *a, const bk_container_opts *o, request *req,
                       llb_error *err)
{
    static const Bk__Pb__NetMode networks[] = {BK__PB__NET_MODE__UNSET,
                                               BK__PB__NET_MODE__HOST,
                                               BK__PB__NET_MODE__NONE};

    bk__gw__new_container_request__init(req);
    if ((unsigned)o->network >= sizeof networks / sizeof *networks)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "no such network");
    req->network = networks[o->network];
    if (o->hostname)
        req->hostname = bk__mutable(o->hostname);
    llb_status st = fill_mounts(a, o, req, err);
    return st == LLB_OK && o->platform
               ? bk__platform_read(a, o->platform, &req->platform, err)
               : st;
}

llb_status bk_container_new(bk_build *b, const bk_container_opts *opts,
                            bk_container **ret_container, llb_error *err)
{
    bk_container_opts o = BK_CONTAINER_OPTS_INIT;
    bk_container *c;
    request req;
    llb_status st = llb__opts_read(
        &o, sizeof o, opts, LLB__FIRST(bk_container_opts, platform), err);

    if (st != LLB_OK)
        return st;
    llb__arena *a = llb__arena_new(1 << 20);
    st = a ? fill(a, &o, &req, err) : llb__fail_nomem(err);
    if (st == LLB_OK)
        st = container_new(b, &c, err);
    if (st == LLB_OK)
        st = create(c, &req, ret_container, err);
    llb__arena_free(a);
    return st;
}

/* ---- of a failed step ---- */

/* The op of a failure, from our own definition. */
static llb_status find_op(bk_build *b, const bk_failure *f,
                          ProtobufCMessage **ret, llb_error *err)
{
    size_t i;
    llb_def *def =
        *f->vertex ? bk__maps_find(&b->job.maps, f->vertex, &i) : NULL;

    if (!def)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "no step has failed that could be looked into");
    llb_def_op op = llb_def_op_at(def, i);
    llb_status st =
        op.kind == LLB_OP_EXEC
            ? bk__unpack(&bk__pb__op__descriptor, (llb__bytes){op.data, op.len},
                         "op", ret, err)
            : llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                        "the step that failed runs no program, so there is no "
                        "container to look into");
    llb_def_free(def);
    return st;
}

/* The step's own mounts, with what they held when it failed. */
static void take_mounts(Bk__Pb__ExecOp *exec, const bk_failure *f, request *req)
{
    for (size_t i = 0; i < exec->n_mounts && i < f->n_mount_refs; i++) {
        char **id = &exec->mounts[i]->resultid;
        if (!*f->mount_refs[i])
            continue;
        if (*id != protobuf_c_empty_string)
            free(*id);
        *id = strdup(f->mount_refs[i]);
    }
    req->mounts = exec->mounts;
    req->n_mounts = exec->n_mounts;
    req->network = exec->network;
    if (!exec->meta)
        return;
    req->hostname = exec->meta->hostname;
    req->extrahosts = exec->meta->extrahosts;
    req->n_extrahosts = exec->meta->n_extrahosts;
}

llb_status bk_container_of_failure(bk_build *b, const bk_failure *f,
                                   bk_container **ret_container, llb_error *err)
{
    request req = BK__GW__NEW_CONTAINER_REQUEST__INIT;
    ProtobufCMessage *m = NULL;
    bk_container *c;
    llb_status st = find_op(b, f, &m, err);

    if (st == LLB_OK && f->n_mount_refs == 0)
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                       "this daemon keeps nothing of a step that failed "
                       "(needs BuildKit v0.9)");
    if (st == LLB_OK)
        st = container_new(b, &c, err);
    if (st != LLB_OK) {
        bk__free(m);
        return st;
    }
    c->op = m;
    Bk__Pb__Op *op = (Bk__Pb__Op *)m;
    take_mounts(op->exec, f, &req);
    req.platform = op->platform;
    req.constraints = op->constraints;
    return create(c, &req, ret_container, err);
}

void bk_container_free(bk_container *c)
{
    Bk__Gw__ReleaseContainerRequest req =
        BK__GW__RELEASE_CONTAINER_REQUEST__INIT;
    ProtobufCMessage *m = NULL;

    if (!c)
        return;
    req.containerid = c->id;
    if (!c->build->over &&
        bk__gateway_ask(c->build, BK__BRIDGE "ReleaseContainer", &req.base,
                        bk__call_ms(c->build->job.client),
                        &bk__gw__release_container_response__descriptor, &m,
                        NULL, NULL) == LLB_OK)
        bk__free(m);
    forget(c);
}
