/* Field by field: what differs in two messages of one type, as JSON. */
#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "check_message.h"

enum { MAX_PER_KIND = 100, MAX_PLACES = 10, MAX_NESTED = 8, MAX_HEX = 16 };

bool llb__changes_full(llb__collector *c)
{
    /* One line more on top of a source file moves the places of all ops. */
    size_t max = c->kind == LLB_CHANGE_PLACES ? MAX_PLACES : MAX_PER_KIND;

    if (c->n_of[c->kind] < max)
        return false;
    c->out->n_more++;
    return true;
}

static char *dump(llb__collector *c, const json_t *value)
{
    if (!value)
        return NULL;
    char *text = llb__json_dump(value);
    c->failed |= !text;
    return text;
}

static llb_def_change *next_slot(llb__collector *c)
{
    llb_def_changes *out = c->out;

    if (out->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        llb_def_change *list = realloc(out->list, cap * sizeof *list);
        if (!list) {
            c->failed = true;
            return NULL;
        }
        out->list = list;
        c->cap = cap;
    }
    return &out->list[out->n];
}

void llb__add_change(llb__collector *c, const json_t *x, const json_t *y)
{
    if (c->failed || llb__changes_full(c))
        return;
    llb_def_change *slot = next_slot(c);
    if (!slot)
        return;
    *slot = (llb_def_change){
        .kind = c->kind,
        .a = c->a,
        .b = c->b,
        .field = strdup(c->path.data ? c->path.data : ""),
        .a_value = dump(c, x),
        .b_value = dump(c, y),
    };
    c->failed |= !slot->field || c->path.failed;
    c->out->n++;
    c->n_of[c->kind]++;
}

/* The path is as long as len again. */
static void leave(llb__collector *c, size_t len)
{
    c->path.len = len;
    if (c->path.data)
        c->path.data[len] = '\0';
}

static void enter_key(llb__collector *c, const char *key)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789_";
    size_t len = strlen(key);

    if (len > 0 && strspn(key, plain) == len)
        llb__buf_printf(&c->path, "%s%s", c->path.len ? "." : "", key);
    else
        llb__buf_printf(&c->path, "[\"%s\"]", key);
}

static void compare(llb__collector *c, json_t *x, json_t *y);

static void compare_members(llb__collector *c, json_t *x, json_t *y)
{
    size_t len = c->path.len;
    const char *key;
    json_t *v;

    json_object_foreach(x, key, v)
    {
        enter_key(c, key);
        compare(c, v, json_object_get(y, key));
        leave(c, len);
    }
    json_object_foreach(y, key, v)
    {
        if (json_object_get(x, key))
            continue;
        enter_key(c, key);
        compare(c, NULL, v);
        leave(c, len);
    }
}

static int hex_digit(char ch) { return ch >= 'a' ? ch - 'a' + 10 : ch - '0'; }

/* An op of a nested definition, which we wrote as hex, as JSON; NULL if it is
 * no op. *ret_failed: no memory. */
static json_t *nested_op(const json_t *hex, bool *ret_failed)
{
    const char *text = json_string_value(hex);
    size_t len = json_string_length(hex) / 2;
    uint8_t *bytes = malloc(len + 1);
    llb__message_error e;
    json_t *j = NULL;

    if (!bytes) {
        *ret_failed = true;
        return NULL;
    }
    for (size_t i = 0; i < len; i++)
        bytes[i] =
            (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    llb__bytes b = {bytes, len};
    if (llb__check_message(b, &llb__msg_op, true, &e)) {
        j = llb__json_message(b, &llb__msg_op, 0);
        *ret_failed = !j;
    }
    free(bytes);
    return j;
}

/* Whether the path ends in "def[N]", as that of an op of a nested definition
 * does. */
static bool at_nested_op(const llb__collector *c)
{
    const char *open = c->path.data ? strrchr(c->path.data, '[') : NULL;

    if (!open || open - c->path.data < 3 || memcmp(open - 3, "def", 3) != 0)
        return false;
    return strcmp(open + 1 + strspn(open + 1, "0123456789"), "]") == 0;
}

/* Ops within ops within ops cost a level each: bounded. False: they are not
 * to be had as JSON, and their hex has to do. */
static bool compare_nested(llb__collector *c, json_t *x, json_t *y)
{
    if (c->nested == MAX_NESTED || !at_nested_op(c))
        return false;
    json_t *op_x = nested_op(x, &c->failed);
    json_t *op_y = op_x ? nested_op(y, &c->failed) : NULL;
    bool differ = op_x && op_y && !json_equal(op_x, op_y);
    if (differ) {
        c->nested++;
        compare(c, op_x, op_y);
        c->nested--;
    }
    json_decref(op_x);
    json_decref(op_y);
    return differ;
}

static bool same_element(const json_t *x, size_t i, const json_t *y, size_t j)
{
    return json_equal(json_array_get(x, i), json_array_get(y, j));
}

/* What is the same at both ends is left out, so that an element put into the
 * middle is one change. */
static void compare_elements(llb__collector *c, json_t *x, json_t *y)
{
    size_t n = json_array_size(x), m = json_array_size(y), at = 0;
    size_t len = c->path.len;

    while (at < n && at < m && same_element(x, at, y, at))
        at++;
    while (n > at && m > at && same_element(x, n - 1, y, m - 1)) {
        n--;
        m--;
    }
    for (; at < n || at < m; at++) {
        llb__buf_printf(&c->path, "[%zu]", at);
        compare(c, at < n ? json_array_get(x, at) : NULL,
                at < m ? json_array_get(y, at) : NULL);
        leave(c, len);
    }
}

/* Recurses as deep as messages nest, which is bounded. */
static void compare(llb__collector *c, json_t *x, json_t *y)
{
    if (c->failed || (x && y && json_equal(x, y)))
        return;
    if (json_is_object(x) && json_is_object(y))
        compare_members(c, x, y);
    else if (json_is_array(x) && json_is_array(y))
        compare_elements(c, x, y);
    else if (!json_is_string(x) || !json_is_string(y) ||
             !compare_nested(c, x, y))
        llb__add_change(c, x, y);
}

void llb__compare_json(llb__collector *c, json_t *x, json_t *y)
{
    if (x && y)
        compare(c, x, y);
    else
        c->failed = true;
    json_decref(x);
    json_decref(y);
}

static json_t *hex_from(llb__bytes b, size_t at)
{
    char text[2 * MAX_HEX + 1] = "";
    size_t n = b.len - at < MAX_HEX ? b.len - at : MAX_HEX;

    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", b.data[at + i]);
    return json_string_nocheck(text);
}

void llb__add_byte_change(llb__collector *c, llb__bytes x, llb__bytes y)
{
    size_t at = 0, len = c->path.len;

    while (at < x.len && at < y.len && x.data[at] == y.data[at])
        at++;
    json_t *in_x = hex_from(x, at), *in_y = hex_from(y, at);
    llb__buf_printf(&c->path, "%sbytes[%zu]", len ? "." : "", at);
    if (in_x && in_y)
        llb__add_change(c, in_x, in_y);
    else
        c->failed = true;
    leave(c, len);
    json_decref(in_x);
    json_decref(in_y);
}
