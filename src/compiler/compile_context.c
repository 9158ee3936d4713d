/* Folders of the machine that callers name: as a context, or as one that the
 * project may read. Relative ones start at the current folder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compile.h"
#include "error.h"

static const char layout[] = "oci-layout://";

llb_status llbc__allow(llbc_project *p, const char *path, const char **ret_path,
                       llb_error *err)
{
    char *real = realpath(path, NULL);
    struct stat st;

    if (!real || stat(real, &st) != 0 || !S_ISDIR(st.st_mode)) {
        int why = real ? ENOTDIR : errno;
        free(real);
        return why == ENOMEM
                   ? llb__fail_nomem(err)
                   : llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                               "folder \"%s\": %s", path, strerror(why));
    }
    const char *copy = llb__arena_strdup(p->arena, real);
    free(real);
    if (p->n_allowed == p->cap_allowed) {
        size_t cap = p->cap_allowed ? 2 * p->cap_allowed : 8;
        const char **list = llb__arena_array(p->arena, cap, sizeof(*list));
        if (!list)
            return llb__fail_nomem(err);
        if (p->n_allowed)
            memcpy(list, p->allowed, p->n_allowed * sizeof(*list));
        p->allowed = list;
        p->cap_allowed = cap;
    }
    if (!copy)
        return llb__fail_nomem(err);
    p->allowed[p->n_allowed++] = copy;
    *ret_path = copy;
    return LLB_OK;
}

/* The folder in "oci-layout://PATH[:TAG][@DIGEST]" made absolute. */
static llb_status absolute_layout(llbc_project *p, const char *text,
                                  const char **ret, llb_error *err)
{
    const char *path = text + sizeof(layout) - 1, *folder;
    const char *slash = strrchr(path, '/');
    size_t len = strcspn(path, "@");
    const char *colon = strchr(slash ? slash : path, ':');

    if (colon && colon < path + len)
        len = (size_t)(colon - path);
    char *copy = strndup(path, len);
    if (!copy)
        return llb__fail_nomem(err);
    llb_status st = llbc__allow(p, copy, &folder, err);
    free(copy);
    if (st != LLB_OK)
        return st;
    *ret = llb__arena_printf(p->arena, "%s%s%s", layout, folder, path + len);
    return *ret ? LLB_OK : llb__fail_nomem(err);
}

llb_status llbc__context_text(llbc_project *p, const char *text,
                              const char **ret, llb_error *err)
{
    if (strncmp(text, layout, sizeof(layout) - 1) == 0)
        return absolute_layout(p, text, ret, err);
    if (!strstr(text, "://") && strncmp(text, "git@", 4) != 0)
        return llbc__allow(p, text, ret, err);
    *ret = llb__arena_strdup(p->arena, text);
    return *ret ? LLB_OK : llb__fail_nomem(err);
}
