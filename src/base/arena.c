/* The arena: a list of chunks, newest first, each filled from its start. */
#include "arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

/* With their heads. Chunks double up to a page of the large kind. */
enum { FIRST_CHUNK = 8 << 10, LAST_SMALL = 256 << 10 };

struct llb__chunk {
    struct llb__chunk *next;
    size_t size;
    _Alignas(LLB__ALIGN) uint8_t data[];
};

/* Nothing is left of no chunk; not NULL, as sums are made with it. */
static void no_chunk(llb__arena *a) { a->next = a->end = (uint8_t *)a; }

llb__arena *llb__arena_new(size_t limit)
{
    llb__arena *a = calloc(1, sizeof *a);

    if (a) {
        no_chunk(a);
        a->limit = limit;
        a->next_size = FIRST_CHUNK;
    }
    return a;
}

static void free_chunks(struct llb__chunk *c)
{
    while (c) {
        struct llb__chunk *next = c->next;
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
        struct llb__chunk *c = a->chunks;
        a->chunks = c->next;
        c->next = a->spare;
        a->spare = c;
    }
    no_chunk(a);
    a->used = 0;
}

size_t llb__arena_used(const llb__arena *a) { return a->used; }

static struct llb__chunk *take_spare(llb__arena *a, size_t size)
{
    for (struct llb__chunk **p = &a->spare; *p; p = &(*p)->next) {
        struct llb__chunk *c = *p;
        if (c->size >= size) {
            *p = c->next;
            return c;
        }
    }
    return NULL;
}

static struct llb__chunk *add_chunk(llb__arena *a, size_t size)
{
    struct llb__chunk *c = take_spare(a, size);

    if (!c) {
        if (size > SIZE_MAX - sizeof *c)
            return NULL;
        size += sizeof *c;
        size_t want = size > a->next_size ? size : a->next_size;
        c = llb__pages_alloc(want);
        if (!c)
            return NULL;
        c->size = want - sizeof *c;
        a->next_size =
            a->next_size < LAST_SMALL ? 2 * a->next_size : LLB__HUGE_PAGE;
    }
    c->next = a->chunks;
    a->chunks = c;
    return c;
}

void *llb__arena_more(llb__arena *a, size_t size)
{
    if (size > a->limit - a->used)
        return NULL;
    struct llb__chunk *c = add_chunk(a, size);
    if (!c)
        return NULL;
    a->next = (uint8_t *)c->data + size;
    a->end = (uint8_t *)c->data + c->size;
    a->used += size;
    return c->data;
}

void *llb__arena_array(llb__arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return NULL;
    return llb__arena_alloc(a, n * size);
}

char *llb__arena_strndup(llb__arena *a, const void *s, size_t len)
{
    char *copy = len < SIZE_MAX ? llb__arena_bytes(a, len + 1) : NULL;

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
    char *s = llb__arena_bytes(a, (size_t)n + 1);
    if (!s)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}
