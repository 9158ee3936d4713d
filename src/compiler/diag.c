/* The collection of diagnostics: adding, keeping in order, asking. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag_impl.h"
#include "bounds.h"
#include "utf8.h"

/* Texts and notes: bounded by the number of notes, not by the input. */
#define ARENA_LIMIT ((size_t)4 << 20)
#define MAX_TEXT 600 /* bytes of a message or help, before escapes */

llbc_diags *llbc_diags_new(void)
{
    llbc_diags *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->arena = llb__arena_new(ARENA_LIMIT);
    if (!d->arena) {
        free(d);
        return NULL;
    }
    return d;
}

void llbc_diags_free(llbc_diags *d)
{
    if (!d)
        return;
    for (uint32_t i = 0; i < d->n_sources; i++)
        llbc__source_free(d->sources[i]);
    free(d->sources);
    llb__arena_free(d->arena);
    free(d);
}

llb_status llbc_diags_add_file(llbc_diags *d, const char *name,
                               const char *text, size_t len, uint32_t *ret_file)
{
    if (len > LLB__MAX_SOURCE_FILE)
        return LLB_ELIMIT;
    llbc__source **more =
        realloc(d->sources, (d->n_sources + 1) * sizeof *more);

    if (!more)
        return LLB_ENOMEM;
    d->sources = more;
    llbc__source *s = llbc__source_new(d->n_sources + 1, name, text, len);
    if (!s)
        return LLB_ENOMEM;
    d->sources[d->n_sources++] = s;
    *ret_file = s->number;
    return LLB_OK;
}

/* --- reporting --------------------------------------------------------- */

