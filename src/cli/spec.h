/* Values of the form key=value,key=value, as -o, --secret and --ssh take
 * them: one line of CSV, in which a field of its own may stand in quotes. */
#ifndef LLB__CLI_SPEC_H
#define LLB__CLI_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "arena.h"

typedef struct cmd__field {
    const char *key;   /* lower case; NULL for a field without "=" */
    const char *value; /* the whole field when key is NULL */
} cmd__field;

typedef struct cmd__spec {
    const char *text; /* as it was typed, borrowed */
    cmd__field *fields;
    size_t n;
} cmd__spec;

/* Splits text (borrowed) into fields in the arena. LLB_EINVAL for an empty
 * field or an open quote; the message quotes text. */
llb_status cmd__spec_parse(llb__arena *a, const char *text, cmd__spec *ret,
                           llb_error *err);

/* Value of the last field with that key, or NULL. */
const char *cmd__spec_get(const cmd__spec *s, const char *key);

/* "true", "1" or "" is true, "false" or "0" false; anything else is
 * LLB_EINVAL. */
llb_status cmd__spec_bool(const cmd__spec *s, const cmd__field *f, bool *ret,
                          llb_error *err);

#endif
