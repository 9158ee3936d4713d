/* Packets on the wire. Unknown fields are skipped, groups and wrong wire
 * types refused, and every length is checked before it is used. */
#include "packet.h"

#include <stdlib.h>
#include <string.h>

enum {
    VARINT = 0,
    FIXED64 = 1,
    BYTES = 2,
    FIXED32 = 5,
    MAX_XATTRS = 4096, /* Linux has room for fewer names on one file */
};

/* Field numbers. */
enum { P_TYPE = 1, P_STAT = 2, P_ID = 3, P_DATA = 4 };
enum {
    S_PATH = 1,
    S_MODE,
    S_UID,
    S_GID,
    S_SIZE,
    S_MODTIME,
    S_LINKNAME,
    S_DEVMAJOR,
    S_DEVMINOR,
    S_XATTRS,
};

static const char broken[] = "is no protobuf message";

struct field {
    uint64_t number;
    int wire;
    uint64_t value;   /* VARINT */
    llb__bytes bytes; /* BYTES */
};

static bool varint(llb__bytes *in, uint64_t *ret)
{
    uint64_t v = 0;

    for (size_t i = 0; i < 10 && i < in->len; i++) {
        uint8_t c = in->data[i];
        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c < 0x80) {
            in->data += i + 1;
            in->len -= i + 1;
            *ret = v;
            return true;
        }
    }
    return false;
}

static bool take(llb__bytes *in, uint64_t len, llb__bytes *ret)
{
    if (len > in->len)
        return false;
    *ret = (llb__bytes){in->data, (size_t)len};
    in->data += len;
    in->len -= (size_t)len;
    return true;
}

