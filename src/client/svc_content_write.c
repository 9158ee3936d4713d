/* Content.Write: one blob, in as many messages as the daemon likes, each of
 * them answered with how far it has come. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <content.pb-c.h>

#include "error.h"
#include "svc_content_int.h"
#include "wire.h"

typedef Bk__Content__WriteContentRequest request;

struct write {
    bk__content_store *store;
    bk__failed *failed;
    bk__stream *stream;
    bk__blob_writer blob;
    bk__upload upload; /* ref NULL: not claimed yet */
    char *ref;
    char expected[BK__BLOB_DIGEST];
};

static bk__rpc_status own_failure(struct write *w, const llb_error *err)
{
    return bk__failed_add(w->failed, err);
}

/* The first message names the upload, which is ours until the call ends. */
static bk__rpc_status claim(struct write *w, const char *ref)
{
    bool taken = false;

    w->ref = strdup(ref);
    if (!w->ref)
        return bk__rpc_fail(BK__RPC_INTERNAL, "not enough memory");
    pthread_mutex_lock(&w->store->lock);
    for (bk__upload *u = w->store->uploads; u; u = u->next)
        taken = taken || strcmp(u->ref, ref) == 0;
    if (!taken) {
        w->upload = (bk__upload){w->store->uploads, w->ref, 0, 0};
        w->store->uploads = &w->upload;
    }
    pthread_mutex_unlock(&w->store->lock);
    if (taken) /* the peer comes again */
        return bk__rpc_fail(BK__RPC_UNAVAILABLE, "\"%.200s\" is locked", ref);
    llb_error err;
    if (bk__blob_begin(&w->store->blobs, &w->blob, &err) != LLB_OK)
        return own_failure(w, &err);
    return bk__rpc_ok();
}

static void release(struct write *w)
{
    bk__upload **at = &w->store->uploads;

    pthread_mutex_lock(&w->store->lock);
    while (w->upload.ref && *at != &w->upload)
        at = &(*at)->next;
    if (w->upload.ref)
        *at = w->upload.next;
    pthread_mutex_unlock(&w->store->lock);
    bk__blob_clear(&w->blob);
    free(w->ref);
}

static bool is_there(struct write *w, const char *digest)
{
    struct stat st;
    int fd;

    if (bk__blob_open(&w->store->blobs, digest, &fd, &st, NULL) != LLB_OK)
        return false;
    close(fd);
    bk__blobs_note(&w->store->blobs, digest);
    return true;
}

static bk__rpc_status already(const char *digest)
{
    return bk__rpc_fail(BK__RPC_ALREADY_EXISTS, "%s is there already", digest);
}

/* What any message may say of the whole. */
static bk__rpc_status note_whole(struct write *w, const request *r)
{
    if (r->total > 0) { /* Status reads it meanwhile */
        pthread_mutex_lock(&w->store->lock);
        w->upload.total = r->total;
        pthread_mutex_unlock(&w->store->lock);
    }
    if (!*r->expected)
        return bk__rpc_ok();
    if (!bk__blob_is_digest(r->expected) ||
        strncmp(r->expected, "sha256:", 7) != 0)
        return bk__rpc_fail(BK__RPC_INVALID_ARGUMENT,
                            "\"%.160s\" is no sha256 digest", r->expected);
    memcpy(w->expected, r->expected, strlen(r->expected) + 1);
    return is_there(w, w->expected) ? already(w->expected) : bk__rpc_ok();
}

