/* Reading key files. OpenSSH's own form (PROTOCOL.key) is read here; PEM is
 * libcrypto's. */
#include "ssh_key_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "base64.h"
#include "error.h"
#include "ssh_wire.h"

static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char end[] = "-----END OPENSSH PRIVATE KEY-----";

static llb_status locked(const char *path, llb_error *err)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "the key \"%.200s\" has a passphrase; give it to an agent "
                     "with ssh-add and use that",
                     path);
}

static llb_status damaged(const char *path, llb_error *err)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "\"%.200s\" is a damaged key file, or of a kind that is "
                     "none of RSA, ECDSA and Ed25519",
                     path);
}

static bool is(llb__bytes b, const char *text)
{
    return b.len == strlen(text) && memcmp(b.data, text, b.len) == 0;
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *bld)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);

    if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return pkey;
}

/* The next number, in secure memory when it is secret. */
static BIGNUM *number(bk__ssh_in *in, bool secret)
{
    llb__bytes b = bk__ssh_string(in);
    BIGNUM *n = secret ? BN_secure_new() : BN_new();

    if (in->bad || !n || !BN_bin2bn(b.data, (int)b.len, n)) {
        BN_clear_free(n);
        return NULL;
    }
    if (secret)
        BN_set_flags(n, BN_FLG_CONSTTIME);
    return n;
}

/* n, e, d, then what would only make it faster: 1/q, p, q. */
static EVP_PKEY *read_rsa(bk__ssh_in *in)
{
    EVP_PKEY *pkey = NULL;
    BIGNUM *n = number(in, false), *e = number(in, false);
    BIGNUM *d = number(in, true);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();

    for (int i = 0; i < 3; i++)
        bk__ssh_string(in);
    if (n && e && d && bld && !in->bad &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_D, d))
        pkey = from_params("RSA", bld);
    OSSL_PARAM_BLD_free(bld);
    BN_free(n);
    BN_free(e);
    BN_clear_free(d);
    return pkey;
}

/* The curve's name, the public point, the secret number. */
static EVP_PKEY *read_ec(bk__ssh_in *in)
{
    EVP_PKEY *pkey = NULL;
    llb__bytes curve = bk__ssh_string(in), point = bk__ssh_string(in);
    BIGNUM *d = number(in, true);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    const char *group = in->bad                 ? NULL
                        : is(curve, "nistp256") ? "prime256v1"
                        : is(curve, "nistp384") ? "secp384r1"
                        : is(curve, "nistp521") ? "secp521r1"
                                                : NULL;

    if (group && d && bld &&
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group,
                                        0) &&
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
                                         point.data, point.len) &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d))
        pkey = from_params("EC", bld);
    OSSL_PARAM_BLD_free(bld);
    BN_clear_free(d);
    return pkey;
}

/* The public key, then the secret seed with the public key behind it. */
static EVP_PKEY *read_ed25519(bk__ssh_in *in)
{
    bk__ssh_string(in);
    llb__bytes pair = bk__ssh_string(in);

    if (in->bad || pair.len != 64)
        return NULL;
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, pair.data, 32);
}

static EVP_PKEY *read_private(bk__ssh_in *in)
{
    llb__bytes type = bk__ssh_string(in);

    if (is(type, "ssh-rsa"))
        return read_rsa(in);
    if (is(type, "ssh-ed25519"))
        return read_ed25519(in);
    if (type.len > 11 && memcmp(type.data, "ecdsa-sha2-", 11) == 0)
        return read_ec(in);
    return NULL;
}

static llb_status read_comment(bk__ssh_in *in, char **ret, llb_error *err)
{
    llb__bytes comment = bk__ssh_string(in);

    if (in->bad || comment.len == 0)
        return LLB_OK;
    *ret = strndup((const char *)comment.data, comment.len);
    return *ret ? LLB_OK : llb__fail_nomem(err);
}

/* What base64 held: a head, the public key, the private one. */
static llb_status parse_binary(const char *path, llb__bytes data,
                               EVP_PKEY **ret, char **ret_comment,
                               llb_error *err)
{
    bk__ssh_in in = bk__ssh_in_of(data);
    llb__bytes magic = bk__ssh_take(&in, 15);
    llb__bytes cipher = bk__ssh_string(&in);

    if (in.bad || memcmp(magic.data, "openssh-key-v1", 15) != 0)
        return damaged(path, err);
    bk__ssh_string(&in); /* how a passphrase becomes a key, and its options */
    bk__ssh_string(&in);
    uint32_t n_keys = bk__ssh_u32(&in);
    bk__ssh_string(&in);
    if (!in.bad && !is(cipher, "none"))
        return locked(path, err);
    bk__ssh_in secret = bk__ssh_in_of(bk__ssh_string(&in));
    uint32_t check = bk__ssh_u32(&secret);
    if (in.bad || n_keys != 1 || check != bk__ssh_u32(&secret) || secret.bad)
        return damaged(path, err);
    *ret = read_private(&secret);
    return *ret ? read_comment(&secret, ret_comment, err) : damaged(path, err);
}

/* Text without its line ends. */
static size_t squeeze(const char *text, size_t len, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (!strchr(" \t\r\n", text[i]))
            out[n++] = text[i];
    return n;
}

static llb_status parse_openssh(const char *path, const char *body,
                                const char *body_end, EVP_PKEY **ret,
                                char **ret_comment, llb_error *err)
{
    size_t len = (size_t)(body_end - body), n = 0;
    llb__arena *a = llb__arena_new(1 << 20);
    char *text = a ? llb__arena_bytes(a, len + 1) : NULL;
    char *data = NULL;
    llb_status st;

    if (text) {
        size_t text_len = squeeze(body, len, text);
        data = bk__base64_decode(a, text, text_len, &n);
        explicit_bzero(text, len);
        st = data ? parse_binary(path, (llb__bytes){(uint8_t *)data, n}, ret,
                                 ret_comment, err)
                  : damaged(path, err);
    } else {
        st = llb__fail_nomem(err);
    }
    if (data)
        explicit_bzero(data, n);
    llb__arena_free(a);
    return st;
}

/* Nobody is there to ask. */
static int no_passphrase(char *buf, int size, int writing, void *asked)
{
    (void)buf;
    (void)size;
    (void)writing;
    *(bool *)asked = true;
    return -1;
}

static llb_status parse_pem(const char *path, const char *text, size_t len,
                            EVP_PKEY **ret, llb_error *err)
{
    bool asked = false;
    BIO *bio = BIO_new_mem_buf(text, (int)len);

    if (!bio)
        return llb__fail_nomem(err);
    *ret = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked);
    BIO_free(bio);
    if (*ret)
        return LLB_OK;
    return asked ? locked(path, err) : damaged(path, err);
}

llb_status bk__ssh_key_parse(const char *path, const char *text, size_t len,
                             EVP_PKEY **ret, char **ret_comment, llb_error *err)
{
    const char *from = memmem(text, len, begin, sizeof begin - 1);
    size_t rest = from ? len - (size_t)(from - text) : 0;
    const char *to = from ? memmem(from, rest, end, sizeof end - 1) : NULL;

    if (to)
        return parse_openssh(path, from + sizeof begin - 1, to, ret,
                             ret_comment, err);
    if (memmem(text, len, "PRIVATE KEY-----", 16))
        return parse_pem(path, text, len, ret, err);
    if (len > 4 &&
        (memcmp(text, "ssh-", 4) == 0 || memcmp(text, "ecds", 4) == 0))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.200s\" is a public key; give the private one",
                         path);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "\"%.200s\" is neither a private key nor a socket", path);
}
