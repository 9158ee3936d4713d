/* CSV of one line, read as encoding/csv of Go reads it, but for a quote
 * inside a plain field, which is just a quote. */
#include "spec.h"

#include <ctype.h>
#include <string.h>

#include "error.h"

/* Unquotes the field at *text, up to its comma, into arena memory, and moves
 * *text behind it. NULL: no memory, or *ret_open: a quote is never closed. */
static char *next_field(llb__arena *a, const char **text, bool *ret_open)
{
    const char *s = *text;
    char *field = llb__arena_bytes(a, strlen(s) + 1), *out = field;
    bool quoted = *s == '"';

    if (!field)
        return NULL;
    if (quoted)
        s++;
    for (; *s && (quoted || *s != ','); s++) {
        if (quoted && *s == '"') {
            if (s[1] != '"') {
                quoted = false;
                continue;
            }
            s++;
        }
        *out++ = *s;
    }
    *out = '\0';
    *text = s;
    *ret_open = quoted;
    return field;
}

/* Cuts field at its "=" and makes the key lower case. */
static cmd__field split(char *field)
{
    char *eq = strchr(field, '=');

    if (!eq)
        return (cmd__field){NULL, field};
    *eq = '\0';
    for (char *c = field; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return (cmd__field){field, eq + 1};
}

llb_status cmd__spec_parse(llb__arena *a, const char *text, cmd__spec *ret,
                           llb_error *err)
{
    cmd__spec s = {.text = text};
    size_t commas = 0;
    bool open;

    for (const char *c = text; *c; c++)
        commas += *c == ',';
    s.fields = llb__arena_array(a, commas + 1, sizeof(*s.fields));
    if (!s.fields)
        return llb__fail_nomem(err);
    for (const char *at = text;; at++) {
        char *field = next_field(a, &at, &open);
        if (!field)
            return llb__fail_nomem(err);
        if (open)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "\"%s\": a quote is not closed", text);
        if (!*field)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "\"%s\": a part is empty%s", text,
                             commas ? ", is a comma too many?" : "");
        s.fields[s.n++] = split(field);
        if (!*at)
            break;
    }
    *ret = s;
    return LLB_OK;
}

const char *cmd__spec_get(const cmd__spec *s, const char *key)
{
    for (size_t i = s->n; i-- > 0;)
        if (s->fields[i].key && strcmp(s->fields[i].key, key) == 0)
            return s->fields[i].value;
    return NULL;
}

llb_status cmd__spec_bool(const cmd__spec *s, const cmd__field *f, bool *ret,
                          llb_error *err)
{
    bool yes =
        !*f->value || !strcmp(f->value, "true") || !strcmp(f->value, "1");
    bool no = !strcmp(f->value, "false") || !strcmp(f->value, "0");

    if (!yes && !no)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%s\": %s is true or false, not \"%s\"", s->text,
                         f->key, f->value);
    *ret = yes;
    return LLB_OK;
}
