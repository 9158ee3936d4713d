/* Clients: an address, and the connection that calls share. */
#include "conn.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <grpc/support/log.h>

#include "addr.h"
#include "arena.h"
#include "dial.h"
#include "error.h"
#include "bounds.h"
#include "opts.h"

/* Defaults of bk_client_opts. */
enum { CONNECT_MS = 5000, HELPER_MS = 20000, CALL_MS = 15000 };

struct bk_client {
    bk__addr addr;
    bk__tls_config *tls; /* NULL: plain */
    bk_client_opts opts;
    llb__arena *a;        /* of strings in opts */
    pthread_mutex_t lock; /* of conn */
    bk__conn *conn;       /* NULL: not connected */

    pthread_mutex_t resolver_lock; /* held while an image is resolved */
    bk_build *resolver;
};

_Thread_local bool bk__in_callback;

llb_status bk__busy(llb_error *err)
{
    return llb__fail(err, LLB_EBUSY, LLB__NOWHERE,
                     "called from a callback of the client, which waits for "
                     "the callback to return");
}

/* A library does not write to standard error, whatever goes wrong. */
static void no_log(gpr_log_func_args *args) { (void)args; }

static void quiet(void)
{
    if (!getenv("GRPC_VERBOSITY"))
        gpr_set_log_function(no_log);
}

/* The address and what TLS needs; *a and *tls are the caller's. */
static llb_status read_opts(const char *addr, const bk_client_opts *opts,
                            bk__addr *a, bk__tls_config **tls, llb_error *err)
{
    llb_status st = bk__addr_parse(addr, opts->tls != NULL, a, err);

    if (st != LLB_OK || !opts->tls)
        return st;
    if (a->tcp)
        st = bk__tls_config_new(opts->tls, tls, err);
    else
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "address \"%.200s\": TLS is for tcp:// addresses only",
                       addr);
    if (st != LLB_OK)
        bk__addr_clear(a);
    return st;
}

const bk_client_opts *bk__client_opts(const bk_client *c) { return &c->opts; }

/* Copies what builds need later. NULL: no memory. */
static llb__arena *copy_logins(bk_client_opts *o)
{
    llb__arena *a = llb__arena_new(1 << 20);
    const char **hosts =
        a ? llb__arena_array(a, o->n_auth_hosts + 1, sizeof *hosts) : NULL;
    bool ok = hosts != NULL;

    for (size_t i = 0; i < o->n_auth_hosts && ok; i++)
        ok = (hosts[i] = llb__arena_strdup(a, o->auth_hosts[i])) != NULL;
    o->auth_hosts = hosts;
    if (ok && o->docker_config)
        ok = (o->docker_config = llb__arena_strdup(a, o->docker_config));
    if (ok)
        return a;
    llb__arena_free(a);
    return NULL;
}

llb_status bk_client_new(const char *addr, const bk_client_opts *opts,
                         bk_client **ret_client, llb_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    bk__addr a;
    bk__tls_config *tls = NULL;
    bk_client_opts o = {0};
    llb_status st = llb__opts_read(&o, sizeof o, opts,
                                   LLB__FIRST(bk_client_opts, call_ms), err);

    if (st == LLB_OK)
        st = read_opts(addr, &o, &a, &tls, err);
    if (st != LLB_OK)
        return st;
    bk_client *c = calloc(1, sizeof *c);
    llb__arena *logins = c ? copy_logins(&o) : NULL;
    if (!logins) {
        free(c);
        bk__tls_config_free(tls);
        bk__addr_clear(&a);
        return llb__fail_nomem(err);
    }
    c->addr = a;
    c->tls = tls;
    c->opts = o;
    c->a = logins;
    if (!c->opts.connect_ms)
        c->opts.connect_ms = a.argv[0] ? HELPER_MS : CONNECT_MS;
    if (!c->opts.call_ms)
        c->opts.call_ms = CALL_MS;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->resolver_lock, NULL);
    pthread_once(&once, quiet);
    grpc_init();
    *ret_client = c;
    return LLB_OK;
}

void bk_client_free(bk_client *c)
{
    if (!c)
        return;
    bk_build_free(c->resolver);
    bk__conn_release(c->conn);
    grpc_shutdown_blocking();
    pthread_mutex_destroy(&c->resolver_lock);
    pthread_mutex_destroy(&c->lock);
    bk__tls_config_free(c->tls);
    bk__addr_clear(&c->addr);
    llb__arena_free(c->a);
    free(c);
}

const char *bk_client_addr(const bk_client *c) { return c->addr.text; }

unsigned bk__call_ms(const bk_client *c) { return c->opts.call_ms; }

static grpc_arg integer_arg(char *key, int value)
{
    return (grpc_arg){
        .type = GRPC_ARG_INTEGER, .key = key, .value.integer = value};
}

