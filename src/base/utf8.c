/* UTF-8: decode, encode, check, and cut without splitting. */
#include "utf8.h"

#include <string.h>

size_t llb__utf8_decode(const void *s, size_t len, uint32_t *ret_c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = s;
    size_t n;
    uint32_t c;

    if (len == 0)
        return 0;
    if (p[0] < 0x80) {
        *ret_c = p[0];
        return 1;
    }
    if ((p[0] & 0xe0) == 0xc0)
        n = 2;
    else if ((p[0] & 0xf0) == 0xe0)
        n = 3;
    else if ((p[0] & 0xf8) == 0xf0)
        n = 4;
    else
        return 0;
    if (len < n)
        return 0;
    c = p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_c = c;
    return n;
}

size_t llb__utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static uint64_t load4(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load8(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* Bytes of ASCII at the start, or fewer, counted in words: the last one may
 * begin within the one before it. */
static size_t ascii_len(const uint8_t *p, size_t len)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    size_t i = 0;

    if (len < 4)
        return 0;
    if (len < 8)
        return (load4(p) | load4(p + len - 4)) & high ? 0 : len;
    for (; len - i > 8; i += 8)
        if (load8(p + i) & high)
            return i;
    return load8(p + len - 8) & high ? i : len;
}

size_t llb__utf8_check(const void *s, size_t len)
{
    const uint8_t *p = s;
    size_t i = ascii_len(p, len);
    uint32_t c;

    while (i < len) {
        if (p[i] < 0x80) { /* the common case without a call */
            i++;
            continue;
        }
        size_t n = llb__utf8_decode(p + i, len - i, &c);
        if (n == 0)
            return i;
        i += n;
    }
    return len;
}

size_t llb__utf8_clip(const char *s, size_t len)
{
    size_t cut = len;
    uint32_t c;

    for (int back = 0; back < 3 && cut > 0; back++) {
        if (((uint8_t)s[cut - 1] & 0xc0) != 0x80)
            break;
        cut--;
    }
    if (cut == 0 || (uint8_t)s[cut - 1] < 0x80)
        return len; /* ASCII, or nothing that we could mend */
    return llb__utf8_decode(s + cut - 1, len - cut + 1, &c) ? len : cut - 1;
}
