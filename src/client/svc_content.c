/* The content store service: which store, which method, and all methods but
 * Write. */
#include "svc_content.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <content.pb-c.h>

#include "error.h"
#include "packet.h"
#include "svc_content_int.h"
#include "wire.h"

enum { PIECE = 256 * 1024 };

struct content {
    bk__service service;
    bk__failed failed;
    bk__content_store *stores;
    size_t n;
};

/* The store that a call is for, or how the call ends without one. */
static bk__content_store *find_store(struct content *c, bk__stream *s,
                                     bk__rpc_status *ret)
{
    llb__bytes id = s->ops->meta(s, "buildkit-attachable-store-id", 0);

    if (!id.data) {
        *ret = bk__rpc_fail(BK__RPC_INVALID_ARGUMENT, "no store id");
        return NULL;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (strlen(c->stores[i].id) == id.len &&
            memcmp(c->stores[i].id, id.data, id.len) == 0)
            return &c->stores[i];
    }
    *ret =
        bk__rpc_fail(BK__RPC_NOT_FOUND, "no content store \"%.*s\"",
                     id.len > 200 ? 200 : (int)id.len, (const char *)id.data);
    return NULL;
}

bool bk__content_send(bk__stream *s, const ProtobufCMessage *m)
{
    uint8_t *data;
    size_t len;

    if (bk__pack(m, &data, &len, NULL) != LLB_OK)
        return false;
    bool sent = s->ops->send(s, &(llb__bytes){data, len}, 1);
    free(data);
    return sent;
}

/* The store and the one request of a call, or how the call ends without. */
static ProtobufCMessage *begin(bk__service *svc, bk__stream *s,
                               const ProtobufCMessageDescriptor *type,
                               bk__content_store **ret_store,
                               bk__rpc_status *ret)
{
    llb__bytes message;
    ProtobufCMessage *m;
    llb_error err;

    *ret_store = find_store((struct content *)svc, s, ret);
    if (!*ret_store)
        return NULL;
    if (s->ops->recv(s, &message) <= 0) {
        *ret = bk__rpc_cut();
        return NULL;
    }
    *ret = bk__rpc_ok();
    if (bk__unpack(type, message, "request", &m, &err) == LLB_OK)
        return m;
    *ret = bk__rpc_fail(BK__RPC_INVALID_ARGUMENT, "%s", err.message);
    return NULL;
}

/* A blob that is not there is an answer; everything else is a failure. */
static bk__rpc_status open_blob(struct content *c, bk__content_store *store,
                                const char *digest, int *ret_fd,
                                struct stat *ret_stat)
{
    llb_error err;

    switch (bk__blob_open(&store->blobs, digest, ret_fd, ret_stat, &err)) {
    case LLB_OK:
        return bk__rpc_ok();
    case LLB_ENOENT:
        return bk__rpc_fail(BK__RPC_NOT_FOUND, "%s", err.message);
    case LLB_EINVAL:
        return bk__rpc_fail(BK__RPC_INVALID_ARGUMENT, "%s", err.message);
    default:
        return bk__failed_add(&c->failed, &err);
    }
}

static bk__rpc_status send_info(bk__stream *s, char *digest,
                                const struct stat *st)
{
    Bk__Wk__Timestamp time = BK__WK__TIMESTAMP__INIT;
    Bk__Content__Info info = BK__CONTENT__INFO__INIT;
    Bk__Content__InfoResponse r = BK__CONTENT__INFO_RESPONSE__INIT;

    time.seconds = st->st_mtim.tv_sec;
    time.nanos = (int32_t)st->st_mtim.tv_nsec;
    info.digest = digest;
    info.size = st->st_size;
    info.created_at = info.updated_at = &time;
    r.info = &info;
    return bk__content_send(s, &r.base) ? bk__rpc_ok() : bk__rpc_cut();
}

static bk__rpc_status serve_info(bk__service *svc, bk__stream *s)
{
    struct content *c = (struct content *)svc;
    bk__rpc_status ret;
    struct stat st;
    int fd;
    bk__content_store *store;
    ProtobufCMessage *m =
        begin(svc, s, &bk__content__info_request__descriptor, &store, &ret);

    if (!m)
        return ret;
    char *digest = ((Bk__Content__InfoRequest *)m)->digest;
    ret = open_blob(c, store, digest, &fd, &st);
    if (ret.code == BK__RPC_OK) {
        close(fd);
        ret = send_info(s, digest, &st);
    }
    bk__free(m);
    return ret;
}

