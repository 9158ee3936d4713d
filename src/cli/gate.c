/* Each function of bk_progress, with a lock in front of it. */
#include "gate.h"

/* Whether the event may pass; the lock is held then. */
static bool enter(cmd__gate *g)
{
    pthread_mutex_lock(&g->lock);
    if (!g->closed)
        return true;
    pthread_mutex_unlock(&g->lock);
    return false;
}

static void leave(cmd__gate *g) { pthread_mutex_unlock(&g->lock); }

static void pass_vertex(void *ctx, const bk_vertex *v)
{
    cmd__gate *g = ctx;

    if (!enter(g))
        return;
    if (g->to->vertex)
        g->to->vertex(g->to->ctx, v);
    leave(g);
}

static void pass_status(void *ctx, const bk_vertex_status *s)
{
    cmd__gate *g = ctx;

    if (!enter(g))
        return;
    if (g->to->status)
        g->to->status(g->to->ctx, s);
    leave(g);
}

static void pass_log(void *ctx, const bk_vertex_log *l)
{
    cmd__gate *g = ctx;

    if (!enter(g))
        return;
    if (g->to->log)
        g->to->log(g->to->ctx, l);
    leave(g);
}

static void pass_warning(void *ctx, const bk_vertex_warning *w)
{
    cmd__gate *g = ctx;

    if (!enter(g))
        return;
    if (g->to->warning)
        g->to->warning(g->to->ctx, w);
    leave(g);
}

static void pass_waiting(void *ctx, const char *what, unsigned seconds)
{
    cmd__gate *g = ctx;

    if (!enter(g))
        return;
    if (g->to->waiting)
        g->to->waiting(g->to->ctx, what, seconds);
    leave(g);
}

void cmd__gate_init(cmd__gate *g, const bk_progress *to)
{
    pthread_mutex_init(&g->lock, NULL);
    g->to = to;
    g->closed = false;
    g->events = (bk_progress){g,        pass_vertex,  pass_status,
                              pass_log, pass_warning, pass_waiting};
}

void cmd__gate_clear(cmd__gate *g) { pthread_mutex_destroy(&g->lock); }

void cmd__gate_close(cmd__gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->closed = true;
    pthread_mutex_unlock(&g->lock);
}
