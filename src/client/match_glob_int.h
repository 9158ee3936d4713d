/* What a compiled pattern is, for the two sources that make and run it. */
#ifndef LLB__CLIENT_MATCH_GLOB_INT_H
#define LLB__CLIENT_MATCH_GLOB_INT_H

#include "match_glob.h"

enum glob_kind { GLOB_EXACT, GLOB_PREFIX, GLOB_SUFFIX, GLOB_ITEMS };

enum item_kind {
    ITEM_CHAR,
    ITEM_SET,         /* of ranges, perhaps negated */
    ITEM_NOT_NEWLINE, /* the dot of a regular expression */
    ITEM_START,       /* nothing, at the start of the path only */
    ITEM_MAYBE_DIRS,  /* either the DIRS item that follows, or nothing */
    ITEM_DIRS,        /* any folders and the slash behind them */
};

struct range {
    uint32_t lo, hi;
};

struct item {
    uint8_t kind; /* enum item_kind */
    bool star;    /* any number of times */
    bool negated;
    uint32_t c;
    uint32_t first_range, n_ranges;
};

struct bk__glob {
    enum glob_kind kind;
    llb__bytes pattern;
    struct item *items;
    struct range *ranges;
    size_t n_items;
    uint64_t *bits; /* two sets of n_items + 1 states */
};

#endif
