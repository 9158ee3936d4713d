/* Lists of patterns. */
#include "match.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "match_glob.h"
#include "match_path.h"
#include "utf8.h"

enum { MAX_PATTERNS = 100000 };
#define MAX_MEMORY ((size_t)512 << 20)

struct pattern {
    bk__glob *glob;
    bool exception;
    /* What every match is, is below or leads to: the components before the
     * first wildcard. */
    llb__bytes literal;
    bool open; /* there are wildcards behind literal: any depth may match */
};

struct bk__matcher {
    llb__arena *arena;
    struct pattern *patterns;
    size_t n;
};

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Length of the space that s ends with. */
static size_t space_at_end(llb__bytes s)
{
    for (size_t n = 1; n <= 3 && n <= s.len; n++) {
        uint32_t c;
        size_t got = llb__utf8_decode(s.data + s.len - n, n, &c);
        if (got == n)
            return is_space(c) ? n : 0;
    }
    return 0;
}

static llb__bytes trim(llb__bytes s)
{
    uint32_t c;
    size_t n;

    while ((n = llb__utf8_decode(s.data, s.len, &c)) > 0 && is_space(c)) {
        s.data += n;
        s.len -= n;
    }
    while ((n = space_at_end(s)) > 0)
        s.len -= n;
    return s;
}

static bool cut_end(llb__bytes *s, const char *end)
{
    size_t n = strlen(end);

    if (s->len < n || memcmp(s->data + s->len - n, end, n) != 0)
        return false;
    s->len -= n;
    return true;
}

/* Finds literal and open of a cleaned pattern. */
static void set_literal(struct pattern *p, llb__bytes text)
{
    llb__bytes plain = text;

    cut_end(&plain, "/**");
    cut_end(&plain, "/*");
    p->open = bk__glob_has_meta(plain);
    p->literal = plain;
    if (!p->open)
        return;
    p->literal.len = 0;
    for (size_t i = 0; i < plain.len; i++) {
        if (bk__glob_has_meta((llb__bytes){plain.data + i, 1}))
            break;
        if (plain.data[i] == '/')
            p->literal.len = i;
    }
}

static llb_status fail_pattern(llb_error *err, llb__bytes text, const char *why)
{
    int len = text.len > 200 ? 200 : (int)text.len;

    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "pattern \"%.*s\" %s", len,
                     (const char *)text.data, why);
}

static llb_status add(bk__matcher *m, llb__bytes given, llb_error *err)
{
    llb__bytes text = trim(given);
    struct pattern *p = &m->patterns[m->n];

    if (text.len == 0)
        return LLB_OK;
    char *clean = llb__arena_bytes(m->arena, text.len + 2);
    if (!clean)
        return llb__fail_nomem(err);
    text.len = bk__path_clean(text, clean);
    text.data = (uint8_t *)clean;
    if (text.data[0] == '!') {
        if (text.len == 1)
            return fail_pattern(err, text, "is an exception from nothing");
        p->exception = true;
        text.data++;
        text.len--;
    }
    const char *why = bk__glob_new(m->arena, text, &p->glob);
    if (why == bk__no_memory)
        return llb__fail_nomem(err);
    if (why)
        return fail_pattern(err, given, why);
    set_literal(p, text);
    m->n++;
    return LLB_OK;
}

llb_status bk__matcher_new(const llb__bytes *patterns, size_t n,
                           bk__matcher **ret, llb_error *err)
{
    llb_status st = LLB_OK;

    if (n > MAX_PATTERNS)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "%zu file patterns are more than the limit of %d", n,
                         MAX_PATTERNS);
    bk__matcher *m = calloc(1, sizeof *m);
    if (!m)
        return llb__fail_nomem(err);
    m->arena = llb__arena_new(MAX_MEMORY);
    if (m->arena)
        m->patterns = llb__arena_array(m->arena, n + 1, sizeof *m->patterns);
    if (!m->patterns)
        st = llb__fail_nomem(err);
    for (size_t i = 0; st == LLB_OK && i < n; i++)
        st = add(m, patterns[i], err);
    if (st != LLB_OK) {
        bk__matcher_free(m);
        return st;
    }
    *ret = m;
    return LLB_OK;
}

void bk__matcher_free(bk__matcher *m)
{
    if (!m)
        return;
    llb__arena_free(m->arena);
    free(m);
}

size_t bk__matcher_info_len(const bk__matcher *m) { return m->n; }

bool bk__match(bk__matcher *m, llb__bytes path, const uint8_t *parent,
               uint8_t *info)
{
    bool selected = false;

    for (size_t i = 0; i < m->n; i++) {
        struct pattern *p = &m->patterns[i];
        info[i] = parent && parent[i];
        /* An exception is tried only on what is selected so far, so that one
         * for a folder which nothing excludes is not inherited either. The
         * daemon's other clients do the same. */
        if (!info[i] && p->exception == selected)
            info[i] = bk__glob_match(p->glob, path);
        if (info[i])
            selected = !p->exception;
    }
    return selected;
}

/* Whether path is dir or below it; "" holds everything. */
static bool is_below(llb__bytes path, llb__bytes dir)
{
    if (dir.len == 0)
        return true;
    return path.len >= dir.len && memcmp(path.data, dir.data, dir.len) == 0 &&
           (path.len == dir.len || path.data[dir.len] == '/');
}

static bool may_match_below(const bk__matcher *m, llb__bytes dir,
                            bool exception)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct pattern *p = &m->patterns[i];
        if (p->exception != exception)
            continue;
        if (is_below(p->literal, dir) || (p->open && is_below(dir, p->literal)))
            return true;
    }
    return false;
}

bool bk__match_may_include_below(const bk__matcher *m, llb__bytes dir)
{
    return may_match_below(m, dir, false);
}

bool bk__match_may_except_below(const bk__matcher *m, llb__bytes dir)
{
    return may_match_below(m, dir, true);
}
