/* The way from a source file to its tree. */
#include "parse.h"

#include <string.h>

#include "parse_impl.h"
#include "utf8.h"

/* Told before scanning, so that everything behind may take text as text. */
static bool check_bytes(llbc__parser *p)
{
    const llbc__source *s = p->source;
    const char *nul = memchr(s->text, '\0', s->len);
    size_t bad = llb__utf8_check(s->text, s->len);

    if (nul && (size_t)(nul - s->text) < bad) {
        uint32_t at = (uint32_t)(nul - s->text);

        llbc__report(p->diags, LLBC__E_NUL, (llb_span){s->number, at, at + 1},
                     "a NUL byte: this is no text");
        return false;
    }
    if (bad < s->len) {
        uint32_t at = (uint32_t)bad;
        llbc__note *n = llbc__report(
            p->diags, LLBC__E_UTF8, (llb_span){s->number, at, at + 1},
            "byte 0x%02x is not UTF-8", (uint8_t)s->text[at]);

        llbc__help(n, "save the file as UTF-8");
        return false;
    }
    return true;
}

/* flex wants a buffer that it may write to, with two NULs behind the text. */
static bool run_parser(llbc__parser *p)
{
    size_t len = p->source->len;
    char *text = llb__arena_bytes(p->arena, len + 2);

    if (!text || !llbc__tokens_init(p))
        return false;
    memcpy(text, p->source->text, len);
    memset(text + len, 0, 2);
    if (!llbc__run(p, text, len + 2))
        return false;
    return !p->failed;
}

/* The text behind "##" of a comment that documents, or NULL. */
static const char *doc_line(const llbc__source *s, const llbc__comment *c,
                            size_t *ret_len)
{
    const char *text = s->text + c->span.start;
    size_t len = c->span.end - c->span.start, at = 2;

    if (!c->own_line || len < 3 || text[1] != '#' || text[2] == '#')
        return NULL;
    if (text[at] == ' ')
        at++;
    while (len > at && strchr(" \t", text[len - 1]))
        len--;
    *ret_len = len - at;
    return len > at ? text + at : NULL;
}

/* Joins the lines of the comments first to last, all of which document. */
static const char *join(llbc__parser *p, const llbc__comment *first,
                        const llbc__comment *end)
{
    size_t total = 0, len = 0;

    for (const llbc__comment *c = first; c != end; c = c->next) {
        doc_line(p->source, c, &len);
        total += len + 1;
    }
    char *out = llb__arena_bytes(p->arena, total), *at = out;
    for (const llbc__comment *c = first; out && c != end; c = c->next) {
        const char *line = doc_line(p->source, c, &len);

        memcpy(at, line, len);
        at += len;
        *at++ = c->next == end ? '\0' : '\n';
    }
    return out;
}

/* The run of ## comments whose last line touches each declaration. Comments
 * and declarations are both in order, so one walk over both will do. */
static bool attach_docs(llbc__parser *p)
{
    const llbc__comment *c = p->file->comments, *run = NULL;
    uint32_t next_line = 0; /* the line that the run would document */
    uint32_t end = 0;       /* of the declaration before */
    size_t len;

    for (llbc__decl *d = p->file->first; d; d = d->next) {
        for (; c && c->span.start < d->span.start; c = c->next) {
            uint32_t line = llbc__source_line_of(p->source, c->span.start);

            if (c->span.start < end || !doc_line(p->source, c, &len))
                run = NULL; /* also what stands inside the last one */
            else if (!run || line != next_line)
                run = c;
            next_line = line + 1;
        }
        uint32_t line = llbc__source_line_of(p->source, d->span.start);
        if (run && line == next_line && !(d->doc = join(p, run, c)))
            return false;
        run = NULL;
        end = d->span.end;
    }
    return true;
}

llbc__file *llbc__parse(const llbc__source *source, llb__arena *a,
                        llbc_diags *diags)
{
    llbc__parser *p = llb__arena_alloc(a, sizeof *p);
    size_t before = llbc_diags_n_errors(diags);

    if (p)
        p->file = llb__arena_alloc(a, sizeof *p->file);
    if (!p || !p->file) {
        llbc__diags_nomem(diags);
        return NULL;
    }
    p->source = p->file->source = source;
    p->arena = a;
    p->diags = diags;
    p->decl_tail = &p->file->first;
    p->comment_tail = &p->file->comments;
    if (!check_bytes(p))
        return NULL;
    if (!run_parser(p) || !attach_docs(p)) {
        llbc__diags_nomem(diags);
        return NULL;
    }
    return llbc_diags_n_errors(diags) == before ? p->file : NULL;
}
