/* An arena: many small allocations, one owner, one free. */
#ifndef LLB__BASE_ARENA_H
#define LLB__BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Known here only because nearly every call of the library allocates. */
typedef struct llb__arena {
    uint8_t *next, *end;       /* what is left of the newest chunk */
    struct llb__chunk *chunks; /* newest first */
    struct llb__chunk *spare;  /* emptied by a clear */
    size_t limit, used, next_size;
} llb__arena;

/* A piece of memory that somebody else owns. */
typedef struct llb__bytes {
    const uint8_t *data;
    size_t len;
} llb__bytes;

/* A new arena that will hold at most limit bytes. NULL: no memory. */
llb__arena *llb__arena_new(size_t limit);
void llb__arena_free(llb__arena *a);

/* Forgets all that was allocated; the chunks stay for what comes next. */
void llb__arena_clear(llb__arena *a);

/* Memory at the start of a new chunk, for when the newest has no room. */
void *llb__arena_more(llb__arena *a, size_t size);

/* Memory neither zeroed nor aligned, for bytes that are written at once; freed
 * with the arena and not before. NULL when the system or the arena's limit
 * says no. */
static inline void *llb__arena_bytes(llb__arena *a, size_t size)
{
    uint8_t *p = a->next;

    if (size > (size_t)(a->end - p) || size > a->limit - a->used)
        return llb__arena_more(a, size);
    a->next = p + size;
    a->used += size;
    return p;
}

/* Objects stand where their members need it: none has a long double. */
enum { LLB__ALIGN = 8 };

/* The same, aligned for any type but long double. */
static inline void *llb__arena_raw(llb__arena *a, size_t size)
{
    size_t pad = -(uintptr_t)a->next & (LLB__ALIGN - 1);

    if (pad > (size_t)(a->end - a->next))
        return llb__arena_more(a, size);
    a->next += pad;
    return llb__arena_bytes(a, size);
}

/* The same, zeroed too. */
static inline void *llb__arena_alloc(llb__arena *a, size_t size)
{
    if (size > SIZE_MAX / 2) /* for the compiler: no limit is that high */
        return NULL;
    void *p = llb__arena_raw(a, size);
    if (p)
        memset(p, 0, size);
    return p;
}

/* n zeroed objects of size bytes each; NULL also when the product overflows. */
void *llb__arena_array(llb__arena *a, size_t n, size_t size);

/* A copy of len bytes of s, with a NUL behind it. */
char *llb__arena_strndup(llb__arena *a, const void *s, size_t len);
char *llb__arena_strdup(llb__arena *a, const char *s);

char *llb__arena_printf(llb__arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes taken from the limit so far. */
size_t llb__arena_used(const llb__arena *a);

#endif
