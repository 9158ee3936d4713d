/* Compiling patterns: what its two sources share. */
#ifndef LLB__CLIENT_MATCH_COMPILE_H
#define LLB__CLIENT_MATCH_COMPILE_H

#include <string.h>

#include "match_glob_int.h"
#include "utf8.h"

#define BK__BAD_CLASS                                                          \
    "has a class [...] that is empty, not closed or begins or ends with a "    \
    "bare \"-\""
#define BK__BAD_ESCAPE                                                         \
    "has a backslash before nothing or before a letter or digit that it "      \
    "cannot escape"

/* A text being read, character by character. */
typedef struct bk__reader {
    const uint8_t *s;
    size_t len, pos;
} bk__reader;

static inline bool bk__at_end(const bk__reader *r) { return r->pos >= r->len; }

static inline bool bk__at(const bk__reader *r, const char *text)
{
    size_t n = strlen(text);

    return r->len - r->pos >= n && memcmp(r->s + r->pos, text, n) == 0;
}

/* The next character; a byte that is none counts as U+FFFD. Not at the end. */
static inline uint32_t bk__next(bk__reader *r)
{
    uint32_t c;
    size_t n = llb__utf8_decode(r->s + r->pos, r->len - r->pos, &c);

    r->pos += n ? n : 1;
    return n ? c : 0xfffd;
}

/* A pattern on its way from text to items. */
typedef struct bk__compiler {
    bk__reader r;
    struct item *items;
    struct range *ranges;
    size_t n_items, n_ranges;
    bool component; /* path.Match: a backslash takes any character as it is */
} bk__compiler;

/* Turns c's text, a regular expression of the kind that patterns become or for
 * a component a pattern itself, into items, for which there is room. NULL, or
 * why not. */
const char *bk__parse_items(bk__compiler *c);

#endif
