/* Tests of private ssh keys and of the agent that holds them. The keys in
 * keys/ are ssh-keygen's and openssl's, and open nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ecdsa.h>

#include "base64.h"
#include "fail_alloc.h"
#include "file.h"
#include "ssh_agent.h"
#include "ssh_key_file.h"
#include "ssh_wire.h"

static const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/tests/unit/client/keys/%s", LLB_SOURCE_DIR,
             name);
    return path;
}

static char *text_of(const char *name, size_t *ret_len)
{
    char *text;

    assert_int_equal(
        llb__file_read(path_of(name), 1 << 20, &text, ret_len, NULL), LLB_OK);
    return text;
}

static bk__ssh_key *key_of(const char *name)
{
    bk__ssh_key *k = NULL;
    llb_error err = {0};

    if (bk__ssh_key_read(path_of(name), &k, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return k;
}

/* The public key of NAME.pub, and the comment behind it. */
static llb__bytes public_of(llb__arena *a, const char *name, char **ret_comment)
{
    char file[64];
    size_t len;

    snprintf(file, sizeof file, "%s.pub", name);
    char *text = text_of(file, &len);
    char *copy = llb__arena_strndup(a, text, len);
    free(text);
    strtok(copy, " ");
    char *base64 = strtok(NULL, " \n");
    *ret_comment = strtok(NULL, "\n");
    char *blob = bk__base64_decode(a, base64, strlen(base64), &len);
    return (llb__bytes){(uint8_t *)blob, len};
}

static const struct {
    const char *file;
    uint32_t flags;
    const char *type, *hash; /* of the signature */
} kinds[] = {
    {"ed25519", 0, "ssh-ed25519", NULL},
    {"rsa", 0, "ssh-rsa", "SHA1"},
    {"rsa", 2, "rsa-sha2-256", "SHA256"},
    {"rsa", 4, "rsa-sha2-512", "SHA512"},
    {"rsa_pem", 4, "rsa-sha2-512", "SHA512"},
    {"rsa_pkcs8", 2, "rsa-sha2-256", "SHA256"},
    {"ecdsa256", 0, "ecdsa-sha2-nistp256", "SHA256"},
    {"ecdsa384", 0, "ecdsa-sha2-nistp384", "SHA384"},
    {"ecdsa521", 0, "ecdsa-sha2-nistp521", "SHA512"},
    {"ec_pem", 0, "ecdsa-sha2-nistp256", "SHA256"},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static void public_keys_are_those_of_ssh_keygen(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        llb__arena *a = llb__arena_new(1 << 20);
        char *comment;
        bk__ssh_key *k = key_of(kinds[i].file);
        llb__bytes want = public_of(a, kinds[i].file, &comment);
        llb__bytes got = bk__ssh_key_blob(k);
        assert_int_equal(got.len, want.len);
        assert_memory_equal(got.data, want.data, want.len);
        if (comment) /* PEM has none: then it is the path */
            assert_string_equal(bk__ssh_key_comment(k), comment);
        else
            assert_string_equal(bk__ssh_key_comment(k), path_of(kinds[i].file));
        bk__ssh_key_free(k);
        llb__arena_free(a);
    }
}

/* A signature of ssh's as libcrypto wants it. */
static llb__bytes to_der(llb__bytes sig, bool is_ec, unsigned char **ret_der)
{
    ECDSA_SIG *ec = ECDSA_SIG_new();
    bk__ssh_in in = bk__ssh_in_of(sig);

    if (is_ec) {
        llb__bytes r = bk__ssh_string(&in), s = bk__ssh_string(&in);
        assert_false(in.bad);
        ECDSA_SIG_set0(ec, BN_bin2bn(r.data, (int)r.len, NULL),
                       BN_bin2bn(s.data, (int)s.len, NULL));
        sig.len = (size_t)i2d_ECDSA_SIG(ec, ret_der);
        sig.data = *ret_der;
    }
    ECDSA_SIG_free(ec);
    return sig;
}

