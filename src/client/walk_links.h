/* Which path was sent first for a file that has several names. */
#ifndef LLB__CLIENT_WALK_LINKS_H
#define LLB__CLIENT_WALK_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* A table of inodes; start from {0}. */
typedef struct bk__links {
    llb__arena *paths;
    struct bk__link *slots; /* open addressing */
    size_t n, cap;          /* cap is 0 or a power of two */
} bk__links;

/* The path that dev and ino were given with before; data NULL: never, and from
 * now on it is path (copied). 0, or -1 for want of memory. */
int bk__links_add(bk__links *l, uint64_t dev, uint64_t ino, llb__bytes path,
                  llb__bytes *ret_first);
void bk__links_clear(bk__links *l);

#endif
