/* What a TLS connection is made with: authorities, our certificate, names. */
#ifndef LLB__CLIENT_TLS_CONFIG_H
#define LLB__CLIENT_TLS_CONFIG_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include <llb/client.h>

typedef struct bk__tls_config {
    SSL_CTX *ctx;
    char *server_name; /* NULL: the host of the address */
    bool skip_verify;
    bool has_cert; /* we have a certificate to show */
} bk__tls_config;

/* Reads the files that tls (borrowed) names. The caller frees *ret.
 * LLB_EINVAL: a file is missing or holds no certificate or key, the key is
 * encrypted or another certificate's; the message names the file. */
llb_status bk__tls_config_new(const bk_tls *tls, bk__tls_config **ret,
                              llb_error *err);
void bk__tls_config_free(bk__tls_config *c);

#endif
