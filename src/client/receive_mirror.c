/* Removing what a transfer did not bring. Each folder that it did bring is read
 * once; what is removed has no folder of the transfer in it. */
#include "receive_mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "match_path.h"
#include "receive_remove.h"
#include "walk_dir.h"
#include "walk_open.h"

#define MAX_MEMORY ((size_t)1 << 30)

bool bk__seen_add(bk__seen *s, const char *path, bool is_folder)
{
    size_t len = strlen(path);

    if (!s->arena && !(s->arena = llb__arena_new(MAX_MEMORY)))
        return false;
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 256;
        llb__bytes *paths = realloc(s->paths, cap * sizeof *paths);
        if (paths)
            s->paths = paths;
        bool *folders = realloc(s->folders, cap * sizeof *folders);
        if (folders)
            s->folders = folders;
        if (!paths || !folders)
            return false;
        s->cap = cap;
    }
    const char *copy = llb__arena_strndup(s->arena, path, len);
    if (!copy)
        return false;
    s->paths[s->n] = (llb__bytes){(const uint8_t *)copy, len};
    s->folders[s->n++] = is_folder;
    return true;
}

void bk__seen_clear(bk__seen *s)
{
    free(s->paths);
    free(s->folders);
    llb__arena_free(s->arena);
    *s = (bk__seen){0};
}

static int compare(const void *a, const void *b)
{
    return bk__path_cmp(*(const llb__bytes *)a, *(const llb__bytes *)b);
}

static bool has(const bk__seen *s, const char *path)
{
    llb__bytes key = {(const uint8_t *)path, strlen(path)};

    return s->n && bsearch(&key, s->paths, s->n, sizeof key, compare);
}

static llb_status fail(llb_error *err, const char *root_name, const char *path)
{
    return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                     "mode=delete: cannot remove %s/%s, which the result does "
                     "not have: %s",
                     root_name, path, strerror(errno));
}

/* The entries of one folder, "" being the root. */
static llb_status mirror_folder(const bk__seen *s, int root, const char *folder,
                                const char *root_name, llb_error *err)
{
    char path[PATH_MAX + NAME_MAX + 2];
    bk__dir_list list;
    struct stat st;
    llb_status ret = LLB_OK;
    int fd = bk__open_beneath(root, folder, O_RDONLY | O_DIRECTORY, 0);

    if (fd < 0 || fstat(fd, &st) < 0 || bk__dir_list_read(fd, &list) < 0) {
        ret = fail(err, root_name, folder);
        if (fd >= 0)
            close(fd);
        return ret;
    }
    bool closed = (st.st_mode & 0300) != 0300, changed = false;
    for (size_t i = 0; i < list.n && ret == LLB_OK; i++) {
        const char *name = list.entries[i].name;
        snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", name);
        if (has(s, path))
            continue;
        if (closed && !changed) /* ours for the moment, as rm -r needs it */
            fchmod(fd, (st.st_mode & 07777) | 0700);
        changed = true;
        if (bk__remove_tree(fd, name) < 0)
            ret = fail(err, root_name, path);
    }
    if (changed) { /* as the result has them */
        if (closed)
            fchmod(fd, st.st_mode & 07777);
        if (*folder)
            futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim});
    }
    bk__dir_list_clear(&list);
    close(fd);
    return ret;
}

llb_status bk__seen_mirror(const bk__seen *s, int root, const char *root_name,
                           llb_error *err)
{
    llb_status st = mirror_folder(s, root, "", root_name, err);

    for (size_t i = 0; i < s->n && st == LLB_OK; i++) {
        if (s->folders[i])
            st = mirror_folder(s, root, (const char *)s->paths[i].data,
                               root_name, err);
    }
    return st;
}

/* ---- what must not be emptied ---- */

/* Whether the real path inner is outer or lies in it. */
static bool holds(const char *outer, const char *inner)
{
    size_t len = strlen(outer);

    return strncmp(outer, inner, len) == 0 &&
           (inner[len] == '/' || !inner[len]);
}

static llb_status check_against(const char *real, const char *path,
                                const char *other, const char *what,
                                llb_error *err)
{
    char *o = other ? realpath(other, NULL) : NULL;
    bool bad = o && holds(real, o);
    llb_status st = LLB_OK;

    if (bad)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "mode=delete would remove everything else in %s, but "
                       "%s %s is in there; give it a folder of its own",
                       path, what, o);
    free(o);
    return st;
}

static llb_status check_own(const char *real, const char *path, llb_error *err)
{
    char git[PATH_MAX];
    bool top = strchr(real + 1, '/') == NULL;

    snprintf(git, sizeof git, "%s/.git", real);
    if (!top && access(git, F_OK) < 0)
        return LLB_OK;
    return llb__fail(
        err, LLB_EINVAL, LLB__NOWHERE,
        "mode=delete would remove everything else in %s, which is "
        "%s; give it a folder of its own",
        path, top ? "a folder of the system" : "the top of a repository");
}

llb_status bk__mirror_check(const char *path, const char *const *keep,
                            llb_error *err)
{
    const char *home = getenv("HOME");
    char text[4096], *real = realpath(path, NULL);
    struct passwd entry, *pw = NULL;

    if (!real)
        return LLB_OK;
    getpwuid_r(geteuid(), &entry, text, sizeof text, &pw);
    llb_status st = check_own(real, path, err);
    if (st == LLB_OK)
        st = check_against(real, path, ".", "the current folder", err);
    if (st == LLB_OK)
        st = check_against(real, path, home, "the home folder", err);
    if (st == LLB_OK && pw)
        st = check_against(real, path, pw->pw_dir, "the home folder", err);
    for (; *keep && st == LLB_OK; keep++)
        st = check_against(real, path, *keep, "the build's folder", err);
    free(real);
    return st;
}
