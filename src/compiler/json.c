#include "json.h"

json_t *llbc__json_parse(const char *text, size_t len, size_t flags,
                         json_error_t *why, bool *ret_nomem)
{
    json_t *value = json_loadb(text, len, flags, why);

    /* Where its values have no memory, jansson says nothing. */
    *ret_nomem = !value && (json_error_code(why) == json_error_out_of_memory ||
                            !why->text[0]);
    return value;
}

static int add(const char *text, size_t len, void *ctx)
{
    llb__buf *b = ctx;

    llb__buf_add(b, text, len);
    return b->failed ? -1 : 0;
}

void llbc__json_add(llb__buf *b, const json_t *value, size_t flags)
{
    if (!value ||
        json_dump_callback(value, add, b, flags | JSON_ENCODE_ANY) < 0)
        b->failed = true;
}

char *llbc__json_text(const json_t *value, size_t flags)
{
    llb__buf b = LLB__BUF_INIT;
    size_t len;

    llbc__json_add(&b, value, flags);
    return llb__buf_take(&b, &len);
}
