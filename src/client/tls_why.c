/* OpenSSL knows why a handshake failed, in its own words. The usual reasons get
 * ours, with the way out; the others keep OpenSSL's. */
#include "tls_why.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define NO_TLS                                                                 \
    "what listens there does not speak TLS; leave the TLS options out"
#define REFUSED "it refuses our certificate: "

/* Reasons: our own findings and the alerts that a peer has sent. */
static const struct reason {
    int code;
    const char *text;
} reasons[] = {
    {SSL_R_WRONG_VERSION_NUMBER, NO_TLS},
    {SSL_R_HTTP_REQUEST, NO_TLS},
    {SSL_R_PACKET_LENGTH_TOO_LONG, NO_TLS},
    {SSL_R_RECORD_LENGTH_MISMATCH, NO_TLS},
    {SSL_R_UNSUPPORTED_PROTOCOL, "it speaks no TLS 1.2 or newer"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "it speaks no TLS 1.2 or newer"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
     "it wants a client's certificate: give one with its key (--tlscert, "
     "--tlskey)"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA,
     REFUSED "none of its authorities has signed it"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, REFUSED "a bad certificate"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, REFUSED "not one for clients"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, REFUSED "it has expired"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, REFUSED "it is revoked"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, REFUSED "it cannot be checked"},
    {SSL_R_TLSV1_UNRECOGNIZED_NAME,
     "it does not know the server name that was asked for"},
};

bool bk__tls_why_error(bool has_cert, char *buf, size_t size)
{
    unsigned long first = ERR_get_error();
    int code = ERR_GET_REASON(first);

    ERR_clear_error();
    if (!first)
        return false;
    /* TLS 1.2 has no alert of its own for a missing certificate. */
    if (!has_cert && (code == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE ||
                      code == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE))
        code = SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (ERR_GET_LIB(first) == ERR_LIB_SSL && reasons[i].code == code) {
            snprintf(buf, size, "%s", reasons[i].text);
            return true;
        }
    }
    const char *text = ERR_reason_error_string(first);
    snprintf(buf, size, "TLS: %s", text ? text : "unknown error");
    return true;
}

static void put_date(const ASN1_TIME *t, char *buf, size_t size)
{
    struct tm tm;

    if (!t || ASN1_TIME_to_tm(t, &tm) != 1 ||
        strftime(buf, size, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        snprintf(buf, size, "an unknown date");
}

/* One name that a certificate is for, as text; false: not of these kinds. */
static bool put_name(const GENERAL_NAME *n, char *buf, size_t size)
{
    int type, len;
    const ASN1_STRING *s = GENERAL_NAME_get0_value(n, &type);
    const unsigned char *b;

    if (type != GEN_DNS && type != GEN_IPADD)
        return false;
    b = ASN1_STRING_get0_data(s);
    len = ASN1_STRING_length(s);
    if (type == GEN_DNS)
        snprintf(buf, size, "%.*s", len, (const char *)b);
    else if (len == 4)
        snprintf(buf, size, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
    else
        snprintf(buf, size, "an IPv6 address");
    return true;
}

/* The first names that cert is for, "a, b"; "no name" without any. */
static void put_names(X509 *cert, char *buf, size_t size)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    size_t used = 0;
    char name[64];

    snprintf(buf, size, "no name at all");
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        if (!put_name(sk_GENERAL_NAME_value(names, i), name, sizeof name))
            continue;
        if (used + strlen(name) + 3 > size)
            break;
        used += (size_t)snprintf(buf + used, size - used, "%s%s",
                                 used ? ", " : "", name);
    }
    GENERAL_NAMES_free(names);
}

void bk__tls_why_cert(X509_STORE_CTX *check, const char *host, char *buf,
                      size_t size)
{
    X509 *cert = X509_STORE_CTX_get_current_cert(check);
    int error = X509_STORE_CTX_get_error(check);
    char text[160] = "";

    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        put_date(cert ? X509_get0_notAfter(cert) : NULL, text, sizeof text);
        snprintf(buf, size, "its certificate has expired, on %s", text);
        break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        put_date(cert ? X509_get0_notBefore(cert) : NULL, text, sizeof text);
        snprintf(buf, size,
                 "its certificate is good from %s only; is this machine's "
                 "clock right?",
                 text);
        break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        if (cert)
            put_names(cert, text, sizeof text);
        snprintf(buf, size,
                 "its certificate is for %s, not for %.100s; if it is the "
                 "right daemon, name it so (--tlsservername)",
                 text, host);
        break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        snprintf(buf, size,
                 "its certificate is of an unknown authority (%s); name the "
                 "right one (--tlscacert)",
                 X509_verify_cert_error_string(error));
        break;
    default:
        snprintf(buf, size, "its certificate is not good: %s",
                 X509_verify_cert_error_string(error));
    }
}
