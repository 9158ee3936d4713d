/* Base64, as JSON carries bytes. */
#include "base64.h"

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

char *bk__base64_decode(llb__arena *a, const char *text, size_t len,
                        size_t *ret_len)
{
    size_t n = 0;
    uint32_t bits = 0;
    int n_bits = 0;

    for (int pad = 0; pad < 2 && len > 0 && text[len - 1] == '='; pad++)
        len--;
    if (len % 4 == 1)
        return NULL;
    char *out = llb__arena_bytes(a, len / 4 * 3 + 4);
    if (!out)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        int d = digit(text[i]);
        if (d < 0)
            return NULL;
        bits = bits << 6 | (uint32_t)d;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            out[n++] = (char)(bits >> n_bits & 0xff);
        }
    }
    out[n] = '\0';
    *ret_len = n;
    return out;
}
