/* Small definitions by hand: fields, ops, and definitions made of them. */
#ifndef PB_H
#define PB_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "sha256.h"

/* Bytes that live as long as the test program; tests make few. */
typedef struct pb {
    const char *data;
    size_t len;
} pb;

static llb__buf pb_pool[4096];
static size_t pb_used;

static inline llb__buf *pb_new(void)
{
    if (pb_used == sizeof pb_pool / sizeof *pb_pool)
        abort();
    return &pb_pool[pb_used++];
}

static inline void pb_free_all(void)
{
    while (pb_used > 0)
        llb__buf_clear(&pb_pool[--pb_used]);
}

static inline pb pb_of(const llb__buf *b) { return (pb){b->data, b->len}; }

static inline pb pb_text(const char *s) { return (pb){s, strlen(s)}; }

static inline void pb_add_varint(llb__buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        llb__buf_addc(b, (char)(v | 0x80));
    llb__buf_addc(b, (char)v);
}

/* A field with a body. */
static inline pb pb_len(unsigned number, pb body)
{
    llb__buf *b = pb_new();
    pb_add_varint(b, number << 3 | 2);
    pb_add_varint(b, body.len);
    llb__buf_add(b, body.data, body.len);
    return pb_of(b);
}

static inline pb pb_str(unsigned number, const char *s)
{
    return pb_len(number, pb_text(s));
}

static inline pb pb_int(unsigned number, int64_t v)
{
    llb__buf *b = pb_new();
    pb_add_varint(b, number << 3);
    pb_add_varint(b, (uint64_t)v);
    return pb_of(b);
}

/* Up to eight pieces in one; a piece without data ends them. */
static inline pb pb_cat8(const pb *pieces)
{
    llb__buf *b = pb_new();
    for (int i = 0; i < 8 && pieces[i].data; i++)
        llb__buf_add(b, pieces[i].data, pieces[i].len);
    llb__buf_reserve(b, 0);
    return pb_of(b);
}
#define pb_cat(...) pb_cat8((pb[9]){__VA_ARGS__})

static inline pb pb_entry(unsigned number, const char *key, pb value)
{
    return pb_len(number, pb_cat(pb_str(1, key), pb_len(2, value)));
}

/* "sha256:..." of an op. */
static inline const char *pb_digest(pb op)
{
    llb__buf *b = pb_new();
    llb__sha256 *sha = llb__sha256_new();
    uint8_t sum[LLB__SHA256_LEN];
    char text[LLB__DIGEST_LEN];

    llb__sha256_sum(sha, op.data, op.len, sum);
    llb__sha256_free(sha);
    llb__digest_text(sum, text);
    llb__buf_add(b, text, sizeof text);
    return b->data;
}

/* Op.inputs: output index of op. */
static inline pb pb_input(pb op, int64_t index)
{
    pb digest = pb_str(1, pb_digest(op));
    return pb_len(1, index ? pb_cat(digest, pb_int(2, index)) : digest);
}

static inline pb pb_source(const char *identifier)
{
    return pb_len(3, pb_str(1, identifier));
}

/* Definition.def entries of an op and of a terminal for it. */
static inline pb pb_def(pb op) { return pb_len(1, op); }

static inline pb pb_end(pb op) { return pb_def(pb_input(op, 0)); }

#endif
