/* Reading and writing index.json. Entries of others, and what we do not know
 * in them, stay as they are. */
#include "svc_content_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "bounds.h"
#include "error.h"
#include "file.h"

#define REF_NAME "org.opencontainers.image.ref.name"
#define IMAGE_NAME "io.containerd.image.name"
#define LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"

enum { LOCK_TRIES = 100, LOCK_MS = 100 };

static char *join(const char *folder, const char *name)
{
    char *path;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static llb_status broken(llb_error *err, const char *folder, const char *why)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "%s/index.json is no index of an image layout: %s", folder,
                     why);
}

llb_status bk__layout_json(const char *path, json_t **ret, llb_error *err)
{
    char *text;
    size_t len;
    json_error_t e;
    struct stat sys;

    /* Opening a pipe would wait for somebody who writes. */
    if (stat(path, &sys) == 0 && !S_ISREG(sys.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s is no regular file",
                         path);
    llb_status st = llb__file_read(path, LLB__MAX_CONFIG, &text, &len, err);
    if (st != LLB_OK)
        return st;
    *ret = json_loadb(text, len, 0, &e);
    free(text);
    return *ret ? LLB_OK
                : llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s is no JSON",
                            path);
}

/* LLB_ENOENT: there is none. */
static llb_status read_index(const char *folder, json_t **ret, llb_error *err)
{
    char *path = join(folder, "index.json");
    llb_status st =
        path ? bk__layout_json(path, ret, err) : llb__fail_nomem(err);

    free(path);
    if (st != LLB_OK)
        return st == LLB_EINVAL ? broken(err, folder, "it is no file of JSON")
                                : st;
    const json_t *list = json_object_get(*ret, "manifests");
    if (json_is_object(*ret) && (!list || json_is_array(list)))
        return LLB_OK;
    json_decref(*ret);
    *ret = NULL;
    return broken(err, folder, "it has no list of manifests");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

static const char *annotation(const json_t *desc, const char *key)
{
    return text_of(json_object_get(desc, "annotations"), key);
}

llb_status bk__layout_has(const char *folder, const char *digest,
                          llb_error *err)
{
    bk__blobs b;
    struct stat sys;
    int fd;
    llb_status st = bk__blobs_open(&b, folder, false, err);

    if (st == LLB_OK)
        st = bk__blob_open(&b, digest, &fd, &sys, err);
    if (st == LLB_OK)
        close(fd);
    bk__blobs_clear(&b);
    return st;
}

llb_status bk__layout_find(const char *folder, const char *tag,
                           char ret[BK__BLOB_DIGEST], llb_error *err)
{
    json_t *index, *m;
    size_t i;
    const char *digest = NULL;
    llb_status st = read_index(folder, &index, err);

    if (st != LLB_OK)
        return st;
    json_array_foreach(json_object_get(index, "manifests"), i, m)
    {
        if (strcmp(annotation(m, REF_NAME), tag) == 0)
            digest = text_of(m, "digest");
    }
    if (!digest)
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                       "%s/index.json has nothing tagged \"%.100s\"", folder,
                       tag);
    else if (!bk__blob_is_digest(digest))
        st = broken(err, folder, "what it names by a digest has none");
    else
        snprintf(ret, BK__BLOB_DIGEST, "%s", digest);
    json_decref(index);
    return st == LLB_OK ? bk__layout_has(folder, ret, err) : st;
}

llb_status bk__layout_describe(const char *folder, const char *digest,
                               json_t **ret, llb_error *err)
{
    char *path;
    json_t *blob = NULL;
    struct stat st;

    if (!bk__blob_is_digest(digest))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the daemon wrote no manifest to %s", folder);
    if (asprintf(&path, "%s/blobs/%.6s/%s", folder, digest, digest + 7) < 0)
        return llb__fail_nomem(err);
    llb_status status = bk__layout_json(path, &blob, err);
    const char *type = status == LLB_OK ? text_of(blob, "mediaType") : "";
    if (status == LLB_OK && (!*type || stat(path, &st) < 0))
        status = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                           "the blob %s of %s is no manifest", digest, folder);
    free(path);
    if (status == LLB_OK) {
        *ret = json_pack("{s:s,s:s,s:I}", "mediaType", type, "digest", digest,
                         "size", (json_int_t)st.st_size);
        status = *ret ? LLB_OK : llb__fail_nomem(err);
    }
    json_decref(blob);
    return status;
}

/* ---- writing ---- */

/* Waits for the lock file, which its holder removes: it may be gone by the
 * time that it is ours. The descriptor, or -1 and errno. */
