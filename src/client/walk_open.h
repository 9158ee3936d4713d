/* Opening files below a folder, so that no symlink and no ".." leads out of
 * it, whatever somebody does to the tree meanwhile. */
#ifndef LLB__CLIENT_WALK_OPEN_H
#define LLB__CLIENT_WALK_OPEN_H

#include <sys/types.h>

/* Opens path, relative to the folder root and NUL-terminated, "" or "." being
 * root itself. No component may be a symlink, the last one neither, unless
 * flags hold O_PATH: then the symlink itself is opened. O_CLOEXEC and
 * O_NOFOLLOW are added, mode is for O_CREAT. The file descriptor, or -1 and
 * errno: ELOOP or ENOTDIR for a symlink, EINVAL for "..". */
int bk__open_beneath(int root, const char *path, int flags, mode_t mode);

/* The same without openat2, for kernels older than 5.6 and sandboxes that
 * refuse it; called when that is so. */
int bk__open_beneath_slow(int root, const char *path, int flags, mode_t mode);

#endif