static bk__rpc_status add_data(struct write *w, const request *r)
{
    llb_error err;
    bk__blobs *b = &w->store->blobs;

    if (r->offset < 0 || (r->offset > 0 && r->offset != w->blob.len))
        return bk__rpc_fail(BK__RPC_OUT_OF_RANGE,
                            "offset %lld, but %lld bytes are here",
                            (long long)r->offset, (long long)w->blob.len);
    if (r->offset == 0 && w->blob.len > 0 &&
        bk__blob_restart(b, &w->blob, &err) != LLB_OK)
        return own_failure(w, &err);
    if (w->upload.total > 0 &&
        (int64_t)r->data.len > w->upload.total - w->blob.len)
        return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                            "more than the %lld bytes that were announced",
                            (long long)w->upload.total);
    if (bk__blob_add(b, &w->blob, r->data.data, r->data.len, &err) != LLB_OK)
        return own_failure(w, &err);
    pthread_mutex_lock(&w->store->lock);
    w->upload.offset = w->blob.len;
    pthread_mutex_unlock(&w->store->lock);
    return bk__rpc_ok();
}

static bk__rpc_status commit(struct write *w, char digest[BK__BLOB_DIGEST])
{
    llb_error err;

    if (w->upload.total > 0 && w->upload.total != w->blob.len)
        return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                            "%lld bytes came, %lld were announced",
                            (long long)w->blob.len, (long long)w->upload.total);
    if (bk__blob_digest(&w->blob, digest, &err) != LLB_OK)
        return own_failure(w, &err);
    if (*w->expected && strcmp(digest, w->expected) != 0)
        return bk__rpc_fail(BK__RPC_FAILED_PRECONDITION,
                            "the bytes are %s, not %s", digest, w->expected);
    if (is_there(w, digest))
        return already(digest);
    if (bk__blob_commit(&w->store->blobs, &w->blob, digest, &err) != LLB_OK)
        return own_failure(w, &err);
    bk__blobs_note(&w->store->blobs, digest);
    return bk__rpc_ok();
}

static bk__rpc_status answer(struct write *w, const request *r, char *digest)
{
    Bk__Content__WriteContentResponse out =
        BK__CONTENT__WRITE_CONTENT_RESPONSE__INIT;

    out.action = r->action;
    out.offset = w->blob.len;
    out.total = w->upload.total;
    if (*digest)
        out.digest = digest;
    return bk__content_send(w->stream, &out.base) ? bk__rpc_ok()
                                                  : bk__rpc_cut();
}

static bk__rpc_status take(struct write *w, const request *r, bool *ret_done)
{
    char digest[BK__BLOB_DIGEST] = "";
    bk__rpc_status st = bk__rpc_ok();

    if (!w->ref)
        st = *r->ref ? claim(w, r->ref)
                     : bk__rpc_fail(BK__RPC_INVALID_ARGUMENT,
                                    "the first message has no ref");
    if (st.code == BK__RPC_OK)
        st = note_whole(w, r);
    if (st.code == BK__RPC_OK && r->action != BK__CONTENT__WRITE_ACTION__STAT)
        st = add_data(w, r);
    if (st.code == BK__RPC_OK && r->action == BK__CONTENT__WRITE_ACTION__COMMIT)
        st = commit(w, digest);
    *ret_done = *digest != '\0';
    return st.code == BK__RPC_OK ? answer(w, r, digest) : st;
}

bk__rpc_status bk__content_write(bk__content_store *store, bk__failed *failed,
                                 bk__stream *s)
{
    struct write w = {.store = store,
                      .failed = failed,
                      .stream = s,
                      .blob = {.dir = -1, .fd = -1}};
    llb__bytes message;
    ProtobufCMessage *m;
    bk__rpc_status st = bk__rpc_ok();
    llb_error err;
    bool done = false;
    int got = 1;

    while (!done && st.code == BK__RPC_OK &&
           (got = s->ops->recv(s, &message)) == 1) {
        if (bk__unpack(&bk__content__write_content_request__descriptor, message,
                       "request", &m, &err) != LLB_OK) {
            st = bk__rpc_fail(BK__RPC_INVALID_ARGUMENT, "%s", err.message);
            break;
        }
        st = take(&w, (const request *)m, &done);
        bk__free(m);
    }
    release(&w);
    return st.code == BK__RPC_OK && got < 0 ? bk__rpc_cut() : st;
}
