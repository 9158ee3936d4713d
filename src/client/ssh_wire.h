/* Fields of the ssh protocols: lengths and numbers are big-endian. */
#ifndef LLB__CLIENT_SSH_WIRE_H
#define LLB__CLIENT_SSH_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <openssl/bn.h>

#include "arena.h"
#include "buf.h"

/* What is left to read. A field that is not all there makes it bad and empty,
 * so a reader checks once, at the end. */
typedef struct bk__ssh_in {
    const uint8_t *data;
    size_t len;
    bool bad;
} bk__ssh_in;

static inline bk__ssh_in bk__ssh_in_of(llb__bytes b)
{
    return (bk__ssh_in){b.data, b.len, false};
}

/* The next n bytes, in place. */
static inline llb__bytes bk__ssh_take(bk__ssh_in *in, size_t n)
{
    llb__bytes got = {in->data, n};

    if (!in->data || n > in->len) {
        *in = (bk__ssh_in){NULL, 0, true};
        return (llb__bytes){NULL, 0};
    }
    in->data += n;
    in->len -= n;
    return got;
}

static inline uint32_t bk__ssh_u32(bk__ssh_in *in)
{
    llb__bytes b = bk__ssh_take(in, 4);

    return b.data ? (uint32_t)b.data[0] << 24 | (uint32_t)b.data[1] << 16 |
                        (uint32_t)b.data[2] << 8 | b.data[3]
                  : 0;
}

static inline llb__bytes bk__ssh_string(bk__ssh_in *in)
{
    uint32_t len = bk__ssh_u32(in);

    return bk__ssh_take(in, len);
}

static inline void bk__ssh_put_u32(llb__buf *b, size_t v)
{
    uint8_t out[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                      (uint8_t)v};

    llb__buf_add(b, out, sizeof out);
}

static inline void bk__ssh_put(llb__buf *b, const void *data, size_t len)
{
    bk__ssh_put_u32(b, len);
    llb__buf_add(b, data, len);
}

static inline void bk__ssh_put_text(llb__buf *b, const char *text)
{
    bk__ssh_put(b, text, strlen(text));
}

/* A number that is not negative; b fails when there is no memory for it. */
static inline void bk__ssh_put_bn(llb__buf *b, const BIGNUM *n)
{
    int len = BN_num_bytes(n), zero = len > 0 && BN_num_bits(n) % 8 == 0;

    bk__ssh_put_u32(b, (size_t)(len + zero));
    if (zero)
        llb__buf_addc(b, 0);
    if (llb__buf_reserve(b, (size_t)len + 1)) {
        BN_bn2bin(n, (uint8_t *)b->data + b->len);
        b->len += (size_t)len;
    }
}

#endif
