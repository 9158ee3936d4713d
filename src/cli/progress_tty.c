/* When and where the picture is drawn. Each drawing is one write that hides
 * the cursor, goes up to the top of the last one, draws over it and shows the
 * cursor again, so that an end at any moment leaves the terminal as it was. */
#include "progress_tty.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "escape.h"
#include "file.h"
#include "progress_draw.h"

enum { TICK_MS = 100 };

struct cmd__tty {
    int fd;
    pthread_t thread;
    pthread_mutex_t lock; /* over all below */
    pthread_cond_t wake;
    bool runs, stop;
    cmd__picture picture;
    bk_cancel *cancel;
    llb__buf notes; /* lines to stay above the picture */
    size_t n_drawn; /* lines of the last drawing */
    int cols;       /* and the width that it was made for */
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A terminal that does not know its size has the usual one. */
static void size_of(int fd, int *cols, int *rows)
{
    struct winsize w = {0};

    if (ioctl(fd, TIOCGWINSZ, &w) < 0 || (!w.ws_col && !w.ws_row)) {
        *cols = 80;
        *rows = 24;
        return;
    }
    *cols = w.ws_col;
    *rows = w.ws_row;
}

/* Back to the first line of the last drawing. A terminal that has become
 * narrower may have broken its lines in several. */
static void go_up(const cmd__tty *t, llb__buf *out, int cols, int rows)
{
    size_t n = t->n_drawn;

    if (cols > 0 && cols < t->cols)
        n *= (size_t)((t->cols + cols - 1) / cols);
    if (rows > 0 && n >= (size_t)rows)
        n = (size_t)rows - 1;
    if (n > 0)
        llb__buf_printf(out, "\x1b[%zuA", n);
    llb__buf_adds(out, "\r\x1b[J");
}

static void draw(cmd__tty *t)
{
    llb__buf out = LLB__BUF_INIT;
    int cols, rows;

    size_of(t->fd, &cols, &rows);
    t->picture.canceling = t->cancel && bk_cancel_is_set(t->cancel);
    llb__buf_adds(&out, "\x1b[?25l");
    go_up(t, &out, cols, rows);
    llb__buf_add(&out, t->notes.data, t->notes.len);
    t->n_drawn = cmd__picture_draw(&t->picture, &out, cols, rows, now_ms());
    t->cols = cols;
    llb__buf_adds(&out, "\x1b[?25h");
    if (!out.failed)
        (void)llb__write_full(t->fd, out.data, out.len);
    llb__buf_clear(&out);
    llb__buf_clear(&t->notes);
}

static void *tick(void *arg)
{
    cmd__tty *t = arg;
    struct timespec until;

    pthread_mutex_lock(&t->lock);
    while (!t->stop) {
        draw(t);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000L;
        }
        pthread_cond_timedwait(&t->wake, &t->lock, &until);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

cmd__tty *cmd__tty_new(int fd)
{
    cmd__tty *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->fd = fd;
    t->picture.colour = !getenv("NO_COLOR") || !*getenv("NO_COLOR");
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wake, NULL);
    return t;
}

void cmd__tty_free(cmd__tty *t)
{
    if (!t)
        return;
    cmd__tty_end(t);
    cmd__steps_clear(&t->picture.steps);
    llb__buf_clear(&t->notes);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void cmd__tty_cancel(cmd__tty *t, bk_cancel *cancel) { t->cancel = cancel; }

/* Locks, and starts to draw if that has not begun. */
static void enter(cmd__tty *t)
{
    pthread_mutex_lock(&t->lock);
    if (t->runs)
        return;
    t->stop = false;
    t->picture.over = false;
    t->picture.first_ms = now_ms();
    t->runs = pthread_create(&t->thread, NULL, tick, t) == 0;
}

static void leave(cmd__tty *t) { pthread_mutex_unlock(&t->lock); }

void cmd__tty_vertex(cmd__tty *t, const bk_vertex *v)
{
    enter(t);
    cmd__picture_vertex(&t->picture, v, now_ms());
    leave(t);
}

void cmd__tty_status(cmd__tty *t, const bk_vertex_status *s)
{
    enter(t);
    cmd__picture_status(&t->picture, s);
    leave(t);
}

void cmd__tty_log(cmd__tty *t, const bk_vertex_log *l)
{
    enter(t);
    cmd__picture_log(&t->picture, l);
    leave(t);
}

void cmd__tty_warning(cmd__tty *t, const bk_vertex_warning *w)
{
    enter(t);
    llb__buf_adds(&t->notes, "WARN: ");
    cmd__escape(&t->notes, w->text, strlen(w->text));
    llb__buf_addc(&t->notes, '\n');
    leave(t);
}

void cmd__tty_waiting(cmd__tty *t, const char *what, unsigned seconds)
{
    llb__buf text = LLB__BUF_INIT;
    (void)seconds; /* the header counts */

    cmd__escape(&text, what, strlen(what));
    enter(t);
    snprintf(t->picture.waiting, sizeof(t->picture.waiting), "%s",
             text.data ? text.data : "");
    leave(t);
    llb__buf_clear(&text);
}

void cmd__tty_end(cmd__tty *t)
{
    if (!t->runs)
        return;
    pthread_mutex_lock(&t->lock);
    t->stop = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    t->runs = false;
    t->picture.over = true;
    draw(t);
    t->n_drawn = 0;
    t->picture.n_started = 0;
    cmd__steps_clear(&t->picture.steps);
}
