/* Compiling patterns. BuildKit's daemon and its other clients turn a pattern
 * into a regular expression character by character, without regard to what a
 * character means inside a class; we go the same way, through the same text,
 * so that the odd cases ("[*]", "[?]", "^a*") come out the same. The subset of
 * regular expressions that this can produce is small. */
#include "match_glob_int.h"

#include <string.h>

#include "buf.h"
#include "utf8.h"

static const char no_memory[] = "needs more memory than there is";
static const char bad_class[] = "has a class [...] that is empty, not closed "
                                "or begins or ends with a bare \"-\"";
static const char bad_escape[] = "has a backslash before nothing or before a "
                                 "letter or digit that it cannot escape";
static const char bad_range[] = "has a range that runs backwards";

/* A text being read, character by character. */
struct reader {
    const uint8_t *s;
    size_t len, pos;
};

static bool at_end(const struct reader *r) { return r->pos >= r->len; }

static bool at(const struct reader *r, const char *text)
{
    size_t n = strlen(text);

    return r->len - r->pos >= n && memcmp(r->s + r->pos, text, n) == 0;
}

/* The next character; a byte that is none counts as U+FFFD. Not at the end. */
static uint32_t next(struct reader *r)
{
    uint32_t c;
    size_t n = llb__utf8_decode(r->s + r->pos, r->len - r->pos, &c);

    r->pos += n ? n : 1;
    return n ? c : 0xfffd;
}

static void copy_next(struct reader *r, llb__buf *out)
{
    char utf8[4];
    uint32_t c = next(r);

    llb__buf_add(out, utf8, llb__utf8_encode(c, utf8));
}

/* One character of a class by the rules of path.Match. */
static bool check_class_char(struct reader *r)
{
    if (at_end(r) || at(r, "-") || at(r, "]"))
        return false;
    if (at(r, "\\") && ++r->pos == r->len)
        return false;
    uint32_t c;
    size_t n = llb__utf8_decode(r->s + r->pos, r->len - r->pos, &c);
    r->pos += n;
    return n > 0 && !at_end(r);
}

static bool check_class(struct reader *r)
{
    if (at(r, "^"))
        r->pos++;
    for (size_t n = 0;; n++) {
        if (n > 0 && at(r, "]")) {
            r->pos++;
            return true;
        }
        if (!check_class_char(r))
            return false;
        if (at(r, "-")) {
            r->pos++;
            if (!check_class_char(r))
                return false;
        }
    }
}

/* The syntax that a pattern must have before anything else is asked. */
static const char *check_syntax(llb__bytes pattern)
{
    struct reader r = {pattern.data, pattern.len, 0};

    while (!at_end(&r)) {
        uint8_t c = r.s[r.pos++];
        if (c == '\\' && at_end(&r))
            return bad_escape;
        if (c == '\\')
            next(&r);
        if (c == '[' && !check_class(&r))
            return bad_class;
    }
    return NULL;
}