size_t bk__channel_args(grpc_arg args[BK__N_ARGS], char *authority)
{
    size_t n = 0;

    args[n++] =
        integer_arg(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, (int)LLB__MAX_MESSAGE);
    args[n++] = integer_arg(GRPC_ARG_MAX_METADATA_SIZE, (int)LLB__MAX_MESSAGE);
    if (authority)
        args[n++] = (grpc_arg){.type = GRPC_ARG_STRING,
                               .key = GRPC_ARG_DEFAULT_AUTHORITY,
                               .value.string = authority};
    return n;
}

/* A channel on fd, which gRPC owns from now on. */
static grpc_channel *channel_from(const bk_client *c, int fd)
{
    grpc_arg list[BK__N_ARGS];
    char *host = c->tls && c->tls->server_name ? c->tls->server_name
                 : c->addr.tcp                 ? c->addr.host
                                               : "localhost";
    grpc_channel_args args = {bk__channel_args(list, host), list};
    grpc_channel_credentials *creds = grpc_insecure_credentials_create();
    grpc_channel *channel =
        grpc_channel_create_from_fd(c->addr.text, fd, creds, &args);

    grpc_channel_credentials_release(creds);
    return channel;
}

static llb_status open_conn(bk_client *c, bk__conn **ret, llb_error *err)
{
    bk__conn *conn = calloc(1, sizeof *conn);

    if (!conn)
        return llb__fail_nomem(err);
    llb_status st =
        bk__dial(&c->addr, c->tls, c->opts.connect_ms, &conn->line, err);
    if (st != LLB_OK) {
        free(conn);
        return st;
    }
    conn->probe = fcntl(conn->line.fd, F_DUPFD_CLOEXEC, 0);
    conn->channel = channel_from(c, conn->line.fd);
    conn->refs = 1;
    *ret = conn;
    return LLB_OK;
}

/* Whether a daemon that stops has said so (HTTP/2 frame GOAWAY, type 7) while
 * nobody read: it then waits for us to go, and takes no new calls. */
static bool says_goaway(int fd)
{
    unsigned char buf[4096];
    ssize_t n = recv(fd, buf, sizeof buf, MSG_PEEK | MSG_DONTWAIT);

    for (ssize_t i = 0; i + 9 <= n;) {
        if (buf[i + 3] == 7)
            return true;
        i += 9 + (buf[i] << 16 | buf[i + 1] << 8 | buf[i + 2]);
    }
    return false;
}

/* Whether the daemon has closed the connection while nobody looked, as one
 * that was started anew has. */
static bool is_closed(const bk__conn *conn)
{
    struct pollfd p = {.fd = conn->probe, .events = POLLIN | POLLRDHUP};

    if (conn->probe < 0 || poll(&p, 1, 0) <= 0)
        return false;
    return (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) ||
           says_goaway(conn->probe);
}

llb_status bk__conn_get(bk_client *c, bk__conn **ret, llb_error *err)
{
    llb_status st = LLB_OK;
    bk__conn *old = NULL;

    pthread_mutex_lock(&c->lock);
    if (c->conn && is_closed(c->conn)) {
        old = c->conn;
        c->conn = NULL;
    }
    if (!c->conn)
        st = open_conn(c, &c->conn, err);
    if (st == LLB_OK) {
        *ret = c->conn;
        __atomic_add_fetch(&c->conn->refs, 1, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&c->lock);
    bk__conn_release(old); /* which may wait for a helper program's end */
    return st;
}

void bk__conn_release(bk__conn *conn)
{
    if (!conn || __atomic_sub_fetch(&conn->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    grpc_channel_destroy(conn->channel);
    if (conn->probe >= 0)
        close(conn->probe);
    bk__line_end(&conn->line);
    free(conn);
}

void bk__conn_why(bk__conn *conn, const char *words, char *buf, size_t size)
{
    char why[400];

    if (bk__line_why(&conn->line, why, sizeof why))
        snprintf(buf, size, "%s%s%s", why, *words ? "; " : "", words);
    else
        snprintf(buf, size, "%s", words);
}

void bk__conn_lost(bk_client *c, bk__conn *conn)
{
    pthread_mutex_lock(&c->lock);
    bool ours = c->conn == conn;
    if (ours)
        c->conn = NULL;
    pthread_mutex_unlock(&c->lock);
    if (ours)
        bk__conn_release(conn);
}

llb_status bk_client_connect(bk_client *c, bk_kind *ret_kind, llb_error *err)
{
    bk__conn *conn;

    if (bk__in_callback)
        return bk__busy(err);
    llb_status st = bk__conn_get(c, &conn, err);
    if (st != LLB_OK)
        return st;
    *ret_kind = conn->line.kind;
    bk__conn_release(conn);
    return LLB_OK;
}

bk_build **bk__client_resolver(bk_client *c) { return &c->resolver; }

void bk__client_lock_resolver(bk_client *c)
{
    pthread_mutex_lock(&c->resolver_lock);
}

void bk__client_unlock_resolver(bk_client *c)
{
    pthread_mutex_unlock(&c->resolver_lock);
}
