/* Removing trees. Folders too deep for the file descriptors that we allow
 * ourselves are moved up to the top and come round again. */
#include "receive_remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "walk_dir.h"

enum { MAX_DEPTH = 32 };

struct remover {
    int top;
    uint64_t moved; /* names for folders that were moved up */
    bool again;     /* some were */
};

static int empty_folder(struct remover *r, int fd, int depth);

static int open_folder(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0700, 0) == 0)
        fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd;
}

static int move_up(struct remover *r, int dir, const char *name)
{
    char up[64];

    snprintf(up, sizeof up, ".llb-removed-%d-%llu", (int)getpid(),
             (unsigned long long)r->moved++);
    r->again = true;
    return renameat(dir, name, r->top, up);
}

static int remove_folder(struct remover *r, int dir, const char *name,
                         int depth)
{
    if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    if (errno != ENOTEMPTY && errno != EEXIST)
        return -1;
    if (depth >= MAX_DEPTH)
        return move_up(r, dir, name);
    int fd = open_folder(dir, name);
    if (fd < 0)
        return -1;
    int failed = empty_folder(r, fd, depth + 1);
    int e = errno;
    close(fd);
    errno = e;
    return failed ? -1 : unlinkat(dir, name, AT_REMOVEDIR);
}

static int remove_entry(struct remover *r, int dir, const char *name, int depth)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    return remove_folder(r, dir, name, depth);
}

static int empty_folder(struct remover *r, int fd, int depth)
{
    bk__dir_list list;
    int failed = 0;

    fchmod(fd, 0700); /* ours, or the system will tell */
    if (bk__dir_list_read(fd, &list) < 0)
        return -1;
    for (size_t i = 0; !failed && i < list.n; i++)
        failed = remove_entry(r, fd, list.entries[i].name, depth);
    int e = errno;
    bk__dir_list_clear(&list);
    errno = e;
    return failed;
}

int bk__remove_tree(int dir, const char *name)
{
    struct remover r = {.top = -1};

    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    r.top = open_folder(dir, name);
    if (r.top < 0)
        return -1;
    int failed;
    do {
        r.again = false;
        lseek(r.top, 0, SEEK_SET);
        failed = empty_folder(&r, r.top, 0);
    } while (!failed && r.again);
    int e = errno;
    close(r.top);
    errno = e;
    return failed ? -1 : unlinkat(dir, name, AT_REMOVEDIR);
}
