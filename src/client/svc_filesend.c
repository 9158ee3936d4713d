/* The FileSend service. Nothing on the wire tells whether a call carries a
 * tree or plain bytes: what we asked this exporter for decides. */
#include "svc_filesend.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "packet.h"
#include "receive.h"
#include "svc_failed.h"
#include "svc_filesend_target.h"

struct filesend {
    bk__service service;
    bk__failed failed;
    bk__place *places;
    size_t n;
};

/* The exporter that a call is for; absent is 0, as old daemons have it. */
static bool exporter_id(bk__stream *s, size_t *ret)
{
    llb__bytes v = s->ops->meta(s, "buildkit-attachable-exporter-id", 0);
    size_t id = 0;

    if (v.len > 9)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] < '0' || v.data[i] > '9')
            return false;
        id = id * 10 + (size_t)(v.data[i] - '0');
    }
    *ret = id;
    return true;
}

/* A tree may come in several calls, one a platform, bytes come in one. */
static bool begin(bk__place *p)
{
    pthread_mutex_lock(&p->lock);
    bool ok = (p->kind == BK__TARGET_DIR && !p->deletes) || p->started == 0;
    p->started += ok;
    pthread_mutex_unlock(&p->lock);
    return ok;
}

static void done(bk__place *p)
{
    pthread_mutex_lock(&p->lock);
    p->done++;
    pthread_mutex_unlock(&p->lock);
}

/* Writes what comes until the daemon half-closes. LLB_ECANCELED: cut off. */
static llb_status receive_bytes(bk__place *p, bk__stream *s, llb_error *err)
{
    llb__bytes message, data;
    int got;

    while ((got = s->ops->recv(s, &message)) == 1) {
        if (!bk__field1_parse(message, &data))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "the daemon sent no BytesMessage for %s", p->path);
        llb_status st = bk__place_write(p, data.data, data.len, s, err);
        if (st != LLB_OK)
            return st;
    }
    return got == 0 ? LLB_OK : LLB_ECANCELED;
}

static bk__rpc_status serve_bytes(struct filesend *f, bk__place *p,
                                  bk__stream *s)
{
    llb_error err;
    llb_status st = LLB_OK;

    if (p->kind == BK__TARGET_FILE && !p->writing)
        st = bk__place_open_special(p, &err);
    if (st == LLB_OK)
        st = receive_bytes(p, s, &err);
    if (st == LLB_ECANCELED)
        return bk__rpc_fail(BK__RPC_CANCELED, "the transfer to %s was cut off",
                            p->path);
    if (st != LLB_OK)
        return bk__failed_add(&f->failed, &err);
    done(p);
    return bk__rpc_ok();
}

/* Daemons that know of mode=delete say so; others send one platform a call, and
 * what one call did not bring would be another's. */
static bool sends_all_at_once(bk__stream *s)
{
    return s->ops->meta(s, "buildkit-exporter-multi-platform", 0).data != NULL;
}

static bk__rpc_status refuse_delete(struct filesend *f, const bk__place *p)
{
    llb_error err;

    llb__fail(
        &err, LLB_EUNSUPPORTED, LLB__NOWHERE,
        "this daemon cannot export to %s with mode=delete (needs BuildKit "
        "v0.31); mode=copy keeps other files",
        p->path);
    return bk__failed_add(&f->failed, &err);
}

static bk__rpc_status serve_tree(struct filesend *f, bk__place *p,
                                 bk__stream *s)
{
    bk__receive where = {p->fd, p->path, p->fresh, &f->failed,
                         p->deletes ? &p->seen : NULL};
    bool complete;

    if (p->deletes && !sends_all_at_once(s))
        return refuse_delete(f, p);
    bk__rpc_status st = bk__receive_tree(&where, s, &complete);

    if (complete)
        done(p);
    return st;
}

static bk__rpc_status diff_copy(bk__service *svc, bk__stream *s)
{
    struct filesend *f = (struct filesend *)svc;
    size_t id;

    if (!exporter_id(s, &id))
        return bk__rpc_fail(BK__RPC_INVALID_ARGUMENT,
                            "the exporter id is no number");
    if (id >= f->n || f->places[id].kind == BK__TARGET_NONE)
        return bk__rpc_fail(BK__RPC_NOT_FOUND, "exporter %zu not found", id);
    bk__place *p = &f->places[id];
    if (!begin(p))
        return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                            "the output of exporter %zu was sent before", id);
    return p->kind == BK__TARGET_DIR ? serve_tree(f, p, s)
                                     : serve_bytes(f, p, s);
}

static const bk__method methods[] = {
    {"/moby.filesync.v1.FileSend/DiffCopy", diff_copy},
};

static void filesend_free(bk__service *svc)
{
    struct filesend *f = (struct filesend *)svc;

    /* the last one first: it may lie in a folder made for the first */
    while (f->n > 0)
        bk__place_clear(&f->places[--f->n]);
    free(f->places);
    bk__failed_clear(&f->failed);
    free(f);
}

llb_status bk__svc_filesend_new(const bk__target *targets, size_t n,
                                bk__service **ret, llb_error *err)
{
    struct filesend *f = calloc(1, sizeof *f);
    llb_status st = LLB_OK;

    if (!f)
        return llb__fail_nomem(err);
    f->service =
        (bk__service){methods, sizeof methods / sizeof *methods, filesend_free};
    bk__failed_init(&f->failed);
    f->places = calloc(n + 1, sizeof *f->places);
    if (!f->places)
        st = llb__fail_nomem(err);
    while (st == LLB_OK && f->n < n) {
        size_t i = f->n++;
        st = bk__place_init(&f->places[i], &targets[i], err);
    }
    if (st != LLB_OK) {
        filesend_free(&f->service);
        return st;
    }
    *ret = &f->service;
    return LLB_OK;
}

llb_status bk__svc_filesend_commit(bk__service *svc, llb_error *err)
{
    struct filesend *f = (struct filesend *)svc;
    llb_status st = LLB_OK;

    for (size_t i = 0; i < f->n; i++) {
        const bk__place *p = &f->places[i];
        if (p->kind == BK__TARGET_NONE)
            continue;
        if (p->started == 0)
            return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                             "the daemon sent nothing for %s", p->path);
        if (p->done != p->started)
            return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                             "the daemon did not complete what it sent for %s",
                             p->path);
    }
    for (size_t i = 0; st == LLB_OK && i < f->n; i++)
        st = bk__place_commit(&f->places[i], err);
    return st;
}

llb_status bk__svc_filesend_failed(bk__service *svc, llb_error *err)
{
    return bk__failed_get(&((struct filesend *)svc)->failed, err);
}
