/* A mutator for definitions. Digests tie ops together, so that nearly every
 * change of a byte would end at the first lookup: after each mutation inputs
 * that name no op before theirs are given the digest of one. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sha256.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len,
                               unsigned seed);

enum { MAX_OPS = 64 };

struct digests {
    llb__sha256 *sha;
    char text[MAX_OPS][LLB__DIGEST_LEN];
    size_t n;
    unsigned seed;
};

/* Reads a varint at *p; false at the end. */
static bool varint(uint8_t **p, const uint8_t *end, uint64_t *ret)
{
    *ret = 0;
    for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
        uint8_t b = *(*p)++;
        *ret |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80)
            return true;
    }
    return false;
}

/* The next field with a body; fields of numbers are skipped. */
static bool next_body(uint8_t **p, const uint8_t *end, uint64_t *ret_number,
                      uint8_t **ret_body, size_t *ret_len)
{
    uint64_t tag, v;

    while (varint(p, end, &tag) && varint(p, end, &v)) {
        if ((tag & 7) == 0)
            continue;
        if ((tag & 7) != 2 || v > (uint64_t)(end - *p))
            return false;
        *ret_number = tag >> 3;
        *ret_body = *p;
        *ret_len = (size_t)v;
        *p += v;
        return true;
    }
    return false;
}

static void repair_digest(struct digests *d, uint8_t *text)
{
    for (size_t i = 0; i < d->n; i++)
        if (memcmp(d->text[i], text, LLB__DIGEST_LEN) == 0)
            return;
    if (d->n > 0) /* mostly the last one: long chains are the common case */
        memcpy(text, d->text[d->seed % 4 ? d->n - 1 : d->seed % d->n],
               LLB__DIGEST_LEN);
}

static void repair_inputs(struct digests *d, uint8_t *op, size_t len)
{
    uint8_t *p = op, *in, *text;
    uint64_t number;
    size_t in_len, text_len;

    while (next_body(&p, op + len, &number, &in, &in_len)) {
        if (number != 1)
            continue;
        for (uint8_t *q = in;
             next_body(&q, in + in_len, &number, &text, &text_len);)
            if (number == 1 && text_len == LLB__DIGEST_LEN)
                repair_digest(d, text);
    }
}

static void repair(struct digests *d, uint8_t *data, size_t len)
{
    uint8_t *p = data, *op, sum[LLB__SHA256_LEN];
    uint64_t number;
    size_t op_len;

    while (d->n < MAX_OPS && next_body(&p, data + len, &number, &op, &op_len)) {
        if (number != 1)
            continue;
        repair_inputs(d, op, op_len);
        if (!llb__sha256_sum(d->sha, op, op_len, sum))
            return;
        llb__digest_text(sum, d->text[d->n++]);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len,
                               unsigned seed)
{
    struct digests d = {.sha = llb__sha256_new(), .seed = seed >> 3};

    len = LLVMFuzzerMutate(data, len, max_len);
    if (d.sha && seed % 8) /* one in eight stays broken */
        repair(&d, data, len);
    llb__sha256_free(d.sha);
    return len;
}