/* The text as one line that is safe to show, in the arena; NULL: no memory. */
static const char *text_new(llbc_diags *d, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static const char *text_new(llbc_diags *d, const char *fmt, va_list ap)
{
    char raw[MAX_TEXT + 1], out[12];
    int n = vsnprintf(raw, sizeof raw, fmt, ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    bool cut = len > MAX_TEXT;
    llb__buf b = LLB__BUF_INIT;

    if (cut)
        len = llb__utf8_clip(raw, MAX_TEXT);
    for (size_t at = 0, out_len; at < len;) {
        unsigned width;

        at += llbc__show_char(raw + at, len - at, out, &out_len, &width);
        llb__buf_add(&b, out, out_len);
    }
    if (cut)
        llb__buf_adds(&b, "...");
    const char *text = b.failed ? NULL
                       : b.len  ? llb__arena_strndup(d->arena, b.data, b.len)
                                : "";
    llb__buf_clear(&b);
    if (!text)
        d->failed = true;
    return text;
}

static bool before(llb_span a, llb_span b)
{
    return a.file != b.file ? a.file < b.file : a.start < b.start;
}

static bool known(const llbc_diags *d, const char *code, llb_span at)
{
    for (size_t i = 0; i < d->n_notes; i++) {
        const llbc_diag *o = &d->notes[i]->diag;

        if (o->code == code && o->at.file == at.file &&
            o->at.start == at.start && o->at.end == at.end)
            return true;
    }
    return false;
}

void llbc__silence(llbc_diags *d, uint32_t file, uint32_t line,
                   const char *code)
{
    llbc__source *s = d->sources[file - 1];

    if (s->n_allows == s->cap_allows) {
        size_t cap = s->cap_allows ? 2 * s->cap_allows : 4;
        llbc__silenced *more = realloc(s->allows, cap * sizeof *more);
        if (!more) {
            d->failed = true;
            return;
        }
        s->allows = more;
        s->cap_allows = cap;
    }
    s->allows[s->n_allows++] = (llbc__silenced){line, code};
}

bool llbc_diags_silence(llbc_diags *d, const char *code)
{
    for (int i = 0; i < LLBC__N_CODES; i++) {
        const char *text = llbc__code_text((llbc__code)i);
        if (text[0] == 'W' && strcmp(text, code) == 0)
            return d->silent[i] = true;
    }
    return false;
}

/* Whether a warning is one that a comment or the caller silences. */
static bool is_silent(const llbc_diags *d, llbc__code code, const char *text,
                      llb_span at)
{
    const llbc__source *s = llbc__source_get(d, at.file);

    if (d->silent[code])
        return true;
    if (!s || !s->n_allows)
        return false;
    uint32_t line = llbc__source_line_of(s, at.start);
    for (size_t i = 0; i < s->n_allows; i++) {
        if (s->allows[i].line == line && s->allows[i].code == text)
            return true;
    }
    return false;
}

/* Counts a diagnostic; whether there is room to keep it. */
static bool admit(llbc_diags *d, llbc_severity severity)
{
    if (severity == LLBC_ERROR) {
        d->n_errors++;
        return d->kept_errors < LLBC__MAX_ERRORS;
    }
    d->n_warnings++;
    return d->kept_warnings < LLBC__MAX_WARNINGS;
}

static void insert(llbc_diags *d, llbc__note *n)
{
    size_t i = d->n_notes++;

    for (; i && before(n->diag.at, d->notes[i - 1]->diag.at); i--)
        d->notes[i] = d->notes[i - 1];
    d->notes[i] = n;
    if (n->diag.severity == LLBC_ERROR)
        d->kept_errors++;
    else
        d->kept_warnings++;
}

llbc__note *llbc__report(llbc_diags *d, llbc__code code, llb_span at,
                         const char *fmt, ...)
{
    const char *text = llbc__code_text(code);
    llbc_severity severity = text[0] == 'W' ? LLBC_WARNING : LLBC_ERROR;

    if (severity == LLBC_WARNING && is_silent(d, code, text, at))
        return NULL;
    if (known(d, text, at) || !admit(d, severity))
        return NULL;
    llbc__note *n = llb__arena_alloc(d->arena, sizeof *n);
    if (!n) {
        d->failed = true;
        return NULL;
    }
    va_list ap;
    va_start(ap, fmt);
    n->owner = d;
    n->diag = (llbc_diag){.severity = severity,
                          .code = text,
                          .title = llbc__code_title(code),
                          .at = at,
                          .message = text_new(d, fmt, ap),
                          .related = n->related};
    va_end(ap);
    if (!n->diag.message)
        return NULL;
    insert(d, n);
    return n;
}

void llbc__help(llbc__note *n, const char *fmt, ...)
{
    va_list ap;

    if (!n)
        return;
    va_start(ap, fmt);
    n->diag.help = text_new(n->owner, fmt, ap);
    va_end(ap);
}

void llbc__related(llbc__note *n, llb_span at, const char *fmt, ...)
{
    va_list ap;

    if (!n || n->diag.n_related == LLBC__MAX_RELATED)
        return;
    va_start(ap, fmt);
    const char *text = text_new(n->owner, fmt, ap);
    va_end(ap);
    if (text)
        n->related[n->diag.n_related++] = (llbc_related){at, text};
}

void llbc__diags_nomem(llbc_diags *d) { d->failed = true; }

bool llbc__diags_full(const llbc_diags *d)
{
    return d->n_errors >= LLBC__MAX_ERRORS;
}

/* --- asking ------------------------------------------------------------ */

const char *llbc_diags_file_name(const llbc_diags *d, uint32_t file)
{
    const llbc__source *s = llbc__source_get(d, file);

    return s ? s->name : NULL;
}

const char *llbc_diags_file_text(const llbc_diags *d, uint32_t file,
                                 size_t *ret_len)
{
    const llbc__source *s = llbc__source_get(d, file);

    if (!s)
        return NULL;
    if (ret_len)
        *ret_len = s->len;
    return s->text;
}

bool llbc_diags_place(const llbc_diags *d, uint32_t file, uint32_t offset,
                      uint32_t *ret_line, uint32_t *ret_column)
{
    const llbc__source *s = llbc__source_get(d, file);

    if (!s)
        return false;
    llbc__pos pos = llbc__source_pos(s, offset);
    *ret_line = pos.line;
    *ret_column = pos.column;
    return true;
}

llb_status llbc_diags_status(const llbc_diags *d)
{
    if (d->failed)
        return LLB_ENOMEM;
    return d->n_errors ? LLB_EINVAL : LLB_OK;
}

size_t llbc_diags_count(const llbc_diags *d) { return d->n_notes; }

size_t llbc_diags_n_errors(const llbc_diags *d) { return d->n_errors; }

size_t llbc_diags_n_warnings(const llbc_diags *d) { return d->n_warnings; }

const llbc_diag *llbc_diags_get(const llbc_diags *d, size_t i)
{
    return i < d->n_notes ? &d->notes[i]->diag : NULL;
}
