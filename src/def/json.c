/* Messages as JSON: by the tables, so that no field is forgotten. */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* Replaces each byte that is no part of a character. */
static json_t *mended_text(const uint8_t *s, size_t len)
{
    llb__buf b = LLB__BUF_INIT;

    for (size_t i = 0; i < len;) {
        size_t good = llb__utf8_check(s + i, len - i);
        llb__buf_add(&b, s + i, good);
        i += good;
        if (i < len) {
            llb__buf_adds(&b, "\xef\xbf\xbd");
            i++;
        }
    }
    json_t *j = b.failed ? NULL : json_stringn_nocheck(b.data, b.len);
    llb__buf_clear(&b);
    return j;
}

json_t *llb__json_text(const void *text, size_t len)
{
    if (!llb__utf8_valid(text, len))
        return mended_text(text, len);
    return json_stringn_nocheck(len ? text : "", len);
}

bool llb__json_set(json_t *object, const void *key, size_t len, json_t *value)
{
    if (llb__utf8_valid(key, len))
        return json_object_setn_new_nocheck(object, len ? key : "", len,
                                            value) == 0;
    json_t *mended = mended_text(key, len);
    if (!mended) {
        json_decref(value);
        return false;
    }
    int r = json_object_setn_new_nocheck(object, json_string_value(mended),
                                         json_string_length(mended), value);
    json_decref(mended);
    return r == 0;
}

bool llb__json_put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new_nocheck(object, key, value) == 0;
}

static json_t *hex_of(llb__bytes b)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * b.len + 1);

    if (!text)
        return NULL;
    for (size_t i = 0; i < b.len; i++) {
        text[2 * i] = digits[b.data[i] >> 4];
        text[2 * i + 1] = digits[b.data[i] & 15];
    }
    json_t *j = json_stringn_nocheck(text, 2 * b.len);
    free(text);
    return j;
}

static json_t *number(const llb__field *f, uint64_t v)
{
    switch ((llb__ftype)f->type) {
    case LLB__F_BOOL:
        return json_boolean(v != 0);
    case LLB__F_INT32:
        return json_integer((int32_t)v);
    case LLB__F_UINT32:
        return json_integer((uint32_t)v);
    case LLB__F_ENUM:
        for (int32_t i = 0; f->words[i]; i++)
            if (i == (int32_t)v)
                return json_string_nocheck(f->words[i]);
        return json_integer((int32_t)v);
    case LLB__F_UINT64:
        if (v > INT64_MAX) { /* as protobuf's own JSON has large numbers */
            char text[24];
            snprintf(text, sizeof text, "%llu", (unsigned long long)v);
            return json_string_nocheck(text);
        }
        return json_integer((json_int_t)v);
    case LLB__F_INT64:
    case LLB__F_STRING:
    case LLB__F_BYTES:
    case LLB__F_MESSAGE:
        break;
    }
    return json_integer((json_int_t)v);
}

static json_t *message(llb__bytes b, const llb__message *m, uint32_t skip,
                       int depth);

static bool add_value(json_t *object, const llb__field *f, json_t *value)
{
    if (!(f->flags & LLB__REPEATED))
        return llb__json_put(object, f->name, value);
    json_t *list = json_object_get(object, f->name);
    return json_array_append_new(list, value) == 0;
}

static bool add_packed(json_t *object, const llb__field *f, llb__bytes body)
{
    llb__wire w = llb__wire_of(body);
    uint64_t v;

    while (w.p != w.end && llb__wire_varint(&w, &v))
        if (!add_value(object, f, number(f, v)))
            return false;
    return true;
}

/* Bytes that are text read better as text; a name of its own says which. */
static bool add_bytes(json_t *object, const llb__field *f, llb__bytes body)
{
    char name[32];

    if (f->flags & LLB__REPEATED) /* nested definitions: ops */
        return add_value(object, f, hex_of(body));
    if (llb__utf8_valid(body.data, body.len))
        return add_value(object, f, llb__json_text(body.data, body.len));
    snprintf(name, sizeof name, "%s_hex", f->name);
    return llb__json_put(object, name, hex_of(body));
}

