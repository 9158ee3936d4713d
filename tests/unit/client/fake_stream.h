/* A call of the daemon without a daemon: a bk__stream over two queues. The
 * test plays the daemon with fake_* while a thread serves the call:
 *
 *     fake f;
 *     fake_init(&f);
 *     fake_meta(&f, "dir-name", "context");
 *     fake_start(&f, svc, "/moby.filesync.v1.FileSync/DiffCopy");
 *     ... fake_put(&f, message), fake_get(&f, &message) ...
 *     bk__rpc_status st = fake_end(&f);
 */
#ifndef FAKE_STREAM_H
#define FAKE_STREAM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "svc.h"
#include "thread.h"

typedef struct fake_message {
    struct fake_message *next;
    size_t len;
    uint8_t data[];
} fake_message;

typedef struct fake_queue {
    fake_message *first, **last;
    size_t n, max; /* a full queue blocks, as a window does */
    bool closed;
} fake_queue;

typedef struct fake {
    bk__stream stream; /* first */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    fake_queue to_us, to_daemon;
    fake_message *held; /* what recv gave last */
    bool cancelled, stopped;
    struct {
        const char *key, *value;
    } meta[64];
    size_t n_meta;
    bk__service *svc;
    const bk__method *method;
    bk__rpc_status status;
    pthread_t thread;
    bool joined;
    bk__packet_reader reader; /* of fake_get_packet */
    fake_message *got;
} fake;

static inline bool fake_push(fake *f, fake_queue *q, const llb__bytes *pieces,
                             size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++)
        len += pieces[i].len;
    fake_message *m = malloc(sizeof *m + len + 1);
    m->next = NULL;
    m->len = 0;
    for (size_t i = 0; i < n; i++) {
        if (pieces[i].len)
            memcpy(m->data + m->len, pieces[i].data, pieces[i].len);
        m->len += pieces[i].len;
    }
    pthread_mutex_lock(&f->lock);
    while (q->n >= q->max && !q->closed && !f->cancelled)
        pthread_cond_wait(&f->changed, &f->lock);
    bool ok = !q->closed && !f->cancelled;
    if (ok) {
        *q->last = m;
        q->last = &m->next;
        q->n++;
        pthread_cond_broadcast(&f->changed);
    } else {
        free(m);
    }
    pthread_mutex_unlock(&f->lock);
    return ok;
}

static inline bool fake_is_stopped(fake *f, fake_queue *q)
{
    return f->cancelled || (f->stopped && q == &f->to_us);
}

/* 1 and a message that the caller frees, 0: closed, -1: cancelled. */
static inline int fake_pop(fake *f, fake_queue *q, fake_message **ret)
{
    int got = 0;

    pthread_mutex_lock(&f->lock);
    while (!q->first && !q->closed && !fake_is_stopped(f, q))
        pthread_cond_wait(&f->changed, &f->lock);
    if (q->first && !fake_is_stopped(f, q)) {
        *ret = q->first;
        q->first = q->first->next;
        if (!q->first)
            q->last = &q->first;
        q->n--;
        got = 1;
        pthread_cond_broadcast(&f->changed);
    } else if (fake_is_stopped(f, q)) {
        got = -1;
    }
    pthread_mutex_unlock(&f->lock);
    return got;
}

static inline int fake_recv(bk__stream *s, llb__bytes *ret)
{
    fake *f = (fake *)s;

    free(f->held);
    f->held = NULL;
    int got = fake_pop(f, &f->to_us, &f->held);
    if (got == 1)
        *ret = (llb__bytes){f->held->data, f->held->len};
    return got;
}

static inline bool fake_send(bk__stream *s, const llb__bytes *pieces, size_t n)
{
    fake *f = (fake *)s;

    return fake_push(f, &f->to_daemon, pieces, n);
}

