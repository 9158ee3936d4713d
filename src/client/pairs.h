/* Lists of keys and values. */
#ifndef LLB__CLIENT_PAIRS_H
#define LLB__CLIENT_PAIRS_H

#include <stddef.h>

#include <llb/client.h>

/* Sorts by key, in byte order. */
void bk__pairs_sort(bk_pair *list, size_t n);

/* The value of the first pair with that key, or NULL. */
const char *bk__pairs_get(const bk_pair *list, size_t n, const char *key);

#endif