static int lock(const char *path)
{
    struct stat ours, there;
    struct timespec nap = {0, LOCK_MS * 1000000L};

    for (int i = 0; i < LOCK_TRIES; i++) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &ours) == 0 &&
            stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
            ours.st_dev == there.st_dev)
            return fd;
        close(fd);
        nanosleep(&nap, NULL);
    }
    errno = EBUSY;
    return -1;
}

/* The tag in "HOST:PORT/PATH:TAG@DIGEST", as long as *ret_len. */
static const char *tag_of(const char *name, size_t len, size_t *ret_len)
{
    const char *at = memchr(name, '@', len);
    const char *end = at ? at : name + len, *tag = end;

    while (tag > name && tag[-1] != ':' && tag[-1] != '/')
        tag--;
    if (tag == name || tag[-1] != ':') {
        *ret_len = sizeof "latest" - 1;
        return "latest";
    }
    *ret_len = (size_t)(end - tag);
    return tag;
}

/* Puts one entry, name being "" for a tag alone. */
static bool put_one(json_t *list, const json_t *desc, const char *name,
                    size_t name_len, const char *tag, size_t tag_len)
{
    json_t *entry = json_deep_copy(desc), *m;
    json_t *notes = json_object_get(entry, "annotations");
    size_t i = 0;

    if (!json_is_object(notes)) {
        notes = json_object();
        json_object_set_new(entry, "annotations", notes);
    }
    json_object_set_new(notes, REF_NAME, json_stringn(tag, tag_len));
    json_object_del(notes, IMAGE_NAME);
    if (name_len)
        json_object_set_new(notes, IMAGE_NAME, json_stringn(name, name_len));
    while ((m = json_array_get(list, i)) != NULL) {
        bool same = strcmp(annotation(m, IMAGE_NAME),
                           annotation(entry, IMAGE_NAME)) == 0 &&
                    (name_len || strcmp(annotation(m, REF_NAME),
                                        annotation(entry, REF_NAME)) == 0);
        if (same)
            json_array_remove(list, i);
        else
            i++;
    }
    return json_array_append_new(list, entry) == 0;
}

static bool put_all(json_t *index, const json_t *desc, const char *names,
                    const char *tag)
{
    json_t *list = json_object_get(index, "manifests");

    if (!list) {
        json_object_set_new(index, "manifests", json_array());
        list = json_object_get(index, "manifests");
    }
    if (!names || !*names)
        return put_one(list, desc, "", 0, tag, strlen(tag));
    for (bool good = true;; names++) {
        size_t len = strcspn(names, ","), tag_len;
        const char *of = tag_of(names, len, &tag_len);
        good = good && (!len || put_one(list, desc, names, len, of, tag_len));
        names += len;
        if (!*names || !good)
            return good;
    }
}

static json_t *new_index(void)
{
    return json_pack("{s:i,s:s,s:[]}", "schemaVersion", 2, "mediaType",
                     "application/vnd.oci.image.index.v1+json", "manifests");
}

static llb_status write_file(const char *folder, const char *name,
                             const char *text, llb_error *err)
{
    char *path = join(folder, name);

    if (!path)
        return llb__fail_nomem(err);
    llb_status st = llb__file_write_all(path, text, strlen(text), 0666, err);
    free(path);
    return st;
}

static llb_status put_locked(const char *folder, const json_t *desc,
                             const char *names, const char *tag, llb_error *err)
{
    json_t *index = NULL;
    char *text = NULL, *layout = join(folder, "oci-layout");
    llb_status st = read_index(folder, &index, err);

    if (st == LLB_ENOENT) {
        index = new_index();
        st = LLB_OK;
    }
    if (st == LLB_OK && layout && access(layout, F_OK) < 0)
        st = write_file(folder, "oci-layout", LAYOUT, err);
    free(layout);
    if (st == LLB_OK && index && put_all(index, desc, names, tag))
        text = json_dumps(index, JSON_COMPACT);
    if (st == LLB_OK)
        st = text ? write_file(folder, "index.json", text, err)
                  : llb__fail_nomem(err);
    free(text);
    json_decref(index);
    return st;
}

llb_status bk__layout_put(const char *folder, const json_t *desc,
                          const char *names, const char *tag, llb_error *err)
{
    char *path = join(folder, "index.json.lock");
    int fd = path ? lock(path) : -1, e = errno;
    llb_status st;

    if (!path)
        return llb__fail_nomem(err);
    if (fd < 0) {
        st = llb__fail(err, LLB_EIO, LLB__NOWHERE, "cannot lock %s: %s", path,
                       e == EBUSY ? "another program holds it" : strerror(e));
    } else {
        st = put_locked(folder, desc, names, tag, err);
        unlink(path);
        close(fd);
    }
    free(path);
    return st;
}
