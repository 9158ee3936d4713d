/* One line a step, latest at the bottom; what runs also shows its transfers
 * and the end of its output. What does not fit is left out, finished steps
 * first. */
#include "progress_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "escape.h"
#include "utf8.h"

enum {
    MIN_COLS = 12, /* below, no picture says anything */
    MIN_ROWS = 3,
    MAX_DETAILS = 6, /* lines of output or transfers below a running step */
    MAX_LINE = 4096,
};

#define BLUE "\x1b[34m"
#define RED "\x1b[31m"
#define YELLOW "\x1b[33m"
#define FAINT "\x1b[2m"
#define PLAIN "\x1b[0m"

/* ---- events ---- */

void cmd__picture_vertex(cmd__picture *p, const bk_vertex *v, int64_t now_ms)
{
    cmd__step *s = cmd__steps_get(&p->steps, v->digest);

    if (!s || !cmd__step_update(s, v) || !s->started_ns)
        return;
    if (!s->number)
        s->number = ++p->n_started;
    if (!p->has_offset) {
        p->offset_ns = s->started_ns - now_ms * 1000000;
        p->has_offset = true;
    }
}

void cmd__picture_status(cmd__picture *p, const bk_vertex_status *e)
{
    cmd__step *s = cmd__steps_get(&p->steps, e->vertex);
    cmd__part *part = s ? cmd__step_part(s, e->id) : NULL;

    if (part)
        cmd__part_update(s, part, e);
}

/* Moves the line that is complete to the others; only the last ones stay. */
static void end_line(cmd__step *s)
{
    size_t n = 0, at;

    llb__buf_add(&s->due, s->line.data, s->line.len);
    llb__buf_addc(&s->due, '\n');
    llb__buf_clear(&s->line);
    for (at = s->due.len; at > 0; at--)
        if (s->due.data[at - 1] == '\n' && ++n > MAX_DETAILS)
            break;
    if (at == 0 || s->due.failed)
        return;
    memmove(s->due.data, s->due.data + at, s->due.len - at);
    s->due.len -= at;
    s->due.data[s->due.len] = '\0';
}

void cmd__picture_log(cmd__picture *p, const bk_vertex_log *l)
{
    cmd__step *s = cmd__steps_get(&p->steps, l->vertex);

    for (size_t i = 0; s && i < l->len; i++) {
        char c = l->data[i];
        if (c == '\n' || c == '\r') {
            if (s->line.len > 0)
                end_line(s);
        } else if (s->line.len < MAX_LINE) {
            llb__buf_addc(&s->line, c);
        }
    }
}

/* ---- lines that fit ---- */

/* Length of the part of text that fits into cols columns, and its width. */
static size_t fit(const char *text, size_t len, int cols, int *ret_width)
{
    size_t at = 0;

    *ret_width = 0;
    while (at < len) {
        uint32_t c;
        size_t n = llb__utf8_decode(text + at, len - at, &c);
        int width = n ? utf8proc_charwidth((utf8proc_int32_t)c) : 1;
        if (*ret_width + width > cols)
            break;
        *ret_width += width;
        at += n ? n : 1;
    }
    return at;
}

/* One line: left, cut to leave room for right, which ends at the margin. */
static void add_line(llb__buf *out, const llb__buf *left, const char *right,
                     const char *colour, int cols)
{
    int right_width = (int)strlen(right), width;
    int room = cols - right_width - (right_width ? 1 : 0);
    size_t len = fit(left->data, left->len, room > 0 ? room : 0, &width);

    llb__buf_adds(out, colour);
    llb__buf_add(out, left->data, len);
    if (room > 0 && right_width)
        llb__buf_printf(out, "%*s%s", cols - width - right_width, "", right);
    llb__buf_adds(out, *colour ? PLAIN "\x1b[K\n" : "\x1b[K\n");
}

/* Escaped, with a blank for each tab, whose width nobody knows. */
static void add_text(llb__buf *b, const char *text, size_t len)
{
    size_t start = b->len;

    cmd__escape(b, text, len);
    for (size_t i = start; i < b->len; i++)
        if (b->data[i] == '\t')
            b->data[i] = ' ';
}

static const char *colour_of(const cmd__picture *p, const cmd__step *s)
{
    if (!p->colour || !s->completed_ns)
        return "";
    return s->canceled ? YELLOW : *s->error ? RED : BLUE;
}

static int64_t step_ns(const cmd__picture *p, const cmd__step *s,
                       int64_t now_ms)
{
    int64_t ns = cmd__step_ns(s);

    if (s->started_ns && !s->completed_ns)
        ns += now_ms * 1000000 + p->offset_ns - s->started_ns;
    return ns > 0 ? ns : 0;
}

static void add_step(const cmd__picture *p, llb__buf *out, const cmd__step *s,
                     int cols, int64_t now_ms)
{
    llb__buf left = LLB__BUF_INIT;
    char time[32];

    llb__buf_adds(&left, " => ");
    if (s->canceled)
        llb__buf_adds(&left, "CANCELED ");
    else if (*s->error)
        llb__buf_adds(&left, "ERROR ");
    else if (s->cached)
        llb__buf_adds(&left, "CACHED ");
    add_text(&left, s->name, strlen(s->name));
    snprintf(time, sizeof(time), "%.1fs", (double)step_ns(p, s, now_ms) / 1e9);
    if (!left.failed)
        add_line(out, &left, time, colour_of(p, s), cols);
    llb__buf_clear(&left);
}

