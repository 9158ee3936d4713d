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

static inline void llb__enc_varint(llb__enc *e, uint64_t v)
{
    uint8_t tmp[10];
    size_t n = 0;

    if (v < 0x80) {
        if (llb__enc_room(e, 1))
            e->buf[--e->at] = (uint8_t)v;
        return;
    }
    for (; v >= 0x80; v >>= 7)
        tmp[n++] = (uint8_t)(v | 0x80);
    tmp[n++] = (uint8_t)v;
    llb__enc_bytes(e, tmp, n);
}

enum { LLB__WIRE_VARINT = 0, LLB__WIRE_LEN = 2 };

static inline void llb__enc_tag(llb__enc *e, uint32_t field, uint32_t wire)
{
    llb__enc_varint(e, field << 3 | wire);
}

/* A message, string or map entry of all that was written since mark. */
static inline void llb__enc_wrap(llb__enc *e, uint32_t field, size_t mark)
{
    llb__enc_varint(e, llb__enc_len(e) - mark);
    llb__enc_tag(e, field, LLB__WIRE_LEN);
}

/* Members of a repeated field or of a oneof: written even when empty. */
static inline void llb__enc_elem(llb__enc *e, uint32_t field, const void *data,
                                 size_t len)
{
    llb__enc_bytes(e, data, len);
    llb__enc_varint(e, len);
    llb__enc_tag(e, field, LLB__WIRE_LEN);
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

/* "sha256:..." of a sum, as a member. */
static inline void llb__enc_digest(llb__enc *e, uint32_t field,
                                   const uint8_t sum[LLB__SHA256_LEN])
{
    if (!llb__enc_room(e, LLB__DIGEST_LEN))
        return;
    e->at -= LLB__DIGEST_LEN;
    llb__digest_text(sum, (char *)e->buf + e->at);
    llb__enc_varint(e, LLB__DIGEST_LEN);
    llb__enc_tag(e, field, LLB__WIRE_LEN);
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
