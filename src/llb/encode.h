/* The writer of protobuf messages. It starts at the end and goes backwards:
 * what stands last is written first, so a length is known when it is written,
 * and nothing is measured or moved. */
#ifndef LLB__LLB_ENCODE_H
#define LLB__LLB_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sha256.h"

/* Bytes that v takes as a varint: its bits by 7, rounded up, for up to 64. */
static inline size_t llb__varint_len(uint64_t v)
{
    return ((64u - (unsigned)__builtin_clzll(v | 1)) * 9 + 64) / 64;
}

/* Writes v forwards to p, and returns what is behind it. */
static inline uint8_t *llb__put_varint(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

/* The bytes written stand at the end of buf, from at on. Errors stick: after
 * failed, writes do nothing. */
typedef struct llb__enc {
    uint8_t *buf;
    size_t cap, at;
    bool failed; /* no memory */
} llb__enc;

#define LLB__ENC_INIT ((llb__enc){NULL, 0, 0, false})

void llb__enc_clear(llb__enc *e);

/* Makes room for n more bytes; false and failed when there is none. */
bool llb__enc_grow(llb__enc *e, size_t n);

/* Forgets what was written, and that it failed; the memory stays. */
static inline void llb__enc_reset(llb__enc *e)
{
    e->at = e->cap;
    e->failed = false;
}

static inline const uint8_t *llb__enc_data(const llb__enc *e)
{
    return e->buf ? e->buf + e->at : NULL;
}

/* How much has been written: also the mark to hand to llb__enc_wrap. */
static inline size_t llb__enc_len(const llb__enc *e) { return e->cap - e->at; }

static inline bool llb__enc_room(llb__enc *e, size_t n)
{
    return e->at >= n || llb__enc_grow(e, n);
}

static inline void llb__enc_bytes(llb__enc *e, const void *data, size_t len)
{
    if (len && llb__enc_room(e, len)) {
        e->at -= len;
        memcpy(e->buf + e->at, data, len);
    }
}

void llb__enc_long_varint(llb__enc *e, uint64_t v);

static inline void llb__enc_varint(llb__enc *e, uint64_t v)
{
    if (v < 0x80 && e->at)
        e->buf[--e->at] = (uint8_t)v;
    else
        llb__enc_long_varint(e, v);
}

enum { LLB__WIRE_VARINT = 0, LLB__WIRE_LEN = 2 };

static inline void llb__enc_tag(llb__enc *e, uint32_t field, uint32_t wire)
{
    llb__enc_varint(e, field << 3 | wire);
}

/* Tag and length of what was just written. Nearly always they are a byte each,
 * and a graph is made of little else. */
static inline void llb__enc_head(llb__enc *e, uint32_t field, size_t len)
{
    if (len < 0x80 && field < 16 && e->at >= 2) {
        e->at -= 2;
        e->buf[e->at] = (uint8_t)(field << 3 | LLB__WIRE_LEN);
        e->buf[e->at + 1] = (uint8_t)len;
    } else {
        llb__enc_varint(e, len);
        llb__enc_tag(e, field, LLB__WIRE_LEN);
    }
}

/* A message, string or map entry of all that was written since mark. */
static inline void llb__enc_wrap(llb__enc *e, uint32_t field, size_t mark)
{
    llb__enc_head(e, field, llb__enc_len(e) - mark);
}

/* Members of a repeated field or of a oneof: written even when empty. */
static inline void llb__enc_elem(llb__enc *e, uint32_t field, const void *data,
                                 size_t len)
{
    llb__enc_bytes(e, data, len);
    llb__enc_head(e, field, len);
}

/* Singular fields: left out when they are empty, zero or false. */
static inline void llb__enc_text(llb__enc *e, uint32_t field, const void *data,
                                 size_t len)
{
    if (len)
        llb__enc_elem(e, field, data, len);
}

static inline void llb__enc_str(llb__enc *e, uint32_t field, const char *s)
{
    if (s)
        llb__enc_text(e, field, s, strlen(s));
}

static inline void llb__enc_u64(llb__enc *e, uint32_t field, uint64_t v)
{
    if (v) {
        llb__enc_varint(e, v);
        llb__enc_tag(e, field, LLB__WIRE_VARINT);
    }
}

/* Negative numbers take ten bytes, as protobuf has it. */
static inline void llb__enc_i64(llb__enc *e, uint32_t field, int64_t v)
{
    llb__enc_u64(e, field, (uint64_t)v);
}

/* Tag and length of a member with len bytes, written forwards to p; returns
 * what is behind them, at most LLB__MAX_HEAD bytes on. */
enum { LLB__MAX_HEAD = 11 };

static inline uint8_t *llb__put_head(uint8_t *p, uint32_t field, size_t len)
{
    *p++ = (uint8_t)(field << 3 | LLB__WIRE_LEN); /* field < 16 */
    return llb__put_varint(p, len);
}

/* "sha256:..." of a sum, as a member. */
static inline void llb__enc_digest(llb__enc *e, uint32_t field,
                                   const uint8_t sum[LLB__SHA256_LEN])
{
    if (!llb__enc_room(e, LLB__DIGEST_LEN))
        return;
    e->at -= LLB__DIGEST_LEN;
    llb__digest_text(sum, (char *)e->buf + e->at);
    llb__enc_head(e, field, LLB__DIGEST_LEN);
}

/* An entry of a map<string, string>: key and value even when empty. */
static inline void llb__enc_pair(llb__enc *e, uint32_t field, const char *key,
                                 const char *value)
{
    size_t mark = llb__enc_len(e);

    llb__enc_elem(e, 2, value, strlen(value));
    llb__enc_elem(e, 1, key, strlen(key));
    llb__enc_wrap(e, field, mark);
}

#endif
