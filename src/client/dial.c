/* A buildkitd speaks first: its HTTP/2 settings come as soon as somebody has
 * connected. A Docker Engine is silent until it is asked, by HTTP/1.1, to
 * upgrade the connection (POST /grpc). So we wait a moment, then ask; and a
 * slow buildkitd that answers the question with its settings is connected to
 * again, since the question has spoilt its connection. */
#include "dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "error.h"

enum {
    SPEAK_MS = 40,      /* how long a buildkitd may take to speak first */
    FRAME_HEAD = 9,     /* bytes in front of an HTTP/2 frame */
    MAX_HEAD = 8 * 1024 /* bytes of an HTTP/1.1 answer's head */
};

struct dial {
    const bk__addr *a;
    unsigned timeout_ms;
    int64_t deadline; /* by bk__now_ms */
    int fd;
};

int64_t bk__now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static llb_status fail(llb_error *err, const struct dial *d, const char *why)
{
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE, "%.200s: %s",
                     d->a->text, why);
}

static llb_status mute(llb_error *err, const struct dial *d)
{
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                     "%.200s: connected, but no daemon answered within "
                     "%u.%u s",
                     d->a->text, d->timeout_ms / 1000,
                     d->timeout_ms % 1000 / 100);
}

/* Waits for events on fd until deadline: 1, 0 when time is up. */
static int wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - bk__now_ms();
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, left < 0 ? 0 : (int)left);
        if (n > 0)
            return 1;
        if (n == 0)
            return 0;
        if (errno != EINTR)
            return 0;
    }
}

/* Connects a new socket; errno says why it cannot. */
static int connect_to(const struct sockaddr *sa, socklen_t len,
                      int64_t deadline)
{
    int fd =
        socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int problem = 0;

    if (fd < 0)
        return -1;
    if (connect(fd, sa, len) == 0)
        return fd;
    problem = errno;
    if (problem == EINPROGRESS || problem == EINTR) {
        socklen_t size = sizeof problem;
        if (!wait_for(fd, POLLOUT, deadline))
            problem = ETIMEDOUT;
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) < 0)
            problem = errno;
        if (problem == 0)
            return fd;
    }
    close(fd);
    errno = problem;
    return -1;
}

static llb_status connect_unix(struct dial *d, llb_error *err)
{
    struct sockaddr_un un;
    llb_status st = bk__addr_unix(d->a->path, &un, err);

    if (st != LLB_OK)
        return st;
    /* A full backlog is EAGAIN on a unix socket; it is short-lived. */
    for (;;) {
        d->fd =
            connect_to((const struct sockaddr *)&un, sizeof un, d->deadline);
        if (d->fd >= 0 || errno != EAGAIN || bk__now_ms() >= d->deadline)
            break;
        poll(NULL, 0, 10);
    }
    if (d->fd >= 0)
        return LLB_OK;
    switch (errno) {
    case ENOENT:
        return fail(err, d, "there is no such socket");
    case ECONNREFUSED:
        return fail(err, d,
                    "nobody listens on that socket; the daemon has "
                    "gone and left it behind");
    case EACCES:
    case EPERM:
        return fail(err, d,
                    "no permission to connect; run as root or as a "
                    "member of the socket's group");
    default:
        return fail(err, d, strerror(errno));
    }
}

static llb_status connect_tcp(struct dial *d, llb_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list;
    int on = 1, failed = getaddrinfo(d->a->host, d->a->port, &hints, &list);

    if (failed)
        return fail(err, d, gai_strerror(failed));
    for (struct addrinfo *i = list; i; i = i->ai_next) {
        d->fd = connect_to(i->ai_addr, i->ai_addrlen, d->deadline);
        if (d->fd >= 0)
            break;
    }
    int problem = errno;
    freeaddrinfo(list);
    if (d->fd < 0)
        return fail(err, d,
                    problem == ECONNREFUSED ? "nobody listens on that port"
                                            : strerror(problem));
    setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(d->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return LLB_OK;
}

static llb_status start(struct dial *d, llb_error *err)
{
    d->fd = -1;
    return d->a->tcp ? connect_tcp(d, err) : connect_unix(d, err);
}

static void stop(struct dial *d)
{
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
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

static llb_status not_daemon(llb_error *err, const struct dial *d)
{
    return fail(err, d, "something else than a BuildKit daemon listens there");
}

/* Does a buildkitd speak up? *ret_yes; false when nobody has said anything. */
static llb_status listen_first(struct dial *d, bool *ret_yes, llb_error *err)
{
    unsigned char head[FRAME_HEAD];
    int64_t until = bk__now_ms() + SPEAK_MS;
    ssize_t n = 0;

    *ret_yes = false;
    if (until > d->deadline)
        until = d->deadline;
    if (!wait_for(d->fd, POLLIN, until))
        return LLB_OK;
    for (int i = 0; i < 50; i++) { /* a frame's head may come in pieces */
        n = peek(d->fd, head, sizeof head);
        if (n < 0)
            return not_daemon(err, d);
        if (n == sizeof head)
            break;
        poll(NULL, 0, 1);
    }
    if (!is_settings(head, (size_t)n))
        return not_daemon(err, d);
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
        ssize_t n = send(d->fd, request + done, len - done, MSG_NOSIGNAL);
        if (n > 0)
            done += (size_t)n;
        else if (errno == EAGAIN) {
            if (!wait_for(d->fd, POLLOUT, d->deadline))
                return mute(err, d);
        } else if (errno != EINTR)
            return fail(err, d, strerror(errno));
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
        if (!wait_for(d->fd, POLLIN, d->deadline))
            return mute(err, d);
        ssize_t n = recv(d->fd, head + len, 1, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return not_daemon(err, d);
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
    return not_daemon(err, d);
}

/* The code of "HTTP/1.1 CODE ...", or 0. */
static int http_code(const char *head)
{
    if (strncmp(head, "HTTP/1.", 7) != 0 || !head[7] || head[8] != ' ')
        return 0;
    return (int)strtol(head + 9, NULL, 10);
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
        stop(d);
        return start(d, err);
    }
    if (code == 0)
        return not_daemon(err, d);
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                     "%.200s: the server refused POST /grpc with HTTP status "
                     "%d; it is no Docker Engine with BuildKit",
                     d->a->text, code);
}

llb_status bk__dial(const bk__addr *a, unsigned timeout_ms, int *ret_fd,
                    bk_kind *ret_kind, llb_error *err)
{
    struct dial d = {a, timeout_ms, bk__now_ms() + timeout_ms, -1};
    bool spoke = false;
    bk_kind kind = BK_KIND_BUILDKITD;
    llb_status st = start(&d, err);

    if (st == LLB_OK && !a->docker)
        st = listen_first(&d, &spoke, err);
    if (st == LLB_OK && !spoke)
        st = upgrade(&d, &kind, err);
    if (st != LLB_OK) {
        stop(&d);
        return st;
    }
    *ret_fd = d.fd;
    *ret_kind = kind;
    return LLB_OK;
}

llb_status bk__dial_raw(const bk__addr *a, unsigned timeout_ms, int *ret_fd,
                        llb_error *err)
{
    struct dial d = {a, timeout_ms, bk__now_ms() + timeout_ms, -1};
    llb_status st = start(&d, err);

    if (st == LLB_OK)
        *ret_fd = d.fd;
    return st;
}
