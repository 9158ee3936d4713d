/* Writing below a folder. Each entry's own folder is opened anew from the
 * root without following symlinks, so that nothing that happens to the tree
 * meanwhile leads out of it. */
#include "receive_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "error.h"
#include "receive_remove.h"
#include "walk_open.h"
#include "walk_stat.h"

static llb_status fail_errno(bk__writer *w, const char *what, const char *path)
{
    int e = errno;

    if (e == ENOMEM)
        return llb__fail_nomem(w->err);
    return llb__fail(w->err, LLB_EIO, LLB__NOWHERE, "cannot %s %s/%s: %s", what,
                     w->root_name, path, strerror(e));
}

void bk__writer_init(bk__writer *w, int root, const char *root_name, bool fresh,
                     llb_error *err)
{
    *w = (bk__writer){
        .root = root, .root_name = root_name, .fresh = fresh, .err = err};
    if (getrandom(&w->next_temp, sizeof w->next_temp, GRND_NONBLOCK) < 0)
        w->next_temp = (uint64_t)getpid() << 32;
}

/* The last component of path. */
static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Opens the folder that path lies in; -1 and errno. */
static int open_parent(bk__writer *w, const char *path)
{
    char dir[PATH_MAX];
    size_t len = (size_t)(base_of(path) - path);

    len -= len > 0;
    if (len >= sizeof dir) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(dir, path, len);
    dir[len] = '\0';
    return bk__open_beneath(w->root, dir, O_PATH | O_DIRECTORY, 0);
}

static void temp_name(bk__writer *w, const char *path, char out[NAME_MAX + 1])
{
    if (w->fresh)
        snprintf(out, NAME_MAX + 1, "%s", base_of(path));
    else
        snprintf(out, NAME_MAX + 1, ".llb-tmp.%016llx",
                 (unsigned long long)w->next_temp++);
}

/* Gives the entry its final name, in place of an older one. */
static int take_name(bk__writer *w, int dir, const char *temp, const char *path)
{
    const char *name = base_of(path);

    if (w->fresh || renameat(dir, temp, dir, name) == 0)
        return 0;
    if (errno != EISDIR && errno != ENOTEMPTY && errno != EEXIST)
        return -1;
    if (bk__remove_tree(dir, name) < 0)
        return -1;
    return renameat(dir, temp, dir, name);
}

static void times_of(const bk__entry *e, struct timespec out[2])
{
    int64_t s = e->mod_time / 1000000000, ns = e->mod_time % 1000000000;

    if (ns < 0) { /* before 1970 */
        ns += 1000000000;
        s--;
    }
    out[0] = out[1] = (struct timespec){(time_t)s, (long)ns};
}

static bool is_set(llb__bytes name)
{
    static const char user[] = "user.", cap[] = "security.capability";

    return name.len < 256 && !memchr(name.data, '\0', name.len) &&
           ((name.len > 5 && memcmp(name.data, user, 5) == 0) ||
            (name.len == sizeof cap - 1 &&
             memcmp(name.data, cap, name.len) == 0));
}

/* The attributes that may and can be set; a file system without them, or a
 * user who may not, is no reason to fail. */
static void set_xattrs(int fd, const bk__entry *e)
{
    for (size_t i = 0; i < e->n_xattrs; i++) {
        const bk__xattr *x = &e->xattrs[i];
        char name[256];
        if (x->name.len == 0 || !is_set(x->name))
            continue;
        memcpy(name, x->name.data, x->name.len);
        name[x->name.len] = '\0';
        (void)!fsetxattr(fd, name, x->value.data, x->value.len, 0);
    }
}

/* In this order: a new owner clears set-id bits and capabilities. */
static int set_metadata(int fd, const bk__entry *e)
{
    struct timespec times[2];

    times_of(e, times);
    if (fchown(fd, getuid(), getgid()) < 0 ||
        fchmod(fd, bk__mode_to_posix(e->mode) & 07777) < 0)
        return -1;
    set_xattrs(fd, e);
    return futimens(fd, times);
}

