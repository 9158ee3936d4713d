/* What a step is called while it runs. A daemon names an exec after its whole
 * command, shell and newlines included; the first line says more. */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"
#include "utf8.h"

enum { MAX_NAME = 80 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *llbc__step_name(llbc__eval *e, const char *text, size_t len)
{
    while (len && is_blank(text[len - 1]))
        len--;
    while (len && is_blank(*text)) {
        text++;
        len--;
    }
    const char *newline = len ? memchr(text, '\n', len) : NULL;
    size_t line = newline ? (size_t)(newline - text) : len;
    while (line && is_blank(text[line - 1]))
        line--;
    if (line > MAX_NAME)
        line = llb__utf8_clip(text, MAX_NAME);
    static const char run[] = "run ", more[] = " ...";
    size_t n_more = line < len ? strlen(more) : 0, n = strlen(run) + line;
    char *name = llb__arena_bytes(e->arena, n + n_more + 1);
    if (!name) {
        llbc__eval_nomem(e);
        return NULL;
    }
    memcpy(name, run, strlen(run));
    if (line)
        memcpy(name + strlen(run), text, line);
    memcpy(name + n, more, n_more);
    name[n + n_more] = '\0';
    return name;
}
