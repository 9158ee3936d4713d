/* Progress is news, not truth: whatever happens to this stream, only the
 * answer to Control.Solve tells how a build went. */
#include "progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <llb/daemon.h>

#include <control.pb-c.h>

#include "call.h"
#include "dial.h"
#include "error.h"
#include "listen.h"
#include "thread.h"
#include "times.h"
#include "bounds.h"
#include "wire.h"

enum {
    BEAT_MS = 200,     /* how often silence is looked at */
    SILENCE_MS = 5000, /* of the daemon, after which an ended build is over */
    UNHEARD_MS = 300,  /* the same when it never said a word */
    /* Silence of a build that runs, its session included, which is worth
     * telling: a step may be quiet for long, but a daemon looks after its
     * sessions every few seconds. */
    ODD_MS = 15000,
    /* What may follow the end of a build: messages, and the time waited for
     * them in all. Honest daemons end the stream long before. */
    LATE_MESSAGES = 100000,
    LATE_MS = 10000,
};

struct bk__progress {
    bk__call *call;
    bk__session *session;
    bk__record *record;
    bk__maps *maps;
    const bk_progress *to;
    llb__arena *arena; /* for one message */
    pthread_t thread;
    bool has_thread;

    /* Of the thread: something has come; seconds of silence last told. */
    bool heard;
    unsigned told_s;
    int late_messages;
    int64_t late_ms;

    int64_t heard_ms; /* atomic */
    int64_t ended_ms; /* atomic; 0 while the build runs */
};

/* A digest as the caller knows it. */
static const char *digest(bk__progress *p, const char *text)
{
    const char *given = bk__maps_given(p->maps, p->arena, bk__text(text));

    return given ? given : bk__text(text);
}

static void tell_vertex(bk__progress *p, const Bk__Control__Vertex *v)
{
    const Bk__Pb__ProgressGroup *group = v->progressgroup;
    const char **inputs =
        llb__arena_array(p->arena, v->n_inputs + 1, sizeof *inputs);
    bk_vertex out = {
        .digest = digest(p, v->digest),
        .name = bk__text(v->name),
        .cached = v->cached,
        .started_ns = bk__time_ns(v->started),
        .completed_ns = bk__time_ns(v->completed),
        .error = bk__text(v->error),
        .group_id = group ? bk__text(group->id) : "",
        .group_name = group ? bk__text(group->name) : "",
        .group_weak = group && group->weak,
    };

    for (size_t i = 0; inputs && i < v->n_inputs; i++)
        inputs[i] = digest(p, v->inputs[i]);
    out.inputs = inputs;
    out.n_inputs = inputs ? v->n_inputs : 0;
    bk__record_vertex(p->record, &out);
    if (p->to && p->to->vertex)
        p->to->vertex(p->to->ctx, &out);
}

static void tell_status(bk__progress *p, const Bk__Control__VertexStatus *s)
{
    bk_vertex_status out = {
        .vertex = digest(p, s->vertex),
        .id = bk__text(s->id),
        .name = bk__text(s->name),
        .current = s->current,
        .total = s->total,
        .timestamp_ns = bk__time_ns(s->timestamp),
        .started_ns = bk__time_ns(s->started),
        .completed_ns = bk__time_ns(s->completed),
    };

    if (p->to && p->to->status)
        p->to->status(p->to->ctx, &out);
}

static void tell_log(bk__progress *p, const Bk__Control__VertexLog *l)
{
    bk_vertex_log out = {
        .vertex = digest(p, l->vertex),
        .stream = l->stream == 2 ? 2 : 1,
        .data = l->msg.data ? (const char *)l->msg.data : "",
        .len = l->msg.len,
        .timestamp_ns = bk__time_ns(l->timestamp),
    };

    bk__record_log(p->record, &out);
    if (p->to && p->to->log)
        p->to->log(p->to->ctx, &out);
}

static int positive(int32_t n) { return n > 0 ? n : 0; }

/* The place of a warning; false: no memory, and there is none then. */
static bool fill_place(bk__progress *p, const Bk__Control__VertexWarning *w,
                       bk_place *place)
{
    bk_range *ranges =
        llb__arena_array(p->arena, w->n_ranges + 1, sizeof *ranges);

    if (!ranges)
        return false;
    for (size_t i = 0; i < w->n_ranges; i++) {
        const Bk__Pb__Position *from = w->ranges[i]->start;
        const Bk__Pb__Position *to = w->ranges[i]->end;
        ranges[i] = (bk_range){from ? positive(from->line) : 0,
                               from ? positive(from->character) : 0,
                               to ? positive(to->line) : 0,
                               to ? positive(to->character) : 0};
    }
    *place = (bk_place){.file = bk__text(w->info->filename),
                        .text = (const char *)w->info->data.data,
                        .text_len = w->info->data.len,
                        .ranges = ranges,
                        .n_ranges = w->n_ranges};
    return true;
}

