/* Files of a result, while its build runs. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <llb/gateway.h>

#include <gateway.pb-c.h>

#include "bounds.h"
#include "error.h"
#include "gateway.h"
#include "wire.h"

llb_status bk_build_read_file(bk_build *b, const char *ref, const char *path,
                              int64_t offset, int64_t len, char **ret_data,
                              size_t *ret_len, llb_error *err)
{
    Bk__Gw__ReadFileRequest req = BK__GW__READ_FILE_REQUEST__INIT;
    Bk__Gw__FileRange range = BK__GW__FILE_RANGE__INIT;
    bk_failure *failure = NULL;
    ProtobufCMessage *m;

    if (offset < 0 || len < 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a part of a file starts and ends at 0 or later");
    req.ref = bk__mutable(ref);
    req.filepath = bk__mutable(path);
    range.offset = offset;
    range.length = len;
    if (offset || len)
        req.range = &range;
    llb_status st = bk__gateway_ask(b, BK__BRIDGE "ReadFile", &req.base, 0,
                                    &bk__gw__read_file_response__descriptor, &m,
                                    &failure, err);
    bk_failure_free(failure);
    if (st != LLB_OK)
        return st;
    ProtobufCBinaryData data = ((const Bk__Gw__ReadFileResponse *)m)->data;
    char *copy = malloc(data.len + 1);
    if (copy) {
        if (data.len)
            memcpy(copy, data.data, data.len);
        copy[data.len] = '\0';
        *ret_data = copy;
        *ret_len = data.len;
    }
    bk__free(m);
    return copy ? LLB_OK : llb__fail_nomem(err);
}

/* ---- listing ---- */

struct files {
    bk_files pub; /* first: bk_files_free() finds the arena behind it */
    llb__arena *arena;
};

void bk_files_free(bk_files *pub)
{
    struct files *f = (struct files *)pub;

    if (!f)
        return;
    llb__arena_free(f->arena);
    free(f);
}

/* Go's file mode bits as those of struct stat. */
static uint32_t unix_mode(uint32_t mode)
{
    static const struct {
        uint32_t go, type;
    } types[] = {
        {1u << 31, S_IFDIR},
        {1u << 27, S_IFLNK},
        {1u << 26 | 1u << 21, S_IFCHR},
        {1u << 26, S_IFBLK},
        {1u << 25, S_IFIFO},
        {1u << 24, S_IFSOCK},
    };
    uint32_t out = mode & 0777, type = S_IFREG;

    for (size_t i = sizeof types / sizeof *types; i-- > 0;)
        if ((mode & types[i].go) == types[i].go)
            type = types[i].type;
    if (mode & 1u << 23)
        out |= S_ISUID;
    if (mode & 1u << 22)
        out |= S_ISGID;
    if (mode & 1u << 20)
        out |= S_ISVTX;
    return out | type;
}

static bool fill(llb__arena *a, const Bk__Fsutil__Stat *s, bk_stat *out)
{
    *out = (bk_stat){
        .path = llb__arena_strdup(a, bk__text(s->path)),
        .mode = unix_mode(s->mode),
        .uid = s->uid,
        .gid = s->gid,
        .len = s->size,
        .mtime_ns = s->modtime,
        .link = llb__arena_strdup(a, bk__text(s->linkname)),
        .major = s->devmajor,
        .minor = s->devminor,
    };
    return out->path && out->link;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const bk_stat *)a)->path, ((const bk_stat *)b)->path);
}

static llb_status make(Bk__Fsutil__Stat **list, size_t n, bk_files **ret,
                       llb_error *err)
{
    struct files *f = calloc(1, sizeof *f);
    bk_stat *out = NULL;
    bool ok = true;

    if (f)
        f->arena = llb__arena_new(8 * LLB__MAX_MESSAGE);
    if (f && f->arena)
        out = llb__arena_array(f->arena, n + 1, sizeof *out);
    for (size_t i = 0; out && ok && i < n; i++)
        ok = fill(f->arena, list[i], &out[i]);
    if (!out || !ok) {
        bk_files_free(f ? &f->pub : NULL);
        return llb__fail_nomem(err);
    }
    if (n > 1)
        qsort(out, n, sizeof *out, by_path);
    f->pub = (bk_files){out, n};
    *ret = &f->pub;
    return LLB_OK;
}

llb_status bk_build_read_dir(bk_build *b, const char *ref, const char *path,
                             const char *pattern, bk_files **ret_files,
                             llb_error *err)
{
    Bk__Gw__ReadDirRequest req = BK__GW__READ_DIR_REQUEST__INIT;
    bk_failure *failure = NULL;
    ProtobufCMessage *m;

    req.ref = bk__mutable(ref);
    req.dirpath = bk__mutable(path);
    if (pattern)
        req.includepattern = bk__mutable(pattern);
    llb_status st = bk__gateway_ask(b, BK__BRIDGE "ReadDir", &req.base, 0,
                                    &bk__gw__read_dir_response__descriptor, &m,
                                    &failure, err);
    bk_failure_free(failure);
    if (st != LLB_OK)
        return st;
    const Bk__Gw__ReadDirResponse *r = (const Bk__Gw__ReadDirResponse *)m;
    st = make(r->entries, r->n_entries, ret_files, err);
    bk__free(m);
    return st;
}

llb_status bk_build_stat_file(bk_build *b, const char *ref, const char *path,
                              bk_files **ret_files, llb_error *err)
{
    Bk__Gw__StatFileRequest req = BK__GW__STAT_FILE_REQUEST__INIT;
    bk_failure *failure = NULL;
    ProtobufCMessage *m;

    req.ref = bk__mutable(ref);
    req.path = bk__mutable(path);
    llb_status st = bk__gateway_ask(b, BK__BRIDGE "StatFile", &req.base, 0,
                                    &bk__gw__stat_file_response__descriptor, &m,
                                    &failure, err);
    bk_failure_free(failure);
    if (st != LLB_OK)
        return st;
    Bk__Fsutil__Stat *stat = ((const Bk__Gw__StatFileResponse *)m)->stat;
    if (stat)
        st = make(&stat, 1, ret_files, err);
    else
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "the daemon says nothing of the file %.200s", path);
    bk__free(m);
    return st;
}
