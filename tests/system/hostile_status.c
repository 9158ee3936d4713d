/* The progress of a hostile daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <control.pb-c.h>

#include "hostile.h"

#define EVIL "a\033[2Jb\033]0;title\007c\rd\be\302\233mf\342\200\256g\nh"

/* One of everything, with control characters wherever text may be. */
static bool tell_evil(bk__stream *s)
{
    Bk__Wk__Timestamp t = BK__WK__TIMESTAMP__INIT;
    Bk__Control__Vertex v = BK__CONTROL__VERTEX__INIT, *vs[] = {&v};
    Bk__Control__VertexStatus u = BK__CONTROL__VERTEX_STATUS__INIT,
                              *us[] = {&u};
    Bk__Control__VertexLog l = BK__CONTROL__VERTEX_LOG__INIT, *ls[] = {&l};
    Bk__Control__VertexWarning w = BK__CONTROL__VERTEX_WARNING__INIT,
                               *ws[] = {&w};
    Bk__Pb__ProgressGroup g = BK__PB__PROGRESS_GROUP__INIT;
    Bk__Control__StatusResponse r = BK__CONTROL__STATUS_RESPONSE__INIT;
    uint8_t text[] = EVIL " \000 \377\376 end";
    ProtobufCBinaryData bytes = {sizeof text - 1, text};

    t.seconds = INT64_MAX;
    t.nanos = INT32_MIN;
    g.id = g.name = bk__mutable(EVIL);
    v.digest = u.vertex = l.vertex = w.vertex = bk__mutable("sha256:" EVIL);
    v.name = u.id = u.name = w.url = bk__mutable(EVIL);
    v.error = bk__mutable(EVIL);
    v.started = v.completed = u.timestamp = u.started = u.completed = &t;
    v.progressgroup = &g;
    u.current = INT64_MIN;
    u.total = -1;
    l.stream = INT64_MAX;
    l.msg = w.short_ = bytes;
    w.detail = &bytes;
    w.n_detail = 1;
    w.level = INT64_MIN;
    r.vertexes = vs;
    r.statuses = us;
    r.logs = ls;
    r.warnings = ws;
    r.n_vertexes = r.n_statuses = r.n_logs = r.n_warnings = 1;
    return send_message(s, &r.base);
}

/* A message of len bytes, each two of which are an empty vertex: the most
 * objects that its bytes can ask for. */
static bool tell_many(bk__stream *s, size_t len)
{
    uint8_t *data = calloc(1, len);

    for (size_t i = 0; data && i < len; i += 2)
        data[i] = 0x0a;
    bool ok = data && s->ops->send(s, &(llb__bytes){data, len}, 1);
    free(data);
    return ok;
}

/* Groups (of a field that nobody knows) within groups. */
static bool tell_deep(bk__stream *s)
{
    enum { LEN = 1 << 20 };
    uint8_t *data = malloc(LEN);

    if (data)
        memset(data, 0x7b, LEN);
    bool ok = data && s->ops->send(s, &(llb__bytes){data, LEN}, 1);
    free(data);
    return ok;
}

static bool tell_number(bk__stream *s, unsigned n)
{
    Bk__Control__Vertex v = BK__CONTROL__VERTEX__INIT, *vs[] = {&v};
    Bk__Control__StatusResponse r = BK__CONTROL__STATUS_RESPONSE__INIT;
    char name[32];

    snprintf(name, sizeof name, "step %u", n);
    v.digest = v.name = name;
    r.vertexes = vs;
    r.n_vertexes = 1;
    return send_message(s, &r.base);
}

bk__rpc_status serve_status(bk__service *svc, bk__stream *s)
{
    peer *d = (peer *)svc;

    if (mood_is(d, "no-status"))
        return bk__rpc_fail(BK__RPC_INTERNAL, "no status \033[31mtoday");
    if (mood_is(d, "evil") || mood_is(d, "error"))
        tell_evil(s);
    if (mood_is(d, "many")) {
        tell_many(s, 1 << 20);
        tell_many(s, 15 << 20);
    }
    if (mood_is(d, "deep"))
        tell_deep(s);
    for (unsigned n = 0; mood_is(d, "endless") && tell_number(s, n);)
        n++;
    while (mood_is(d, "drips") && tell_number(s, 1))
        usleep(20000);
    pthread_mutex_lock(&d->lock);
    while (!d->solved && !s->ops->is_over(s)) {
        pthread_mutex_unlock(&d->lock);
        usleep(10000);
        pthread_mutex_lock(&d->lock);
    }
    pthread_mutex_unlock(&d->lock);
    return bk__rpc_ok();
}
