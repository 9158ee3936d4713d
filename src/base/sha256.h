/* SHA-256 by libcrypto. */
#ifndef LLB__BASE_SHA256_H
#define LLB__BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LLB__SHA256_LEN = 32,
    LLB__DIGEST_LEN = 71, /* "sha256:" and 64 hex digits */
};

typedef struct llb__sha256 llb__sha256;

/* A context for many sums, one at a time. NULL: no memory. */
llb__sha256 *llb__sha256_new(void);
void llb__sha256_free(llb__sha256 *h);

/* The sum of one piece of memory; false only if libcrypto fails. */
bool llb__sha256_sum(llb__sha256 *h, const void *data, size_t len,
                     uint8_t out[LLB__SHA256_LEN]);

/* "sha256:..." of a sum, LLB__DIGEST_LEN bytes and no NUL. */
void llb__digest_text(const uint8_t sum[LLB__SHA256_LEN], char *out);

/* The other way; false if text[0..len) is no lower-case sha256 digest. */
bool llb__digest_parse(const void *text, size_t len,
                       uint8_t out[LLB__SHA256_LEN]);

#endif