static bool add_entry(json_t *object, const llb__field *f, llb__bytes body,
                      int depth)
{
    const llb__field *vf = llb__field_of(f->message, LLB__VALUE);
    llb__bytes key = llb__wire_body(body, LLB__KEY);
    llb__bytes v = llb__wire_body(body, LLB__VALUE);
    json_t *map = json_object_get(object, f->name), *value;

    if (vf->type == LLB__F_MESSAGE)
        value = message(v, vf->message, 0, depth + 1);
    else if (vf->type == LLB__F_STRING)
        value = llb__json_text(v.data, v.len);
    else
        value = number(vf, (uint64_t)llb__wire_int(body, LLB__VALUE));
    return llb__json_set(map, key.data, key.len, value);
}

static bool add_field(json_t *object, const llb__field *f,
                      const llb__wire_field *wf, int depth)
{
    if (f->flags & LLB__REPEATED && !json_object_get(object, f->name)) {
        json_t *empty = f->flags & LLB__MAP ? json_object() : json_array();
        if (!llb__json_put(object, f->name, empty))
            return false;
    }
    if (f->flags & LLB__MAP)
        return add_entry(object, f, wf->body, depth);
    if (llb__is_varint(f))
        return wf->type == LLB__LEN
                   ? add_packed(object, f, wf->body)
                   : add_value(object, f, number(f, wf->value));
    if (f->type == LLB__F_MESSAGE)
        return add_value(object, f,
                         message(wf->body, f->message, 0, depth + 1));
    if (f->type == LLB__F_STRING)
        return add_value(object, f,
                         llb__json_text(wf->body.data, wf->body.len));
    return add_bytes(object, f, wf->body);
}

/* Fields of newer BuildKits, whole with their tags, one after the other. */
static bool add_unknown(json_t *object, llb__bytes raw)
{
    static const char name[] = "unknown_fields";
    json_t *list = json_object_get(object, name);

    if (!list) {
        list = json_array();
        if (!llb__json_put(object, name, list))
            return false;
    }
    return json_array_append_new(list, hex_of(raw)) == 0;
}

/* The reader of definitions allows LLB__MAX_NESTING messages within each
 * other, so this may recurse. */
static json_t *message(llb__bytes b, const llb__message *m, uint32_t skip,
                       int depth)
{
    json_t *object = json_object();
    llb__wire w = llb__wire_of(b);
    llb__wire_field wf;
    bool good = object != NULL;

    while (good && llb__wire_next(&w, &wf)) {
        const llb__field *f = llb__field_of(m, wf.number);
        if (skip && wf.number == skip)
            continue;
        if (f)
            good = add_field(object, f, &wf, depth);
        else
            good = add_unknown(
                object, (llb__bytes){wf.start, (size_t)(w.p - wf.start)});
    }
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *llb__json_message(llb__bytes b, const llb__message *m, uint32_t skip)
{
    return message(b, m, skip, 0);
}

struct writer {
    llb__buf *buf;
    unsigned indent;
};

static int write_piece(const char *s, size_t len, void *data)
{
    const struct writer *wr = data;

    while (len > 0) {
        const char *nl = memchr(s, '\n', len);
        size_t n = nl ? (size_t)(nl - s) + 1 : len;
        llb__buf_add(wr->buf, s, n);
        if (nl)
            for (unsigned i = 0; i < wr->indent; i++)
                llb__buf_addc(wr->buf, ' ');
        s += n;
        len -= n;
    }
    return wr->buf->failed ? -1 : 0;
}

bool llb__json_write(llb__buf *b, json_t *value, unsigned indent)
{
    struct writer wr = {b, indent};

    if (!value)
        return false;
    int r =
        json_dump_callback(value, write_piece, &wr,
                           JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    json_decref(value);
    return r == 0;
}

static int add_piece(const char *s, size_t len, void *buf)
{
    llb__buf_add(buf, s, len);
    return ((llb__buf *)buf)->failed ? -1 : 0;
}

/* Not json_dumps: of a key it does not notice that there was no memory for
 * it (jansson 2.14), and a buffer of ours remembers. */
char *llb__json_dump(const json_t *value)
{
    llb__buf b = LLB__BUF_INIT;

    if (json_dump_callback(value, add_piece, &b,
                           JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY))
        b.failed = true;
    return llb__buf_take(&b, NULL);
}
