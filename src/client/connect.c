/* Sockets, and what it means that one cannot be connected to. */
#include "connect.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "error.h"
#include "lookup.h"

int64_t bk__now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool bk__wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - bk__now_ms();
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, left < 0 ? 0 : (int)left);
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR)
            return false;
    }
}

/* Our words for the usual reasons; the system's stand behind them. */
static const struct reason {
    int code;
    const char *of_unix, *of_tcp;
} reasons[] = {
    {ENOENT, "there is no such socket", NULL},
    {ENOTSOCK, "that is no socket", NULL},
    {ECONNREFUSED,
     "nobody listens on that socket; the daemon has gone and left it behind",
     "nobody listens on that port"},
    {EACCES,
     "no permission to connect; run as root or as a member of the socket's "
     "group",
     NULL},
    {ETIMEDOUT, NULL, "the host does not answer"},
};

static llb_status fail(const bk__addr *a, int code, llb_error *err)
{
    const char *words = NULL;

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code == code)
            words = a->tcp ? reasons[i].of_tcp : reasons[i].of_unix;
    }
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE, "%.200s: %s%s%s%s",
                     a->text, words ? words : "", words ? " (" : "",
                     strerror(code), words ? ")" : "");
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
        if (!bk__wait_for(fd, POLLOUT, deadline))
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

static llb_status connect_unix(const bk__addr *a, int64_t deadline, int *ret_fd,
                               llb_error *err)
{
    struct sockaddr_un un;
    llb_status st = bk__addr_unix(a->path, &un, err);

    if (st != LLB_OK)
        return st;
    /* A full backlog is EAGAIN on a unix socket; it is short-lived. */
    for (;;) {
        int fd = connect_to((const struct sockaddr *)&un, sizeof un, deadline);
        if (fd >= 0) {
            *ret_fd = fd;
            return LLB_OK;
        }
        if (errno != EAGAIN || bk__now_ms() >= deadline)
            return fail(a, errno, err);
        poll(NULL, 0, 10);
    }
}

/* A host that has gone, or a firewall that has forgotten us, is noticed within
 * about a minute and not after the system's two hours. */
static void keep_alive(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},   {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 30}, {IPPROTO_TCP, TCP_KEEPINTVL, 10},
        {IPPROTO_TCP, TCP_KEEPCNT, 3},   {IPPROTO_TCP, TCP_USER_TIMEOUT, 60000},
    };

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                   sizeof options[i].value);
}

static llb_status connect_tcp(const bk__addr *a, int64_t deadline, int *ret_fd,
                              llb_error *err)
{
    struct addrinfo *list = NULL;
    int fd = -1;
    int failed = bk__lookup(a->host, a->port, deadline, &list);

    if (failed)
        return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                         "%.200s: looking up the host: %s", a->text,
                         gai_strerror(failed));
    errno = EADDRNOTAVAIL;
    for (struct addrinfo *i = list; i && fd < 0; i = i->ai_next)
        fd = connect_to(i->ai_addr, i->ai_addrlen, deadline);
    int problem = errno;
    freeaddrinfo(list);
    if (fd < 0)
        return fail(a, problem, err);
    keep_alive(fd);
    *ret_fd = fd;
    return LLB_OK;
}

llb_status bk__connect(const bk__addr *a, int64_t deadline, int *ret_fd,
                       llb_error *err)
{
    return a->tcp ? connect_tcp(a, deadline, ret_fd, err)
                  : connect_unix(a, deadline, ret_fd, err);
}
