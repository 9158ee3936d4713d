/* IP addresses: glibc reads them, but writes some in another way than Go. */
#include "ip.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The longest run of at least two zero groups, the first of equals. */
static int zero_run(const uint16_t g[8], int *ret_len)
{
    int best = -1;

    *ret_len = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && g[i + n] == 0)
            n++;
        if (n > *ret_len) {
            best = i;
            *ret_len = n;
        }
        i += n;
    }
    return best;
}

static void write_v6(const uint8_t b[16], char *out)
{
    uint16_t g[8];
    int len, n = 0;

    for (int i = 0; i < 8; i++)
        g[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
    int run = zero_run(g, &len);
    for (int i = 0; i < 8; i++) {
        if (i == run) {
            n += sprintf(out + n, "::");
            i += len - 1;
            continue;
        }
        bool colon = i > 0 && i != run + len;
        n += sprintf(out + n, "%s%x", colon || (run < 0 && i) ? ":" : "",
                     (unsigned)g[i]);
    }
    out[n] = '\0';
}

bool llb__ip_normalize(const char *s, char out[LLB__IP_TEXT])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint8_t b[16];

    if (inet_pton(AF_INET, s, b) == 1)
        return inet_ntop(AF_INET, b, out, LLB__IP_TEXT) != NULL;
    if (inet_pton(AF_INET6, s, b) != 1)
        return false;
    if (memcmp(b, mapped, sizeof mapped) == 0)
        return inet_ntop(AF_INET, b + 12, out, LLB__IP_TEXT) != NULL;
    write_v6(b, out);
    return true;
}