static void add_part(llb__buf *out, const cmd__part *part, int cols)
{
    llb__buf left = LLB__BUF_INIT;

    llb__buf_adds(&left, " => => ");
    add_text(&left, part->id, strlen(part->id));
    cmd__add_bytes(&left, part->current, part->total);
    if (!left.failed)
        add_line(out, &left, "", "", cols);
    llb__buf_clear(&left);
}

static void add_output(const cmd__picture *p, llb__buf *out, const char *text,
                       size_t len, int cols)
{
    llb__buf left = LLB__BUF_INIT;

    llb__buf_adds(&left, " => => # ");
    add_text(&left, text, len);
    if (!left.failed)
        add_line(out, &left, "", p->colour ? FAINT : "", cols);
    llb__buf_clear(&left);
}

static size_t count_lines(const cmd__step *s)
{
    size_t n = s->line.len > 0;

    for (size_t i = 0; i < s->due.len; i++)
        n += s->due.data[i] == '\n';
    return n;
}

/* Open transfers, then the last lines of output; at most max of them. */
static size_t add_details(const cmd__picture *p, llb__buf *out,
                          const cmd__step *s, size_t max, int cols)
{
    size_t n = 0, lines = count_lines(s), skip;
    const char *at = s->due.data, *end = at ? at + s->due.len : NULL;

    for (size_t i = 0; i < s->n_parts && n < max; i++) {
        if (!s->parts[i].open)
            continue;
        add_part(out, &s->parts[i], cols);
        n++;
    }
    skip = lines > max - n ? lines - (max - n) : 0;
    for (; at < end; at += strcspn(at, "\n") + 1) {
        if (skip > 0) {
            skip--;
            continue;
        }
        add_output(p, out, at, strcspn(at, "\n"), cols);
        n++;
    }
    if (s->line.len > 0 && n < max) {
        add_output(p, out, s->line.data, s->line.len, cols);
        n++;
    }
    return n;
}

/* ---- the picture ---- */

/* What a step has to show below its line now: what runs, and what was stopped
 * in the middle, whose output nobody shows otherwise. */
static bool has_details(const cmd__step *s)
{
    return s->number && (!s->completed_ns || s->canceled);
}

struct counts {
    size_t running, ended, total;
};

static struct counts count(const cmd__picture *p)
{
    struct counts c = {.total = p->steps.n};

    for (size_t i = 0; i < p->steps.n; i++) {
        c.running += has_details(p->steps.list[i]);
        c.ended += p->steps.list[i]->completed_ns != 0;
    }
    return c;
}

static void add_header(const cmd__picture *p, llb__buf *out, struct counts c,
                       int cols, int64_t now_ms)
{
    llb__buf left = LLB__BUF_INIT;

    llb__buf_printf(&left, "[+] Building %.1fs (%zu/%zu)%s%s",
                    (double)(now_ms - p->first_ms) / 1e3, c.ended, c.total,
                    p->over ? " FINISHED" : "",
                    p->canceling && !p->over
                        ? " cancelling; Ctrl-C once more leaves at once"
                        : "");
    if (c.total == 0 && *p->waiting)
        llb__buf_printf(&left, " %s", p->waiting);
    if (!left.failed)
        add_line(out, &left, "", "", cols);
    llb__buf_clear(&left);
}

static int by_number(const void *a, const void *b)
{
    const cmd__step *x = *(cmd__step *const *)a, *y = *(cmd__step *const *)b;

    return x->number < y->number ? -1 : x->number > y->number;
}

/* Started steps in the order of their start; NULL: no memory. */
static cmd__step **in_order(const cmd__picture *p, size_t *ret_n)
{
    cmd__step **list = malloc((p->steps.n + 1) * sizeof(*list));
    size_t n = 0;

    for (size_t i = 0; list && i < p->steps.n; i++)
        if (p->steps.list[i]->number)
            list[n++] = p->steps.list[i];
    if (list)
        qsort(list, n, sizeof(*list), by_number);
    *ret_n = n;
    return list;
}

/* Draws steps into room lines: all that run if they fit, with as many details
 * as there is room for, then as many ended ones, the latest, as still fit. */
static size_t draw_steps(cmd__picture *p, llb__buf *out, struct counts c,
                         size_t room, int cols, int64_t now_ms)
{
    size_t n, drawn = 0, left, details = 0, skip_ended;
    cmd__step **list = in_order(p, &n);

    if (!list)
        return 0;
    left = room > c.running ? room - c.running : 0;
    if (c.running > 0 && left > 0)
        details =
            left / c.running < MAX_DETAILS ? left / c.running : MAX_DETAILS;
    for (size_t i = 0; i < n; i++)
        if (has_details(list[i])) {
            size_t lines = count_lines(list[i]) + list[i]->n_open;
            left -= lines < details ? lines : details;
        }
    skip_ended = n - c.running > left ? n - c.running - left : 0;
    for (size_t i = 0; i < n && drawn < room; i++) {
        bool open = has_details(list[i]);
        if (!open && skip_ended > 0) {
            skip_ended--;
            continue;
        }
        add_step(p, out, list[i], cols, now_ms);
        drawn++;
        if (open && details > 0)
            drawn += add_details(p, out, list[i], details, cols);
    }
    free(list);
    return drawn;
}

size_t cmd__picture_draw(cmd__picture *p, llb__buf *out, int cols, int rows,
                         int64_t now_ms)
{
    struct counts c = count(p);

    if (cols < MIN_COLS || rows < MIN_ROWS)
        return 0;
    cols--; /* a full line would make some terminals begin a new one */
    add_header(p, out, c, cols, now_ms);
    return 1 + draw_steps(p, out, c, (size_t)rows - 2, cols, now_ms);
}
