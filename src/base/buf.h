/* A buffer that grows. Errors stick, so that a writer checks once, at the end.
 */
#ifndef LLB__BASE_BUF_H
#define LLB__BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct llb__buf {
    char *data; /* len bytes and a NUL behind them; NULL while empty */
    size_t len, cap;
    bool failed; /* memory ran out once: what came since is missing */
} llb__buf;

#define LLB__BUF_INIT ((llb__buf){NULL, 0, 0, false})

void llb__buf_clear(llb__buf *b);

/* Room for n more bytes behind len; false and failed when there is none. */
bool llb__buf_reserve(llb__buf *b, size_t n);

void llb__buf_add(llb__buf *b, const void *data, size_t len);
void llb__buf_adds(llb__buf *b, const char *s);
void llb__buf_addc(llb__buf *b, char c);
void llb__buf_printf(llb__buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes, which the caller frees with free(); b is empty afterwards. NULL
 * if b failed (b is cleared then). Never NULL for an empty good buffer. */
char *llb__buf_take(llb__buf *b, size_t *ret_len);

#endif
