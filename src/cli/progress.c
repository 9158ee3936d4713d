/* Which display shows the events of a build. */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "progress_json.h"
#include "progress_plain.h"
#include "progress_tty.h"

const char *const cmd__progress_words[] = {"auto", "tty",   "plain",
                                           "json", "quiet", NULL};

struct cmd__progress {
    cmd__progress_mode mode;
    int fd;
    bk_progress events;
    cmd__plain *plain; /* one of these two, or none */
    cmd__tty *tty;
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

static void tty_vertex(void *ctx, const bk_vertex *v)
{
    cmd__tty_vertex(((cmd__progress *)ctx)->tty, v);
}

static void tty_status(void *ctx, const bk_vertex_status *s)
{
    cmd__tty_status(((cmd__progress *)ctx)->tty, s);
}

static void tty_log(void *ctx, const bk_vertex_log *l)
{
    cmd__tty_log(((cmd__progress *)ctx)->tty, l);
}

static void tty_warning(void *ctx, const bk_vertex_warning *w)
{
    cmd__tty_warning(((cmd__progress *)ctx)->tty, w);
}

static void tty_waiting(void *ctx, const char *what, unsigned seconds)
{
    cmd__tty_waiting(((cmd__progress *)ctx)->tty, what, seconds);
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

static const bk_progress tty_events = {
    NULL, tty_vertex, tty_status, tty_log, tty_warning, tty_waiting,
};

static const bk_progress json_events = {
    NULL, json_vertex, json_status, json_log, json_warning, NULL,
};

/* A terminal that can move its cursor. Without one the plain form is what
 * --progress tty can give. */
static bool can_draw(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

cmd__progress *cmd__progress_new(cmd__progress_mode mode, int fd)
{
    cmd__progress *p = calloc(1, sizeof(*p));
    bool shows = mode != CMD__PROGRESS_JSON && mode != CMD__PROGRESS_QUIET;

    if (!p)
        return NULL;
    p->mode = mode;
    p->fd = fd;
    if (mode == CMD__PROGRESS_JSON) {
        p->events = json_events;
    } else if (shows && mode != CMD__PROGRESS_PLAIN && can_draw(fd)) {
        p->events = tty_events;
        p->tty = cmd__tty_new(fd);
    } else if (shows) {
        p->events = plain_events;
        p->plain = cmd__plain_new(fd, now_ms);
    }
    p->events.ctx = p;
    if (shows && !p->tty && !p->plain) {
        free(p);
        return NULL;
    }
    return p;
}

void cmd__progress_cancel(cmd__progress *p, bk_cancel *cancel)
{
    if (p->tty)
        cmd__tty_cancel(p->tty, cancel);
}

const bk_progress *cmd__progress_events(cmd__progress *p) { return &p->events; }

void cmd__progress_end(cmd__progress *p)
{
    if (p->plain)
        cmd__plain_end(p->plain);
    if (p->tty)
        cmd__tty_end(p->tty);
}

void cmd__progress_free(cmd__progress *p)
{
    if (!p)
        return;
    cmd__plain_free(p->plain);
    cmd__tty_free(p->tty);
    free(p);
}

bool cmd__progress_is_json(const cmd__progress *p)
{
    return p->mode == CMD__PROGRESS_JSON;
}

bool cmd__progress_takes_lines(const cmd__progress *p)
{
    return p->plain != NULL;
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
