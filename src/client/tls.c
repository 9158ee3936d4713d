/* One thread does all that touches the TLS connection, from the handshake to
 * the end, so that OpenSSL needs no lock. It also writes to sockets, which
 * raises SIGPIPE: in this thread that is blocked. */
#include "tls.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "dial.h"
#include "error.h"
#include "thread.h"
#include "tls_why.h"

enum {
    PIECE = 64 * 1024,
    LINGER_MS = 1000 /* what a daemon gets to read our last bytes */
};

/* Bytes on their way in one direction. */
struct flow {
    unsigned char *data; /* PIECE bytes */
    size_t start, end;
    bool over; /* nothing more comes from its source */
};

static bool is_empty(const struct flow *f) { return f->start == f->end; }

static void drop(struct flow *f) { f->start = f->end; }

struct bk__tls {
    SSL *ssl;
    const char *host; /* whom we want; outlives the connection */
    bool has_cert;
    int64_t deadline; /* of the handshake */
    int net, local;   /* the daemon, and our end of the socketpair */
    struct flow out, in;
    bool broken; /* the daemon takes no more; why may still be read */
    pthread_t thread;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t shaken;
    bool done;   /* the handshake has ended */
    bool ok, h2; /* and well, with HTTP/2 agreed on */
    char why[400];
};

/* The first reason is the cause, the others follow from it. */
static void note(bk__tls *t, const char *why)
{
    pthread_mutex_lock(&t->lock);
    if (!*t->why)
        snprintf(t->why, sizeof t->why, "%s", why);
    pthread_mutex_unlock(&t->lock);
}

/* Notes why an operation of TLS with that error failed for good. */
static void note_ssl(bk__tls *t, int error)
{
    char why[sizeof t->why];
    int system = errno;

    if (bk__tls_why_error(t->has_cert, why, sizeof why))
        note(t, why);
    else if (error == SSL_ERROR_SYSCALL && system)
        note(t, strerror(system));
    else if (!t->done)
        note(t, "it closed the connection during the TLS handshake");
}

static int check_cert(int ok, X509_STORE_CTX *check)
{
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx());
    bk__tls *t = SSL_get_app_data(ssl);
    char why[sizeof t->why];

    if (!ok) {
        bk__tls_why_cert(check, t->host, why, sizeof why);
        note(t, why);
    }
    return ok;
}

/* What poll() is to wait for before that operation is tried again; 0: it has
 * failed for good. */
static short wants(bk__tls *t, int result)
{
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return POLLIN;
    case SSL_ERROR_WANT_WRITE:
        return POLLOUT;
    default:
        return 0;
    }
}

static bool shake(bk__tls *t)
{
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int n = SSL_connect(t->ssl);
        if (n == 1)
            return true;
        struct pollfd p = {.fd = t->net, .events = wants(t, n)};
        if (!p.events) {
            note_ssl(t, SSL_get_error(t->ssl, n));
            return false;
        }
        int64_t left = t->deadline - bk__now_ms();
        if (left <= 0 || poll(&p, 1, (int)left) == 0) {
            note(t, "it does not answer the TLS handshake");
            return false;
        }
    }
}

/* The steps of the relay return what they need the network for; progress is
 * noted in *moved, what they need the local end for in *local. */

static short read_net(bk__tls *t, bool *moved)
{
    struct flow *f = &t->in;

    if (f->over || !is_empty(f))
        return 0;
    ERR_clear_error();
    errno = 0;
    int n = SSL_read(t->ssl, f->data, PIECE);
    if (n > 0) {
        *moved = true;
        f->start = 0;
        f->end = (size_t)n;
        return 0;
    }
    short want = wants(t, n);
    if (!want) {
        if (SSL_get_error(t->ssl, n) != SSL_ERROR_ZERO_RETURN)
            note_ssl(t, SSL_get_error(t->ssl, n));
        f->over = true;
    }
    return want;
}

static short write_net(bk__tls *t, bool *moved)
{
    struct flow *f = &t->out;

    if (is_empty(f))
        return 0;
    ERR_clear_error();
    int n = SSL_write(t->ssl, f->data + f->start, (int)(f->end - f->start));
    if (n > 0) {
        *moved = true;
        f->start += (size_t)n;
        return 0;
    }
    short want = wants(t, n);
    if (!want) {
        drop(f);
        f->over = t->broken = true;
    }
    return want;
}

