/* The backward writer's memory. */
#include "encode.h"

#include <stdlib.h>

#include "pages.h"

enum { FIRST_CAP = 1024 };

void llb__enc_clear(llb__enc *e)
{
    free(e->buf);
    *e = LLB__ENC_INIT;
}

bool llb__enc_grow(llb__enc *e, size_t n)
{
    size_t len = llb__enc_len(e);

    if (e->failed || n > SIZE_MAX / 4 - len)
        goto fail;
    size_t cap = e->cap ? e->cap : FIRST_CAP;
    while (cap < len + n)
        cap *= 2;
    uint8_t *buf = llb__pages_alloc(cap);
    if (!buf)
        goto fail;
    if (len)
        memcpy(buf + cap - len, e->buf + e->at, len);
    free(e->buf);
    *e = (llb__enc){buf, cap, cap - len, false};
    return true;
fail:
    /* Nothing more is written, so a small room left over must not look like
     * success to a short write after a long one. */
    e->failed = true;
    e->at = 0;
    return false;
}

void llb__enc_long_varint(llb__enc *e, uint64_t v)
{
    static const uint8_t minus_one[] = {0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0x01};
    size_t n = llb__varint_len(v);

    if (!llb__enc_room(e, n))
        return;
    e->at -= n;
    if (v == UINT64_MAX) /* mounts and actions have many: "no output" */
        memcpy(e->buf + e->at, minus_one, sizeof minus_one);
    else
        llb__put_varint(e->buf + e->at, v);
}