/* Checks what an agent answered against the key in that file. */
static void assert_signed(const char *file, const char *type, const char *hash,
                          const char *data, llb__bytes answer)
{
    size_t len;
    char *text = text_of(file, &len), *comment = NULL;
    EVP_PKEY *pkey = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char *der = NULL;
    bk__ssh_in in = bk__ssh_in_of(answer);

    assert_int_equal(bk__ssh_key_parse(file, text, len, &pkey, &comment, NULL),
                     LLB_OK);
    assert_int_equal(bk__ssh_u32(&in), answer.len - 4);
    assert_int_equal(*bk__ssh_take(&in, 1).data, 14);
    bk__ssh_in sig = bk__ssh_in_of(bk__ssh_string(&in));
    assert_int_equal(in.len, 0);
    llb__bytes got = bk__ssh_string(&sig);
    assert_int_equal(got.len, strlen(type));
    assert_memory_equal(got.data, type, got.len);
    got = to_der(bk__ssh_string(&sig), EVP_PKEY_is_a(pkey, "EC"), &der);
    assert_false(sig.bad);
    assert_int_equal(
        EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL, pkey, NULL), 1);
    assert_int_equal(EVP_DigestVerify(ctx, got.data, got.len,
                                      (const unsigned char *)data,
                                      strlen(data)),
                     1);
    OPENSSL_free(der);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    free(comment);
    free(text);
}

/* What the agent says to a request without its length. */
static void ask(bk__ssh_key *const *keys, size_t n, const llb__buf *request,
                llb__buf *out)
{
    out->len = 0;
    bk__ssh_agent_answer(
        keys, n, (llb__bytes){(const uint8_t *)request->data, request->len},
        out);
    assert_false(out->failed);
}

static void put_sign(llb__buf *b, llb__bytes blob, const char *data,
                     uint32_t flags)
{
    b->len = 0;
    llb__buf_addc(b, 13);
    bk__ssh_put(b, blob.data, blob.len);
    bk__ssh_put_text(b, data);
    bk__ssh_put_u32(b, flags);
}

static void signatures_hold_for_every_kind_of_key(void **state)
{
    llb__buf request = LLB__BUF_INIT, out = LLB__BUF_INIT;
    (void)state;

    for (size_t i = 0; i < N_KINDS; i++) {
        bk__ssh_key *keys[] = {key_of("ed25519"), key_of(kinds[i].file)};
        for (int n = 0; n < 5; n++) { /* numbers of all lengths */
            char data[] = {'d', (char)('0' + n), 0};
            put_sign(&request, bk__ssh_key_blob(keys[1]), data, kinds[i].flags);
            ask(keys, 2, &request, &out);
            assert_signed(kinds[i].file, kinds[i].type, kinds[i].hash, data,
                          (llb__bytes){(uint8_t *)out.data, out.len});
        }
        bk__ssh_key_free(keys[0]);
        bk__ssh_key_free(keys[1]);
    }
    llb__buf_clear(&request);
    llb__buf_clear(&out);
}

static void the_agent_lists_its_keys(void **state)
{
    bk__ssh_key *keys[] = {key_of("ed25519"), key_of("rsa")};
    llb__buf request = LLB__BUF_INIT, out = LLB__BUF_INIT;
    (void)state;

    llb__buf_addc(&request, 11);
    ask(keys, 2, &request, &out);
    bk__ssh_in in = bk__ssh_in_of((llb__bytes){(uint8_t *)out.data, out.len});
    assert_int_equal(bk__ssh_u32(&in), out.len - 4);
    assert_int_equal(*bk__ssh_take(&in, 1).data, 12);
    assert_int_equal(bk__ssh_u32(&in), 2);
    for (int i = 0; i < 2; i++) {
        llb__bytes blob = bk__ssh_string(&in), comment = bk__ssh_string(&in);
        llb__bytes want = bk__ssh_key_blob(keys[i]);
        assert_int_equal(blob.len, want.len);
        assert_memory_equal(blob.data, want.data, want.len);
        assert_memory_equal(comment.data, bk__ssh_key_comment(keys[i]),
                            comment.len);
    }
    assert_false(in.bad);
    assert_int_equal(in.len, 0);
    ask(NULL, 0, &request, &out);
    assert_memory_equal(out.data, "\0\0\0\5\14\0\0\0\0", 9);
    llb__buf_clear(&request);
    llb__buf_clear(&out);
    bk__ssh_key_free(keys[0]);
    bk__ssh_key_free(keys[1]);
}

