/* A TLS server for tests: its certificate is made on the spot, and is its own
 * authority. */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* Certificate and key; freed with tls_pair_clear(). */
struct tls_pair {
    EVP_PKEY *key;
    X509 *cert;
    char *cert_pem, *key_pem;
};

static inline char *tls_pem(BIO *b)
{
    char *data, *copy;
    long n = BIO_get_mem_data(b, &data);

    copy = malloc((size_t)n + 1);
    memcpy(copy, data, (size_t)n);
    copy[n] = '\0';
    BIO_free(b);
    return copy;
}

/* A certificate for the names of alt, as "DNS:a,IP:1.2.3.4", that is good from
 * now for so many seconds. */
static inline struct tls_pair tls_pair_make(const char *alt, long seconds)
{
    struct tls_pair p = {EVP_EC_gen("P-256"), X509_new(), NULL, NULL};
    X509_EXTENSION *names =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alt);
    BIO *cert = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());

    X509_set_version(p.cert, 2);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(p.cert), "CN",
                               MBSTRING_ASC, (const unsigned char *)"peer", -1,
                               -1, 0);
    X509_set_issuer_name(p.cert, X509_get_subject_name(p.cert));
    X509_gmtime_adj(X509_getm_notBefore(p.cert), seconds < 0 ? 2 * seconds : 0);
    X509_gmtime_adj(X509_getm_notAfter(p.cert), seconds);
    X509_set_pubkey(p.cert, p.key);
    X509_add_ext(p.cert, names, -1);
    X509_sign(p.cert, p.key, EVP_sha256());
    X509_EXTENSION_free(names);
    PEM_write_bio_X509(cert, p.cert);
    PEM_write_bio_PrivateKey(key, p.key, NULL, NULL, 0, NULL, NULL);
    p.cert_pem = tls_pem(cert);
    p.key_pem = tls_pem(key);
    return p;
}

static inline void tls_pair_clear(struct tls_pair *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->cert);
    free(p->cert_pem);
    free(p->key_pem);
}

/* The server takes h2 only. */
static inline int tls_take_h2(SSL *ssl, const unsigned char **out,
                              unsigned char *out_len, const unsigned char *in,
                              unsigned in_len, void *arg)
{
    (void)ssl, (void)arg;
    return SSL_select_next_proto((unsigned char **)out, out_len,
                                 (const unsigned char *)"\x02h2", 3, in,
                                 in_len) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* The server's side of fd (borrowed) with that certificate; NULL when the
 * handshake fails. */
static inline SSL *tls_accept(int fd, const struct tls_pair *p)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    SSL_CTX_use_certificate(ctx, p->cert);
    SSL_CTX_use_PrivateKey(ctx, p->key);
    SSL_CTX_set_alpn_select_cb(ctx, tls_take_h2, NULL);
    SSL *ssl = SSL_new(ctx);
    SSL_CTX_free(ctx);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1)
        return ssl;
    SSL_free(ssl);
    return NULL;
}

#endif
