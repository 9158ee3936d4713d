/* Names that nobody else has. */
#include "ident.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "buf.h"
#include "error.h"
#include "sha256.h"

llb_status bk__random_id(char out[BK__ID_LEN + 1], llb_error *err)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    uint8_t bytes[4 * BK__ID_LEN];
    size_t n = 0;

    while (n < BK__ID_LEN) {
        if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
            return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                             "the system gives no random numbers");
        for (size_t i = 0; i < sizeof bytes && n < BK__ID_LEN; i++) {
            /* 252 is the largest multiple of 36: no digit is likelier. */
            if (bytes[i] < 252)
                out[n++] = digits[bytes[i] % 36];
        }
    }
    out[n] = '\0';
    return LLB_OK;
}

/* The machine's id, or nothing where there is none. */
static void add_machine(llb__buf *b)
{
    char id[64];
    int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    ssize_t n = read(fd, id, sizeof id);
    if (n > 0)
        llb__buf_add(b, id, (size_t)n);
    close(fd);
}

void bk__project_key(const char *root, char out[65])
{
    uint8_t sum[LLB__SHA256_LEN];
    char digest[LLB__DIGEST_LEN];
    llb__buf b = LLB__BUF_INIT;
    char *path = root ? realpath(root, NULL) : NULL;
    llb__sha256 *h = path ? llb__sha256_new() : NULL;

    out[0] = '\0';
    if (h) {
        add_machine(&b);
        llb__buf_addc(&b, '\n');
        llb__buf_adds(&b, path);
        if (!b.failed && llb__sha256_sum(h, b.data, b.len, sum)) {
            llb__digest_text(sum, digest);
            memcpy(out, digest + LLB__DIGEST_LEN - 64, 64);
            out[64] = '\0';
        }
    }
    llb__buf_clear(&b);
    llb__sha256_free(h);
    free(path);
}
