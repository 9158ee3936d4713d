/* The sender: the calling thread hears what the daemon asks for, a second one
 * walks, and between two entries sends the bytes of a file that was asked for.
 * So one thread receives, one sends, and neither ever waits for the other:
 * if nobody listened while we send, both sides could fill each other's windows
 * and wait for ever. */
#include "svc_filesync_send.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "packet.h"
#include "thread.h"
#include "walk.h"
#include "walk_open.h"

enum { PIECE = 128 << 10 };
#define MAX_PATHS ((size_t)2 << 30)
#define MAX_ENTRIES ((size_t)1 << 26)

/* An entry that was sent, by its number. */
struct entry {
    const char *path; /* NULL: no regular file */
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime;
    bool empty; /* a socket, which goes as an empty file */
    bool asked; /* once is enough */
};

struct sender {
    const bk__send *what;
    bk__stream *stream;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    llb__arena *paths;
    struct entry *entries;
    size_t n_entries, cap_entries;
    uint32_t *asked; /* ids, first in, first out */
    size_t n_asked, next_asked, cap_asked;
    bool fin;      /* the daemon has all that it wants */
    bool stop;     /* no more sending */
    bool has_said; /* status is set */
    bool heard_error;
    bk__rpc_status status;

    /* The sending thread's own. */
    llb__buf packet;
    char *piece;
};

