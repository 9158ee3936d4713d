/* Which display shows the events of a build. */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "progress_json.h"
#include "progress_plain.h"

const char *const cmd__progress_words[] = {"auto", "tty",   "plain",
                                           "json", "quiet", NULL};

struct cmd__progress {
    cmd__progress_mode mode;
    int fd;
    bk_progress events;
    cmd__plain *plain;
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void plain_vertex(void *ctx, const bk_vertex *v)
{
    cmd__plain_vertex(((cmd__progress *)ctx)->plain, v);
}

static void plain_status(void *ctx, const bk_vertex_status *s)
{
    cmd__plain_status(((cmd__progress *)ctx)->plain, s);
}

static void plain_log(void *ctx, const bk_vertex_log *l)
{
    cmd__plain_log(((cmd__progress *)ctx)->plain, l);
}

static void plain_warning(void *ctx, const bk_vertex_warning *w)
{
    cmd__plain_warning(((cmd__progress *)ctx)->plain, w);
}

static void plain_waiting(void *ctx, const char *what, unsigned seconds)
{
    cmd__plain_waiting(((cmd__progress *)ctx)->plain, what, seconds);
}

static void json_vertex(void *ctx, const bk_vertex *v)
{
    cmd__progress_object(ctx, cmd__json_vertex(v));
}

static void json_status(void *ctx, const bk_vertex_status *s)
{
    cmd__progress_object(ctx, cmd__json_status(s));
}

static void json_log(void *ctx, const bk_vertex_log *l)
{
    cmd__progress_object(ctx, cmd__json_log(l));
}

static void json_warning(void *ctx, const bk_vertex_warning *w)
{
    cmd__progress_object(ctx, cmd__json_warning(w));
}

static const bk_progress plain_events = {
    NULL, plain_vertex, plain_status, plain_log, plain_warning, plain_waiting,
};

static const bk_progress json_events = {
    NULL, json_vertex, json_status, json_log, json_warning, NULL,
};

cmd__progress *cmd__progress_new(cmd__progress_mode mode, int fd)
{
    cmd__progress *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->mode = mode;
    p->fd = fd;
    if (mode == CMD__PROGRESS_JSON) {
        p->events = json_events;
    } else if (mode != CMD__PROGRESS_QUIET) {
        p->events = plain_events;
        p->plain = cmd__plain_new(fd, now_ms);
        if (!p->plain) {
            free(p);
            return NULL;
        }
    }
    p->events.ctx = p;
    return p;
}

const bk_progress *cmd__progress_events(cmd__progress *p) { return &p->events; }

void cmd__progress_end(cmd__progress *p)
{
    if (p->plain)
        cmd__plain_end(p->plain);
}

void cmd__progress_free(cmd__progress *p)
{
    if (!p)
        return;
    cmd__plain_free(p->plain);
    free(p);
}

bool cmd__progress_is_json(const cmd__progress *p)
{
    return p->mode == CMD__PROGRESS_JSON;
}

void cmd__progress_object(cmd__progress *p, json_t *o)
{
    char *text = NULL;

    if (o && p->mode == CMD__PROGRESS_JSON)
        text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    size_t len = text ? strlen(text) : 0;
    if (text) {
        text[len] = '\n'; /* over the NUL, so that it is one write */
        (void)llb__write_full(p->fd, text, len + 1);
    }
    free(text);
}
