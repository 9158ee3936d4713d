/* protobuf-c recurses as deep as its input says and allocates for every field
 * of it, so bytes from outside are walked first, flatly and by descriptor. */
#include "wire.h"

#include <stdlib.h>

#include "error.h"
#include "bounds.h"

/* What unpacking may allocate: a message of the largest size cannot say more
 * that is of use to us. */
#define MAX_MEMORY (16 * LLB__MAX_MESSAGE)

/* About what protobuf-c keeps for one field while and after it reads it. */
enum { FIELD_COST = 48, SMALL = 16 };

struct level {
    const ProtobufCMessageDescriptor *desc;
    const uint8_t *end;
    uint64_t seen; /* singular messages so far, by index of the field */
};

struct walk {
    struct level levels[LLB__MAX_NESTING];
    int depth; /* index of the innermost level */
    const uint8_t *p;
    size_t memory;
};

static bool read_varint(struct walk *w, const uint8_t *end, uint64_t *ret)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (w->p == end)
            return false;
        uint8_t b = *w->p++;
        if (shift < 64)
            v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) {
            *ret = v;
            return true;
        }
    }
    return false;
}

static const char *too_large = "it would take too much memory";

static bool charge(struct walk *w, size_t n)
{
    w->memory += n;
    return w->memory <= MAX_MEMORY;
}

/* Goes into a field that is a message of len bytes. */
static const char *enter(struct walk *w, const ProtobufCFieldDescriptor *f,
                         size_t len)
{
    struct level *up = &w->levels[w->depth];
    size_t index = (size_t)(f - up->desc->fields);

    if (f->label != PROTOBUF_C_LABEL_REPEATED && index < 64) {
        if (up->seen & (uint64_t)1 << index)
            return "a field that occurs once is given twice";
        up->seen |= (uint64_t)1 << index;
    }
    if (w->depth + 1 == LLB__MAX_NESTING)
        return "messages are nested too deep";
    const ProtobufCMessageDescriptor *desc = f->descriptor;
    if (!charge(w, desc->sizeof_message + FIELD_COST))
        return too_large;
    w->depth++;
    w->levels[w->depth] = (struct level){desc, w->p + len, 0};
    return NULL;
}

/* A field with a length; f is NULL when we do not know it. */
static const char *read_bytes(struct walk *w, const ProtobufCFieldDescriptor *f)
{
    const uint8_t *end = w->levels[w->depth].end;
    uint64_t len;

    if (!read_varint(w, end, &len) || len > (uint64_t)(end - w->p))
        return "a field is cut short";
    if (f && f->type == PROTOBUF_C_TYPE_MESSAGE)
        return enter(w, f, (size_t)len);
    bool packed = f && f->type != PROTOBUF_C_TYPE_STRING &&
                  f->type != PROTOBUF_C_TYPE_BYTES;
    w->p += len;
    return charge(w, (size_t)len * (packed ? 8 : 1) + FIELD_COST + SMALL)
               ? NULL
               : too_large;
}

static const char *read_field(struct walk *w)
{
    const uint8_t *end = w->levels[w->depth].end;
    const ProtobufCMessageDescriptor *desc = w->levels[w->depth].desc;
    uint64_t tag, value;

    if (!read_varint(w, end, &tag) || tag >> 3 == 0 || tag >> 32)
        return "a field has no number";
    switch (tag & 7) {
    case 0:
        if (!read_varint(w, end, &value))
            return "a number is cut short";
        break;
    case 1:
    case 5: {
        size_t size = (tag & 7) == 1 ? 8 : 4;
        if ((size_t)(end - w->p) < size)
            return "a number is cut short";
        w->p += size;
        break;
    }
    case 2:
        return read_bytes(w, protobuf_c_message_descriptor_get_field(
                                 desc, (unsigned)(tag >> 3)));
    default:
        return "a field has an unknown form";
    }
    return charge(w, FIELD_COST + SMALL) ? NULL : too_large;
}

const char *bk__wire_check(const ProtobufCMessageDescriptor *desc,
                           llb__bytes bytes)
{
    struct walk w = {.p = bytes.data};

    if (bytes.len == 0)
        return NULL;
    w.levels[0] = (struct level){desc, bytes.data + bytes.len, 0};
    for (;;) {
        while (w.p == w.levels[w.depth].end) {
            if (w.depth-- == 0)
                return NULL;
        }
        const char *wrong = read_field(&w);
        if (wrong)
            return wrong;
    }
}

llb_status bk__unpack(const ProtobufCMessageDescriptor *desc, llb__bytes bytes,
                      const char *what, ProtobufCMessage **ret, llb_error *err)
{
    static const uint8_t none[1];
    const char *wrong = bk__wire_check(desc, bytes);

    if (wrong)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the daemon's %s is no such message: %s", what, wrong);
    ProtobufCMessage *m = protobuf_c_message_unpack(
        desc, NULL, bytes.len, bytes.len ? bytes.data : none);
    if (!m)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the daemon's %s cannot be read: it is malformed, or "
                         "memory ran out",
                         what);
    *ret = m;
    return LLB_OK;
}

void bk__free(ProtobufCMessage *m)
{
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
}

llb_status bk__pack(const ProtobufCMessage *m, uint8_t **ret_data,
                    size_t *ret_len, llb_error *err)
{
    size_t len = protobuf_c_message_get_packed_size(m);
    uint8_t *data = malloc(len + 1);

    if (!data)
        return llb__fail_nomem(err);
    *ret_len = protobuf_c_message_pack(m, data);
    *ret_data = data;
    return LLB_OK;
}

size_t bk__varint(uint64_t v, uint8_t out[10])
{
    size_t n = 0;

    while (v >= 0x80) {
        out[n++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    out[n++] = (uint8_t)v;
    return n;
}

bool bk__wire_bytes_message(llb__bytes message, llb__bytes *ret)
{
    struct walk w = {.p = message.data};
    const uint8_t *end = message.data + message.len;
    uint64_t tag, len;

    *ret = (llb__bytes){message.data, 0};
    while (w.p != end) {
        if (!read_varint(&w, end, &tag) || tag != (1 << 3 | 2) ||
            !read_varint(&w, end, &len) || len > (uint64_t)(end - w.p))
            return false;
        *ret = (llb__bytes){w.p, (size_t)len};
        w.p += len;
    }
    return true;
}
