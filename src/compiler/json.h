/* JSON by jansson, where its own calls do not say that memory ran out. */
#ifndef LLB__COMPILER_JSON_H
#define LLB__COMPILER_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "buf.h"

/* Parses a text. NULL: it is no JSON, why says where; or memory ran out, then
 * *ret_nomem. */
json_t *llbc__json_parse(const char *text, size_t len, size_t flags,
                         json_error_t *why, bool *ret_nomem);

/* Appends the text of a value. Without memory b is failed, always: json_dumps()
 * leaves bytes out. */
void llbc__json_add(llb__buf *b, const json_t *value, size_t flags);

/* The same, as a text for free(); NULL: no memory. */
char *llbc__json_text(const json_t *value, size_t flags);

#endif
