/* Pairing equal elements of two sequences, here ops by the hash of their own
 * bytes. What is the same at both ends goes first, then what is there once on
 * each side, wherever it stands; Myers' algorithm ("An O(ND) difference
 * algorithm", 1986) fills in what lies between. It gives up on a stretch after
 * some edits, keeps what it has and starts anew behind that, so that the cost
 * stays linear. */
#include "pairs.h"

#include <stdlib.h>

enum { MAX_EDITS = 64, OFFSET = MAX_EDITS + 1, N_DIAGONALS = 2 * OFFSET + 1 };

/* reach[d][OFFSET + k]: how far into a one comes on diagonal k (place in a
 * less place in b) with d edits; -1: nowhere. */
struct paths {
    int64_t reach[MAX_EDITS + 1][N_DIAGONALS];
};

static bool equal(const llb__side *a, size_t i, const llb__side *b, size_t j)
{
    return a->own[a->ops[i]] == b->own[b->ops[j]];
}

static void pair_ends(llb__side *a, llb__side *b)
{
    size_t least = a->n < b->n ? a->n : b->n, head = 0, tail = 0;

    for (; tail < least && equal(a, a->n - tail - 1, b, b->n - tail - 1);
         tail++)
        llb__pair(a, a->n - tail - 1, b, b->n - tail - 1);
    for (; head < least - tail && equal(a, head, b, head); head++)
        llb__pair(a, head, b, head);
}

struct entry {
    uint64_t own;
    uint32_t i, side;
};

static int compare_entries(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;

    if (a->own != b->own)
        return a->own < b->own ? -1 : 1;
    return (a->side > b->side) - (a->side < b->side);
}

static size_t add_entries(struct entry *list, size_t n, const llb__side *s,
                          uint32_t side)
{
    for (size_t i = 0; i < s->n; i++)
        if (llb__unpaired(s, i))
            list[n++] = (struct entry){s->own[s->ops[i]], (uint32_t)i, side};
    return n;
}

/* Pairs what is there exactly once on each side. */
static bool pair_unique(llb__side *a, llb__side *b)
{
    struct entry *list = calloc(a->n + b->n + 1, sizeof *list);

    if (!list)
        return false;
    size_t n = add_entries(list, 0, a, 0), end;
    n = add_entries(list, n, b, 1);
    qsort(list, n, sizeof *list, compare_entries);
    for (size_t i = 0; i < n; i = end) {
        for (end = i + 1; end < n && list[end].own == list[i].own; end++)
            ;
        if (end - i == 2 && list[i].side != list[i + 1].side)
            llb__pair(a, list[i].i, b, list[i + 1].i);
    }
    free(list);
    return true;
}

static llb__gap gap_from(const llb__side *s, size_t start)
{
    llb__gap g = {start, start};

    while (g.end < s->n && llb__unpaired(s, g.end))
        g.end++;
    return g;
}

static llb__gap gap_before(const llb__side *s, size_t end)
{
    llb__gap g = {end, end};

    while (g.start > 0 && llb__unpaired(s, g.start - 1))
        g.start--;
    return g;
}

bool llb__next_gap(const llb__side *a, const llb__side *b, size_t start,
                   llb__gap *ret_a, llb__gap *ret_b)
{
    while (start < a->n && !llb__unpaired(a, start))
        start++;
    if (start == a->n)
        return false;
    llb__gap g = gap_from(a, start);
    *ret_b = gap_from(
        b, g.start ? b->pos[a->pair[a->ops[g.start - 1]]] + (size_t)1 : 0);
    if (ret_b->start == ret_b->end) /* what was before it may have moved */
        *ret_b =
            gap_before(b, g.end < a->n ? b->pos[a->pair[a->ops[g.end]]] : b->n);
    *ret_a = g;
    return true;
}

/* Where a path to diagonal k enters it with d edits, by one step from a
 * neighbour, and in *ret_from which one; -1: there is no such path. */
static int64_t enter(const struct paths *p, size_t d, int64_t k, int64_t n,
                     int64_t m, int64_t *ret_from)
{
    int64_t left = p->reach[d - 1][OFFSET + k - 1];
    int64_t above = p->reach[d - 1][OFFSET + k + 1];

    if (left < 0 || left == n)
        left = -1;
    else
        left++; /* one element of a is left out */
    if (above < 0 || above - k > m)
        above = -1;
    *ret_from = left > above ? k - 1 : k + 1;
    return left > above ? left : above;
}

/* Goes back from diagonal k with d edits and pairs what lay on the way. */
static void pair_path(const struct paths *p, size_t d, int64_t k, int64_t n,
                      int64_t m, llb__side *a, size_t i, llb__side *b, size_t j)
{
    for (;;) {
        int64_t from = 0, x = p->reach[d][OFFSET + k];
        int64_t first = d ? enter(p, d, k, n, m, &from) : 0;
        for (; x > first; x--)
            llb__pair(a, i + (size_t)x - 1, b, j + (size_t)(x - k) - 1);
        if (d-- == 0)
            return;
        k = from;
    }
}

/* Fills in reach[d]. True when the end of both was reached. *ret_best: the
 * diagonal on which one came furthest. */
static bool step(struct paths *p, size_t d, llb__gap ga, const llb__side *a,
                 llb__gap gb, const llb__side *b, int64_t *ret_best)
{
    int64_t n = (int64_t)(ga.end - ga.start), m = (int64_t)(gb.end - gb.start);
    int64_t best = -1, from, *reach = p->reach[d];

    for (size_t i = 0; i < N_DIAGONALS; i++)
        reach[i] = -1;
    for (int64_t k = -(int64_t)d; k <= (int64_t)d; k += 2) {
        int64_t x = d ? enter(p, d, k, n, m, &from) : 0;
        if (x < 0)
            continue;
        while (x < n && x - k < m &&
               equal(a, ga.start + (size_t)x, b, gb.start + (size_t)(x - k)))
            x++;
        reach[OFFSET + k] = x;
        if (2 * x - k > best) {
            best = 2 * x - k;
            *ret_best = k;
        }
    }
    return best == n + m;
}

static void pair_gap(struct paths *p, llb__side *a, llb__gap ga, llb__side *b,
                     llb__gap gb)
{
    while (ga.start < ga.end && gb.start < gb.end) {
        int64_t n = (int64_t)(ga.end - ga.start);
        int64_t m = (int64_t)(gb.end - gb.start), k = 0;
        size_t d = 0;

        while (!step(p, d, ga, a, gb, b, &k) && d < MAX_EDITS)
            d++;
        int64_t x = p->reach[d][OFFSET + k];
        pair_path(p, d, k, n, m, a, ga.start, b, gb.start);
        ga.start += (size_t)x;
        gb.start += (size_t)(x - k);
    }
}

bool llb__align(llb__side *a, llb__side *b)
{
    llb__gap ga, gb;

    pair_ends(a, b);
    if (!llb__next_gap(a, b, 0, &ga, &gb))
        return true;
    struct paths *p = malloc(sizeof *p);
    bool good = p && pair_unique(a, b);
    for (size_t at = 0; good && llb__next_gap(a, b, at, &ga, &gb); at = ga.end)
        pair_gap(p, a, ga, b, gb);
    free(p);
    return good;
}