static const char *bytes_text(bk__progress *p, ProtobufCBinaryData b)
{
    const char *text = llb__arena_strndup(
        p->arena, b.data ? b.data : (const uint8_t *)"", b.len);

    return text ? text : "";
}

static void tell_warning(bk__progress *p, const Bk__Control__VertexWarning *w)
{
    const char **details =
        llb__arena_array(p->arena, w->n_detail + 1, sizeof *details);
    bk_vertex_warning out = {
        .vertex = digest(p, w->vertex),
        .level = w->level > 0 && w->level < 1000 ? (int)w->level : 0,
        .text = bytes_text(p, w->short_),
        .url = bk__text(w->url),
        .place = {.file = ""},
    };

    if (!p->to || !p->to->warning)
        return;
    for (size_t i = 0; details && i < w->n_detail; i++)
        details[i] = bytes_text(p, w->detail[i]);
    out.details = details;
    out.n_details = details ? w->n_detail : 0;
    if (w->info && !fill_place(p, w, &out.place))
        out.place = (bk_place){.file = ""};
    p->to->warning(p->to->ctx, &out);
}

/* What this client has to say itself, as warnings of no step. */
static void tell_notes(bk__progress *p)
{
    char *note;

    if (!p->to || !p->to->warning)
        return;
    while ((note = bk__record_take_note(p->record))) {
        bk_vertex_warning out = {
            .vertex = "", .text = note, .url = "", .place = {.file = ""}};
        p->to->warning(p->to->ctx, &out);
        free(note);
    }
}

/* Vertices first: the rest refers to them. */
static void tell_all(bk__progress *p, const Bk__Control__StatusResponse *r)
{
    for (size_t i = 0; i < r->n_vertexes; i++)
        tell_vertex(p, r->vertexes[i]);
    for (size_t i = 0; i < r->n_statuses; i++)
        tell_status(p, r->statuses[i]);
    for (size_t i = 0; i < r->n_warnings; i++)
        tell_warning(p, r->warnings[i]);
    for (size_t i = 0; i < r->n_logs; i++)
        tell_log(p, r->logs[i]);
    llb__arena_clear(p->arena);
}

static bool tell(bk__progress *p, llb__bytes message)
{
    ProtobufCMessage *m;

    if (bk__unpack(&bk__control__status_response__descriptor, message, "status",
                   &m, NULL) != LLB_OK)
        return false;
    tell_all(p, (const Bk__Control__StatusResponse *)m);
    bk__free(m);
    return true;
}

/* Tells the caller, once a second, what all this waits for. */
static void tell_waiting(bk__progress *p, int64_t silent_ms)
{
    unsigned seconds = (unsigned)(silent_ms / 1000);

    if (seconds != p->told_s && silent_ms >= (p->heard ? ODD_MS : 1000) &&
        p->to && p->to->waiting)
        p->to->waiting(p->to->ctx,
                       p->heard ? "waiting for news from the daemon"
                                : "waiting for the daemon to start the build",
                       seconds);
    p->told_s = seconds;
}

/* Nothing came for a while. False: there is no need to wait any longer. */
static bool keep_waiting(bk__progress *p)
{
    int64_t now = bk__now_ms(), last = bk__progress_heard_ms(p);
    int64_t ended = __atomic_load_n(&p->ended_ms, __ATOMIC_RELAXED);

    if (ended) {
        if (ended > last)
            last = ended;
        return now - last < (p->heard ? SILENCE_MS : UNHEARD_MS);
    }
    int64_t session = p->session ? bk__session_heard_ms(p->session) : 0;
    if (p->heard && session > last)
        last = session;
    tell_waiting(p, now - last);
    return true;
}

/* A message has been waited for. True: the build ended so long ago that no
 * more is of interest. The time that the caller takes does not count. */
static bool is_late(bk__progress *p, int64_t waited_ms)
{
    if (!__atomic_load_n(&p->ended_ms, __ATOMIC_RELAXED))
        return false;
    p->late_ms += waited_ms;
    return ++p->late_messages > LATE_MESSAGES || p->late_ms > LATE_MS;
}

