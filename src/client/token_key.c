/* Keys of logins (BuildKit's session/auth/authprovider: tokenseed.go and
 * authprovider.go). */
#include "token_key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <jansson.h>
#include <openssl/hmac.h>

#include "base64.h"
#include "error.h"
#include "file.h"
#include "wipe.h"

enum { MAX_FILE = 1 << 20, BASE64_LEN = 24, LOCK_TRIES = 100, LOCK_MS = 20 };

/* The seed that the file has for host. */
static bool find_seed(const json_t *seeds, const char *host,
                      uint8_t out[BK__SEED_LEN])
{
    const char *text = NULL;
    size_t len = 0;
    llb__arena *a = llb__arena_new(4096);
    json_t *entry = json_object_get(seeds, host);

    json_unpack(entry, "{s:s}", "Seed", &text);
    char *seed =
        text && a ? bk__base64_decode(a, text, strlen(text), &len) : NULL;
    bool ok = seed && len == BK__SEED_LEN;
    if (ok)
        memcpy(out, seed, BK__SEED_LEN);
    llb__arena_free(a);
    return ok;
}

static json_t *load_seeds(const char *path)
{
    char *text;
    size_t len;
    json_t *seeds = NULL;

    if (llb__file_read(path, MAX_FILE, &text, &len, NULL) == LLB_OK) {
        seeds = json_loadb(text, len, 0, NULL);
        explicit_bzero(text, len);
        free(text);
    }
    if (json_is_object(seeds))
        return seeds;
    json_decref(seeds);
    return json_object();
}

static void save_seed(json_t *seeds, const char *path, const char *host,
                      const uint8_t seed[BK__SEED_LEN])
{
    unsigned char base64[BASE64_LEN + 1];

    EVP_EncodeBlock(base64, seed, BK__SEED_LEN);
    json_object_set_new(seeds, host, json_pack("{s:s}", "Seed", base64));
    char *text = json_dumps(seeds, JSON_INDENT(1));
    if (text)
        llb__file_write_all(path, text, strlen(text), 0600, NULL);
    free(text);
}

/* One client at a time makes seeds. -1: there is nowhere to keep any, or one
 * that hangs has the lock. */
static int lock_seeds(llb__arena *a, const char *dir)
{
    const char *path = llb__arena_printf(a, "%s/.token_seed.lock", dir);
    int fd = path
                 ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
                 : -1;

    for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
        if (errno == EWOULDBLOCK && i < LOCK_TRIES) {
            poll(NULL, 0, LOCK_MS);
            continue;
        }
        close(fd);
        fd = -1;
    }
    return fd;
}

llb_status bk__token_seed(const char *dir, const char *host,
                          uint8_t out[BK__SEED_LEN], llb_error *err)
{
    llb__arena *a = llb__arena_new(64 * 1024);
    const char *path = a ? llb__arena_printf(a, "%s/.token_seed", dir) : NULL;
    int lock = path ? lock_seeds(a, dir) : -1;
    json_t *seeds = path ? load_seeds(path) : NULL;
    llb_status st = LLB_OK;

    if (!find_seed(seeds, host, out)) {
        if (getrandom(out, BK__SEED_LEN, 0) != BK__SEED_LEN)
            st = llb__fail(err, LLB_EIO, LLB__NOWHERE, "no randomness");
        else if (lock >= 0)
            save_seed(seeds, path, host, out);
    }
    if (lock >= 0)
        close(lock);
    bk__wipe_json(seeds);
    llb__arena_free(a);
    return st;
}

EVP_PKEY *bk__token_key(llb__bytes salt, llb__bytes seed)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const unsigned char none = 0;
    EVP_PKEY *key = NULL;

    if (salt.len < 1 << 20 &&
        HMAC(EVP_sha256(), salt.len ? salt.data : &none, (int)salt.len,
             seed.len ? seed.data : &none, seed.len, sum, &len))
        key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, sum, 32);
    explicit_bzero(sum, sizeof sum);
    return key;
}

bool bk__token_key_public(EVP_PKEY *key, uint8_t out[BK__PUBLIC_LEN])
{
    size_t len = BK__PUBLIC_LEN;

    return EVP_PKEY_get_raw_public_key(key, out, &len) == 1 &&
           len == BK__PUBLIC_LEN;
}

bool bk__token_key_sign(EVP_PKEY *key, llb__bytes payload,
                        uint8_t out[BK__SIGNED_LEN])
{
    size_t len = BK__SIGNED_LEN;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestSign(ctx, out, &len, payload.data, payload.len) == 1;

    EVP_MD_CTX_free(ctx);
    return ok && len == BK__SIGNED_LEN;
}
