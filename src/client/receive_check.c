/* Checking what the daemon sends before anything is created. */
#include "receive_check.h"

#include <string.h>

#include "match_path.h"

/* Forgets the folders that path is not in. */
static void leave_folders(bk__order *o, llb__bytes path)
{
    while (o->n_folders > 0) {
        size_t len = o->folders[o->n_folders - 1];
        if (path.len > len && path.data[len] == '/' &&
            memcmp(path.data, o->last, len) == 0)
            return;
        o->n_folders--;
    }
}

static size_t parent_len(llb__bytes path)
{
    const uint8_t *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;

    return slash ? (size_t)(slash - path.data) : 0;
}

/* Length of the last component. */
static size_t name_len(llb__bytes path)
{
    size_t dir = parent_len(path);

    return path.len - dir - (dir > 0);
}

const char *bk__order_add(bk__order *o, const bk__stat *st)
{
    llb__bytes path = st->path;
    llb__bytes last = {(const uint8_t *)o->last, o->last_len};

    if (path.len > BK__MAX_PATH || name_len(path) > NAME_MAX)
        return "is longer than a path or name can be";
    if (!bk__path_is_inside(path))
        return "is not a clean path below the destination";
    if (o->last_len > 0 && bk__path_cmp(last, path) >= 0)
        return "is out of order";
    leave_folders(o, path);
    size_t dir = o->n_folders ? o->folders[o->n_folders - 1] : 0;
    if (parent_len(path) != dir)
        return "is in a folder that was not sent";
    memcpy(o->last, path.data, path.len);
    o->last_len = path.len;
    if (st->mode & BK__MODE_DIR)
        o->folders[o->n_folders++] = path.len;
    return NULL;
}

const bk__entry *bk__targets_find(const bk__targets *t, llb__bytes path)
{
    size_t lo = 0, hi = t->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const bk__entry *e = t->items[mid];
        int c = bk__path_cmp(
            (llb__bytes){(const uint8_t *)e->path, strlen(e->path)}, path);
        if (c == 0)
            return e;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const char *bk__check_stat(const bk__stat *st)
{
    switch (st->mode & BK__MODE_TYPE) {
    case 0:
    case BK__MODE_DIR:
    case BK__MODE_FIFO:
        break;
    case BK__MODE_SYMLINK:
        if (st->linkname.len == 0)
            return "is a symlink to nothing";
        break;
    case BK__MODE_DEVICE:
    case BK__MODE_DEVICE | BK__MODE_CHARDEV:
        if (st->devmajor < 0 || st->devmajor > 0xfff || st->devminor < 0 ||
            st->devminor > 0xfffff)
            return "is a device with impossible numbers";
        break;
    default:
        return "is of an unknown type";
    }
    if (st->size < 0)
        return "has a negative size";
    if (st->linkname.len > BK__MAX_PATH ||
        (st->linkname.len && memchr(st->linkname.data, 0, st->linkname.len)))
        return "has an impossible link";
    return NULL;
}