static bool next_field(llb__bytes *in, struct field *f)
{
    uint64_t tag;

    if (!varint(in, &tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3)
        return false;
    f->number = tag >> 3;
    f->wire = (int)(tag & 7);
    f->value = 0;
    f->bytes = (llb__bytes){NULL, 0};
    switch (f->wire) {
    case VARINT:
        return varint(in, &f->value);
    case FIXED64:
        return take(in, 8, &f->bytes);
    case FIXED32:
        return take(in, 4, &f->bytes);
    case BYTES:
        return varint(in, &f->value) && take(in, f->value, &f->bytes);
    default:
        return false;
    }
}

static const char *parse_xattr(bk__packet_reader *r, llb__bytes in, bk__stat *s)
{
    bk__xattr x = {{NULL, 0}, {NULL, 0}};
    struct field f;

    while (in.len > 0) {
        if (!next_field(&in, &f))
            return broken;
        if (f.number <= 2 && f.wire != BYTES)
            return "has a field of the wrong type";
        if (f.number == 1)
            x.name = f.bytes;
        else if (f.number == 2)
            x.value = f.bytes;
    }
    if (s->n_xattrs >= MAX_XATTRS)
        return "has too many extended attributes";
    if (s->n_xattrs == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 8;
        bk__xattr *xs = realloc(r->xattrs, cap * sizeof *xs);
        if (!xs)
            return "needs more memory than there is";
        r->xattrs = xs;
        r->cap = cap;
    }
    r->xattrs[s->n_xattrs++] = x;
    return NULL;
}

static const char *parse_stat(bk__packet_reader *r, llb__bytes in, bk__stat *s)
{
    struct field f;
    const char *why;

    while (in.len > 0) {
        if (!next_field(&in, &f))
            return broken;
        bool is_bytes = f.number == S_PATH || f.number == S_LINKNAME ||
                        f.number == S_XATTRS;
        if (f.number <= S_XATTRS && f.wire != (is_bytes ? BYTES : VARINT))
            return "has a field of the wrong type";
        switch (f.number) {
        case S_PATH:
            s->path = f.bytes;
            break;
        case S_MODE:
            s->mode = (uint32_t)f.value;
            break;
        case S_UID:
            s->uid = (uint32_t)f.value;
            break;
        case S_GID:
            s->gid = (uint32_t)f.value;
            break;
        case S_SIZE:
            s->size = (int64_t)f.value;
            break;
        case S_MODTIME:
            s->mod_time = (int64_t)f.value;
            break;
        case S_LINKNAME:
            s->linkname = f.bytes;
            break;
        case S_DEVMAJOR:
            s->devmajor = (int64_t)f.value;
            break;
        case S_DEVMINOR:
            s->devminor = (int64_t)f.value;
            break;
        case S_XATTRS:
            why = parse_xattr(r, f.bytes, s);
            if (why)
                return why;
            break;
        default:
            break;
        }
    }
    return NULL;
}

void bk__packet_reader_clear(bk__packet_reader *r)
{
    free(r->xattrs);
    *r = (bk__packet_reader){NULL, 0};
}

const char *bk__packet_parse(bk__packet_reader *r, llb__bytes message,
                             bk__packet *ret)
{
    bk__packet p = {.type = BK__PACKET_STAT};
    uint64_t type = 0;
    struct field f;
    const char *why;

    while (message.len > 0) {
        if (!next_field(&message, &f))
            return broken;
        bool is_bytes = f.number == P_STAT || f.number == P_DATA;
        if (f.number <= P_DATA && f.wire != (is_bytes ? BYTES : VARINT))
            return "has a field of the wrong type";
        switch (f.number) {
        case P_TYPE:
            type = f.value;
            break;
        case P_STAT: /* given twice, the second adds to the first */
            p.has_stat = true;
            why = parse_stat(r, f.bytes, &p.stat);
            if (why)
                return why;
            break;
        case P_ID:
            p.id = (uint32_t)f.value;
            break;
        case P_DATA:
            p.data = f.bytes;
            break;
        default:
            break;
        }
    }
    if (type > BK__PACKET_ERR)
        return "is of an unknown type";
    p.type = (bk__packet_type)type;
    p.stat.xattrs = r->xattrs;
    *ret = p;
    return NULL;
}

static size_t put_varint(uint8_t *out, uint64_t v)
{
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        out[n++] = (uint8_t)(v | 0x80);
    out[n++] = (uint8_t)v;
    return n;
}

static size_t put_tag(uint8_t *out, unsigned number, unsigned wire)
{
    return put_varint(out, number << 3 | wire);
}

static void add_varint(llb__buf *b, unsigned number, uint64_t v)
{
    uint8_t out[20];
    size_t n = put_tag(out, number, VARINT);

    if (v)
        llb__buf_add(b, out, n + put_varint(out + n, v));
}

static void add_head(llb__buf *b, unsigned number, size_t len)
{
    uint8_t out[20];
    size_t n = put_tag(out, number, BYTES);

    llb__buf_add(b, out, n + put_varint(out + n, len));
}

static void add_bytes(llb__buf *b, unsigned number, llb__bytes v)
{
    if (v.len == 0)
        return;
    add_head(b, number, v.len);
    llb__buf_add(b, v.data, v.len);
}

static size_t varint_len(uint64_t v)
{
    uint8_t out[10];

    return put_varint(out, v);
}

/* Length of a bytes field with a one-byte tag. */
static size_t bytes_len(size_t len) { return 1 + varint_len(len) + len; }

static size_t varint_field_len(uint64_t v) { return v ? 1 + varint_len(v) : 0; }

static size_t stat_len(const bk__stat *s)
{
    size_t n = (s->path.len ? bytes_len(s->path.len) : 0) +
               (s->linkname.len ? bytes_len(s->linkname.len) : 0) +
               varint_field_len(s->mode) + varint_field_len(s->uid) +
               varint_field_len(s->gid) + varint_field_len((uint64_t)s->size) +
               varint_field_len((uint64_t)s->mod_time) +
               varint_field_len((uint64_t)s->devmajor) +
               varint_field_len((uint64_t)s->devminor);

    for (size_t i = 0; i < s->n_xattrs; i++)
        n += bytes_len(bytes_len(s->xattrs[i].name.len) +
                       bytes_len(s->xattrs[i].value.len));
    return n;
}

static void add_stat(llb__buf *b, const bk__stat *s)
{
    add_head(b, P_STAT, stat_len(s));
    add_bytes(b, S_PATH, s->path);
    add_varint(b, S_MODE, s->mode);
    add_varint(b, S_UID, s->uid);
    add_varint(b, S_GID, s->gid);
    add_varint(b, S_SIZE, (uint64_t)s->size);
    add_varint(b, S_MODTIME, (uint64_t)s->mod_time);
    add_bytes(b, S_LINKNAME, s->linkname);
    add_varint(b, S_DEVMAJOR, (uint64_t)s->devmajor);
    add_varint(b, S_DEVMINOR, (uint64_t)s->devminor);
    for (size_t i = 0; i < s->n_xattrs; i++) {
        const bk__xattr *x = &s->xattrs[i];
        add_head(b, S_XATTRS, bytes_len(x->name.len) + bytes_len(x->value.len));
        add_head(b, 1, x->name.len); /* map entries hold both, even empty */
        llb__buf_add(b, x->name.data, x->name.len);
        add_head(b, 2, x->value.len);
        llb__buf_add(b, x->value.data, x->value.len);
    }
}

void bk__packet_marshal(const bk__packet *p, llb__buf *b)
{
    add_varint(b, P_TYPE, (uint64_t)p->type);
    if (p->has_stat)
        add_stat(b, &p->stat);
    add_varint(b, P_ID, p->id);
    add_bytes(b, P_DATA, p->data);
}

size_t bk__packet_data_head(uint32_t id, size_t len,
                            uint8_t out[BK__DATA_HEAD_MAX])
{
    size_t n = put_tag(out, P_TYPE, VARINT);

    n += put_varint(out + n, BK__PACKET_DATA);
    if (id) {
        n += put_tag(out + n, P_ID, VARINT);
        n += put_varint(out + n, id);
    }
    if (len) {
        n += put_tag(out + n, P_DATA, BYTES);
        n += put_varint(out + n, len);
    }
    return n;
}

bool bk__field1_parse(llb__bytes message, llb__bytes *ret)
{
    llb__bytes found = {NULL, 0};
    struct field f;

    while (message.len > 0) {
        if (!next_field(&message, &f))
            return false;
        if (f.number != 1)
            continue;
        if (f.wire != BYTES)
            return false;
        found = f.bytes;
    }
    *ret = found;
    return true;
}

size_t bk__field1_head(size_t len, uint8_t out[BK__DATA_HEAD_MAX])
{
    size_t n = put_tag(out, 1, BYTES);

    return n + put_varint(out + n, len);
}
