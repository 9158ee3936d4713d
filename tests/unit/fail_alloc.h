/* Makes the n-th allocation of a test fail. A test that includes this file is
 * linked with --wrap for malloc and its kin (tests/unit/CMakeLists.txt):
 *
 *     for (long n = 0; ; n++) {
 *         fail_alloc_at(n);
 *         llb_status st = the_call(...);
 *         bool failed = fail_alloc_done();
 *         ... when failed: expect LLB_ENOMEM; when not: expect LLB_OK, stop
 *     }
 */
#ifndef FAIL_ALLOC_H
#define FAIL_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);

static long fail_alloc_left = -1; /* < 0: never fail */
static bool fail_alloc_failed;

static inline void fail_alloc_at(long n)
{
    fail_alloc_left = n;
    fail_alloc_failed = false;
}

/* Whether the chosen allocation was reached; none fails from now on. */
static inline bool fail_alloc_done(void)
{
    fail_alloc_left = -1;
    return fail_alloc_failed;
}

static bool fail_now(void)
{
    if (fail_alloc_left < 0 || fail_alloc_left-- > 0)
        return false;
    fail_alloc_left = -1;
    fail_alloc_failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fail_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fail_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fail_now() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *s)
{
    size_t len = strlen(s) + 1;
    char *copy = fail_now() ? NULL : __real_malloc(len);

    return copy ? memcpy(copy, s, len) : NULL;
}

#endif
