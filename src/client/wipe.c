/* Overwriting secrets. jansson frees its values as they are, and so do buffers
 * and arenas. */
#include "wipe.h"

#include <stdint.h>
#include <string.h>

void bk__wipe_text(const char *text)
{
    if (text && *text)
        explicit_bzero((char *)(uintptr_t)text, strlen(text));
}

void bk__wipe_buf(llb__buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->len);
    llb__buf_clear(b);
}

/* No deeper than JSON_PARSER_MAX_DEPTH. */
static void wipe(json_t *o)
{
    const char *key;
    json_t *value;
    size_t i;

    if (json_is_string(o))
        bk__wipe_text(json_string_value(o));
    json_array_foreach(o, i, value) wipe(value);
    json_object_foreach(o, key, value) wipe(value);
}

void bk__wipe_json(json_t *o)
{
    wipe(o);
    json_decref(o);
}
