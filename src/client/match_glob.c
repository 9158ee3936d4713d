/* Running compiled patterns. A state is an item's number, a set of states is a
 * row of bits, and every step that takes no character leads forward, so that
 * one sweep from left to right does both. */
#include "match_glob.h"

#include <string.h>

#include "match_glob_int.h"
#include "utf8.h"

#define REPLACEMENT 0xfffdu

static bool in_set(const bk__glob *g, const struct item *it, uint32_t c)
{
    for (uint32_t i = 0; i < it->n_ranges; i++) {
        const struct range *r = &g->ranges[it->first_range + i];
        if (c >= r->lo && c <= r->hi)
            return !it->negated;
    }
    return it->negated;
}

static bool takes(const bk__glob *g, const struct item *it, uint32_t c)
{
    switch (it->kind) {
    case ITEM_CHAR:
        return c == it->c;
    case ITEM_SET:
        return in_set(g, it, c);
    case ITEM_NOT_NEWLINE:
    case ITEM_DIRS:
        return c != '\n';
    case ITEM_START:
    case ITEM_MAYBE_DIRS:
        return false;
    }
    return false;
}

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

/* Adds to now what item k leads to without taking a character. */
static void slip(const struct item *it, size_t k, uint64_t *now, bool at_start)
{
    if (it->star || it->kind == ITEM_MAYBE_DIRS ||
        (it->kind == ITEM_START && at_start))
        set_bit(now, k + 1);
    if (it->kind == ITEM_MAYBE_DIRS)
        set_bit(now, k + 2);
}

static void step(const bk__glob *g, size_t k, uint32_t c, uint64_t *next)
{
    const struct item *it = &g->items[k];

    if (it->kind == ITEM_DIRS && c == '/')
        set_bit(next, k + 1);
    if (takes(g, it, c))
        set_bit(next, it->star || it->kind == ITEM_DIRS ? k : k + 1);
}

static bool run(bk__glob *g, llb__bytes path)
{
    size_t n_words = g->n_items / 64 + 1;
    uint64_t *now = g->bits, *next = g->bits + n_words;

    memset(now, 0, n_words * sizeof *now);
    set_bit(now, 0);
    for (size_t pos = 0, len;; pos += len) {
        uint32_t c = 0;
        bool end = pos == path.len, any = false;
        len = 1;
        if (!end) {
            size_t n = llb__utf8_decode(path.data + pos, path.len - pos, &c);
            if (n == 0)
                c = REPLACEMENT; /* a byte that is no character is this one */
            else
                len = n;
        }
        memset(next, 0, n_words * sizeof *next);
        for (size_t k = 0; k < g->n_items; k++) {
            if (now[k / 64] == 0) {
                k |= 63; /* nothing in this word */
                continue;
            }
            if (!has_bit(now, k))
                continue;
            any = true;
            slip(&g->items[k], k, now, pos == 0);
            if (!end)
                step(g, k, c, next);
        }
        if (end)
            return has_bit(now, g->n_items);
        if (!any)
            return false;
        uint64_t *t = now;
        now = next;
        next = t;
    }
}

static bool ends_with(llb__bytes s, const uint8_t *end, size_t len)
{
    return s.len >= len && memcmp(s.data + s.len - len, end, len) == 0;
}

static bool equals(llb__bytes s, const uint8_t *t, size_t len)
{
    return s.len == len && memcmp(s.data, t, len) == 0;
}

bool bk__glob_match(bk__glob *g, llb__bytes path)
{
    const uint8_t *p = g->pattern.data;
    size_t len = g->pattern.len;

    switch (g->kind) {
    case GLOB_EXACT:
        return equals(path, p, len);
    case GLOB_PREFIX: /* what stands before the closing "**" */
        return path.len >= len - 2 && memcmp(path.data, p, len - 2) == 0;
    case GLOB_SUFFIX: /* what stands behind the opening "**" */
        p += 2;
        len -= 2;
        return ends_with(path, p, len) ||
               (len > 0 && p[0] == '/' && equals(path, p + 1, len - 1));
    case GLOB_ITEMS:
        return run(g, path);
    }
    return false;
}

bool bk__glob_has_meta(llb__bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] && strchr("*[]?^\\", text.data[i]))
            return true;
    }
    return false;
}
