/* Making a folder hold what was received and nothing else (mode=delete). */
#ifndef LLB__CLIENT_RECEIVE_MIRROR_H
#define LLB__CLIENT_RECEIVE_MIRROR_H

#include <stdbool.h>

#include <llb/error.h>

#include "arena.h"

/* The paths that one transfer brought, in their order. Start from {0}. */
typedef struct bk__seen {
    llb__arena *arena;
    llb__bytes *paths;
    bool *folders; /* whether the path of that number is a folder */
    size_t n, cap;
} bk__seen;

/* Adds the next path (copied). False: no memory. */
bool bk__seen_add(bk__seen *s, const char *path, bool is_folder);
void bk__seen_clear(bk__seen *s);

/* Removes all below the folder root (root_name in messages) that is not among
 * the paths. No symlink is followed. LLB_EIO names what cannot be removed. */
llb_status bk__seen_mirror(const bk__seen *s, int root, const char *root_name,
                           llb_error *err);

/* Whether everything else in the folder path may be removed: not /, not a
 * folder right below it, not the home folder, a repository, or a folder of the
 * build (keep, NULL at the end), and none that one of these lies in. A path
 * that does not exist may. LLB_EINVAL says what speaks against it. */
llb_status bk__mirror_check(const char *path, const char *const *keep,
                            llb_error *err);

#endif
