/* The growing buffer. */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void llb__buf_clear(llb__buf *b)
{
    free(b->data);
    *b = LLB__BUF_INIT;
}

bool llb__buf_reserve(llb__buf *b, size_t n)
{
    if (b->failed)
        return false;
    if (b->cap > b->len && n < b->cap - b->len)
        return true;
    if (n > SIZE_MAX / 2 - b->len - 1) {
        b->failed = true;
        return false;
    }
    size_t cap = b->cap ? b->cap : 64;
    while (cap <= b->len + n) /* one more for the NUL */
        cap *= 2;
    char *data = realloc(b->data, cap);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void llb__buf_add(llb__buf *b, const void *data, size_t len)
{
    if (!llb__buf_reserve(b, len))
        return;
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void llb__buf_adds(llb__buf *b, const char *s)
{
    llb__buf_add(b, s, strlen(s));
}

void llb__buf_addc(llb__buf *b, char c) { llb__buf_add(b, &c, 1); }

void llb__buf_printf(llb__buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || !llb__buf_reserve(b, (size_t)n)) {
        b->failed = true;
        return;
    }
    va_start(ap, fmt);
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

char *llb__buf_take(llb__buf *b, size_t *ret_len)
{
    if (!llb__buf_reserve(b, 0)) {
        llb__buf_clear(b);
        return NULL;
    }
    char *data = b->data;
    data[b->len] = '\0';
    if (ret_len)
        *ret_len = b->len;
    *b = LLB__BUF_INIT;
    return data;
}
