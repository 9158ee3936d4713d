/* What the daemon is told about one file. */
#ifndef LLB__CLIENT_WALK_STAT_H
#define LLB__CLIENT_WALK_STAT_H

#include <sys/stat.h>

#include "packet.h"

/* Mode, size, time and device numbers of s; owner 0:0. A socket becomes an
 * empty regular file, as the daemon's other clients have it, since nothing can
 * be built from a socket. */
void bk__stat_from(const struct stat *s, bk__stat *ret);

/* Type and permission bits for mknod and chmod of a Go mode. */
mode_t bk__mode_to_posix(uint32_t mode);

/* Extended attributes of one file at a time; start from {0}. */
typedef struct bk__xattr_reader {
    char *names, *values; /* fixed room, allocated at first use */
    bk__xattr *xattrs;
    size_t cap;
} bk__xattr_reader;

void bk__xattr_reader_clear(bk__xattr_reader *r);

/* Reads those of name in folder dir ("." is dir itself), a symlink's own, into
 * st, where they stay until the next call with r. What cannot be read is left
 * out, and so is everything on a file system that has none. 0, or -1 and
 * errno. */
int bk__xattr_read(bk__xattr_reader *r, int dir, const char *name,
                   bk__stat *st);

#endif
