/* "Did you mean": which known word a mistyped one is nearest to. */
#include <string.h>

#include "diag_list.h"

#define MAX_WORD 40 /* longer words are not worth a guess */

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

/* Edit distance where a swap of neighbours costs one, by rows of the table:
 * two back, one back, and the one being made. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][MAX_WORD + 1];
    size_t *two = rows[0], *one = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        one[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = one[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = min(change, min(one[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], two[j - 2] + 1);
        }
        size_t *spare = two;
        two = one;
        one = row;
        row = spare;
    }
    return one[b_len];
}

const char *llbc__nearest(const char *word, const char *const *candidates,
                          size_t n)
{
    size_t len = strlen(word);
    size_t best = len < 3 ? 1 : len < 6 ? 2 : 3; /* at most this far, and */
    const char *found = NULL;

    if (!len || len > MAX_WORD)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(candidates[i]);

        if (!other || other > MAX_WORD)
            continue;
        size_t d = distance(word, len, candidates[i], other);
        /* ... never a word that has next to nothing in common */
        if (d < len && d < other && (d < best || (d == best && !found))) {
            best = d;
            found = candidates[i];
        }
    }
    return found;
}
