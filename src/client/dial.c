/* A buildkitd speaks first: its HTTP/2 settings come as soon as somebody has
 * connected. A Docker Engine is silent until it is asked, by HTTP/1.1, to
 * upgrade the connection (POST /grpc). So we wait a moment, then ask; and a
 * slow buildkitd that answers the question with its settings is connected to
 * again, since the question has spoilt its connection. Where it is known who
 * answers, by TLS or by the kind of address, nothing is guessed. */
#include "dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connect.h"
#include "error.h"

enum {
    SPEAK_MS = 40,       /* how long a buildkitd may take to speak first */
    FRAME_HEAD = 9,      /* bytes in front of an HTTP/2 frame */
    MAX_HEAD = 8 * 1024, /* bytes of an HTTP/1.1 answer's head */
    TLS_ALERT = 0x15 /* first byte of what a TLS server answers plain text */
};

struct dial {
    const bk__addr *a;
    const bk__tls_config *tls; /* NULL: plain */
    unsigned timeout_ms;
    int64_t deadline; /* by bk__now_ms */
    bk__line line;
    bool h2; /* agreed on in the TLS handshake */
};

static llb_status fail(llb_error *err, const struct dial *d, const char *why)
{
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE, "%.200s: %s",
                     d->a->text, why);
}

/* The line knows why it does not work, or general words do. */
static llb_status fail_line(llb_error *err, struct dial *d, const char *words)
{
    char why[400];

    return fail(err, d, bk__line_why(&d->line, why, sizeof why) ? why : words);
}

static llb_status mute(llb_error *err, struct dial *d)
{
    char words[100];

    snprintf(words, sizeof words, "%s, but no daemon answered within %u.%u s",
             d->line.child ? "its helper program runs" : "connected",
             d->timeout_ms / 1000, d->timeout_ms % 1000 / 100);
    return fail_line(err, d, words);
}

/* On a connected socket. */
static llb_status start_tls(struct dial *d, int fd, llb_error *err)
{
    llb_error why = {0};
    llb_status st = bk__tls_start(d->tls, d->a->host, fd, d->deadline,
                                  &d->line.fd, &d->h2, &d->line.tls, &why);

    if (st == LLB_EUNAVAILABLE)
        return fail(err, d, why.message);
    return st == LLB_OK ? st : llb__fail_nomem(err);
}

static llb_status start_child(struct dial *d, llb_error *err)
{
    llb_error why = {0};
    llb_status st =
        bk__child_start(d->a->argv, &d->line.fd, &d->line.child, &why);

    if (st == LLB_EUNAVAILABLE)
        return fail(err, d, why.message);
    return st == LLB_OK ? st : llb__fail_nomem(err);
}

static llb_status start(struct dial *d, llb_error *err)
{
    int fd;

    d->line = (bk__line){.fd = -1};
    if (d->a->argv[0])
        return start_child(d, err);
    llb_status st = bk__connect(d->a, d->deadline, &fd, err);
    if (st != LLB_OK)
        return st;
    if (d->tls)
        return start_tls(d, fd, err);
    d->line.fd = fd;
    return LLB_OK;
}

