/* openat2 where there is one, else a walk with O_NOFOLLOW. */
#include "walk_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_bool no_openat2;

/* Copies the component at *path into name and moves *path behind it and its
 * slashes. False: too long, or "..". */
static bool component(const char **path, char name[256])
{
    size_t len = strcspn(*path, "/");

    if (len > 255) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(name, *path, len);
    name[len] = '\0';
    if (strcmp(name, "..") == 0) {
        errno = EINVAL;
        return false;
    }
    *path += len;
    *path += strspn(*path, "/");
    return true;
}

int bk__open_beneath_slow(int root, const char *path, int flags, mode_t mode)
{
    char name[256] = ".";
    int dir = root;

    flags |= O_CLOEXEC | O_NOFOLLOW;
    if (*path == '/') {
        errno = EXDEV; /* as openat2 has it */
        return -1;
    }
    while (*path) {
        if (!component(&path, name))
            break;
        int fd = *path ? openat(dir, name,
                                O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
                       : openat(dir, name, flags, mode);
        int e = errno;
        if (dir != root)
            close(dir);
        errno = e;
        if (fd < 0 || !*path)
            return fd;
        dir = fd;
    }
    if (dir == root && !*path)
        return openat(root, ".", flags, mode);
    int e = errno;
    if (dir != root)
        close(dir);
    errno = e;
    return -1;
}

int bk__open_beneath(int root, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve =
            RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };

    if (!*path)
        path = ".";
    /* EAGAIN: a rename elsewhere made the kernel unsure about "..", of which
     * we have none; it says so now and then all the same. */
    for (int tries = 0; tries < 100 && !no_openat2; tries++) {
        long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno == ENOSYS || errno == EPERM)
            break;
        if (errno != EAGAIN && errno != EINTR)
            return -1;
    }
    if (errno == ENOSYS)
        no_openat2 = true;
    return bk__open_beneath_slow(root, path, flags, mode);
}
