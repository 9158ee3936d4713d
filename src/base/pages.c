/* Big blocks, in large pages where these fit. */
#include "pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void llb__pages_expect(void *p, size_t from, size_t to)
{
    uintptr_t start = (uintptr_t)p + from, end = (uintptr_t)p + to;

    start = (start + LLB__HUGE_PAGE - 1) / LLB__HUGE_PAGE * LLB__HUGE_PAGE;
    end = (end + LLB__HUGE_PAGE / 2) / LLB__HUGE_PAGE * LLB__HUGE_PAGE;
    if (start < end) /* it is advice: it may be refused */
        madvise((void *)start, end - start, MADV_HUGEPAGE);
}

/* Size bytes, of which sure are written to: at least a page of 2 MiB. A block
 * of few pages has to begin with one. Of more it need not, and malloc only
 * keeps for the next time what was not asked to be aligned. */
static void *huge_alloc(size_t size, size_t sure)
{
    if (size > SIZE_MAX - LLB__HUGE_PAGE)
        return NULL;
    size = (size + LLB__HUGE_PAGE - 1) / LLB__HUGE_PAGE * LLB__HUGE_PAGE;
    void *p = sure < 2 * LLB__HUGE_PAGE ? aligned_alloc(LLB__HUGE_PAGE, size)
                                        : malloc(size);
    if (p)
        llb__pages_expect(p, 0, sure);
    return p;
}

void *llb__pages_alloc(size_t size)
{
    return size < LLB__HUGE_FROM ? malloc(size) : huge_alloc(size, size);
}

void *llb__pages_zeroed(size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return NULL;
    if (n * size < LLB__HUGE_FROM)
        return calloc(n, size);
    void *p = huge_alloc(n * size, n * size);
    if (p)
        memset(p, 0, n * size);
    return p;
}

void *llb__pages_grow(void *p, size_t used, size_t size, size_t sure)
{
    if (sure < LLB__HUGE_FROM) /* without, it need not be aligned either */
        return realloc(p, size);
    void *q = huge_alloc(size, sure);
    if (!q)
        return NULL;
    if (used)
        memcpy(q, p, used);
    free(p);
    return q;
}
