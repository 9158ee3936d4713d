/* Diagnostics as text for people. */
#include <stdlib.h>
#include <string.h>

#include "diag_impl.h"
#include "utf8.h"

#define MAX_CELLS 100 /* of a source line that are shown */
#define LEAD_CELLS 40 /* of them before the place, when the line is clipped */

struct palette {
    const char *error, *warning, *strong, *faint, *off;
};

static const struct palette plain = {"", "", "", "", ""};
static const struct palette colors = {"\33[1;31m", "\33[1;35m", "\33[1m",
                                      "\33[1;34m", "\33[0m"};

struct render {
    const llbc_diags *d;
    const struct palette *p;
    llb__buf out;
};

/* A source line while it is being shown: the text and the marks below it. */
struct excerpt {
    const char *line;
    size_t len, from, to; /* the place, as bytes of the line */
    size_t first;         /* byte of the line that is shown first */
    llb__buf text, marks;
};

static void show(llb__buf *b, const char *s)
{
    size_t len = strlen(s), out_len;
    unsigned width;
    char out[12];

    for (size_t at = 0; at < len;) {
        at += llbc__show_char(s + at, len - at, out, &out_len, &width);
        llb__buf_add(b, out, out_len);
    }
}

static size_t width_of(const char *s, size_t len)
{
    size_t sum = 0, out_len;
    unsigned width;
    char out[12];

    for (size_t at = 0; at < len; sum += width)
        at += llbc__show_char(s + at, len - at, out, &out_len, &width);
    return sum;
}

/* Where to start so that the place is in view: at the line's start unless
 * that is too far away. */
static size_t first_shown(const struct excerpt *e)
{
    size_t start = e->from, back = 0;

    if (e->from < MAX_CELLS * 8 &&
        width_of(e->line, e->from) <= MAX_CELLS - LEAD_CELLS / 2)
        return 0;
    while (start && back < LEAD_CELLS) {
        start--;
        /* not into the middle of a character */
        while (start && ((uint8_t)e->line[start] & 0xc0) == 0x80)
            start--;
        back++;
    }
    return start;
}

static void repeat(llb__buf *b, char c, size_t n)
{
    while (n--)
        llb__buf_addc(b, c);
}

/* Fills text and marks from the line, at most MAX_CELLS wide. */
static void draw(struct excerpt *e)
{
    size_t cells = 0, at = e->first, out_len;
    unsigned width;
    char out[12];

    if (at) {
        llb__buf_adds(&e->text, "...");
        llb__buf_adds(&e->marks, "   ");
    }
    while (at < e->len && cells < MAX_CELLS) {
        size_t here = at;

        at += llbc__show_char(e->line + at, e->len - at, out, &out_len, &width);
        llb__buf_add(&e->text, out, out_len);
        cells += width;
        if (here < e->from)
            repeat(&e->marks, ' ', width);
        else if (here < e->to && here == e->from && width) {
            llb__buf_addc(&e->marks, '^');
            repeat(&e->marks, '~', width - 1);
        } else if (here < e->to)
            repeat(&e->marks, '~', width);
    }
    if (e->from >= e->to || e->from >= e->len)
        llb__buf_addc(&e->marks, '^'); /* a place, not a stretch */
    if (at < e->len)
        llb__buf_adds(&e->text, "...");
}

static void render_line(struct render *r, const llbc__source *s, llb_span at,
                        uint32_t line, const char *color)
{
    uint32_t start, end;
    struct excerpt e = {.text = LLB__BUF_INIT, .marks = LLB__BUF_INIT};

    llbc__source_line(s, line, &start, &end);
    e.line = s->text + start;
    e.len = end - start;
    e.from = at.start < end ? at.start - start : e.len;
    e.to = at.end < end ? at.end - start : e.len;
    e.first = first_shown(&e);
    draw(&e);
    if (e.text.failed || e.marks.failed)
        r->out.failed = true;
    llb__buf_printf(&r->out, "%s%5u |%s", r->p->faint, line, r->p->off);
    if (e.text.len)
        llb__buf_addc(&r->out, ' ');
    llb__buf_add(&r->out, e.text.data, e.text.len);
    llb__buf_printf(&r->out, "\n%s      |%s %s", r->p->faint, r->p->off, color);
    llb__buf_add(&r->out, e.marks.data, e.marks.len);
    llb__buf_printf(&r->out, "%s\n", r->p->off);
    llb__buf_clear(&e.text);
    llb__buf_clear(&e.marks);
}

/* "FILE:LINE:COL: ", or nothing for a place in no file; the source then, and
 * its line. */
static const llbc__source *render_place(struct render *r, llb_span at,
                                        uint32_t *ret_line)
{
    const llbc__source *s = llbc__source_get(r->d, at.file);

    if (!s)
        return NULL;
    llbc__pos pos = llbc__source_pos(s, at.start);
    llb__buf_adds(&r->out, r->p->strong);
    show(&r->out, s->name);
    llb__buf_printf(&r->out, ":%u:%u:%s ", pos.line, pos.column, r->p->off);
    *ret_line = pos.line;
    return s;
}

static void render_related(struct render *r, const llbc_related *rel)
{
    uint32_t line;
    const llbc__source *s = render_place(r, rel->at, &line);

    llb__buf_printf(&r->out, "%snote%s: %s\n", r->p->faint, r->p->off,
                    rel->message);
    if (s)
        render_line(r, s, rel->at, line, r->p->faint);
}

static void render_one(struct render *r, const llbc_diag *diag)
{
    bool error = diag->severity == LLBC_ERROR;
    const char *color = error ? r->p->error : r->p->warning;
    uint32_t line;
    const llbc__source *s = render_place(r, diag->at, &line);

    llb__buf_printf(&r->out, "%s%s[%s]%s: %s%s%s\n", color,
                    error ? "error" : "warning", diag->code, r->p->off,
                    r->p->strong, diag->message, r->p->off);
    if (s)
        render_line(r, s, diag->at, line, color);
    if (diag->help)
        llb__buf_printf(&r->out, "%s      =%s help: %s\n", r->p->faint,
                        r->p->off, diag->help);
    for (size_t i = 0; i < diag->n_related; i++)
        render_related(r, &diag->related[i]);
}

llb_status llbc_diags_render(const llbc_diags *d, unsigned flags,
                             char **ret_text, size_t *ret_len)
{
    struct render r = {d, flags & LLBC_RENDER_COLOR ? &colors : &plain,
                       LLB__BUF_INIT};
    size_t dropped =
        d->n_errors - d->kept_errors + d->n_warnings - d->kept_warnings;

    for (size_t i = 0; i < d->n_notes; i++)
        render_one(&r, &d->notes[i]->diag);
    if (dropped)
        llb__buf_printf(&r.out, "and %zu more\n", dropped);
    char *text = llb__buf_take(&r.out, ret_len);
    if (!text)
        return LLB_ENOMEM;
    *ret_text = text;
    return LLB_OK;
}
