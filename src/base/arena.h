/* An arena: many small allocations, one owner, one free. */
#ifndef LLB__BASE_ARENA_H
#define LLB__BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct llb__arena llb__arena;

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

/* Zeroed memory aligned for any type, freed with the arena and not before.
 * NULL when the system or the arena's limit says no. */
void *llb__arena_alloc(llb__arena *a, size_t size);

/* The same, neither zeroed nor aligned: for bytes that are written at once. */
void *llb__arena_bytes(llb__arena *a, size_t size);

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
