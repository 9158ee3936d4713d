/* Strings: escapes, and the indentation of text over several lines. */
#include "parse_impl.h"

#include <string.h>

#include "utf8.h"

bool llbc__part_add(llbc__parser *p, llbc__parts *parts, llb_span at,
                    llbc__expr *expr)
{
    llbc__part *part = llbc__alloc(p, sizeof *part);

    if (!part)
        return false;
    part->span = at;
    part->expr = expr;
    if (!expr) {
        part->text = p->source->text + at.start;
        part->len = at.end - at.start;
    }
    if (parts->last)
        parts->last->next = part;
    else
        parts->first = part;
    parts->last = part;
    return true;
}

/* --- escapes ----------------------------------------------------------- */

/* A text that is being rewritten. The result is never longer. */
struct text {
    llbc__parser *p;
    llb_span at; /* of the whole text */
    const char *in, *end;
    char *out;
};

static llb_span span_of(const struct text *t, const char *from, const char *to)
{
    uint32_t start =
        t->at.start + (uint32_t)(from - (t->end - (t->at.end - t->at.start)));

    return (llb_span){t->at.file, start, start + (uint32_t)(to - from)};
}

/* "$${" is a "${" that starts no expression. */
static bool dollar(struct text *t)
{
    if (t->end - t->in < 3 || memcmp(t->in, "$${", 3) != 0)
        return false;
    memcpy(t->out, "${", 2);
    t->out += 2;
    t->in += 3;
    return true;
}

static void bad_escape(struct text *t, const char *to)
{
    llb_span at = span_of(t, t->in, to);
    llbc__note *n =
        llbc__report(t->p->diags, LLBC__E_ESCAPE, at, "unknown escape `%.*s`",
                     (int)(to - t->in), t->in);

    if (t->in[1] == '$')
        llbc__help(n, "a $ is a dollar as it is; for ${ write $${");
    else
        llbc__help(n, "there are \\n \\t \\\\ \\\" and \\u{...}; in '...' a "
                      "backslash is a backslash");
}

/* The "u{HEX}" of an escape. */
static void unicode(struct text *t)
{
    const char *s = t->in + 2, *digits;
    uint32_t c = 0;

    if (s < t->end && *s == '{')
        s++;
    for (digits = s; s < t->end && s - digits < 6 &&
                     memchr("0123456789abcdefABCDEF", *s, 22);
         s++)
        c = c * 16 + (uint32_t)(*s <= '9' ? *s - '0' : (*s | 32) - 'a' + 10);
    bool closed = digits[-1] == '{' && s > digits && s < t->end && *s == '}';
    size_t n = closed && c ? llb__utf8_encode(c, t->out) : 0;
    if (closed)
        s++;
    if (!n) {
        llbc__note *note =
            llbc__report(t->p->diags, LLBC__E_ESCAPE, span_of(t, t->in, s),
                         "`%.*s` is no character", (int)(s - t->in), t->in);
        llbc__help(note, "\\u{...} holds one to six hexadecimal digits of a "
                         "character other than NUL");
    }
    t->out += n;
    t->in = s;
}

static void escape(struct text *t)
{
    static const char names[] = "nt\\\"", values[] = "\n\t\\\"";
    const char *found =
        t->in + 1 < t->end ? memchr(names, t->in[1], sizeof names - 1) : NULL;
    uint32_t c;
    size_t n;

    if (found) {
        *t->out++ = values[found - names];
        t->in += 2;
    } else if (t->in + 1 < t->end && t->in[1] == 'u') {
        unicode(t);
    } else {
        n = llb__utf8_decode(t->in + 1, (size_t)(t->end - t->in) - 1, &c);
        bad_escape(t, t->in + 1 + n);
        t->in += 1 + n;
    }
}

/* Gives part its text; start is the result's first byte. */
static void finish(llbc__part *part, const struct text *t, char *start)
{
    *t->out = '\0';
    part->text = start;
    part->len = (uint32_t)(t->out - start);
}

static bool text_init(struct text *t, llbc__parser *p, llbc__part *part)
{
    *t = (struct text){.p = p,
                       .at = part->span,
                       .in = part->text,
                       .end = part->text + part->len,
                       .out = llb__arena_bytes(p->arena, part->len + 1)};
    if (!t->out)
        p->failed = true;
    return t->out != NULL;
}

static bool resolve_escapes(llbc__parser *p, llbc__part *part)
{
    struct text t;

    if (!text_init(&t, p, part))
        return false;
    char *start = t.out;
    while (t.in < t.end) {
        if (*t.in == '\\')
            escape(&t);
        else if (!dollar(&t))
            *t.out++ = *t.in++;
    }
    finish(part, &t, start);
    return true;
}

/* --- lines ------------------------------------------------------------- */

struct lines {
    llbc__parser *p;
    const char *cut; /* what every line starts with; within the source */
    size_t cut_len;
    bool raw;
    bool told; /* one message about indentation is enough for a string */
    llb_span close;
};

static size_t blanks(const char *s, const char *end)
{
    size_t n = 0;

    while (s + n < end && (s[n] == ' ' || s[n] == '\t'))
        n++;
    return n;
}

/* The newline at s, with the carriage return before it; 0: there is none. */
static size_t newline(const char *s, const char *end)
{
    if (s < end && *s == '\n')
        return 1;
    return end - s > 1 && s[0] == '\r' && s[1] == '\n' ? 2 : 0;
}

/* The last line is the one with the closing quotes; what it starts with is
 * what is cut. Without a newline there is nothing to cut. */