/* Ends the transfer; the first call decides how. */
static void stop(struct sender *s, bk__rpc_status st)
{
    pthread_mutex_lock(&s->lock);
    if (!s->has_said) {
        s->status = st;
        s->has_said = true;
    }
    s->stop = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* Ends it because the call is over; whoever ended it knows why. */
static void stop_quietly(struct sender *s)
{
    stop(s, bk__rpc_fail(BK__RPC_CANCELED, "the transfer of %s was cut off",
                         s->what->root_name));
}

static void stop_failed(struct sender *s, const llb_error *err)
{
    stop(s, bk__failed_add(s->what->failed, err));
}

static bool stopped(struct sender *s)
{
    pthread_mutex_lock(&s->lock);
    bool yes = s->stop;
    pthread_mutex_unlock(&s->lock);
    return yes;
}

static bool send_bytes(struct sender *s, const llb__bytes *pieces, size_t n)
{
    if (s->stream->ops->send(s->stream, pieces, n))
        return true;
    stop_quietly(s);
    return false;
}

static bool send_packet(struct sender *s, const bk__packet *p)
{
    s->packet.len = 0;
    bk__packet_marshal(p, &s->packet);
    if (s->packet.failed) {
        llb_error err;
        llb__fail_nomem(&err);
        stop_failed(s, &err);
        return false;
    }
    return send_bytes(
        s, &(llb__bytes){(uint8_t *)s->packet.data, s->packet.len}, 1);
}

static bool send_data(struct sender *s, uint32_t id, const char *data,
                      size_t len)
{
    uint8_t head[BK__DATA_HEAD_MAX];
    size_t n = bk__packet_data_head(id, len, head);

    return send_bytes(s,
                      (llb__bytes[]){{head, n}, {(const uint8_t *)data, len}},
                      len ? 2 : 1);
}

/* Room for one more entry and for its being asked for. Lock held. */
static bool grow(struct sender *s)
{
    if (s->n_entries < s->cap_entries)
        return true;
    if (s->n_entries >= MAX_ENTRIES)
        return false;
    size_t cap = s->cap_entries ? 2 * s->cap_entries : 256;
    struct entry *entries = realloc(s->entries, cap * sizeof *entries);
    if (!entries)
        return false;
    s->entries = entries;
    s->cap_entries = cap;
    return true;
}

/* Remembers what the next number stands for. Lock held. */
static bool remember(struct sender *s, const bk__stat *st,
                     const struct stat *sys)
{
    struct entry e = {.path = NULL};

    if (!grow(s))
        return false;
    if (!(st->mode & BK__MODE_TYPE)) {
        e = (struct entry){
            .path = llb__arena_strndup(s->paths, st->path.data, st->path.len),
            .dev = sys->st_dev,
            .ino = sys->st_ino,
            .size = sys->st_size,
            .mtime = sys->st_mtim,
            .empty = S_ISSOCK(sys->st_mode),
        };
        if (!e.path)
            return false;
    }
    s->entries[s->n_entries++] = e;
    return true;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void fail_file(struct sender *s, const struct entry *e, const char *what)
{
    llb_error err;

    llb__fail(&err, LLB_EIO, LLB__NOWHERE, "%s/%s %s", s->what->root_name,
              e->path, what);
    stop_failed(s, &err);
}

static void fail_errno(struct sender *s, const struct entry *e,
                       const char *what)
{
    llb_error err;

    llb__fail(&err, LLB_EIO, LLB__NOWHERE, "cannot %s %s/%s: %s", what,
              s->what->root_name, e->path, strerror(errno));
    stop_failed(s, &err);
}

/* Sends the size bytes that were promised; the file may hold more. */
static bool send_promised(struct sender *s, uint32_t id, const struct entry *e,
                          int fd)
{
    for (off_t left = e->size; left > 0;) {
        size_t want = left < PIECE ? (size_t)left : (size_t)PIECE;
        ssize_t n = read(fd, s->piece, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, e, "read"), false;
        if (n == 0)
            return fail_file(s, e, "became shorter while it was sent"), false;
        if (stopped(s) || !send_data(s, id, s->piece, (size_t)n))
            return false;
        left -= n;
    }
    return true;
}

static bool send_open_file(struct sender *s, uint32_t id, const struct entry *e,
                           int fd)
{
    struct stat before, after;

    if (fstat(fd, &before) < 0)
        return fail_errno(s, e, "look at"), false;
    if (!S_ISREG(before.st_mode) || before.st_dev != e->dev ||
        before.st_ino != e->ino)
        return fail_file(s, e, "was replaced while the folder was sent"), false;
    if (before.st_size != e->size || !same_time(before.st_mtim, e->mtime))
        return fail_file(s, e, "changed while the folder was sent"), false;
    if (!send_promised(s, id, e, fd))
        return false;
    if (fstat(fd, &after) < 0)
        return fail_errno(s, e, "look at"), false;
    if (after.st_size != e->size || !same_time(after.st_mtim, e->mtime) ||
        !same_time(after.st_ctim, before.st_ctim))
        return fail_file(s, e, "changed while it was sent"), false;
    return true;
}

static bool send_file(struct sender *s, uint32_t id, const struct entry *e)
{
    if (e->empty)
        return send_data(s, id, NULL, 0);
    /* O_NONBLOCK: somebody may have put a FIFO there. */
    int fd = bk__open_beneath(s->what->root, e->path,
                              O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return fail_errno(s, e, "open"), false;
    bool ok = send_open_file(s, id, e, fd);
    close(fd);
    return ok && send_data(s, id, NULL, 0);
}

enum next { NEXT_NONE, NEXT_FILE, NEXT_FIN, NEXT_STOP };

/* What the daemon wants next, waited for if wait is set. */
static enum next next_asked(struct sender *s, bool wait, uint32_t *ret_id,
                            struct entry *ret)
{
    enum next next = NEXT_NONE;

    pthread_mutex_lock(&s->lock);
    while (wait && !s->stop && !s->fin && s->next_asked == s->n_asked)
        pthread_cond_wait(&s->changed, &s->lock);
    if (s->stop) {
        next = NEXT_STOP;
    } else if (s->next_asked < s->n_asked) {
        next = NEXT_FILE;
        *ret_id = s->asked[s->next_asked++];
        *ret = s->entries[*ret_id];
    } else if (s->fin) {
        next = NEXT_FIN;
    }
    pthread_mutex_unlock(&s->lock);
    return next;
}

static bool on_entry(void *arg, const bk__stat *st, const struct stat *sys)
{
    struct sender *s = arg;
    uint32_t id;
    struct entry e;

    pthread_mutex_lock(&s->lock);
    bool ok = remember(s, st, sys);
    pthread_mutex_unlock(&s->lock);
    if (!ok) {
        llb_error err;
        llb__fail_nomem(&err);
        stop_failed(s, &err);
        return false;
    }
    if (!send_packet(s, &(bk__packet){.has_stat = true, .stat = *st}))
        return false;
    switch (next_asked(s, false, &id, &e)) {
    case NEXT_FILE:
        return send_file(s, id, &e);
    case NEXT_STOP:
        return false;
    case NEXT_NONE:
    case NEXT_FIN: /* strange so early, but the walk ends soon */
        break;
    }
    return true;
}

/* Serves requests until the daemon has enough. */
static void serve(struct sender *s)
{
    uint32_t id;
    struct entry e;
    enum next next;

    while ((next = next_asked(s, true, &id, &e)) == NEXT_FILE) {
        if (!send_file(s, id, &e))
            return;
    }
    if (next == NEXT_FIN &&
        send_packet(s, &(bk__packet){.type = BK__PACKET_FIN}))
        stop(s, bk__rpc_ok());
}

/* Tells the daemon why it gets no more, if it is our doing. */
static void send_error(struct sender *s)
{
    pthread_mutex_lock(&s->lock);
    bk__rpc_status st = s->status;
    bool its_own = s->heard_error;
    pthread_mutex_unlock(&s->lock);
    if (its_own || st.code == BK__RPC_OK || st.code == BK__RPC_CANCELED)
        return;
    llb__bytes text = {(uint8_t *)st.message, strlen(st.message)};
    send_packet(s, &(bk__packet){.type = BK__PACKET_ERR, .data = text});
}

static void *send_thread(void *arg)
{
    struct sender *s = arg;
    const bk__send *w = s->what;
    llb_error err;
    llb_status st = bk__walk(w->root, w->root_name, w->include, w->exclude,
                             on_entry, s, &err);

    if (st == LLB_OK && send_packet(s, &(bk__packet){.has_stat = false}))
        serve(s);
    else if (st != LLB_OK && st != LLB_ECANCELED)
        stop_failed(s, &err);
    send_error(s);
    return NULL;
}

/* Puts a request into the queue; false: no such file, or asked for before. */
static bool ask(struct sender *s, uint32_t id)
{
    bool ok = false;

    pthread_mutex_lock(&s->lock);
    if (id < s->n_entries && s->entries[id].path && !s->entries[id].asked) {
        ok = true;
        if (s->n_asked == s->cap_asked) {
            size_t cap = s->cap_asked ? 2 * s->cap_asked : 256;
            uint32_t *asked = realloc(s->asked, cap * sizeof *asked);
            ok = asked != NULL;
            s->asked = ok ? asked : s->asked;
            s->cap_asked = ok ? cap : s->cap_asked;
        }
        if (ok)
            s->asked[s->n_asked++] = id;
        s->entries[id].asked = ok;
        pthread_cond_signal(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return ok;
}

/* Takes one packet; false: there is nothing more to hear. */
static bool hear(struct sender *s, const bk__packet *p)
{
    switch (p->type) {
    case BK__PACKET_REQ:
        if (ask(s, p->id))
            return true;
        stop(s, bk__rpc_fail(BK__RPC_UNKNOWN, "invalid file id %u", p->id));
        return false;
    case BK__PACKET_FIN:
        pthread_mutex_lock(&s->lock);
        s->fin = true;
        pthread_cond_signal(&s->changed);
        pthread_mutex_unlock(&s->lock);
        return false;
    case BK__PACKET_ERR:
        pthread_mutex_lock(&s->lock);
        s->heard_error = true;
        pthread_mutex_unlock(&s->lock);
        stop(s, bk__rpc_fail(BK__RPC_UNKNOWN, "error from receiver: %.*s",
                             p->data.len > 400 ? 400 : (int)p->data.len,
                             (const char *)p->data.data));
        return false;
    case BK__PACKET_STAT:
    case BK__PACKET_DATA:
        break;
    }
    stop(s, bk__rpc_fail(BK__RPC_INVALID_ARGUMENT,
                         "packet of type %d from the receiver", p->type));
    return false;
}

static void receive(struct sender *s)
{
    bk__packet_reader reader = {NULL, 0};
    llb__bytes message;
    bk__packet p;
    bool more = true;

    while (more) {
        if (s->stream->ops->recv(s->stream, &message) <= 0) {
            stop_quietly(s);
            break;
        }
        const char *why = bk__packet_parse(&reader, message, &p);
        if (why) {
            stop(s, bk__rpc_fail(BK__RPC_INVALID_ARGUMENT, "packet %s", why));
            break;
        }
        more = hear(s, &p);
    }
    bk__packet_reader_clear(&reader);
}

static void sender_clear(struct sender *s)
{
    llb__arena_free(s->paths);
    free(s->entries);
    free(s->asked);
    free(s->piece);
    llb__buf_clear(&s->packet);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

bk__rpc_status bk__send_folder(const bk__send *what, bk__stream *stream)
{
    struct sender s = {.what = what, .stream = stream};
    pthread_t thread;

    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.changed, NULL);
    s.paths = llb__arena_new(MAX_PATHS);
    s.piece = malloc(PIECE);
    s.status = bk__rpc_fail(BK__RPC_INTERNAL, "not enough memory");
    if (s.paths && s.piece && bk__thread_start(&thread, send_thread, &s)) {
        receive(&s);
        pthread_join(thread, NULL);
    }
    bk__rpc_status st = s.status;
    sender_clear(&s);
    return st;
}
