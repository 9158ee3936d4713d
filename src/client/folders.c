/* Folders above an output. */
#include "folders.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

static llb_status make_one(const char *path, size_t len, size_t *ret_len,
                           llb_error *err)
{
    struct stat st;
    int failed = mkdir(path, 0777), e = errno;

    if (!failed && !*ret_len)
        *ret_len = len;
    if (!failed || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
        return LLB_OK;
    return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                     "cannot create the folder %s: %s", path,
                     strerror(e == EEXIST ? ENOTDIR : e));
}

llb_status bk__folders_above(char *path, size_t *ret_len, llb_error *err)
{
    llb_status ret = LLB_OK;

    if (!*path)
        return LLB_OK;
    for (char *slash = strchr(path + 1, '/'); slash && ret == LLB_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        ret = make_one(path, (size_t)(slash - path), ret_len, err);
        *slash = '/';
    }
    return ret;
}

llb_status bk__folders_make(char *path, size_t *ret_len, llb_error *err)
{
    llb_status ret = bk__folders_above(path, ret_len, err);

    return ret == LLB_OK ? make_one(path, strlen(path), ret_len, err) : ret;
}

void bk__folders_remove(char *path, size_t made_len)
{
    char *slash;

    while (made_len && (slash = strrchr(path, '/')) != NULL &&
           (size_t)(slash - path) >= made_len) {
        *slash = '\0';
        if (rmdir(path) < 0)
            break;
    }
}
