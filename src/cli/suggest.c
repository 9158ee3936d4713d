/* Edit distance over short names. */
#include "suggest.h"

#include <string.h>

enum { MAX_NAME = 48 };

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

/* Inserted, removed, changed or swapped neighbours count one each. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][MAX_NAME + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = min(min(last[j], row[j - 1]) + 1,
                         last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_len];
}

cmd__nearest cmd__nearest_to(const char *typed, size_t len)
{
    /* A third of the letters may be wrong, at least one. */
    return (cmd__nearest){typed, len, NULL, (len < 3 ? 1 : len / 3) + 1};
}

void cmd__nearest_offer(cmd__nearest *n, const char *name)
{
    size_t len = strlen(name);

    if (len > MAX_NAME || n->typed_len > MAX_NAME)
        return;
    size_t d = distance(n->typed, n->typed_len, name, len);
    if (d < n->distance && d < len) {
        n->distance = d;
        n->best = name;
    }
}
