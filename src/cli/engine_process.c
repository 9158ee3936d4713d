/* Processes that are surely ours, and folders that surely are. */
#include "engine.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "file.h"

/* Field 22 of /proc/PID/stat; 0 when there is no such process, or when it has
 * ended and only waits to be collected. The name in field 2 may hold blanks
 * and brackets, so fields are counted from its last bracket. */
static unsigned long long start_time(pid_t pid)
{
    char path[64], *text, state = 'Z';
    unsigned long long start = 0;
    size_t len;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (llb__file_read(path, 1 << 16, &text, &len, NULL) != LLB_OK)
        return 0;
    const char *at = strrchr(text, ')');
    if (!at || sscanf(at + 1,
                      " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                      "%*s %*s %*s %*s %*s %*s %llu",
                      &state, &start) != 2)
        start = 0;
    free(text);
    return state == 'Z' || state == 'X' ? 0 : start;
}

bool cmd__process_identify(cmd__process *p)
{
    p->start = start_time(p->pid);
    return p->start != 0;
}

int cmd__process_open(const cmd__process *p)
{
    int fd = pidfd_open(p->pid, 0);

    if (fd < 0)
        return -1;
    /* Looked at after the descriptor is ours: from now on it cannot come to
     * mean another process. */
    if (start_time(p->pid) != p->start) {
        close(fd);
        return -1;
    }
    return fd;
}

bool cmd__process_alive(const cmd__process *p)
{
    int fd = cmd__process_open(p);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Whether the process of a pidfd ended within ms. */
static bool wait_end(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int n;

    do
        n = poll(&p, 1, ms);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

llb_status cmd__process_end(const cmd__process *p, int wait_ms, llb_error *err)
{
    int fd = cmd__process_open(p);
    llb_status st = LLB_OK;

    if (fd < 0)
        return LLB_OK;
    if (pidfd_send_signal(fd, SIGTERM, NULL, 0) < 0 && errno != ESRCH)
        st = llb__fail(err, LLB_EIO, LLB__NOWHERE,
                       "cannot stop %s (process %d): %s", p->name, (int)p->pid,
                       strerror(errno));
    else if (!wait_end(fd, wait_ms)) {
        pidfd_send_signal(fd, SIGKILL, NULL, 0);
        if (!wait_end(fd, 5000))
            st =
                llb__fail(err, LLB_EIO, LLB__NOWHERE,
                          "%s (process %d) does not end", p->name, (int)p->pid);
    }
    close(fd);
    return st;
}

/* Lines of mountinfo end in lower mounts first, so the last one is undone
 * first. Only path and what lies below it are looked at. */
static void unmount_at(const char *path)
{
    char *text, *line;
    size_t len, path_len = strlen(path);

    if (llb__file_read("/proc/self/mountinfo", 16 << 20, &text, &len, NULL) !=
        LLB_OK)
        return;
    while (len > 0) {
        text[len - 1] = '\0';
        line = memrchr(text, '\n', len - 1);
        line = line ? line + 1 : text;
        char point[4096];
        if (sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1 &&
            strncmp(point, path, path_len) == 0 &&
            (point[path_len] == '/' || point[path_len] == '\0'))
            umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW);
        len = (size_t)(line - text);
    }
    free(text);
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

llb_status cmd__remove_tree(const char *path, llb_error *err)
{
    struct stat st;

    if (lstat(path, &st) < 0)
        return LLB_OK;
    unmount_at(path);
    if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
        return llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot remove %s: %s",
                         path, strerror(errno));
    return LLB_OK;
}

llb_status cmd__make_folders(const char *path, mode_t mode, llb_error *err)
{
    char *copy = strdup(path);
    llb_status st = LLB_OK;

    if (!copy)
        return llb__fail_nomem(err);
    for (char *at = copy + 1; st == LLB_OK; at++) {
        char c = *at;
        if (c != '/' && c != '\0')
            continue;
        *at = '\0';
        /* those above are for everybody; the last one is as asked */
        if (mkdir(copy, c ? 0755 : mode) < 0 && errno != EEXIST)
            st = llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot make %s: %s",
                           copy, strerror(errno));
        *at = c;
        if (!c)
            break;
    }
    free(copy);
    return st;
}