/* "**" and what follows of it, after its first star. */
static void expand_stars(struct reader *r, llb__buf *out, bool first,
                         enum glob_kind *kind)
{
    r->pos++;
    if (at(r, "/"))
        r->pos++; /* "**" stands for the slash too */
    if (!at_end(r)) {
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
    struct reader r = {pattern.data, pattern.len, 0};
    enum glob_kind kind = GLOB_EXACT;

    for (bool first = true; !at_end(&r); first = false) {
        uint8_t c = r.s[r.pos];
        if (c == 0 || !strchr("*?\\[].+()|{}$", c)) {
            copy_next(&r, out);
            continue;
        }
        r.pos++;
        if (c == '*' && at(&r, "*")) {
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

/* A pattern on its way from text to items. */
struct compiler {
    struct reader r;
    struct item *items;
    struct range *ranges;
    size_t n_items, n_ranges;
    bool component; /* path.Match: a backslash takes any character as it is */
};

static struct item *add_item(struct compiler *c, enum item_kind kind)
{
    struct item *it = &c->items[c->n_items++];

    *it = (struct item){.kind = (uint8_t)kind};
    it->first_range = (uint32_t)c->n_ranges;
    return it;
}

static void add_range(struct compiler *c, struct item *it, uint32_t lo,
                      uint32_t hi)
{
    c->ranges[c->n_ranges++] = (struct range){lo, hi};
    it->n_ranges++;
}

/* A named set of characters: ranges as pairs of bytes. */
struct named {
    const char *name, *pairs;
};

static const struct named posix_sets[] = {
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", "\x01\x7f"},
    {"blank", "\t\t  "},
    {"cntrl", "\x01\x1f\x7f\x7f"},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZaz__"},
    {"xdigit", "09AFaf"},
};

static const struct named perl_sets[] = {
    {"d", "09"},
    {"s", "\t\n\f\r  "},
    {"w", "09AZ__az"},
};

/* Adds the set, or all characters outside it; its pairs are in order, or
 * negated is false. */
static void add_set(struct compiler *c, struct item *it, const char *pairs,
                    bool negated)
{
    uint32_t from = 0;

    for (const char *p = pairs; *p; p += 2) {
        if (!negated)
            add_range(c, it, (uint8_t)p[0], (uint8_t)p[1]);
        else if ((uint8_t)p[0] > from)
            add_range(c, it, from, (uint8_t)p[0] - 1u);
        from = (uint8_t)p[1] + 1u;
    }
    if (negated)
        add_range(c, it, from, 0x10ffff);
}

/* \d and its kind, behind the backslash; false: it is none. */
static bool perl_set(struct compiler *c, struct item *it)
{
    struct reader *r = &c->r;

    for (size_t i = 0; i < sizeof perl_sets / sizeof *perl_sets; i++) {
        uint8_t lower = (uint8_t)perl_sets[i].name[0];
        if (c->component || at_end(r) || (r->s[r->pos] | 0x20) != lower)
            continue;
        add_set(c, it, perl_sets[i].pairs, r->s[r->pos] != lower);
        r->pos++;
        return true;
    }
    return false;
}

/* The character behind a backslash. */
static bool escaped(struct compiler *c, uint32_t *ret)
{
    static const char from[] = "afnrtv", to[] = "\a\f\n\r\t\v";

    if (at_end(&c->r))
        return false;
    *ret = next(&c->r);
    if (c->component)
        return true;
    const char *p = *ret && *ret < 0x80 ? strchr(from, (int)*ret) : NULL;
    if (p)
        *ret = (uint8_t)to[p - from];
    bool alnum = (*ret >= '0' && *ret <= '9') || (*ret >= 'A' && *ret <= 'Z') ||
                 (*ret >= 'a' && *ret <= 'z');
    return *ret < 0x80 && !alnum;
}

/* [:alpha:] within a class. NULL and *ret_done false: it is none. */
static const char *named_class(struct compiler *c, struct item *it,
                               bool *ret_done)
{
    struct reader *r = &c->r;
    size_t start = r->pos + 2, end = start;

    *ret_done = false;
    while (end + 1 < r->len && !(r->s[end] == ':' && r->s[end + 1] == ']'))
        end++;
    if (end + 1 >= r->len)
        return NULL;
    bool negated = start < end && r->s[start] == '^';
    start += negated;
    for (size_t i = 0; i < sizeof posix_sets / sizeof *posix_sets; i++) {
        const char *name = posix_sets[i].name;
        if (strlen(name) != end - start ||
            memcmp(name, r->s + start, end - start) != 0)
            continue;
        add_set(c, it, posix_sets[i].pairs, negated);
        r->pos = end + 2;
        *ret_done = true;
        return NULL;
    }
    return "has a class [:name:] that does not exist";
}

static const char *class_char(struct compiler *c, uint32_t *ret)
{
    if (at_end(&c->r))
        return bad_class;
    if (at(&c->r, "\\")) {
        c->r.pos++;
        return escaped(c, ret) ? NULL : bad_escape;
    }
    *ret = next(&c->r);
    return NULL;
}

/* One member of a class: a set, a character or a range. */
static const char *class_member(struct compiler *c, struct item *it)
{
    struct reader *r = &c->r;
    uint32_t lo, hi;

    if (!c->component && at(r, "[:")) {
        bool done;
        const char *why = named_class(c, it, &done);
        if (why || done)
            return why;
    }
    if (at(r, "\\")) {
        r->pos++;
        if (perl_set(c, it))
            return NULL;
        r->pos--;
    }
    const char *why = class_char(c, &lo);
    if (why)
        return why;
    hi = lo;
    if (at(r, "-") && r->pos + 1 < r->len && r->s[r->pos + 1] != ']') {
        r->pos++;
        why = class_char(c, &hi);
        if (why)
            return why;
        if (hi < lo && !c->component)
            return bad_range; /* path.Match has it match nothing */
    }
    add_range(c, it, lo, hi);
    return NULL;
}

static const char *class(struct compiler *c)
{
    struct item *it = add_item(c, ITEM_SET);

    if (at(&c->r, "^")) {
        c->r.pos++;
        it->negated = true;
    }
    for (bool first = true; first || !at(&c->r, "]"); first = false) {
        if (at_end(&c->r))
            return bad_class;
        const char *why = class_member(c, it);
        if (why)
            return why;
    }
    c->r.pos++;
    return NULL;
}

static const char *escape(struct compiler *c)
{
    struct item *it = add_item(c, ITEM_SET);

    if (perl_set(c, it))
        return NULL;
    it->kind = ITEM_CHAR;
    return escaped(c, &it->c) ? NULL : bad_escape;
}

static const char *atom(struct compiler *c)
{
    struct reader *r = &c->r;

    if (at(r, "(.*/)?")) {
        r->pos += strlen("(.*/)?");
        add_item(c, ITEM_MAYBE_DIRS);
        add_item(c, ITEM_DIRS);
        return NULL;
    }
    switch (r->s[r->pos]) {
    case '[':
        r->pos++;
        return class(c);
    case '\\':
        r->pos++;
        return escape(c);
    case '.':
        r->pos++;
        add_item(c, ITEM_NOT_NEWLINE);
        return NULL;
    case '^':
        r->pos++;
        add_item(c, ITEM_START);
        return NULL;
    case '(':
    case ')':
    case '|':
    case '?':
        return "has stars where a class [...] cannot hold them";
    default:
        add_item(c, ITEM_CHAR)->c = next(r);
        return NULL;
    }
}

static const char *parse_regex(struct compiler *c)
{
    while (!at_end(&c->r)) {
        const char *why = atom(c);
        if (why)
            return why;
        if (at(&c->r, "*")) {
            c->r.pos++;
            c->items[c->n_items - 1].star = true;
        }
    }
    return NULL;
}

static const char *parse_component(struct compiler *c)
{
    const char *why = NULL;

    while (!why && !at_end(&c->r)) {
        uint8_t ch = c->r.s[c->r.pos];
        if (ch == '*' || ch == '?') {
            c->r.pos++;
            struct item *it = add_item(c, ITEM_SET);
            add_range(c, it, '/', '/');
            it->negated = true;
            it->star = ch == '*';
        } else if (ch == '[' || ch == '\\') {
            why = atom(c);
        } else {
            add_item(c, ITEM_CHAR)->c = next(&c->r);
        }
    }
    return why;
}

/* Compiles text, which is no longer needed afterwards, into g's items. */
static const char *compile(llb__arena *a, struct compiler *c, bk__glob *g)
{
    /* No byte of the text makes more than one item or five ranges. */
    c->items = llb__arena_array(a, c->r.len + 1, sizeof *c->items);
    c->ranges = llb__arena_array(a, 5 * c->r.len + 1, sizeof *c->ranges);
    if (!c->items || !c->ranges)
        return no_memory;
    const char *why = c->component ? parse_component(c) : parse_regex(c);
    if (why)
        return why;
    g->items = c->items;
    g->ranges = c->ranges;
    g->n_items = c->n_items;
    g->bits = llb__arena_array(a, 2 * (g->n_items / 64 + 1), sizeof *g->bits);
    return g->bits ? NULL : no_memory;
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
        return no_memory;
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
        why = no_memory;
    } else if (g->kind == GLOB_ITEMS) {
        struct compiler c = {.r = {(uint8_t *)text.data, text.len, 0}};
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
    struct compiler c = {.r = {pattern.data, pattern.len, 0},
                         .component = true};
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
