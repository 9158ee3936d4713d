/* Cleaning and comparing paths. */
#include "match_path.h"

#include <string.h>

/* Takes the last component off out[0..n), which ends in no slash; floor is
 * where components that may go begin. */
static size_t drop_last(const char *out, size_t n, size_t floor)
{
    while (n > floor && out[n - 1] != '/')
        n--;
    return n > floor ? n - 1 : n;
}

static size_t add_component(char *out, size_t n, bool rooted, const char *part,
                            size_t len)
{
    if (n > (rooted ? 1u : 0u))
        out[n++] = '/';
    memmove(out + n, part, len);
    return n + len;
}

size_t bk__path_clean(llb__bytes in, char *out)
{
    const char *s = (const char *)in.data;
    bool rooted = in.len > 0 && s[0] == '/';
    size_t n = rooted ? 1 : 0, floor = n;

    if (rooted)
        out[0] = '/';
    for (size_t i = n, end; i < in.len; i = end + 1) {
        const char *slash = memchr(s + i, '/', in.len - i);
        end = slash ? (size_t)(slash - s) : in.len;
        size_t len = end - i;
        if (len == 0 || (len == 1 && s[i] == '.'))
            continue;
        if (len == 2 && s[i] == '.' && s[i + 1] == '.') {
            if (n > floor) {
                n = drop_last(out, n, floor);
            } else if (!rooted) {
                n = add_component(out, n, rooted, "..", 2);
                floor = n;
            }
            continue;
        }
        n = add_component(out, n, rooted, s + i, len);
    }
    if (n == 0)
        out[n++] = '.';
    out[n] = '\0';
    return n;
}

bool bk__path_is_inside(llb__bytes path)
{
    const char *s = (const char *)path.data;

    if (path.len == 0 || memchr(s, '\0', path.len))
        return false;
    for (size_t i = 0, end; i <= path.len; i = end + 1) {
        const char *slash = memchr(s + i, '/', path.len - i);
        end = slash ? (size_t)(slash - s) : path.len;
        size_t len = end - i;
        if (len == 0 || (len == 1 && s[i] == '.') ||
            (len == 2 && s[i] == '.' && s[i + 1] == '.'))
            return false;
    }
    return true;
}

int bk__path_cmp(llb__bytes a, llb__bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < n; i++) {
        if (a.data[i] == b.data[i])
            continue;
        if (a.data[i] == '/' || b.data[i] == '/')
            return a.data[i] == '/' ? -1 : 1;
        return a.data[i] < b.data[i] ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}
