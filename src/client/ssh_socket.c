/* Unix sockets beside a call of the daemon. Nothing here waits for a socket
 * without looking, a few times a second, whether the call is still wanted. */
#include "ssh_socket.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addr.h"
#include "dial.h"
#include "error.h"
#include "packet.h"
#include "thread.h"

enum { CONNECT_MS = 2000, PIECE = 32 * 1024 };

static llb_status fail(const char *path, llb_error *err)
{
    int e = errno;

    return llb__fail(err, e == ENOENT ? LLB_ENOENT : LLB_EIO, LLB__NOWHERE,
                     "cannot connect to the socket \"%.200s\": %s", path,
                     e == ECONNREFUSED ? "nobody listens there any more"
                     : e == EAGAIN     ? "nobody has answered for 2 s"
                                       : strerror(e));
}

llb_status bk__ssh_connect(const char *path, int *ret_fd, llb_error *err)
{
    struct sockaddr_un un;
    int64_t deadline = bk__now_ms() + CONNECT_MS;
    llb_status st = bk__addr_unix(path, &un, err);

    if (st != LLB_OK)
        return st;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(path, err);
    /* A full backlog is EAGAIN. */
    while (connect(fd, (const struct sockaddr *)&un, sizeof un) < 0) {
        if (errno != EINTR && (errno != EAGAIN || bk__now_ms() > deadline)) {
            st = fail(path, err);
            close(fd);
            return st;
        }
        poll(NULL, 0, 10);
    }
    *ret_fd = fd;
    return LLB_OK;
}

/* What has arrived; 0 at the end, -1 when the call is over or fd broke. */
static ssize_t read_some(bk__stream *s, int fd, void *data, size_t len)
{
    for (;;) {
        ssize_t n = recv(fd, data, len, 0);
        if (n >= 0)
            return n;
        if (errno == EAGAIN && !bk__stream_wait(s, fd, POLLIN))
            return -1;
        if (errno != EAGAIN && errno != EINTR)
            return -1;
    }
}

bool bk__ssh_read_full(bk__stream *s, int fd, void *data, size_t len)
{
    uint8_t *p = data;

    while (len > 0) {
        ssize_t n = read_some(s, fd, p, len);
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool bk__ssh_write_full(bk__stream *s, int fd, const void *data, size_t len)
{
    const uint8_t *p = data;

    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN && bk__stream_wait(s, fd, POLLOUT))
            continue;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

struct pump {
    bk__stream *s;
    int fd;
};

/* From the socket to the daemon. Its end is the end of the call, since a
 * server has no other way to say that nothing more comes. */
static void *pump_out(void *arg)
{
    struct pump *p = arg;
    uint8_t data[PIECE];

    for (;;) {
        ssize_t n = read_some(p->s, p->fd, data, sizeof data);
        if (n <= 0)
            break;
        if (!bk__stream_send_data(p->s, (llb__bytes){data, (size_t)n}))
            break;
    }
    p->s->ops->stop_recv(p->s);
    return NULL;
}

bk__rpc_status bk__ssh_pump(bk__stream *s, int fd)
{
    struct pump p = {.s = s, .fd = fd};
    llb__bytes message, data;
    pthread_t thread;
    int got;

    if (!bk__thread_start(&thread, pump_out, &p))
        return bk__rpc_fail(BK__RPC_INTERNAL, "there is no thread to be had");
    while ((got = s->ops->recv(s, &message)) == 1) {
        if (!bk__field1_parse(message, &data) ||
            !bk__ssh_write_full(s, fd, data.data, data.len))
            break;
    }
    shutdown(fd, got == 0 ? SHUT_WR : SHUT_RDWR);
    pthread_join(thread, NULL);
    return s->ops->is_over(s) ? bk__rpc_cut() : bk__rpc_ok();
}
