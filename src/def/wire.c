/* Reading the protobuf wire format. */
#include "wire.h"

bool llb__wire_varint(llb__wire *w, uint64_t *ret_value)
{
    const uint8_t *p = w->p;
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (p == w->end) {
            w->error = "a number is cut off by the end";
            return false;
        }
        uint8_t b = *p++;
        if (shift == 63 && b > 1)
            break;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) {
            w->p = p;
            *ret_value = v;
            return true;
        }
    }
    w->error = "a number has more than 64 bits";
    return false;
}

static bool read_fixed(llb__wire *w, unsigned n, uint64_t *ret_value)
{
    uint64_t v = 0;

    if ((size_t)(w->end - w->p) < n) {
        w->error = "a number is cut off by the end";
        return false;
    }
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)w->p[i] << 8 * i;
    w->p += n;
    *ret_value = v;
    return true;
}

static bool read_value(llb__wire *w, llb__wire_field *f)
{
    switch (f->type) {
    case LLB__VARINT:
        return llb__wire_varint(w, &f->value);
    case LLB__FIXED64:
        return read_fixed(w, 8, &f->value);
    case LLB__FIXED32:
        return read_fixed(w, 4, &f->value);
    case LLB__LEN:
        if (!llb__wire_varint(w, &f->value))
            return false;
        if (f->value > (uint64_t)(w->end - w->p)) {
            w->error = "a field is longer than what is left";
            return false;
        }
        f->body = (llb__bytes){w->p, (size_t)f->value};
        w->p += f->value;
        return true;
    case 3:
    case 4:
        w->error = "a group, which no definition has";
        return false;
    default:
        w->error = "a field of no known wire type";
        return false;
    }
}

bool llb__wire_next(llb__wire *w, llb__wire_field *ret_field)
{
    llb__wire_field f = {.start = w->p};
    uint64_t tag;

    if (w->error || w->p == w->end)
        return false;
    if (!llb__wire_varint(w, &tag))
        return false;
    if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff) {
        w->error = "a field number out of range";
    } else {
        f.number = (uint32_t)(tag >> 3);
        f.type = (uint32_t)(tag & 7);
        if (read_value(w, &f)) {
            *ret_field = f;
            return true;
        }
    }
    w->p = f.start;
    return false;
}

bool llb__wire_find(llb__bytes message, uint32_t number, uint32_t type,
                    llb__wire_field *ret_field)
{
    llb__wire w = llb__wire_of(message);
    llb__wire_field f;
    bool found = false;

    while (llb__wire_next(&w, &f)) {
        if (f.number == number && f.type == type) {
            *ret_field = f;
            found = true;
        }
    }
    return found;
}

llb__bytes llb__wire_body(llb__bytes message, uint32_t number)
{
    llb__wire_field f;

    if (!llb__wire_find(message, number, LLB__LEN, &f))
        return (llb__bytes){NULL, 0};
    return f.body;
}

int64_t llb__wire_int(llb__bytes message, uint32_t number)
{
    llb__wire_field f;

    if (!llb__wire_find(message, number, LLB__VARINT, &f))
        return 0;
    return (int64_t)f.value;
}