static void what_is_neither_listing_nor_signing_fails(void **state)
{
    bk__ssh_key *key = key_of("ed25519");
    llb__buf request = LLB__BUF_INIT, out = LLB__BUF_INIT;
    (void)state;

    for (int type = 0; type < 256; type++) {
        uint8_t byte = (uint8_t)type;
        assert_int_equal(bk__ssh_agent_allows((llb__bytes){&byte, 1}),
                         type == 11 || type == 13);
        if (type == 11)
            continue;
        request.len = 0;
        llb__buf_addc(&request, (char)type); /* 13 without a body, too */
        ask(&key, 1, &request, &out);
        assert_int_equal(out.len, 5);
        assert_memory_equal(out.data, "\0\0\0\1\5", 5);
    }
    assert_false(bk__ssh_agent_allows((llb__bytes){NULL, 0}));
    /* another's key; every cut of a good request */
    put_sign(&request, (llb__bytes){(const uint8_t *)"other", 5}, "d", 0);
    ask(&key, 1, &request, &out);
    assert_memory_equal(out.data, "\0\0\0\1\5", 5);
    put_sign(&request, bk__ssh_key_blob(key), "data", 0);
    for (size_t full = request.len, n = 0; n < full; n++) {
        request.len = n;
        ask(&key, 1, &request, &out);
        assert_int_equal(out.len, 5);
    }
    llb__buf_clear(&request);
    llb__buf_clear(&out);
    bk__ssh_key_free(key);
}

static void what_is_no_usable_key_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *file, *text;
    } rows[] = {
        {"locked", "has a passphrase; give it to an agent with ssh-add"},
        {"locked_pem", "has a passphrase"},
        {"locked_pkcs8", "has a passphrase"},
        {"ed25519.pub", "is a public key; give the private one"},
        {"ecdsa256.pub", "is a public key"},
        {"rsa_pem.pub", "is a public key"},
        {"ed448_pkcs8", "is no RSA, ECDSA or Ed25519 key"},
        {"../test_ssh_key.c", "is neither a private key nor a socket"},
        {"none", "none"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bk__ssh_key *k = NULL;
        llb_error err = {0};
        assert_int_not_equal(bk__ssh_key_read(path_of(rows[i].file), &k, &err),
                             LLB_OK);
        assert_null(k);
        if (!strstr(err.message, rows[i].text) ||
            !strstr(err.message, rows[i].file))
            fail_msg("%s", err.message);
    }
}

/* No cut and no changed byte crashes; what still parses is freed. */
static void damaged_keys_are_errors(void **state)
{
    static const char *const files[] = {"ed25519", "rsa", "ecdsa256"};
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        size_t len;
        char *text = text_of(files[i], &len);
        for (size_t at = 0; at + 8 < len; at += 7) {
            EVP_PKEY *pkey = NULL;
            char *comment = NULL, old = text[at];
            llb_error err = {0};
            text[at] = old == 'A' ? 'B' : 'A';
            if (bk__ssh_key_parse("k", text, len, &pkey, &comment, &err) ==
                LLB_OK)
                EVP_PKEY_free(pkey);
            else
                assert_non_null(strstr(err.message, "\"k\""));
            free(comment);
            text[at] = old;
            comment = NULL;
            assert_int_not_equal(
                bk__ssh_key_parse("k", text, at, &pkey, &comment, &err),
                LLB_OK);
        }
        free(text);
    }
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        bk__ssh_key *k = NULL;
        llb_error err = {0};
        fail_alloc_at(n);
        llb_status st = bk__ssh_key_read(path_of("ed25519"), &k, &err);
        bool failed = fail_alloc_done();
        if (st == LLB_OK)
            bk__ssh_key_free(k);
        if (!failed) {
            assert_int_equal(st, LLB_OK);
            break;
        }
        assert_int_not_equal(st, LLB_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_keys_are_those_of_ssh_keygen),
        cmocka_unit_test(signatures_hold_for_every_kind_of_key),
        cmocka_unit_test(the_agent_lists_its_keys),
        cmocka_unit_test(what_is_neither_listing_nor_signing_fails),
        cmocka_unit_test(what_is_no_usable_key_is_refused_with_the_reason),
        cmocka_unit_test(damaged_keys_are_errors),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
