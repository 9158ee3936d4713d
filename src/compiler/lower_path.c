/* Paths of the language: by their text, no link is followed, but for the one
 * question whether a file really lies in the project. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compile.h"
#include "eval.h"
#include "path.h" /* llb__path_clean */

const char *llbc__path_join(llb__arena *a, const char *dir, const char *rel)
{
    size_t len = strlen(rel);
    char *out = llb__arena_bytes(a, strlen(dir) + len + 4);

    if (!out)
        return NULL;
    out[llb__path_clean(*rel == '/' ? "" : dir, rel, len, out)] = '\0';
    return out;
}

const char *llbc__path_below(llb__arena *a, const char *root, const char *dir,
                             const char *rel, bool *ret_nomem)
{
    const char *path;

    *ret_nomem = false;
    if (*rel == '/') {
        /* An absolute path counts when it names something below the root. */
        size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
        path = llbc__path_join(a, "/", rel);
        if (path && n &&
            (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/')))
            return NULL;
        if (path)
            path = llbc__path_join(a, ".",
                                   path[n] == '/' ? path + n + 1 : path + n);
    } else {
        path = llbc__path_join(a, dir, rel);
    }
    if (!path) {
        *ret_nomem = true;
        return NULL;
    }
    if (strncmp(path, "..", 2) == 0 && (path[2] == '/' || !path[2]))
        return NULL;
    return path;
}

const char *llbc__path_in_root(llbc__eval *e, const char *rel)
{
    bool nomem;
    const char *path = llbc__path_below(e->arena, e->project->root,
                                        e->frame->unit->rel_dir, rel, &nomem);

    if (nomem)
        llbc__eval_nomem(e);
    return path;
}

/* Whether root/name, with all links followed, is below root and of a kind. */
static llb_status stays(const char *root, const char *name, mode_t kind)
{
    char *base = realpath(root, NULL), *real = NULL, *path = NULL;
    bool good = false;
    struct stat st;

    if (!base)
        return errno == ENOMEM ? LLB_ENOMEM : LLB_ENOENT;
    size_t n = strcmp(base, "/") == 0 ? 0 : strlen(base);
    path = malloc(n + strlen(name) + 2);
    if (path) {
        memcpy(path, base, n);
        path[n] = '/';
        memcpy(path + n + 1, name, strlen(name) + 1);
        real = realpath(path, NULL);
        good = real && strncmp(real, base, n) == 0 &&
               (real[n] == '/' || !real[n]) && stat(real, &st) == 0 &&
               (st.st_mode & S_IFMT) == kind;
    }
    llb_status status = good              ? LLB_OK
                        : !path           ? LLB_ENOMEM
                        : real            ? LLB_ENOENT
                        : errno == ENOMEM ? LLB_ENOMEM
                                          : LLB_ENOENT;
    free(real);
    free(path);
    free(base);
    return status;
}

llb_status llbc__path_stays(const char *root, const char *name)
{
    return stays(root, name, S_IFREG);
}

llb_status llbc__folder_stays(const char *root, const char *name)
{
    return stays(root, name, S_IFDIR);
}
