/* Lists of keys and values. */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return strcmp(((const bk_pair *)a)->key, ((const bk_pair *)b)->key);
}

void bk__pairs_sort(bk_pair *list, size_t n)
{
    if (n > 1)
        qsort(list, n, sizeof *list, compare);
}

const char *bk__pairs_get(const bk_pair *list, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].key, key) == 0)
            return list[i].value;
    }
    return NULL;
}
