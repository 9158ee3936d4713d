/* Base64, as JSON carries bytes. */
#ifndef LLB__CLIENT_BASE64_H
#define LLB__CLIENT_BASE64_H

#include "arena.h"

/* The bytes of standard base64 text (padding may be missing), in the arena
 * with a NUL behind them. NULL: it is no base64, or there is no memory. */
char *bk__base64_decode(llb__arena *a, const char *text, size_t len,
                        size_t *ret_len);

#endif
