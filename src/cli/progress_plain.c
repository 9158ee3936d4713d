/* Lines that read well in a log: the output of steps that run side by side is
 * not mixed line by line. One step is on stage; another takes its place when
 * it has ended, when it has been silent while others have something to say,
 * or when it keeps them waiting too long. */
#include "progress_plain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "file.h"
#include "progress_steps.h"

enum {
    SILENT_MS = 1000,   /* a silent step gives way after that */
    PATIENCE_MS = 5000, /* and a talking one after that */
    PART_MS = 5000,     /* a transfer is shown again after that */
    BRIEF_NS = 1000000,
    MAX_LINE = 64 << 10,
    MAX_DUE = 1 << 20,
};

struct cmd__plain {
    int fd;
    int64_t (*now_ms)(void);
    cmd__steps steps;
    cmd__step *brief;  /* ended at once; see look_for_end */
    cmd__step *stage;  /* whose header was printed last; may have ended */
    int64_t spoken_ms; /* when the step on stage last had a line */
    unsigned n_printed;
    llb__buf out; /* for one write */
};

cmd__plain *cmd__plain_new(int fd, int64_t (*now_ms)(void))
{
    cmd__plain *p = calloc(1, sizeof(*p));

    if (p) {
        p->fd = fd;
        p->now_ms = now_ms;
    }
    return p;
}

void cmd__plain_free(cmd__plain *p)
{
    if (!p)
        return;
    cmd__steps_clear(&p->steps);
    llb__buf_clear(&p->out);
    free(p);
}

static void add_text(llb__buf *b, const char *text)
{
    cmd__escape(b, text, strlen(text));
}

/* ---- what goes into a step's own lines ---- */

/* Marks the start of a line that the step has to say. */
static void begin_line(cmd__plain *p, cmd__step *s)
{
    if (s->due.len == 0)
        s->due_ms = p->now_ms();
    cmd__queue_due(&p->steps, s);
}

static void add_seconds(llb__buf *b, int64_t ns)
{
    double s = ns > 0 ? (double)ns / 1e9 : 0;

    llb__buf_printf(b, "%.*f", s < 10 ? 3 : s < 100 ? 2 : 1, s);
}

static void end_log_line(cmd__plain *p, cmd__step *s)
{
    begin_line(p, s);
    add_seconds(&s->due, s->line_ns - s->started_ns);
    llb__buf_addc(&s->due, ' ');
    cmd__escape(&s->due, s->line.data, s->line.len);
    llb__buf_addc(&s->due, '\n');
    llb__buf_clear(&s->line);
}

/* A carriage return that is not before a newline starts a line too: so the
 * bars that programs draw stay readable. */
static void add_log(cmd__plain *p, cmd__step *s, const bk_vertex_log *l)
{
    for (size_t i = 0; i < l->len; i++) {
        char c = l->data[i];
        if (c == '\r' && i + 1 < l->len && l->data[i + 1] == '\n')
            continue;
        if (s->line.len == 0)
            s->line_ns = l->timestamp_ns;
        if (c == '\n' || c == '\r') {
            if (c == '\n' || s->line.len > 0)
                end_log_line(p, s);
            continue;
        }
        llb__buf_addc(&s->line, c);
        if (s->line.len >= MAX_LINE)
            end_log_line(p, s);
    }
}

static void add_part(cmd__plain *p, cmd__step *s, cmd__part *part,
                     const bk_vertex_status *e)
{
    int64_t start = e->started_ns ? e->started_ns : s->started_ns;
    int64_t end = e->completed_ns ? e->completed_ns : e->timestamp_ns;
    double seconds = end > start ? (double)(end - start) / 1e9 : 0;

    begin_line(p, s);
    add_text(&s->due, e->id);
    cmd__add_bytes(&s->due, e->current, e->total);
    if (seconds > 0.01)
        llb__buf_printf(&s->due, " %.1fs", seconds);
    if (e->completed_ns)
        llb__buf_adds(&s->due, " done");
    llb__buf_addc(&s->due, '\n');
    part->shown = e->current;
    part->shown_ms = p->now_ms();
    part->printed = true;
    part->done = e->completed_ns != 0;
}

/* First, last, and in between only what moved a good deal. */
static bool is_worth_a_line(const cmd__plain *p, const cmd__part *part,
                            const bk_vertex_status *e)
{
    if (part->done)
        return false;
    if (!part->printed || e->completed_ns)
        return true;
    if (e->total > 0 && e->current - part->shown >= e->total / 20 &&
        e->current > part->shown)
        return true;
    return e->current > part->shown && p->now_ms() - part->shown_ms >= PART_MS;
}

/* ---- what is printed, and when ---- */

static void print_header(cmd__plain *p, cmd__step *s)
{
    if (p->stage == s)
        return;
    if (p->stage && !p->stage->end_printed)
        llb__buf_printf(&p->out, "#%u ...\n", p->stage->number);
    if (p->stage)
        llb__buf_addc(&p->out, '\n');
    if (!s->number)
        s->number = ++p->n_printed;
    llb__buf_printf(&p->out, "#%u ", s->number);
    add_text(&p->out, s->name);
    llb__buf_addc(&p->out, '\n');
    p->stage = s;
}

/* The due lines, the step's number before each. */
static void print_due(cmd__plain *p, cmd__step *s)
{
    const char *at = s->due.data;
    size_t left = s->due.len;

    if (left == 0)
        return;
    print_header(p, s);
    while (left > 0) {
        const char *end = memchr(at, '\n', left);
        size_t len = end ? (size_t)(end - at) + 1 : left;
        llb__buf_printf(&p->out, "#%u ", s->number);
        llb__buf_add(&p->out, at, len);
        at += len;
        left -= len;
    }
    llb__buf_clear(&s->due);
    p->spoken_ms = p->now_ms();
}

