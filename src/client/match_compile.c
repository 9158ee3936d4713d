/* Compiling patterns. BuildKit's daemon and its other clients turn a pattern
 * into a regular expression character by character, without regard to what a
 * character means inside a class; we go the same way, through the same text,
 * so that the odd cases ("[*]", "[?]", "^a*") come out the same. The subset of
 * regular expressions that this can produce is small. One bug we do not share:
 * theirs forgets to escape "|", "{" and "}", which here are characters. */
#include "match_compile.h"

#include "buf.h"

const char bk__no_memory[] = "needs more memory than there is";

static void copy_next(bk__reader *r, llb__buf *out)
{
    char utf8[4];
    uint32_t c = bk__next(r);

    llb__buf_add(out, utf8, llb__utf8_encode(c, utf8));
}

/* One character of a class by the rules of path.Match. */
static bool check_class_char(bk__reader *r)
{
    if (bk__at_end(r) || bk__at(r, "-") || bk__at(r, "]"))
        return false;
    if (bk__at(r, "\\") && ++r->pos == r->len)
        return false;
    uint32_t c;
    size_t n = llb__utf8_decode(r->s + r->pos, r->len - r->pos, &c);
    r->pos += n;
    return n > 0 && !bk__at_end(r);
}

static bool check_class(bk__reader *r)
{
    if (bk__at(r, "^"))
        r->pos++;
    for (size_t n = 0;; n++) {
        if (n > 0 && bk__at(r, "]")) {
            r->pos++;
            return true;
        }
        if (!check_class_char(r))
            return false;
        if (bk__at(r, "-")) {
            r->pos++;
            if (!check_class_char(r))
                return false;
        }
    }
}

/* The syntax that a pattern must have before anything else is asked. */
static const char *check_syntax(llb__bytes pattern)
{
    bk__reader r = {pattern.data, pattern.len, 0};

    while (!bk__at_end(&r)) {
        uint8_t c = r.s[r.pos++];
        if (c == '\\' && bk__at_end(&r))
            return BK__BAD_ESCAPE;
        if (c == '\\')
            bk__next(&r);
        if (c == '[' && !check_class(&r))
            return BK__BAD_CLASS;
    }
    return NULL;
}

/* "**" and what follows of it, after its first star. */
static void expand_stars(bk__reader *r, llb__buf *out, bool first,
                         enum glob_kind *kind)
{
    r->pos++;
    if (bk__at(r, "/"))
        r->pos++; /* "**" stands for the slash too */
    if (!bk__at_end(r)) {
        llb__buf_adds(out, "(.*/)?");
        *kind = GLOB_ITEMS;
    } else if (*kind == GLOB_EXACT) {
        *kind = GLOB_PREFIX;
    } else {
        llb__buf_adds(out, ".*");
        *kind = GLOB_ITEMS;
    }
    if (first)
        *kind = GLOB_SUFFIX;
}

static enum glob_kind to_regex(llb__bytes pattern, llb__buf *out)
{
    bk__reader r = {pattern.data, pattern.len, 0};
    enum glob_kind kind = GLOB_EXACT;

    for (bool first = true; !bk__at_end(&r); first = false) {
        uint8_t c = r.s[r.pos];
        if (c == 0 || !strchr("*?\\[].+()|{}$", c)) {
            copy_next(&r, out);
            continue;
        }
        r.pos++;
        if (c == '*' && bk__at(&r, "*")) {
            expand_stars(&r, out, first, &kind);
        } else if (c == '*' || c == '?') {
            llb__buf_adds(out, c == '*' ? "[^/]*" : "[^/]");
            kind = GLOB_ITEMS;
        } else if (c == '[' || c == ']') {
            llb__buf_addc(out, (char)c);
            kind = GLOB_ITEMS;
        } else if (c == '\\') {
            llb__buf_addc(out, '\\'); /* check_syntax saw what follows */
            copy_next(&r, out);
            kind = GLOB_ITEMS;
        } else {
            llb__buf_addc(out, '\\');
            llb__buf_addc(out, (char)c);
        }
    }
    return kind;
}

/* Compiles text, which is no longer needed afterwards, into g's items. */
static const char *compile(llb__arena *a, bk__compiler *c, bk__glob *g)
{
    /* No byte of the text makes more than one item or five ranges. */
    c->items = llb__arena_array(a, c->r.len + 1, sizeof *c->items);
    c->ranges = llb__arena_array(a, 5 * c->r.len + 1, sizeof *c->ranges);
    if (!c->items || !c->ranges)
        return bk__no_memory;
    const char *why = bk__parse_items(c);
    if (why)
        return why;
    g->items = c->items;
    g->ranges = c->ranges;
    g->n_items = c->n_items;
    g->bits = llb__arena_array(a, 2 * (g->n_items / 64 + 1), sizeof *g->bits);
    return g->bits ? NULL : bk__no_memory;
}

static const char *glob_alloc(llb__arena *a, llb__bytes pattern, bk__glob **ret)
{
    if (pattern.len > BK__MAX_PATTERN)
        return "is longer than 8 KiB";
    const char *why = check_syntax(pattern);
    if (why)
        return why;
    *ret = llb__arena_alloc(a, sizeof **ret);
    if (!*ret)
        return bk__no_memory;
    (*ret)->pattern = pattern;
    return NULL;
}

const char *bk__glob_new(llb__arena *a, llb__bytes pattern, bk__glob **ret)
{
    llb__buf text = LLB__BUF_INIT;
    bk__glob *g = NULL;
    const char *why = glob_alloc(a, pattern, &g);

    if (why)
        return why;
    g->kind = to_regex(pattern, &text);
    if (text.failed) {
        why = bk__no_memory;
    } else if (g->kind == GLOB_ITEMS) {
        bk__compiler c = {.r = {(uint8_t *)text.data, text.len, 0}};
        why = compile(a, &c, g);
    }
    llb__buf_clear(&text);
    if (!why)
        *ret = g;
    return why;
}

const char *bk__glob_component_new(llb__arena *a, llb__bytes pattern,
                                   bk__glob **ret)
{
    bk__compiler c = {.r = {pattern.data, pattern.len, 0}, .component = true};
    bk__glob *g = NULL;
    const char *why = glob_alloc(a, pattern, &g);

    if (why)
        return why;
    g->kind = GLOB_ITEMS;
    why = compile(a, &c, g);
    if (!why)
        *ret = g;
    return why;
}
