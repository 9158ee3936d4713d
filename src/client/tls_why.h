/* OpenSSL's errors in words that say what to do. */
#ifndef LLB__CLIENT_TLS_WHY_H
#define LLB__CLIENT_TLS_WHY_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

/* Why the certificate that check is about was not accepted for host. */
void bk__tls_why_cert(X509_STORE_CTX *check, const char *host, char *buf,
                      size_t size);

/* The error that OpenSSL has queued in this thread, and empties the queue;
 * has_cert: we had a certificate to show. False: it has none. */
bool bk__tls_why_error(bool has_cert, char *buf, size_t size);

#endif
