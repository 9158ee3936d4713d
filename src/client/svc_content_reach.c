/* What a manifest leads to: whether all of it is there, and what nobody needs
 * any more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "svc_content_index.h"
#include "walk_dir.h"

enum { MAX_NEEDED = 1000000 };

struct needed {
    json_t *set;     /* {digest: true} */
    json_t *pending; /* their descriptors, in the order of finding */
};

static bool add(struct needed *n, json_t *desc)
{
    const char *digest = json_string_value(json_object_get(desc, "digest"));

    if (!digest || json_object_get(n->set, digest))
        return true;
    return json_object_size(n->set) < MAX_NEEDED &&
           json_object_set_new(n->set, digest, json_true()) == 0 &&
           json_array_append(n->pending, desc) == 0;
}

static bool add_list(struct needed *n, json_t *list)
{
    size_t i;
    json_t *desc;

    json_array_foreach(list, i, desc)
    {
        if (!add(n, desc))
            return false;
    }
    return true;
}

/* What a manifest or an index names. */
static bool add_children(struct needed *n, json_t *m)
{
    return add_list(n, json_object_get(m, "manifests")) &&
           add_list(n, json_object_get(m, "layers")) &&
           add_list(n, json_object_get(m, "blobs")) &&
           add(n, json_object_get(m, "config"));
}

static bool is_manifest(const json_t *desc)
{
    const char *type = json_string_value(json_object_get(desc, "mediaType"));

    return type && (strstr(type, "manifest") || strstr(type, "image.index"));
}

static llb_status read_manifest(struct needed *n, const char *folder,
                                json_t *desc, llb_error *err)
{
    const char *digest = json_string_value(json_object_get(desc, "digest"));
    char *path;
    json_t *m;

    if (!is_manifest(desc) || !bk__blob_is_digest(digest))
        return LLB_OK;
    if (asprintf(&path, "%s/blobs/%.6s/%s", folder, digest, digest + 7) < 0)
        return llb__fail_nomem(err);
    llb_status st = bk__layout_json(path, &m, err);
    free(path);
    if (st != LLB_OK)
        return st;
    if (!add_children(n, m))
        st = llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                       "the image layout %s has too many blobs", folder);
    json_decref(m);
    return st;
}

/* Follows what is there so far to the end. */
static llb_status follow(struct needed *n, const char *folder, llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; st == LLB_OK && i < json_array_size(n->pending); i++)
        st = read_manifest(n, folder, json_array_get(n->pending, i), err);
    return st;
}

static llb_status find_needed(struct needed *n, const char *folder,
                              llb_error *err)
{
    char *path;
    json_t *index;

    if (!n->set || !n->pending || asprintf(&path, "%s/index.json", folder) < 0)
        return llb__fail_nomem(err);
    llb_status st = bk__layout_json(path, &index, err);
    free(path);
    if (st != LLB_OK)
        return st;
    if (!add_children(n, index))
        st = llb__fail_nomem(err);
    json_decref(index);
    return st == LLB_OK ? follow(n, folder, err) : st;
}

/* The blob of a descriptor is there, with the size that it says. */
static llb_status check_blob(bk__blobs *b, const json_t *desc, llb_error *err)
{
    const char *digest = json_string_value(json_object_get(desc, "digest"));
    const json_t *size = json_object_get(desc, "size");
    struct stat sys;
    int fd;
    llb_status st = bk__blob_open(b, digest, &fd, &sys, err);

    if (st != LLB_OK)
        return st;
    close(fd);
    if (json_is_integer(size) && json_integer_value(size) != sys.st_size)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the blob %s of %s has %lld bytes, not %lld", digest,
                         b->path, (long long)sys.st_size,
                         (long long)json_integer_value(size));
    return LLB_OK;
}

static llb_status check_all(struct needed *n, const char *folder,
                            llb_error *err)
{
    bk__blobs b;
    llb_status st = bk__blobs_open(&b, folder, false, err);

    for (size_t i = 0; st == LLB_OK && i < json_array_size(n->pending); i++)
        st = check_blob(&b, json_array_get(n->pending, i), err);
    bk__blobs_clear(&b);
    return st;
}

llb_status bk__layout_complete(const char *folder, const char *digest,
                               llb_error *err)
{
    struct needed n = {json_object(), json_array()};
    json_t *top = NULL;
    llb_status st = bk__layout_describe(folder, digest, &top, err);

    if (st == LLB_OK && !add(&n, top))
        st = llb__fail_nomem(err);
    if (st == LLB_OK)
        st = follow(&n, folder, err);
    if (st == LLB_OK)
        st = check_all(&n, folder, err);
    json_decref(top);
    json_decref(n.set);
    json_decref(n.pending);
    return st;
}

static llb_status remove_others(struct needed *n, const char *folder,
                                llb_error *err)
{
    char *path, digest[BK__BLOB_DIGEST];
    bk__dir_list list;
    llb_status st = LLB_OK;

    if (asprintf(&path, "%s/blobs/sha256", folder) < 0)
        return llb__fail_nomem(err);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || bk__dir_list_read(fd, &list) < 0) {
        st = llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot read %s: %s", path,
                       strerror(errno));
    } else {
        for (size_t i = 0; i < list.n; i++) {
            snprintf(digest, sizeof digest, "sha256:%.130s",
                     list.entries[i].name);
            if (bk__blob_is_digest(digest) && !json_object_get(n->set, digest))
                unlinkat(fd, list.entries[i].name, 0);
        }
        bk__dir_list_clear(&list);
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return st;
}

llb_status bk__layout_prune(const char *folder, llb_error *err)
{
    struct needed n = {json_object(), json_array()};
    llb_status st = find_needed(&n, folder, err);

    if (st == LLB_OK)
        st = remove_others(&n, folder, err);
    json_decref(n.set);
    json_decref(n.pending);
    return st;
}
