/* What a build prints is data, not orders to the terminal it is shown on. */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>

#include "utf8.h"

/* Length of the colour sequence ESC [ digits ; ... m at s, or 0. */
static size_t colour(const char *s, size_t len)
{
    if (len < 3 || s[0] != '\x1b' || s[1] != '[')
        return 0;
    for (size_t i = 2; i < len; i++) {
        if (s[i] == 'm')
            return i + 1;
        if ((s[i] < '0' || s[i] > '9') && s[i] != ';' && s[i] != ':')
            return 0;
    }
    return 0;
}

/* C0 and C1 controls, line and paragraph separators, and the marks that
 * reorder what comes after them. */
static bool is_order(uint32_t c)
{
    return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
           c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void cmd__escape(llb__buf *out, const char *s, size_t len)
{
    size_t at = 0;

    while (at < len) {
        uint32_t c;
        size_t n = colour(s + at, len - at);
        if (n > 0) {
            at += n;
            continue;
        }
        n = llb__utf8_decode(s + at, len - at, &c);
        if (n == 0) {
            llb__buf_printf(out, "\\x%02x", (unsigned char)s[at]);
            n = 1;
        } else if (!is_order(c)) {
            llb__buf_add(out, s + at, n);
        } else if (c < 0x100) {
            llb__buf_printf(out, "\\x%02x", (unsigned)c);
        } else {
            llb__buf_printf(out, "\\u{%x}", (unsigned)c);
        }
        at += n;
    }
}
