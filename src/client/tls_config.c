/* Certificates and keys are read when a client is made, so that a wrong file
 * is found before anything is sent. */
#include "tls_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "error.h"
#include "file.h"
#include "opts.h"

enum { MAX_PEM = 1 << 20 };

/* What is read, where it may be in a folder, and how an error calls it. */
static const struct part {
    const char *what, *names[2];
} parts[] = {
    {"the certificate authority", {"ca.pem", "ca.crt"}},
    {"the certificate", {"cert.pem", "tls.crt"}},
    {"the key", {"key.pem", "tls.key"}},
};
enum { CA, CERT, KEY, N_PARTS };

struct reader {
    const struct part *part;
    const char *name; /* of the file, for messages */
    llb_error *err;
};

static llb_status wrong(const struct reader *r, const char *why)
{
    ERR_clear_error();
    return llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE, "%s for TLS, %.200s: %s",
                     r->part->what, r->name, why);
}

/* The PEM text of value, which is a path or that text itself. */
static llb_status open_pem(struct reader *r, const char *value, BIO **ret)
{
    char *text = NULL;
    size_t len = strlen(value);
    llb_error why = {0};
    bool inline_text = strstr(value, "-----BEGIN") != NULL;

    r->name = inline_text ? "as given" : value;
    if (!inline_text) {
        llb_status st = llb__file_read(value, MAX_PEM, &text, &len, &why);
        if (st == LLB_ENOMEM)
            return llb__fail_nomem(r->err);
        if (st != LLB_OK)
            return llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE, "%s for TLS: %s",
                             r->part->what, why.message);
    }
    *ret = BIO_new(BIO_s_mem());
    bool ok =
        *ret && BIO_write(*ret, text ? text : value, (int)len) == (int)len;
    if (text) {
        OPENSSL_cleanse(text, len); /* it may be a key */
        free(text);
    }
    if (ok)
        return LLB_OK;
    BIO_free(*ret);
    return llb__fail_nomem(r->err);
}

/* Nobody is asked for a passphrase: a program may have no terminal. */
static int no_passphrase(char *buf, int size, int writing, void *asked)
{
    (void)buf, (void)size, (void)writing;
    *(bool *)asked = true;
    return -1;
}

/* The next certificate of pem, or NULL. */
static X509 *next_cert(BIO *pem)
{
    bool asked;

    return PEM_read_bio_X509_AUX(pem, NULL, no_passphrase, &asked);
}

/* Whether the last of them was NULL because there are no more. */
static bool at_end(void)
{
    unsigned long e = ERR_peek_last_error();

    ERR_clear_error();
    return ERR_GET_LIB(e) == ERR_LIB_PEM &&
           ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

static llb_status use_ca(SSL_CTX *ctx, BIO *pem, const struct reader *r)
{
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    X509 *cert;
    int n = 0;

    while ((cert = next_cert(pem))) {
        n += X509_STORE_add_cert(store, cert);
        X509_free(cert);
    }
    if (n == 0)
        return wrong(r, "there is no certificate in it (PEM)");
    return at_end() ? LLB_OK : wrong(r, "a certificate in it is damaged");
}

static llb_status use_cert(SSL_CTX *ctx, BIO *pem, const struct reader *r)
{
    X509 *cert = next_cert(pem);

    if (!cert)
        return wrong(r, "there is no certificate in it (PEM)");
    bool ok = SSL_CTX_use_certificate(ctx, cert) == 1;
    X509_free(cert);
    /* What follows is the way from it to the authority. */
    while (ok && (cert = next_cert(pem))) {
        if (SSL_CTX_add0_chain_cert(ctx, cert) != 1) {
            X509_free(cert);
            ok = false;
        }
    }
    if (!ok)
        return wrong(r, "OpenSSL refuses the certificate");
    return at_end() ? LLB_OK : wrong(r, "a certificate in it is damaged");
}

static llb_status use_key(SSL_CTX *ctx, BIO *pem, const struct reader *r)
{
    bool asked = false;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, &asked);

    if (!key && asked)
        return wrong(r, "it is encrypted; take one without a passphrase");
    if (!key)
        return wrong(r, "there is no private key in it (PEM)");
    bool ok = SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
              SSL_CTX_check_private_key(ctx) == 1;
    EVP_PKEY_free(key);
    return ok ? LLB_OK : wrong(r, "it does not belong to the certificate");
}

