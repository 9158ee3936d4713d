/* Cleaning of paths, in one pass over both halves. */
#include "path.h"

#include <stdbool.h>
#include <string.h>

struct cleaner {
    char *out;
    size_t n;
    size_t dotdot; /* out[0..dotdot) is not to be taken away by ".." */
    bool rooted;
};

static void part(struct cleaner *c, const char *s, size_t len)
{
    if (len == 0 || (len == 1 && s[0] == '.'))
        return;
    bool up = len == 2 && s[0] == '.' && s[1] == '.';
    if (up && c->n > c->dotdot) {
        do
            c->n--;
        while (c->n > c->dotdot && c->out[c->n] != '/');
        return;
    }
    if (up && c->rooted)
        return;
    if (c->n > (c->rooted ? 1u : 0u))
        c->out[c->n++] = '/';
    memcpy(c->out + c->n, s, len);
    c->n += len;
    if (up)
        c->dotdot = c->n;
}

static void parts(struct cleaner *c, const char *s, size_t len)
{
    while (len) {
        const char *slash = memchr(s, '/', len);
        size_t n = slash ? (size_t)(slash - s) : len;
        part(c, s, n);
        n += slash != NULL;
        s += n;
        len -= n;
    }
}

size_t llb__path_clean(const char *base, const char *rest, size_t rest_len,
                       char *out)
{
    bool rooted = *base ? *base == '/' : rest_len && *rest == '/';
    struct cleaner c = {.out = out, .rooted = rooted};

    if (rooted)
        out[c.n++] = '/';
    c.dotdot = c.n;
    parts(&c, base, strlen(base));
    parts(&c, rest, rest_len);
    if (c.n == 0)
        out[c.n++] = '.';
    return c.n;
}
