#include "content.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "file.h"
#include "sha256.h"

/* Texts of modules are at most 16 MiB. */
#define MAX_CONTENT ((size_t)64 << 20)

char *cmd__content_digest(const void *data, size_t len)
{
    uint8_t bytes[LLB__SHA256_LEN];
    llb__sha256 *h = llb__sha256_new();
    char *text = calloc(1, LLB__DIGEST_LEN + 1);
    bool good = h && text && llb__sha256_sum(h, data, len, bytes);

    llb__sha256_free(h);
    if (good) {
        llb__digest_text(bytes, text);
        return text;
    }
    free(text);
    return NULL;
}

/* The user's folder, for free(); NULL: no memory, or no home. */
static char *cache_folder(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *path = NULL;

    if (cache && *cache == '/')
        return asprintf(&path, "%s/llb/content", cache) < 0 ? NULL : path;
    if (!home || *home != '/')
        return NULL;
    return asprintf(&path, "%s/.cache/llb/content", home) < 0 ? NULL : path;
}

/* "FOLDER/sha256-HEX"; for free(). */
static char *path_in(const char *folder, const char *digest)
{
    char *path = NULL;

    return asprintf(&path, "%s/sha256-%s", folder, digest + strlen("sha256:")) <
                   0
               ? NULL
               : path;
}

static bool get_from(const char *folder, const char *digest, char **ret_data,
                     size_t *ret_len)
{
    char *path = folder ? path_in(folder, digest) : NULL, *data = NULL;
    llb_error ignored = {0};
    bool good = path && llb__file_read(path, MAX_CONTENT, &data, ret_len,
                                       &ignored) == LLB_OK;
    char *real = good ? cmd__content_digest(data, *ret_len) : NULL;

    good = real && strcmp(real, digest) == 0;
    free(real);
    free(path);
    if (good)
        *ret_data = data;
    else
        free(data);
    return good;
}

llb_status cmd__content_get(const char *vendor, const char *digest,
                            char **ret_data, size_t *ret_len, llb_error *err)
{
    char *cache = cache_folder();
    bool found = get_from(vendor, digest, ret_data, ret_len) ||
                 get_from(cache, digest, ret_data, ret_len);

    free(cache);
    return found ? LLB_OK
                 : llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                             "%s is not on this machine", digest);
}

/* Makes a folder and those above it. */
static bool make_folders(char *path)
{
    for (char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
        *s = '\0';
        bool good = mkdir(path, 0777) == 0 || errno == EEXIST;
        *s = '/';
        if (!good)
            return false;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

llb_status cmd__content_put(const char *folder, const void *data, size_t len,
                            llb_error *err)
{
    char *digest = cmd__content_digest(data, len);
    char *copy = folder ? strdup(folder) : cache_folder();
    char *path = digest && copy ? path_in(copy, digest) : NULL;
    llb_status st = LLB_OK;

    if (!path)
        st = llb__fail_nomem(err);
    else if (!make_folders(copy))
        st = llb__fail(err, LLB_EIO, LLB__NOWHERE, "folder \"%s\": %s", copy,
                       strerror(errno));
    else
        st = llb__file_write_all(path, data, len, 0666, err);
    free(path);
    free(copy);
    free(digest);
    return st;
}