/* Looks at what has arrived without taking it. -1: the peer has gone. */
static ssize_t peek(int fd, void *buf, size_t len)
{
    ssize_t n;

    do
        n = recv(fd, buf, len, MSG_PEEK | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return n > 0 ? n : -1;
}

/* Whether these bytes start an HTTP/2 SETTINGS frame, the first thing that a
 * server says: 24 bits of length, type 4, no flags but ACK, stream 0. */
static bool is_settings(const unsigned char *b, size_t n)
{
    static const unsigned char stream0[4] = {0};

    return n >= FRAME_HEAD && b[0] == 0 && b[3] == 4 && (b[4] & ~1) == 0 &&
           memcmp(b + 5, stream0, 4) == 0;
}

/* The peer has ended the connection without a word of HTTP. */
static llb_status ended(llb_error *err, struct dial *d)
{
    return fail_line(
        err, d,
        d->a->argv[0] ? "its helper program ended without a daemon's answer"
        : d->a->tcp && !d->tls
            ? "it closes the connection at once; if it is a daemon that wants "
              "TLS, name its authority (--tlscacert)"
            : "it closes the connection at once; something else than a "
              "BuildKit daemon listens there");
}

/* It has said the n bytes at b, which are nothing that a daemon says. */
static llb_status not_daemon(llb_error *err, const struct dial *d,
                             const void *b, size_t n)
{
    const unsigned char *u = b;
    char words[160];

    if (n > 1 && u[0] == TLS_ALERT && u[1] == 3)
        return fail(err, d, "it speaks TLS; name its authority (--tlscacert)");
    if (!d->a->argv[0])
        return fail(err, d,
                    "something else than a BuildKit daemon listens there");
    snprintf(words, sizeof words,
             "%s brought \"%.*s\" instead of a daemon's answer; does "
             "something print at login?",
             d->a->argv[0], (int)strnlen(b, n < 40 ? n : 40), (const char *)b);
    return fail(err, d, words);
}

/* Does a buildkitd speak up until then? *ret_yes; false when nobody has said
 * anything. */
static llb_status listen_first(struct dial *d, int64_t until, bool *ret_yes,
                               llb_error *err)
{
    unsigned char head[64];
    ssize_t n = 0;

    *ret_yes = false;
    if (!bk__wait_for(d->line.fd, POLLIN, until))
        return LLB_OK;
    for (int i = 0; i < 50; i++) { /* a frame's head may come in pieces */
        n = peek(d->line.fd, head, sizeof head);
        if (n < 0)
            return ended(err, d);
        if (n >= FRAME_HEAD)
            break;
        poll(NULL, 0, 1);
    }
    if (!is_settings(head, (size_t)n))
        return not_daemon(err, d, head, (size_t)n);
    *ret_yes = true;
    return LLB_OK;
}

static llb_status ask_upgrade(struct dial *d, llb_error *err)
{
    static const char request[] = "POST /grpc HTTP/1.1\r\n"
                                  "Host: docker\r\n"
                                  "Connection: Upgrade\r\n"
                                  "Upgrade: h2c\r\n"
                                  "Content-Length: 0\r\n\r\n";
    size_t done = 0, len = sizeof request - 1;

    while (done < len) {
        ssize_t n = send(d->line.fd, request + done, len - done, MSG_NOSIGNAL);
        if (n > 0)
            done += (size_t)n;
        else if (errno == EAGAIN) {
            if (!bk__wait_for(d->line.fd, POLLOUT, d->deadline))
                return mute(err, d);
        } else if (errno != EINTR)
            return fail_line(err, d, strerror(errno));
    }
    return LLB_OK;
}

/* The head of the answer, with a NUL behind it and not a byte more taken than
 * it has: what follows is HTTP/2. *ret_settings: it was no HTTP/1.1 at all
 * but a buildkitd's settings. */
static llb_status read_head(struct dial *d, char *head, bool *ret_settings,
                            llb_error *err)
{
    size_t len = 0;

    *ret_settings = false;
    while (len < MAX_HEAD - 1) {
        if (!bk__wait_for(d->line.fd, POLLIN, d->deadline))
            return mute(err, d);
        ssize_t n = recv(d->line.fd, head + len, 1, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return len ? not_daemon(err, d, head, len) : ended(err, d);
        len++;
        if (len == FRAME_HEAD &&
            is_settings((const unsigned char *)head, len)) {
            *ret_settings = true;
            return LLB_OK;
        }
        if (len >= 4 && memcmp(head + len - 4, "\r\n\r\n", 4) == 0) {
            head[len] = '\0';
            return LLB_OK;
        }
    }
    return not_daemon(err, d, head, len);
}

/* The code of "HTTP/1.1 CODE ...", or 0. */
static int http_code(const char *head)
{
    if (strncmp(head, "HTTP/1.", 7) != 0 || !head[7] || head[8] != ' ')
        return 0;
    return (int)strtol(head + 9, NULL, 10);
}

/* The status of an answer that is none we can use. */
static llb_status refused(llb_error *err, const struct dial *d, int code)
{
    /* Go's servers answer plain text so when they want TLS. */
    const char *hint = code == 400 && d->a->tcp && !d->tls
                           ? ", or one that wants TLS (--tlscacert)"
                           : "";

    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                     "%.200s: the server refused POST /grpc with HTTP status "
                     "%d; it is no Docker Engine with BuildKit%s",
                     d->a->text, code, hint);
}

static llb_status upgrade(struct dial *d, bk_kind *ret_kind, llb_error *err)
{
    char head[MAX_HEAD];
    bool settings;
    llb_status st = ask_upgrade(d, err);

    if (st == LLB_OK)
        st = read_head(d, head, &settings, err);
    if (st != LLB_OK)
        return st;
    *ret_kind = settings ? BK_KIND_BUILDKITD : BK_KIND_DOCKER;
    int code = settings ? 0 : http_code(head);
    if (code == 101)
        return LLB_OK;
    /* Newer engines drop /grpc and take gRPC right away. */
    if (settings || code == 404 || code == 410) {
        bk__line_close(&d->line);
        return start(d, err);
    }
    return code ? refused(err, d, code)
                : not_daemon(err, d, head, strlen(head));
}

/* On a line that has just been opened: who is there? */
static llb_status find_out(struct dial *d, bk_kind *ret_kind, llb_error *err)
{
    bool spoke = false;
    /* A buildkitd has to be behind these, and nothing is to be asked. */
    bool waits = d->h2 || (d->a->argv[0] && !d->a->docker);
    int64_t until = waits ? d->deadline : bk__now_ms() + SPEAK_MS;
    llb_status st = LLB_OK;

    *ret_kind = d->a->docker ? BK_KIND_DOCKER : BK_KIND_BUILDKITD;
    if (waits || (!d->a->docker && !d->tls))
        st = listen_first(d, until < d->deadline ? until : d->deadline, &spoke,
                          err);
    if (st != LLB_OK || spoke)
        return st;
    return waits ? mute(err, d) : upgrade(d, ret_kind, err);
}

llb_status bk__dial(const bk__addr *a, const bk__tls_config *tls,
                    unsigned timeout_ms, bk__line *ret, llb_error *err)
{
    struct dial d = {.a = a, .tls = tls, .timeout_ms = timeout_ms};
    bk_kind kind;

    d.deadline = bk__now_ms() + timeout_ms;
    llb_status st = start(&d, err);
    if (st == LLB_OK)
        st = find_out(&d, &kind, err);
    if (st != LLB_OK) {
        bk__line_close(&d.line);
        return st;
    }
    *ret = d.line;
    ret->kind = kind;
    return LLB_OK;
}

bool bk__line_why(bk__line *l, char *buf, size_t size)
{
    if (l->tls)
        return bk__tls_why(l->tls, buf, size);
    return l->child && bk__child_why(l->child, buf, size);
}

void bk__line_end(bk__line *l)
{
    bk__tls_free(l->tls);
    bk__child_free(l->child);
    l->tls = NULL;
    l->child = NULL;
}

void bk__line_close(bk__line *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    bk__line_end(l);
}
