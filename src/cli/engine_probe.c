/* Whether a daemon answers, asked in a few bytes and without gRPC. */
#include "engine.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "file.h"

static int dial(const char *socket_path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_sec = 2};
    int fd;

    if (strlen(socket_path) >= sizeof(to.sun_path))
        return -1;
    memcpy(to.sun_path, socket_path, strlen(socket_path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool read_full(int fd, char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, data, len);
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

bool cmd__engine_answers(cmd__engine_kind kind, const char *socket)
{
    /* HTTP/2: the preface with empty SETTINGS, answered by SETTINGS (type 4,
     * the fourth byte). An engine: a plain request. */
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                  "\0\0\0\4\0\0\0\0\0";
    static const char ping[] = "GET /_ping HTTP/1.0\r\nHost: llb\r\n\r\n";
    bool is_engine = kind == CMD__DOCKERD;
    char answer[12];
    int fd = dial(socket);

    if (fd < 0)
        return false;
    bool good =
        llb__write_full(fd, is_engine ? ping : preface,
                        is_engine ? sizeof(ping) - 1 : sizeof(preface) - 1) &&
        read_full(fd, answer, sizeof(answer));
    close(fd);
    if (!good)
        return false;
    return is_engine ? memcmp(answer + 8, " 200", 4) == 0 : answer[3] == 4;
}