static void find_cut(struct lines *l, const llbc__part *first)
{
    for (const llbc__part *part = first; part; part = part->next) {
        const char *last =
            part->expr ? NULL : memrchr(part->text, '\n', part->len);

        if (last) {
            l->cut = last + 1;
            l->cut_len = blanks(last + 1, part->text + part->len);
        }
    }
}

static void tell_indent(struct lines *l, const struct text *t, size_t n)
{
    if (l->told)
        return;
    l->told = true;
    llbc__note *note = llbc__report(
        l->p->diags, LLBC__E_INDENT, span_of(t, t->in, t->in + n + 1),
        "this line is indented less than the closing quotes");
    llbc__help(note, "every line starts with the same blanks and tabs as the "
                     "line of the closing quotes");
    llbc__related(note, l->close, "the closing quotes");
}

/* At the start of a line: passes over what is cut of it. */
static void cut_line(struct lines *l, struct text *t, bool last_part)
{
    size_t n = blanks(t->in, t->end);
    bool whole = n >= l->cut_len && memcmp(t->in, l->cut, l->cut_len) == 0;

    if (whole)
        t->in += l->cut_len;
    else if (newline(t->in + n, t->end) || (t->in + n == t->end && last_part))
        t->in += n; /* a blank line, or the one of the closing quotes */
    else
        tell_indent(l, t, n);
}

/* The text of one part; a line starts where a part starts only in the first
 * one, behind the newline that follows the opening quotes. */
static bool cut_part(struct lines *l, llbc__part *part, bool first)
{
    struct text t;
    size_t n;

    if (!text_init(&t, l->p, part))
        return false;
    char *start = t.out;
    size_t lead = blanks(t.in, t.end);
    bool line_start = false;
    if (first && (n = newline(t.in + lead, t.end)) != 0) {
        t.in += lead + n;
        line_start = true;
    }
    for (;;) {
        if (line_start)
            cut_line(l, &t, !part->next);
        if (t.in >= t.end)
            break;
        line_start = (n = newline(t.in, t.end)) != 0;
        if (line_start) {
            *t.out++ = '\n';
            t.in += n;
        } else if (l->raw || !dollar(&t)) {
            *t.out++ = *t.in++;
        }
    }
    finish(part, &t, start);
    return true;
}

static bool cut_lines(llbc__parser *p, llb_span at, bool raw, llbc__part *first)
{
    struct lines l = {
        .p = p, .raw = raw, .cut = "", .close = {at.file, at.end - 3, at.end}};

    find_cut(&l, first);
    for (llbc__part *part = first; part; part = part->next)
        if (!part->expr && !cut_part(&l, part, part == first))
            return false;
    return true;
}

/* --- the string -------------------------------------------------------- */

/* Leaves out texts of which nothing is left, and finds the depth. */
static void finish_parts(llbc__expr *e, llbc__part *first, uint32_t *ret_depth)
{
    llbc__part **tail = &e->u.string.parts;

    for (llbc__part *part = first; part; part = part->next) {
        if (part->expr && part->expr->depth > *ret_depth)
            *ret_depth = part->expr->depth;
        if (part->expr || part->len) {
            *tail = part;
            tail = &part->next;
        }
    }
    *tail = NULL;
}

llbc__expr *llbc__string(llbc__parser *p, llb_span at, llbc__quote quote,
                         llbc__parts parts)
{
    llbc__expr *e = llbc__expr_new(p, LLBC__EXPR_STRING, at);
    uint32_t depth = 0;

    if (!e)
        return NULL;
    e->u.string.quote = quote;
    if (quote == LLBC__QUOTE_TRIPLE_DOUBLE) {
        if (!cut_lines(p, at, false, parts.first))
            return NULL;
    } else {
        for (llbc__part *part = parts.first; part; part = part->next)
            if (!part->expr && !resolve_escapes(p, part))
                return NULL;
    }
    finish_parts(e, parts.first, &depth);
    e->depth = llbc__above(p, depth, at);
    return e;
}

/* A carriage return that ends no line looks like nothing and does much. */
static void check_returns(llbc__parser *p, llb_span at)
{
    const char *s = p->source->text + at.start, *end = p->source->text + at.end;

    for (; (s = memchr(s, '\r', (size_t)(end - s))) != NULL; s++) {
        uint32_t from = (uint32_t)(s - p->source->text);

        if (s[1] != '\n')
            llbc__report(p->diags, LLBC__E_CHARACTER,
                         (llb_span){at.file, from, from + 1},
                         "a carriage return that ends no line");
    }
}

llbc__expr *llbc__raw_string(llbc__parser *p, llb_span at)
{
    const char *s = p->source->text + at.start;
    bool triple = at.end - at.start >= 6 && memcmp(s, "'''", 3) == 0;
    uint32_t quotes = triple ? 3 : 1, depth = 0;
    llbc__expr *e = llbc__expr_new(p, LLBC__EXPR_STRING, at);
    llbc__parts parts = {0};
    llb_span inner = {at.file, at.start + quotes, at.end - quotes};

    if (!e || !llbc__part_add(p, &parts, inner, NULL))
        return NULL;
    e->u.string.quote = triple ? LLBC__QUOTE_TRIPLE_SINGLE : LLBC__QUOTE_SINGLE;
    check_returns(p, inner);
    if (triple && !cut_lines(p, at, true, parts.first))
        return NULL;
    if (!triple) {
        parts.first->text =
            llb__arena_strndup(p->arena, parts.first->text, parts.first->len);
        if (!parts.first->text) {
            p->failed = true;
            return NULL;
        }
    }
    finish_parts(e, parts.first, &depth);
    return e;
}
