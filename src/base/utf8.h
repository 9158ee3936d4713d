/* UTF-8 as RFC 3629 has it: no surrogates, no overlong forms. */
#ifndef LLB__BASE_UTF8_H
#define LLB__BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length in bytes (1 to 4) of the well-formed character at s[0..len), and the
 * character itself in *ret_c. 0: len is 0 or the bytes are malformed. */
size_t llb__utf8_decode(const void *s, size_t len, uint32_t *ret_c);

/* Writes c as UTF-8 into out and returns its length; 0 if c is no character. */
size_t llb__utf8_encode(uint32_t c, char out[4]);

/* Offset of the first malformed byte, or len if all is well-formed. */
size_t llb__utf8_check(const void *s, size_t len);

static inline bool llb__utf8_valid(const void *s, size_t len)
{
    return llb__utf8_check(s, len) == len;
}

/* The largest length <= len at which cutting s splits no character. */
size_t llb__utf8_clip(const char *s, size_t len);

#endif
