/* Parsing what patterns become: a small subset of regular expressions, and
 * single components as they are. */
#include "match_compile.h"

static const char bad_range[] = "has a range that runs backwards";

static struct item *add_item(bk__compiler *c, enum item_kind kind)
{
    struct item *it = &c->items[c->n_items++];

    *it = (struct item){.kind = (uint8_t)kind};
    it->first_range = (uint32_t)c->n_ranges;
    return it;
}

static void add_range(bk__compiler *c, struct item *it, uint32_t lo,
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
static void add_set(bk__compiler *c, struct item *it, const char *pairs,
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
static bool perl_set(bk__compiler *c, struct item *it)
{
    bk__reader *r = &c->r;

    for (size_t i = 0; i < sizeof perl_sets / sizeof *perl_sets; i++) {
        uint8_t lower = (uint8_t)perl_sets[i].name[0];
        if (c->component || bk__at_end(r) || (r->s[r->pos] | 0x20) != lower)
            continue;
        add_set(c, it, perl_sets[i].pairs, r->s[r->pos] != lower);
        r->pos++;
        return true;
    }
    return false;
}

/* The character behind a backslash. */
static bool escaped(bk__compiler *c, uint32_t *ret)
{
    static const char from[] = "afnrtv", to[] = "\a\f\n\r\t\v";

    if (bk__at_end(&c->r))
        return false;
    *ret = bk__next(&c->r);
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
static const char *named_class(bk__compiler *c, struct item *it, bool *ret_done)
{
    bk__reader *r = &c->r;
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

static const char *class_char(bk__compiler *c, uint32_t *ret)
{
    if (bk__at_end(&c->r))
        return BK__BAD_CLASS;
    if (bk__at(&c->r, "\\")) {
        c->r.pos++;
        return escaped(c, ret) ? NULL : BK__BAD_ESCAPE;
    }
    *ret = bk__next(&c->r);
    return NULL;
}

/* One member of a class: a set, a character or a range. */
static const char *class_member(bk__compiler *c, struct item *it)
{
    bk__reader *r = &c->r;
    uint32_t lo, hi;

    if (!c->component && bk__at(r, "[:")) {
        bool done;
        const char *why = named_class(c, it, &done);
        if (why || done)
            return why;
    }
    if (bk__at(r, "\\")) {
        r->pos++;
        if (perl_set(c, it))
            return NULL;
        r->pos--;
    }
    const char *why = class_char(c, &lo);
    if (why)
        return why;
    hi = lo;
    if (bk__at(r, "-") && r->pos + 1 < r->len && r->s[r->pos + 1] != ']') {
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

static const char *class(bk__compiler *c)
{
    struct item *it = add_item(c, ITEM_SET);

    if (bk__at(&c->r, "^")) {
        c->r.pos++;
        it->negated = true;
    }
    for (bool first = true; first || !bk__at(&c->r, "]"); first = false) {
        if (bk__at_end(&c->r))
            return BK__BAD_CLASS;
        const char *why = class_member(c, it);
        if (why)
            return why;
    }
    c->r.pos++;
    return NULL;
}

static const char *escape(bk__compiler *c)
{
    struct item *it = add_item(c, ITEM_SET);

    if (perl_set(c, it))
        return NULL;
    it->kind = ITEM_CHAR;
    return escaped(c, &it->c) ? NULL : BK__BAD_ESCAPE;
}

static const char *atom(bk__compiler *c)
{
    bk__reader *r = &c->r;

    if (bk__at(r, "(.*/)?")) {
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
        add_item(c, ITEM_CHAR)->c = bk__next(r);
        return NULL;
    }
}

static const char *parse_regex(bk__compiler *c)
{
    while (!bk__at_end(&c->r)) {
        const char *why = atom(c);
        if (why)
            return why;
        if (bk__at(&c->r, "*")) {
            c->r.pos++;
            c->items[c->n_items - 1].star = true;
        }
    }
    return NULL;
}

static const char *parse_component(bk__compiler *c)
{
    const char *why = NULL;

    while (!why && !bk__at_end(&c->r)) {
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
            add_item(c, ITEM_CHAR)->c = bk__next(&c->r);
        }
    }
    return why;
}

const char *bk__parse_items(bk__compiler *c)
{
    return c->component ? parse_component(c) : parse_regex(c);
}