static llb_status use(SSL_CTX *ctx, int part, const char *value, llb_error *err)
{
    static llb_status (*const uses[])(
        SSL_CTX *, BIO *, const struct reader *) = {use_ca, use_cert, use_key};
    struct reader r = {&parts[part], NULL, err};
    BIO *pem = NULL;

    if (!value)
        return LLB_OK;
    llb_status st = open_pem(&r, value, &pem);
    if (st == LLB_OK) {
        st = uses[part](ctx, pem, &r);
        BIO_free(pem);
    }
    return st;
}

/* The path of a part in a folder, for free(); NULL with err filled in. */
static char *in_dir(const char *dir, const struct part *part, llb_error *err)
{
    size_t size = strlen(dir) + sizeof "/cert.pem";
    char *path = malloc(size);

    for (int i = 0; path && i < 2; i++) {
        snprintf(path, size, "%s/%s", dir, part->names[i]);
        if (access(path, F_OK) == 0)
            return path;
    }
    if (path)
        llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                  "%s for TLS: there is neither %s nor %s in %.200s",
                  part->what, part->names[0], part->names[1], dir);
    else
        llb__fail_nomem(err);
    free(path);
    return NULL;
}

static llb_status use_dir(SSL_CTX *ctx, const char *dir, llb_error *err)
{
    llb_status st = LLB_OK;

    for (int i = 0; st == LLB_OK && i < N_PARTS; i++) {
        llb_error why = {0};
        char *path = in_dir(dir, &parts[i], &why);
        if (!path)
            return llb__fail(err, why.status, LLB__NOWHERE, "%s", why.message);
        st = use(ctx, i, path, err);
        free(path);
    }
    return st;
}

static llb_status use_files(SSL_CTX *ctx, const bk_tls *t, llb_error *err)
{
    if (!t->cert != !t->key)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a client's certificate for TLS needs its key, and "
                         "the key its certificate: give both or none");
    llb_status st = use(ctx, CA, t->ca, err);
    if (st == LLB_OK)
        st = use(ctx, CERT, t->cert, err);
    if (st == LLB_OK)
        st = use(ctx, KEY, t->key, err);
    /* Without an authority of its own it is one that this machine trusts. */
    if (st == LLB_OK && !t->ca && SSL_CTX_set_default_verify_paths(ctx) != 1)
        st = llb__fail_nomem(err);
    return st;
}

static const char *given(const char *s) { return s && *s ? s : NULL; }

static llb_status fill(bk__tls_config *c, const bk_tls *t, llb_error *err)
{
    c->ctx = SSL_CTX_new(TLS_client_method());
    if (!c->ctx || SSL_CTX_set_min_proto_version(c->ctx, TLS1_2_VERSION) != 1)
        return llb__fail_nomem(err);
    /* The relay resumes a write with what it has then, and takes part of it. */
    SSL_CTX_set_mode(c->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(c->ctx, SSL_OP_NO_RENEGOTIATION);
    c->skip_verify = t->skip_verify;
    c->has_cert = t->cert || t->dir;
    if (t->server_name && !(c->server_name = strdup(t->server_name)))
        return llb__fail_nomem(err);
    if (!t->dir)
        return use_files(c->ctx, t, err);
    if (t->ca || t->cert || t->key)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a folder of TLS files replaces the files by name: "
                         "give one or the other");
    return use_dir(c->ctx, t->dir, err);
}

llb_status bk__tls_config_new(const bk_tls *tls, bk__tls_config **ret,
                              llb_error *err)
{
    bk_tls t = {0};
    llb_status st =
        llb__opts_read(&t, sizeof t, tls, LLB__FIRST(bk_tls, skip_verify), err);
    if (st != LLB_OK)
        return st;
    t.ca = given(t.ca);
    t.cert = given(t.cert);
    t.key = given(t.key);
    t.dir = given(t.dir);
    t.server_name = given(t.server_name);
    bk__tls_config *c = calloc(1, sizeof *c);
    if (!c)
        return llb__fail_nomem(err);
    st = fill(c, &t, err);
    if (st == LLB_OK)
        *ret = c;
    else
        bk__tls_config_free(c);
    return st;
}

void bk__tls_config_free(bk__tls_config *c)
{
    if (!c)
        return;
    SSL_CTX_free(c->ctx);
    free(c->server_name);
    free(c);
}