static void *follow(void *arg)
{
    bk__progress *p = arg;
    llb__bytes message;

    bk__in_callback = true; /* all that this thread does for others */
    for (;;) {
        int64_t before = bk__now_ms();
        int got = bk__call_recv(p->call, BEAT_MS, &message);
        tell_notes(p);
        if (got == BK__END || (got == BK__TIMEOUT && !keep_waiting(p)) ||
            is_late(p, bk__now_ms() - before))
            return NULL;
        if (got == BK__TIMEOUT)
            continue;
        p->heard = true;
        __atomic_store_n(&p->heard_ms, bk__now_ms(), __ATOMIC_RELAXED);
        if (!tell(p, message))
            return NULL;
    }
}

static llb_status start(bk__progress *p, bk__conn *conn, const char *ref,
                        llb_error *err)
{
    Bk__Control__StatusRequest req = BK__CONTROL__STATUS_REQUEST__INIT;
    uint8_t *data;
    size_t len;
    union {
        const char *in;
        char *out;
    } text = {ref};

    req.ref = text.out;
    llb_status st = bk__pack(&req.base, &data, &len, err);
    if (st != LLB_OK)
        return st;
    st = bk__call_new(conn, "/moby.buildkit.v1.Control/Status", NULL, 0, 0,
                      &p->call, err);
    /* A call that is over already is news of the end, which follow() reads. */
    if (st == LLB_OK && bk__call_send(p->call, bk__buffer(data, len)))
        bk__call_close(p->call);
    free(data);
    if (st != LLB_OK)
        return st;
    p->has_thread = bk__thread_start(&p->thread, follow, p);
    return p->has_thread ? LLB_OK : llb__fail_nomem(err);
}

llb_status bk__progress_new(bk__conn *conn, const char *ref,
                            bk__session *session, bk__record *record,
                            bk__maps *maps, const bk_progress *to,
                            bk__progress **ret, llb_error *err)
{
    bk__progress *p = calloc(1, sizeof *p);

    if (!p)
        return llb__fail_nomem(err);
    p->session = session;
    p->record = record;
    p->maps = maps;
    p->to = to;
    p->heard_ms = bk__now_ms();
    p->arena = llb__arena_new(4 * LLB__MAX_MESSAGE);
    llb_status st = p->arena ? start(p, conn, ref, err) : llb__fail_nomem(err);
    if (st != LLB_OK)
        bk__progress_end(p);
    else
        *ret = p;
    return st;
}

int64_t bk__progress_heard_ms(bk__progress *p)
{
    return __atomic_load_n(&p->heard_ms, __ATOMIC_RELAXED);
}

void bk__progress_end(bk__progress *p)
{
    if (!p)
        return;
    __atomic_store_n(&p->ended_ms, bk__now_ms(), __ATOMIC_RELAXED);
    if (p->has_thread)
        pthread_join(p->thread, NULL);
    bk__call_free(p->call);
    llb__arena_free(p->arena);
    free(p);
}

/* ---- without a build of ours ---- */

static llb_status play(void *ctx, const ProtobufCMessage *m, llb_error *err)
{
    (void)err;
    bk__in_callback = true;
    tell_all(ctx, (const Bk__Control__StatusResponse *)m);
    bk__in_callback = false;
    return LLB_OK;
}

llb_status bk_history_play(bk_client *c, const char *ref,
                           const bk_progress *progress, bk_cancel *cancel,
                           llb_error *err)
{
    Bk__Control__StatusRequest req = BK__CONTROL__STATUS_REQUEST__INIT;
    bk__maps maps;
    bk__progress p = {.record = bk__record_new(),
                      .maps = &maps,
                      .to = progress,
                      .arena = llb__arena_new(4 * LLB__MAX_MESSAGE)};
    llb_error why = {0};
    llb_status st = LLB_ENOMEM;

    bk__maps_init(&maps);
    req.ref = bk__mutable(ref);
    if (p.record && p.arena)
        st = bk__listen(c, "/moby.buildkit.v1.Control/Status", &req.base,
                        cancel, &bk__control__status_response__descriptor, play,
                        &p, &why);
    bk__maps_clear(&maps);
    bk__record_free(p.record);
    llb__arena_free(p.arena);
    if (st == LLB_ENOMEM)
        return llb__fail_nomem(err);
    /* Old daemons have no code of its own for that. */
    if (st == LLB_ENOENT ||
        (st == LLB_EBUILD && strstr(why.message, "no such job")))
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "the daemon remembers no build %.100s", ref);
    return st == LLB_OK ? st
                        : llb__fail(err, st, LLB__NOWHERE, "%s", why.message);
}
