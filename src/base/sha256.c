/* SHA-256. A fetched EVP_MD and a reused context cost half of SHA256(). */
#include "sha256.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct llb__sha256 {
    EVP_MD *md;
    EVP_MD_CTX *ctx;
};

llb__sha256 *llb__sha256_new(void)
{
    llb__sha256 *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    h->md = EVP_MD_fetch(NULL, "SHA256", NULL);
    h->ctx = EVP_MD_CTX_new();
    if (!h->md || !h->ctx) {
        llb__sha256_free(h);
        return NULL;
    }
    return h;
}

void llb__sha256_free(llb__sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->ctx);
    EVP_MD_free(h->md);
    free(h);
}

bool llb__sha256_sum(llb__sha256 *h, const void *data, size_t len,
                     uint8_t out[LLB__SHA256_LEN])
{
    return EVP_DigestInit_ex2(h->ctx, h->md, NULL) == 1 &&
           EVP_DigestUpdate(h->ctx, data, len) == 1 &&
           EVP_DigestFinal_ex(h->ctx, out, NULL) == 1;
}

/* Arithmetic rather than a table, so that the compiler makes vectors of it:
 * a marshal writes three or more digests for each op. */
static inline char hex_digit(unsigned n)
{
    return (char)(n + '0' + (n > 9 ? 'a' - '0' - 10 : 0));
}

void llb__digest_text(const uint8_t sum[LLB__SHA256_LEN], char *out)
{
    memcpy(out, "sha256:", 7);
    for (size_t i = 0; i < LLB__SHA256_LEN; i++) {
        out[7 + 2 * i] = hex_digit(sum[i] >> 4);
        out[8 + 2 * i] = hex_digit(sum[i] & 15u);
    }
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool llb__digest_parse(const void *text, size_t len,
                       uint8_t out[LLB__SHA256_LEN])
{
    const char *s = text;

    if (len != LLB__DIGEST_LEN || memcmp(s, "sha256:", 7) != 0)
        return false;
    s += 7;
    for (size_t i = 0; i < LLB__SHA256_LEN; i++) {
        int hi = nibble(s[2 * i]), lo = nibble(s[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}
