/* The arena: a list of chunks, newest first, each filled from its start. */
#include "arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

/* With their heads. Chunks double up to a page of the large kind. */
enum { FIRST_CHUNK = 8 << 10, LAST_SMALL = 256 << 10 };

struct chunk {
    struct chunk *next;
    size_t size, used;
    max_align_t data[];
};

struct llb__arena {
    struct chunk *chunks; /* being filled, newest first */
    struct chunk *spare;  /* emptied by a clear */
    size_t limit, used, next_size;
};

llb__arena *llb__arena_new(size_t limit)
{
    llb__arena *a = calloc(1, sizeof *a);

    if (a) {
        a->limit = limit;
        a->next_size = FIRST_CHUNK;
    }
    return a;
}

static void free_chunks(struct chunk *c)
{
    while (c) {
        struct chunk *next = c->next;
        free(c);
        c = next;
    }
}

void llb__arena_free(llb__arena *a)
{
    if (!a)
        return;
    free_chunks(a->chunks);
    free_chunks(a->spare);
    free(a);
}

void llb__arena_clear(llb__arena *a)
{
    while (a->chunks) {
        struct chunk *c = a->chunks;
        a->chunks = c->next;
        c->next = a->spare;
        c->used = 0;
        a->spare = c;
    }
    a->used = 0;
}

size_t llb__arena_used(const llb__arena *a) { return a->used; }

static struct chunk *take_spare(llb__arena *a, size_t size)
{
    for (struct chunk **p = &a->spare; *p; p = &(*p)->next) {
        struct chunk *c = *p;
        if (c->size >= size) {
            *p = c->next;
            return c;
        }
    }
    return NULL;
}

static struct chunk *add_chunk(llb__arena *a, size_t size)
{
    struct chunk *c = take_spare(a, size);

    if (!c) {
        if (size > SIZE_MAX - sizeof *c)
            return NULL;
        size += sizeof *c;
        size_t want = size > a->next_size ? size : a->next_size;
        c = llb__pages_alloc(want);
        if (!c)
            return NULL;
        c->size = want - sizeof *c;
        c->used = 0;
        a->next_size =
            a->next_size < LAST_SMALL ? 2 * a->next_size : LLB__HUGE_PAGE;
    }
    c->next = a->chunks;
    a->chunks = c;
    return c;
}

static void *take(llb__arena *a, size_t size, size_t align)
{
    struct chunk *c = a->chunks;
    size_t at = c ? (c->used + align - 1) / align * align : 0;

    if (size > a->limit - a->used)
        return NULL;
    if (!c || at > c->size || c->size - at < size) {
        c = add_chunk(a, size);
        if (!c)
            return NULL;
        at = 0;
    }
    c->used = at + size;
    a->used += size;
    return (char *)c->data + at;
}

void *llb__arena_alloc(llb__arena *a, size_t size)
{
    void *p = take(a, size, sizeof(max_align_t));

    if (p)
        memset(p, 0, size);
    return p;
}

void *llb__arena_bytes(llb__arena *a, size_t size) { return take(a, size, 1); }

void *llb__arena_array(llb__arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return NULL;
    return llb__arena_alloc(a, n * size);
}

char *llb__arena_strndup(llb__arena *a, const void *s, size_t len)
{
    char *copy = len < SIZE_MAX ? take(a, len + 1, 1) : NULL;

    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *llb__arena_strdup(llb__arena *a, const char *s)
{
    return llb__arena_strndup(a, s, strlen(s));
}

char *llb__arena_printf(llb__arena *a, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return NULL;
    char *s = take(a, (size_t)n + 1, 1);
    if (!s)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}