static void print_end(cmd__plain *p, cmd__step *s)
{
    int64_t ns = cmd__step_ns(s);

    if (s->line.len > 0)
        end_log_line(p, s);
    print_due(p, s);
    print_header(p, s);
    llb__buf_printf(&p->out, "#%u ", s->number);
    if (s->canceled) {
        llb__buf_adds(&p->out, "CANCELED");
    } else if (*s->error) {
        llb__buf_adds(&p->out, "ERROR: ");
        add_text(&p->out, s->error);
    } else if (s->cached) {
        llb__buf_adds(&p->out, "CACHED");
    } else {
        llb__buf_adds(&p->out, "DONE");
        if (ns > 0)
            llb__buf_printf(&p->out, " %.1fs", (double)ns / 1e9);
    }
    llb__buf_addc(&p->out, '\n');
    s->end_printed = true;
}

/* Prints the next ended step; false when there is none. */
static bool print_ended(cmd__plain *p)
{
    cmd__step *s = cmd__next_ended(&p->steps);

    if (s && cmd__step_ended(s) && !s->end_printed)
        print_end(p, s);
    return s != NULL;
}

/* Whether the step on stage has to make room for s. */
static bool may_enter(const cmd__plain *p, const cmd__step *s)
{
    int64_t now = p->now_ms();

    if (!p->stage || p->stage->end_printed || s->due.len > MAX_DUE)
        return true;
    return now - s->due_ms >= PATIENCE_MS || now - p->spoken_ms >= SILENT_MS;
}

static void write_out(cmd__plain *p)
{
    if (p->out.len > 0 && !p->out.failed)
        (void)llb__write_full(p->fd, p->out.data, p->out.len);
    llb__buf_clear(&p->out);
}

/* To be called whenever a step may have come to its end. A local source is
 * first said to have run for some microseconds and then starts in earnest: an
 * end so soon waits for the next event of another step. */
static void look_for_end(cmd__plain *p, cmd__step *s)
{
    if (p->brief && p->brief != s) {
        cmd__queue_end(&p->steps, p->brief);
        p->brief = NULL;
    }
    if (!s->started_ns || !cmd__step_ended(s) || s->end_printed)
        return;
    if (!s->cached && !*s->error && cmd__step_ns(s) < BRIEF_NS)
        p->brief = s;
    else
        cmd__queue_end(&p->steps, s);
}

/* Ended steps first, then the one on stage, then who waits for it. */
static void show(cmd__plain *p)
{
    cmd__step *next;

    while (print_ended(p))
        ;
    if (p->stage)
        print_due(p, p->stage);
    while ((next = cmd__first_due(&p->steps)) && may_enter(p, next))
        print_due(p, next);
    write_out(p);
}

/* ---- events ---- */

void cmd__plain_vertex(cmd__plain *p, const bk_vertex *v)
{
    cmd__step *s = cmd__steps_get(&p->steps, v->digest);

    if (!s || !cmd__step_update(s, v))
        return; /* no memory: the build matters more than its display */
    bool enters = s->started_ns && !s->completed_ns && !s->number &&
                  (!p->stage || p->stage->end_printed);
    if (enters) {
        print_header(p, s);
        p->spoken_ms = p->now_ms();
    }
    look_for_end(p, s);
    show(p);
}

void cmd__plain_status(cmd__plain *p, const bk_vertex_status *e)
{
    cmd__step *s = cmd__steps_get(&p->steps, e->vertex);
    cmd__part *part = s ? cmd__step_part(s, e->id) : NULL;

    if (!part || !s->name)
        return;
    cmd__part_update(s, part, e);
    if (is_worth_a_line(p, part, e))
        add_part(p, s, part, e);
    look_for_end(p, s);
    show(p);
}

void cmd__plain_log(cmd__plain *p, const bk_vertex_log *l)
{
    cmd__step *s = cmd__steps_get(&p->steps, l->vertex);

    if (!s || !s->name)
        return;
    add_log(p, s, l);
    show(p);
}

void cmd__plain_warning(cmd__plain *p, const bk_vertex_warning *w)
{
    if (!*w->vertex) { /* of the client: no step to tell it under */
        llb__buf_adds(&p->out, "warning: ");
        add_text(&p->out, w->text);
        llb__buf_addc(&p->out, '\n');
        write_out(p);
        return;
    }
    cmd__step *s = cmd__steps_get(&p->steps, w->vertex);

    if (!s || !s->name)
        return;
    begin_line(p, s);
    llb__buf_adds(&s->due, "WARN: ");
    add_text(&s->due, w->text);
    llb__buf_addc(&s->due, '\n');
    show(p);
}

void cmd__plain_waiting(cmd__plain *p, const char *what, unsigned seconds)
{
    show(p); /* lines whose time has come meanwhile */
    if (p->stage || seconds == 0 || (seconds & (seconds - 1)) != 0)
        return; /* said at 1, 2, 4, 8... seconds, before anything runs */
    add_text(&p->out, what);
    llb__buf_printf(&p->out, " (%u s)\n", seconds);
    write_out(p);
}

void cmd__plain_end(cmd__plain *p)
{
    show(p);
    for (size_t i = 0; i < p->steps.n; i++) {
        cmd__step *s = p->steps.list[i];
        if (s->line.len > 0)
            end_log_line(p, s);
        print_due(p, s);
        /* parts may be open that nobody will close any more */
        if (s->started_ns && s->completed_ns && !s->end_printed)
            print_end(p, s);
    }
    write_out(p);
}
