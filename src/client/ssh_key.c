/* Private ssh keys: what the agent's protocol wants of them. The forms in
 * which files hold them are read in ssh_key_file.c. */
#include "ssh_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "error.h"
#include "file.h"
#include "ssh_key_file.h"
#include "ssh_wire.h"

enum { MAX_FILE = 100 * 1024, RSA_SHA256 = 2, RSA_SHA512 = 4 };

/* Curves, as ssh and as libcrypto call them, with the hash that ssh uses. */
static const struct curve {
    const char *ssh, *openssl, *hash;
} curves[] = {
    {"nistp256", "prime256v1", "SHA256"},
    {"nistp384", "secp384r1", "SHA384"},
    {"nistp521", "secp521r1", "SHA512"},
};

struct bk__ssh_key {
    EVP_PKEY *pkey;
    const struct curve *curve; /* of an ECDSA key */
    llb__buf blob;
    char *comment;
};

static const struct curve *curve_of(EVP_PKEY *pkey)
{
    char name[80];
    size_t len;

    if (!EVP_PKEY_get_group_name(pkey, name, sizeof name, &len))
        return NULL;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (strcmp(curves[i].openssl, name) == 0)
            return &curves[i];
    return NULL;
}

static bool put_rsa(EVP_PKEY *pkey, llb__buf *b)
{
    BIGNUM *n = NULL, *e = NULL;
    bool ok = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) &&
              EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e);

    if (ok) {
        bk__ssh_put_text(b, "ssh-rsa");
        bk__ssh_put_bn(b, e);
        bk__ssh_put_bn(b, n);
    }
    BN_free(n);
    BN_free(e);
    return ok;
}

static bool put_ec(EVP_PKEY *pkey, const struct curve *curve, llb__buf *b)
{
    char type[32] = "ecdsa-sha2-";
    unsigned char *point = NULL;
    size_t len = EVP_PKEY_get1_encoded_public_key(pkey, &point);

    strcat(type, curve->ssh);
    bk__ssh_put_text(b, type);
    bk__ssh_put_text(b, curve->ssh);
    bk__ssh_put(b, point, len);
    OPENSSL_free(point);
    return len > 0;
}

static bool put_ed25519(EVP_PKEY *pkey, llb__buf *b)
{
    unsigned char raw[32];
    size_t len = sizeof raw;

    if (!EVP_PKEY_get_raw_public_key(pkey, raw, &len))
        return false;
    bk__ssh_put_text(b, "ssh-ed25519");
    bk__ssh_put(b, raw, len);
    return true;
}

/* Works out the public key; false: ssh has no such keys. */
static bool put_public(bk__ssh_key *k)
{
    if (EVP_PKEY_is_a(k->pkey, "RSA"))
        return put_rsa(k->pkey, &k->blob);
    if (EVP_PKEY_is_a(k->pkey, "ED25519"))
        return put_ed25519(k->pkey, &k->blob);
    if (EVP_PKEY_is_a(k->pkey, "EC"))
        k->curve = curve_of(k->pkey);
    return k->curve && put_ec(k->pkey, k->curve, &k->blob);
}

static llb_status complete(bk__ssh_key *k, const char *path, llb_error *err)
{
    if (!put_public(k))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.200s\" is no RSA, ECDSA or Ed25519 key", path);
    if (!k->comment)
        k->comment = strdup(path);
    return k->blob.failed || !k->comment ? llb__fail_nomem(err) : LLB_OK;
}

llb_status bk__ssh_key_read(const char *path, bk__ssh_key **ret, llb_error *err)
{
    char *text;
    size_t len;
    bk__ssh_key *k = calloc(1, sizeof *k);

    if (!k)
        return llb__fail_nomem(err);
    llb_status st = llb__file_read(path, MAX_FILE, &text, &len, err);
    if (st == LLB_OK) {
        st = bk__ssh_key_parse(path, text, len, &k->pkey, &k->comment, err);
        explicit_bzero(text, len);
        free(text);
    }
    if (st == LLB_OK)
        st = complete(k, path, err);
    ERR_clear_error(); /* ours to tell, not the next caller's to find */
    if (st != LLB_OK)
        bk__ssh_key_free(k);
    else
        *ret = k;
    return st;
}

void bk__ssh_key_free(bk__ssh_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pkey);
    llb__buf_clear(&k->blob);
    free(k->comment);
    free(k);
}

llb__bytes bk__ssh_key_blob(const bk__ssh_key *k)
{
    return (llb__bytes){(const uint8_t *)k->blob.data, k->blob.len};
}

const char *bk__ssh_key_comment(const bk__ssh_key *k) { return k->comment; }

/* ---- signing ---- */

static bool sign_raw(const bk__ssh_key *k, const char *hash, llb__bytes data,
                     llb__buf *sig)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = (size_t)EVP_PKEY_get_size(k->pkey);
    bool ok = ctx && llb__buf_reserve(sig, len) &&
              EVP_DigestSignInit_ex(ctx, NULL, hash, NULL, NULL, k->pkey,
                                    NULL) == 1 &&
              EVP_DigestSign(ctx, (unsigned char *)sig->data, &len, data.data,
                             data.len) == 1;

    sig->len = ok ? len : 0;
    EVP_MD_CTX_free(ctx);
    return ok;
}

/* libcrypto's form of an ECDSA signature as ssh's: two numbers. */
static bool to_two_numbers(llb__buf *sig)
{
    const unsigned char *p = (const unsigned char *)sig->data;
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &p, (long)sig->len);

    if (!parsed)
        return false;
    sig->len = 0;
    bk__ssh_put_bn(sig, ECDSA_SIG_get0_r(parsed));
    bk__ssh_put_bn(sig, ECDSA_SIG_get0_s(parsed));
    ECDSA_SIG_free(parsed);
    return !sig->failed;
}

bool bk__ssh_key_sign(const bk__ssh_key *k, llb__bytes data, uint32_t flags,
                      llb__buf *out)
{
    llb__buf sig = LLB__BUF_INIT;
    char type[32] = "ssh-ed25519";
    const char *hash = NULL; /* Ed25519 brings its own */

    if (k->curve) {
        hash = k->curve->hash;
        strcat(strcpy(type, "ecdsa-sha2-"), k->curve->ssh);
    } else if (EVP_PKEY_is_a(k->pkey, "RSA")) {
        bool is_512 = flags & RSA_SHA512, is_256 = flags & RSA_SHA256;
        hash = is_512 ? "SHA512" : is_256 ? "SHA256" : "SHA1";
        strcpy(type, is_512   ? "rsa-sha2-512"
                     : is_256 ? "rsa-sha2-256"
                              : "ssh-rsa");
    }
    bool ok = sign_raw(k, hash, data, &sig);
    if (ok && k->curve)
        ok = to_two_numbers(&sig);
    if (ok) {
        bk__ssh_put_u32(out, 4 + strlen(type) + 4 + sig.len);
        bk__ssh_put_text(out, type);
        bk__ssh_put(out, sig.data, sig.len);
    }
    llb__buf_clear(&sig);
    ERR_clear_error();
    return ok;
}