static inline llb__bytes fake_get_meta(bk__stream *s, const char *key, size_t i)
{
    fake *f = (fake *)s;

    for (size_t k = 0; k < f->n_meta; k++) {
        if (strcmp(f->meta[k].key, key) == 0 && i-- == 0)
            return (llb__bytes){(const uint8_t *)f->meta[k].value,
                                strlen(f->meta[k].value)};
    }
    return (llb__bytes){NULL, 0};
}

static inline bool fake_is_over(bk__stream *s)
{
    fake *f = (fake *)s;

    pthread_mutex_lock(&f->lock);
    bool over = f->cancelled;
    pthread_mutex_unlock(&f->lock);
    return over;
}

static inline void fake_stop_recv(bk__stream *s)
{
    fake *f = (fake *)s;

    pthread_mutex_lock(&f->lock);
    f->stopped = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static inline void fake_init(fake *f)
{
    static const struct bk__stream_ops ops = {
        fake_recv, fake_send, fake_get_meta, fake_is_over, fake_stop_recv,
    };

    *f = (fake){.stream = {&ops}};
    f->to_us = (fake_queue){.last = &f->to_us.first, .max = 16};
    f->to_daemon = (fake_queue){.last = &f->to_daemon.first, .max = 16};
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
}

static inline void fake_meta(fake *f, const char *key, const char *value)
{
    f->meta[f->n_meta].key = key;
    f->meta[f->n_meta++].value = value;
}

static inline void *fake_serve(void *arg)
{
    fake *f = arg;

    f->status = f->method->serve(f->svc, &f->stream);
    pthread_mutex_lock(&f->lock);
    f->to_us.closed = f->to_daemon.closed = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

/* False: svc has no such method, or there is no thread to serve it. */
static inline bool fake_start(fake *f, bk__service *svc, const char *path)
{
    for (size_t i = 0; i < svc->n_methods; i++) {
        if (strcmp(svc->methods[i].path, path) == 0)
            f->method = &svc->methods[i];
    }
    f->svc = svc;
    return f->method && bk__thread_start(&f->thread, fake_serve, f);
}

/* The daemon sends; false: the call has ended. */
static inline bool fake_put(fake *f, const void *data, size_t len)
{
    return fake_push(f, &f->to_us, &(llb__bytes){data, len}, 1);
}

static inline bool fake_put_packet(fake *f, const bk__packet *p)
{
    llb__buf b = LLB__BUF_INIT;

    bk__packet_marshal(p, &b);
    bool ok = fake_put(f, b.data, b.len);
    llb__buf_clear(&b);
    return ok;
}

/* The daemon receives; *ret lives until the next call. */
static inline bool fake_get(fake *f, llb__bytes *ret)
{
    free(f->got);
    f->got = NULL;
    if (fake_pop(f, &f->to_daemon, &f->got) != 1)
        return false;
    *ret = (llb__bytes){f->got->data, f->got->len};
    return true;
}

static inline bool fake_get_packet(fake *f, bk__packet *ret)
{
    llb__bytes m;

    return fake_get(f, &m) && bk__packet_parse(&f->reader, m, ret) == NULL;
}

/* The daemon sends nothing more. */
static inline void fake_half_close(fake *f)
{
    pthread_mutex_lock(&f->lock);
    f->to_us.closed = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

/* The daemon, or the whole session, goes away. */
static inline void fake_cancel(fake *f)
{
    pthread_mutex_lock(&f->lock);
    f->cancelled = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static inline void fake_queue_clear(fake_queue *q)
{
    while (q->first) {
        fake_message *m = q->first;
        q->first = m->next;
        free(m);
    }
}

/* Waits for the end of the call; f->status has it. */
static inline void fake_wait(fake *f)
{
    if (!f->joined)
        pthread_join(f->thread, NULL);
    f->joined = true;
}

/* Waits for the end of the call and forgets everything. */
static inline bk__rpc_status fake_end(fake *f)
{
    fake_wait(f);
    fake_queue_clear(&f->to_us);
    fake_queue_clear(&f->to_daemon);
    free(f->held);
    free(f->got);
    bk__packet_reader_clear(&f->reader);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    return f->status;
}

#endif