/* One ReadContentResponse; offset counts from where the request started. */
static bool send_piece(bk__stream *s, int64_t offset, const uint8_t *data,
                       size_t len)
{
    uint8_t head[2 + 2 * 10] = {0x08};
    size_t n = 0;

    if (offset)
        n = 1 + bk__varint((uint64_t)offset, head + 1);
    head[n++] = 0x12;
    n += bk__varint(len, head + n);
    return s->ops->send(s, (llb__bytes[]){{head, n}, {data, len}}, 2);
}

static bk__rpc_status fail_read(struct content *c, const bk__blobs *b,
                                const char *digest, const char *why)
{
    llb_error err;

    llb__fail(&err, LLB_EIO, LLB__NOWHERE, "cannot read the blob %s of %s: %s",
              digest, b->path, why);
    return bk__failed_add(&c->failed, &err);
}

static bk__rpc_status send_blob(struct content *c, bk__content_store *store,
                                const Bk__Content__ReadContentRequest *r,
                                int fd, int64_t size, bk__stream *s)
{
    uint8_t *piece = malloc(PIECE);
    int64_t left = size - r->offset;
    bk__rpc_status ret = bk__rpc_ok();

    if (r->size > 0 && r->size < left)
        left = r->size;
    for (int64_t at = 0; piece && at < left && ret.code == BK__RPC_OK;) {
        size_t want = left - at < PIECE ? (size_t)(left - at) : PIECE;
        ssize_t n = pread(fd, piece, want, r->offset + at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            ret = fail_read(c, &store->blobs, r->digest,
                            n < 0 ? strerror(errno) : "it became shorter");
        else if (!send_piece(s, at, piece, (size_t)n))
            ret = bk__rpc_cut();
        at += n;
    }
    free(piece);
    return piece ? ret : bk__rpc_fail(BK__RPC_INTERNAL, "not enough memory");
}

static bk__rpc_status serve_read(bk__service *svc, bk__stream *s)
{
    struct content *c = (struct content *)svc;
    bk__rpc_status ret;
    struct stat st;
    int fd;
    bk__content_store *store;
    ProtobufCMessage *m = begin(
        svc, s, &bk__content__read_content_request__descriptor, &store, &ret);

    if (!m)
        return ret;
    const Bk__Content__ReadContentRequest *r =
        (const Bk__Content__ReadContentRequest *)m;
    ret = open_blob(c, store, r->digest, &fd, &st);
    if (ret.code == BK__RPC_OK) {
        ret = r->offset < 0 || r->offset > st.st_size
                  ? bk__rpc_fail(BK__RPC_OUT_OF_RANGE,
                                 "the blob ends before %lld",
                                 (long long)r->offset)
                  : send_blob(c, store, r, fd, st.st_size, s);
        close(fd);
    }
    bk__free(m);
    return ret;
}

static bk__rpc_status serve_write(bk__service *svc, bk__stream *s)
{
    struct content *c = (struct content *)svc;
    bk__rpc_status ret;
    bk__content_store *store = find_store(c, s, &ret);

    if (!store)
        return ret;
    if (!store->writes)
        return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                            "the content store \"%.100s\" is only read",
                            store->id);
    return bk__content_write(store, &c->failed, s);
}

/* Copies what is known of an upload: its memory belongs to its own thread. */
static bool find_upload(bk__content_store *store, const char *ref,
                        Bk__Content__Status *ret)
{
    bool found = false;

    pthread_mutex_lock(&store->lock);
    for (const bk__upload *u = store->uploads; u; u = u->next) {
        if (strcmp(u->ref, ref) == 0) {
            ret->offset = u->offset;
            ret->total = u->total;
            found = true;
        }
    }
    pthread_mutex_unlock(&store->lock);
    return found;
}