/* Uses the name for a folder: a new one, or one that is there. */
static int make_folder(int dir, const char *name)
{
    struct stat st;

    if (mkdirat(dir, name, 0700) == 0)
        return 0;
    if (errno != EEXIST || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (!S_ISDIR(st.st_mode))
        return unlinkat(dir, name, 0) < 0 ? -1 : mkdirat(dir, name, 0700);
    if ((st.st_mode & 0700) == 0700)
        return 0;
    int fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int failed = fchmodat(fd, ".", (st.st_mode & 07777) | 0700, 0);
    int e = errno;
    close(fd);
    errno = e;
    return failed;
}

llb_status bk__write_dir(bk__writer *w, const bk__entry *e)
{
    int dir = open_parent(w, e->path);
    llb_status st = LLB_OK;

    if (dir < 0 || make_folder(dir, base_of(e->path)) < 0)
        st = fail_errno(w, "create the folder", e->path);
    if (dir >= 0)
        close(dir);
    return st;
}

llb_status bk__write_dir_done(bk__writer *w, const bk__entry *e)
{
    int fd = bk__open_beneath(w->root, e->path, O_RDONLY | O_DIRECTORY, 0);
    llb_status st = LLB_OK;

    if (fd < 0 || set_metadata(fd, e) < 0)
        st = fail_errno(w, "set mode and time of", e->path);
    if (fd >= 0)
        close(fd);
    return st;
}

/* Metadata of what cannot be opened. */
static int set_metadata_at(int dir, const char *name, const bk__entry *e)
{
    struct timespec times[2];

    times_of(e, times);
    if (fchownat(dir, name, getuid(), getgid(), AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (!(e->mode & BK__MODE_SYMLINK) &&
        fchmodat(dir, name, bk__mode_to_posix(e->mode) & 07777,
                 AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    return utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW);
}

static int create_symlink(int dir, const char *name, const bk__entry *e)
{
    return symlinkat(e->linkname, dir, name);
}

static int create_node(int dir, const char *name, const bk__entry *e)
{
    dev_t dev = makedev((unsigned)e->devmajor, (unsigned)e->devminor);

    return mknodat(dir, name,
                   (bk__mode_to_posix(e->mode) & (mode_t)S_IFMT) | 0600, dev);
}

/* Creates an entry without content under a temporary name and renames it. */
static llb_status write_simple(bk__writer *w, const bk__entry *e,
                               int (*create)(int, const char *,
                                             const bk__entry *),
                               const char *what)
{
    char temp[NAME_MAX + 1];
    int dir = open_parent(w, e->path);

    if (dir < 0)
        return fail_errno(w, what, e->path);
    llb_status st = LLB_OK;
    temp_name(w, e->path, temp);
    if (create(dir, temp, e) < 0) {
        st = fail_errno(w, what, e->path);
    } else if (set_metadata_at(dir, temp, e) < 0 ||
               take_name(w, dir, temp, e->path) < 0) {
        st = fail_errno(w, what, e->path);
        unlinkat(dir, temp, 0);
    }
    close(dir);
    return st;
}

llb_status bk__write_symlink(bk__writer *w, const bk__entry *e)
{
    return write_simple(w, e, create_symlink, "create the symlink");
}

llb_status bk__write_node(bk__writer *w, const bk__entry *e)
{
    return write_simple(w, e, create_node,
                        e->mode & BK__MODE_FIFO ? "create the FIFO"
                                                : "create the device");
}

llb_status bk__write_link(bk__writer *w, const bk__entry *e)
{
    char temp[NAME_MAX + 1];
    int from = open_parent(w, e->linkname);
    int dir = open_parent(w, e->path);
    llb_status st = LLB_OK;

    temp_name(w, e->path, temp);
    if (from < 0 || dir < 0 ||
        linkat(from, base_of(e->linkname), dir, temp, 0) < 0) {
        st = fail_errno(w, "create the hard link", e->path);
    } else if (take_name(w, dir, temp, e->path) < 0) {
        st = fail_errno(w, "create the hard link", e->path);
        unlinkat(dir, temp, 0);
    } else if (!w->fresh) {
        /* renaming over another name of the same file does nothing */
        unlinkat(dir, temp, 0);
    }
    if (from >= 0)
        close(from);
    if (dir >= 0)
        close(dir);
    return st;
}

llb_status bk__file_open(bk__writer *w, const bk__entry *e, bk__file *ret)
{
    bk__file f = {.entry = e, .dir = open_parent(w, e->path), .fd = -1};

    if (f.dir < 0)
        return fail_errno(w, "create", e->path);
    temp_name(w, e->path, f.name);
    f.fd = openat(f.dir, f.name,
                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (f.fd < 0) {
        llb_status st = fail_errno(w, "create", e->path);
        close(f.dir);
        return st;
    }
    *ret = f;
    return LLB_OK;
}

static bool all_zero(llb__bytes d)
{
    return d.data[0] == 0 && memcmp(d.data, d.data + 1, d.len - 1) == 0;
}

llb_status bk__file_add(bk__writer *w, bk__file *f, llb__bytes data)
{
    const uint8_t *p = data.data;
    size_t left = data.len;

    if (data.len > 0 && all_zero(data)) { /* leave a hole */
        f->sparse = true;
        f->len += (int64_t)data.len;
        return LLB_OK;
    }
    while (left > 0) {
        ssize_t n = pwrite(f->fd, p, left, (off_t)f->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(w, "write", f->entry->path);
        p += n;
        left -= (size_t)n;
        f->len += n;
    }
    return LLB_OK;
}

llb_status bk__file_done(bk__writer *w, bk__file *f)
{
    const bk__entry *e = f->entry;
    llb_status st = LLB_OK;

    if (f->sparse && ftruncate(f->fd, (off_t)f->len) < 0)
        st = fail_errno(w, "write", e->path);
    else if (set_metadata(f->fd, e) < 0)
        st = fail_errno(w, "set mode and time of", e->path);
    int fd = f->fd;
    f->fd = -1;
    /* close tells what a network file system could not write */
    if (close(fd) < 0 && st == LLB_OK)
        st = fail_errno(w, "write", e->path);
    if (st == LLB_OK && take_name(w, f->dir, f->name, e->path) < 0)
        st = fail_errno(w, "rename to", e->path);
    if (st == LLB_OK)
        close(f->dir);
    else
        bk__file_drop(f);
    f->entry = NULL;
    return st;
}

void bk__file_drop(bk__file *f)
{
    if (!f->entry)
        return;
    if (f->fd >= 0)
        close(f->fd);
    unlinkat(f->dir, f->name, 0);
    close(f->dir);
    f->entry = NULL;
}
