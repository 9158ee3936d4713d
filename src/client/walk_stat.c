/* struct stat and extended attributes as fsutil's Stat. */
#include "walk_stat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

enum { XATTR_ROOM = 64 << 10 }; /* Linux: neither list nor value is longer */

struct mode_bit {
    mode_t posix;
    uint32_t go;
};

static const struct mode_bit types[] = {
    {S_IFREG, 0},
    {S_IFDIR, BK__MODE_DIR},
    {S_IFLNK, BK__MODE_SYMLINK},
    {S_IFBLK, BK__MODE_DEVICE},
    {S_IFCHR, BK__MODE_DEVICE | BK__MODE_CHARDEV},
    {S_IFIFO, BK__MODE_FIFO},
    {S_IFSOCK, 0},
};

static const struct mode_bit flags[] = {
    {S_ISUID, BK__MODE_SETUID},
    {S_ISGID, BK__MODE_SETGID},
    {S_ISVTX, BK__MODE_STICKY},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static uint32_t mode_to_go(mode_t mode)
{
    uint32_t go = mode & 0777;

    for (size_t i = 0; i < COUNT(types); i++) {
        if ((mode & S_IFMT) == types[i].posix)
            go |= types[i].go;
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (mode & flags[i].posix)
            go |= flags[i].go;
    }
    return go;
}

mode_t bk__mode_to_posix(uint32_t mode)
{
    mode_t posix = mode & 0777;

    for (size_t i = 0; i < COUNT(types); i++) {
        if ((mode & BK__MODE_TYPE) == types[i].go) {
            posix |= types[i].posix; /* regular files come first */
            break;
        }
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (mode & flags[i].go)
            posix |= flags[i].posix;
    }
    return posix;
}

/* Times that 64 bits of nanoseconds cannot tell are cut to the nearest. */
static int64_t nanoseconds(const struct timespec *t)
{
    int64_t ns;

    if (__builtin_mul_overflow((int64_t)t->tv_sec, 1000000000, &ns) ||
        __builtin_add_overflow(ns, (int64_t)t->tv_nsec, &ns))
        return t->tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

void bk__stat_from(const struct stat *s, bk__stat *ret)
{
    *ret = (bk__stat){
        .mode = mode_to_go(s->st_mode),
        .mod_time = nanoseconds(&s->st_mtim),
        .size = S_ISDIR(s->st_mode) ? 0 : (int64_t)s->st_size,
    };
    if (S_ISBLK(s->st_mode) || S_ISCHR(s->st_mode)) {
        /* Not major() and minor(): the daemon knows 12 and 20 bits. */
        ret->devmajor = (int64_t)(s->st_rdev >> 8 & 0xfff);
        ret->devminor =
            (int64_t)((s->st_rdev & 0xff) | (s->st_rdev >> 12 & 0xfff00));
    }
}

void bk__xattr_reader_clear(bk__xattr_reader *r)
{
    free(r->names);
    free(r->values);
    free(r->xattrs);
    *r = (bk__xattr_reader){NULL, NULL, NULL, 0};
}

static int no_memory(void)
{
    errno = ENOMEM;
    return -1;
}

static int make_room(bk__xattr_reader *r, size_t n)
{
    if (!r->names)
        r->names = malloc(XATTR_ROOM);
    if (!r->values)
        r->values = malloc(2 * XATTR_ROOM);
    if (!r->names || !r->values)
        return no_memory();
    if (n <= r->cap)
        return 0;
    bk__xattr *xattrs = realloc(r->xattrs, n * sizeof *xattrs);
    if (!xattrs)
        return no_memory();
    r->xattrs = xattrs;
    r->cap = n;
    return 0;
}

/* There is no getxattrat before Linux 6.13, and most files cannot be opened
 * without side effects: the folder's entry in /proc stands in for it. */
static void proc_path(char *out, size_t len, int dir, const char *name)
{
    snprintf(out, len, "/proc/self/fd/%d/%s", dir, name);
}

static bool is_sent(const char *name)
{
    return strncmp(name, "com.apple.", strlen("com.apple.")) != 0;
}

int bk__xattr_read(bk__xattr_reader *r, int dir, const char *name, bk__stat *st)
{
    char path[320];
    size_t used = 0, n = 0;

    st->n_xattrs = 0;
    proc_path(path, sizeof path, dir, name);
    if (make_room(r, 8) < 0)
        return -1;
    ssize_t len = llistxattr(path, r->names, XATTR_ROOM);
    if (len < 0)
        return errno == ENOTSUP || errno == ENOENT || errno == ENOTDIR ||
                       errno == EACCES || errno == EPERM
                   ? 0
                   : -1;
    for (const char *p = r->names; p < r->names + len; p += strlen(p) + 1) {
        if (n == r->cap && make_room(r, 2 * n) < 0)
            return -1;
        if (!is_sent(p) || used > XATTR_ROOM)
            continue;
        ssize_t got = lgetxattr(path, p, r->values + used, XATTR_ROOM);
        if (got < 0)
            continue;
        r->xattrs[n++] = (bk__xattr){
            {(const uint8_t *)p, strlen(p)},
            {(const uint8_t *)r->values + used, (size_t)got},
        };
        used += (size_t)got;
    }
    st->xattrs = r->xattrs;
    st->n_xattrs = n;
    return 0;
}