static bk__rpc_status serve_status(bk__service *svc, bk__stream *s)
{
    Bk__Content__Status status = BK__CONTENT__STATUS__INIT;
    Bk__Content__StatusResponse r = BK__CONTENT__STATUS_RESPONSE__INIT;
    bk__rpc_status ret;
    bk__content_store *store;
    ProtobufCMessage *m =
        begin(svc, s, &bk__content__status_request__descriptor, &store, &ret);

    if (!m)
        return ret;
    status.ref = ((Bk__Content__StatusRequest *)m)->ref;
    r.status = &status;
    if (!find_upload(store, status.ref, &status))
        ret = bk__rpc_fail(BK__RPC_NOT_FOUND,
                           "nothing is written as \"%.200s\"", status.ref);
    else
        ret = bk__content_send(s, &r.base) ? bk__rpc_ok() : bk__rpc_cut();
    bk__free(m);
    return ret;
}

/* What was written goes when its call ends, so there is nothing to abort but
 * one that goes on, and that is its own call's to end. */
static bk__rpc_status serve_abort(bk__service *svc, bk__stream *s)
{
    Bk__Content__Status status = BK__CONTENT__STATUS__INIT;
    bk__rpc_status ret;
    bk__content_store *store;
    ProtobufCMessage *m =
        begin(svc, s, &bk__content__abort_request__descriptor, &store, &ret);

    if (!m)
        return ret;
    bool found =
        find_upload(store, ((Bk__Content__AbortRequest *)m)->ref, &status);
    bk__free(m);
    return bk__rpc_fail(found ? BK__RPC_UNAVAILABLE : BK__RPC_NOT_FOUND,
                        found ? "it is being written"
                              : "nothing is written by that name");
}

/* As containerd's own store without a place for labels has it. */
static bk__rpc_status serve_update(bk__service *svc, bk__stream *s)
{
    (void)svc;
    (void)s;
    return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                        "a folder of blobs keeps no labels");
}

#define CONTENT "/containerd.services.content.v1.Content/"
static const bk__method methods[] = {
    {CONTENT "Info", serve_info},   {CONTENT "Read", serve_read},
    {CONTENT "Write", serve_write}, {CONTENT "Status", serve_status},
    {CONTENT "Abort", serve_abort}, {CONTENT "Update", serve_update},
};

static void content_free(bk__service *svc)
{
    struct content *c = (struct content *)svc;

    /* the last one first: it may lie in a folder made for the first */
    while (c->n > 0) {
        bk__content_store *store = &c->stores[--c->n];
        bk__blobs_clear(&store->blobs);
        pthread_mutex_destroy(&store->lock);
        free(store->id);
    }
    free(c->stores);
    bk__failed_clear(&c->failed);
    free(c);
}

static llb_status open_store(bk__content_store *store, const bk__store *given,
                             llb_error *err)
{
    pthread_mutex_init(&store->lock, NULL);
    llb_status st =
        bk__blobs_open(&store->blobs, given->path, given->writes, err);

    if (st != LLB_OK)
        return st;
    store->writes = given->writes;
    store->id = strdup(given->id);
    return store->id ? LLB_OK : llb__fail_nomem(err);
}

llb_status bk__svc_content_new(const bk__store *stores, size_t n,
                               bk__service **ret, llb_error *err)
{
    struct content *c = calloc(1, sizeof *c);
    llb_status st = LLB_OK;

    if (!c)
        return llb__fail_nomem(err);
    c->service =
        (bk__service){methods, sizeof methods / sizeof *methods, content_free};
    bk__failed_init(&c->failed);
    c->stores = calloc(n + 1, sizeof *c->stores);
    if (!c->stores)
        st = llb__fail_nomem(err);
    while (st == LLB_OK && c->n < n) {
        size_t i = c->n++;
        st = open_store(&c->stores[i], &stores[i], err);
    }
    if (st != LLB_OK) {
        content_free(&c->service);
        return st;
    }
    *ret = &c->service;
    return LLB_OK;
}

void bk__svc_content_commit(bk__service *svc, size_t i)
{
    ((struct content *)svc)->stores[i].blobs.kept = true;
}

const char *bk__svc_content_last(bk__service *svc, size_t i)
{
    return ((struct content *)svc)->stores[i].blobs.last;
}

llb_status bk__svc_content_failed(bk__service *svc, llb_error *err)
{
    return bk__failed_get(&((struct content *)svc)->failed, err);
}