static short read_local(bk__tls *t, bool *moved)
{
    struct flow *f = &t->out;

    if (f->over || !is_empty(f))
        return 0;
    ssize_t n = recv(t->local, f->data, PIECE, MSG_DONTWAIT);
    if (n > 0) {
        *moved = true;
        f->start = 0;
        f->end = (size_t)n;
        return 0;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return POLLIN;
    f->over = true;
    return 0;
}

static short write_local(bk__tls *t, bool *moved)
{
    struct flow *f = &t->in;

    if (is_empty(f))
        return 0;
    ssize_t n = send(t->local, f->data + f->start, f->end - f->start,
                     MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
        *moved = true;
        f->start += (size_t)n;
        return 0;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return POLLOUT;
    drop(f); /* nobody is there; read_local() finds the end */
    return 0;
}

/* Waits for what the steps need. True: our side has gone, which is to be seen
 * also while neither of them wants anything from it. */
static bool wait_both(bk__tls *t, short net, short local, int64_t until)
{
    int64_t left = until ? until - bk__now_ms() : -1;
    struct pollfd p[2] = {
        {.fd = t->net, .events = net},
        {.fd = until && !local ? -1 : t->local, .events = local}};

    poll(p, 2, until && left < 0 ? 0 : (int)left);
    return p[1].revents & (POLLHUP | POLLERR);
}

/* Until one side has ended and the other has what it sent. */
static void relay(bk__tls *t)
{
    int64_t until = 0; /* set when our side has ended */
    bool gone = false;

    for (;;) {
        bool moved = false;
        short net = read_net(t, &moved);
        short local = write_local(t, &moved);
        if (t->in.over && is_empty(&t->in))
            return;
        local |= read_local(t, &moved);
        net |= write_net(t, &moved);
        if (t->out.over && is_empty(&t->out) && !t->broken) {
            SSL_shutdown(t->ssl);
            return;
        }
        if ((gone || t->out.over) && !until)
            until = bk__now_ms() + LINGER_MS;
        if (until && bk__now_ms() >= until)
            return;
        if (!moved)
            gone = wait_both(t, net, local, until) || gone;
    }
}

static void *run(void *arg)
{
    bk__tls *t = arg;
    bool ok = shake(t);
    const unsigned char *alpn = NULL;
    unsigned len = 0;

    SSL_get0_alpn_selected(t->ssl, &alpn, &len);
    pthread_mutex_lock(&t->lock);
    t->done = true;
    t->ok = ok;
    t->h2 = len == 2 && memcmp(alpn, "h2", 2) == 0;
    pthread_cond_signal(&t->shaken);
    pthread_mutex_unlock(&t->lock);
    if (ok)
        relay(t);
    /* Both ends see that it is over, whoever else holds them. */
    shutdown(t->local, SHUT_RDWR);
    shutdown(t->net, SHUT_RDWR);
    ERR_clear_error();
    return NULL;
}

/* Whom we want to talk to, and in which protocols: a buildkitd takes h2, an
 * engine http/1.1 for the upgrade. */
static bool set_up(bk__tls *t, const bk__tls_config *c, const char *host)
{
    static const unsigned char protocols[] = "\x02h2\x08http/1.1";
    unsigned char number[16];
    bool by_number = inet_pton(AF_INET, host, number) == 1 ||
                     inet_pton(AF_INET6, host, number) == 1;
    X509_VERIFY_PARAM *check;

    t->ssl = SSL_new(c->ctx);
    if (!t->ssl || SSL_set_app_data(t->ssl, t) != 1 ||
        SSL_set_fd(t->ssl, t->net) != 1 ||
        SSL_set_alpn_protos(t->ssl, protocols, sizeof protocols - 1) != 0)
        return false;
    if (!by_number && SSL_set_tlsext_host_name(t->ssl, host) != 1)
        return false;
    if (c->skip_verify)
        return true;
    check = SSL_get0_param(t->ssl);
    X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    SSL_set_verify(t->ssl, SSL_VERIFY_PEER, check_cert);
    return by_number ? X509_VERIFY_PARAM_set1_ip_asc(check, host) == 1
                     : X509_VERIFY_PARAM_set1_host(check, host, 0) == 1;
}

static void clear(bk__tls *t)
{
    SSL_free(t->ssl);
    if (t->local >= 0)
        close(t->local);
    if (t->net >= 0)
        close(t->net);
    free(t->in.data);
    free(t->out.data);
    pthread_cond_destroy(&t->shaken);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static bk__tls *tls_new(const bk__tls_config *c, const char *host, int fd,
                        int *ret_fd)
{
    int pair[2];
    bk__tls *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->net = t->local = -1;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->shaken, NULL);
    t->in.data = malloc(PIECE);
    t->out.data = malloc(PIECE);
    t->has_cert = c->has_cert;
    t->host = host;
    if (!t->in.data || !t->out.data ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        clear(t);
        return NULL;
    }
    t->local = pair[0];
    t->net = fd;
    if (set_up(t, c, host)) {
        *ret_fd = pair[1];
        return t;
    }
    t->net = -1; /* the caller closes it */
    close(pair[1]);
    clear(t);
    ERR_clear_error();
    return NULL;
}

static bool wait_shaken(bk__tls *t)
{
    pthread_mutex_lock(&t->lock);
    while (!t->done)
        pthread_cond_wait(&t->shaken, &t->lock);
    bool ok = t->ok;
    pthread_mutex_unlock(&t->lock);
    return ok;
}

llb_status bk__tls_start(const bk__tls_config *c, const char *host, int fd,
                         int64_t deadline, int *ret_fd, bool *ret_h2,
                         bk__tls **ret, llb_error *err)
{
    int ours;
    const char *name = c->server_name ? c->server_name : host;
    bk__tls *t = tls_new(c, name, fd, &ours);

    if (!t) {
        close(fd);
        return llb__fail_nomem(err);
    }
    t->deadline = deadline;
    if (!bk__thread_start(&t->thread, run, t)) {
        close(ours);
        clear(t);
        return llb__fail_nomem(err);
    }
    if (!wait_shaken(t)) {
        llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE, "%s", t->why);
        close(ours);
        bk__tls_free(t);
        return LLB_EUNAVAILABLE;
    }
    *ret_h2 = t->h2;
    *ret_fd = ours;
    *ret = t;
    return LLB_OK;
}

bool bk__tls_why(bk__tls *t, char *buf, size_t size)
{
    pthread_mutex_lock(&t->lock);
    bool any = *t->why;
    if (any)
        snprintf(buf, size, "%s", t->why);
    pthread_mutex_unlock(&t->lock);
    return any;
}

void bk__tls_free(bk__tls *t)
{
    if (!t)
        return;
    shutdown(t->local, SHUT_RDWR);
    pthread_join(t->thread, NULL);
    clear(t);
}
