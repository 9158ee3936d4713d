/* What a terminal may see of a character from a file. */
#include <stdio.h>
#include <string.h>

#include "diag_impl.h"
#include "utf8.h"

struct range {
    uint32_t first, last;
};

static bool in(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Controls, and what turns the direction of the text around it or is not
 * seen at all: source that looks like something else than it is. */
static bool hidden(uint32_t c)
{
    static const struct range ranges[] = {{0x00, 0x1f},     {0x7f, 0x9f},
                                          {0x200b, 0x200f}, {0x2028, 0x202e},
                                          {0x2060, 0x206f}, {0xfeff, 0xfeff},
                                          {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};

    return in(c, ranges, sizeof ranges / sizeof *ranges);
}

/* Cells of a printable character: the coarse blocks of East Asian width, which
 * are enough to put a caret under the right place. */
static unsigned cells(uint32_t c)
{
    static const struct range wide[] = {
        {0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
        {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};
    static const struct range none[] = {
        {0x300, 0x36f}, {0x1ab0, 0x1aff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};

    if (in(c, none, sizeof none / sizeof *none))
        return 0;
    return in(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

static size_t escape(char out[12], unsigned *ret_width, const char *fmt,
                     unsigned value)
{
    char text[13];
    int n = snprintf(text, sizeof text, fmt, value);
    size_t len = n > 0 && n < 13 ? (size_t)n : 0;

    memcpy(out, text, len);
    *ret_width = (unsigned)len;
    return len;
}

size_t llbc__show_char(const char *s, size_t len, char out[12],
                       size_t *ret_out_len, unsigned *ret_width)
{
    uint32_t c;
    size_t n = llb__utf8_decode(s, len, &c);

    if (!n) {
        *ret_out_len = escape(out, ret_width, "\\x%02x", (uint8_t)s[0]);
        return 1;
    }
    if (c == '\t') { /* four blanks: what is below it lines up anyway */
        memcpy(out, "    ", 4);
        *ret_out_len = *ret_width = 4;
    } else if (c < 0x80 && hidden(c)) {
        *ret_out_len = escape(out, ret_width, "\\x%02x", c);
    } else if (hidden(c)) {
        *ret_out_len = escape(out, ret_width, "\\u{%x}", c);
    } else {
        memcpy(out, s, n);
        *ret_out_len = n;
        *ret_width = cells(c);
    }
    return n;
}
