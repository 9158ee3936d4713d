/* Memory for what has many megabytes. A fault costs as much as the op that is
 * written to its 4 KiB, so big blocks ask the kernel for pages of 2 MiB: as
 * many as will be half full or more, since the rest is memory that nobody uses.
 */
#ifndef LLB__BASE_PAGES_H
#define LLB__BASE_PAGES_H

#include <stddef.h>

/* From this size on a block has pages of that size. */
enum { LLB__HUGE_PAGE = 2 << 20, LLB__HUGE_FROM = LLB__HUGE_PAGE };

/* As malloc: freed with free(), and realloc() may make it smaller. NULL: no
 * memory. */
void *llb__pages_alloc(size_t size);

/* As calloc. */
void *llb__pages_zeroed(size_t n, size_t size);

/* As realloc, with used bytes to keep, and sure of them that will be written
 * to. NULL: p is as it was. */
void *llb__pages_grow(void *p, size_t used, size_t size, size_t sure);

/* Says that bytes [from, to) of a block, of any size, will all be written to:
 * they get large pages, the last one if at least half of it is theirs. */
void llb__pages_expect(void *p, size_t from, size_t to);

#endif
