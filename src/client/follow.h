/* The paths of a "followpaths" request as include patterns: each path, and
 * each symlink on its way with what it leads to. */
#ifndef LLB__CLIENT_FOLLOW_H
#define LLB__CLIENT_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "arena.h"

/* Follows n paths below the folder root (borrowed), which is called root_name
 * in messages. An absolute symlink counts from root, and ".." does not leave
 * it. A component with wildcards stays one, and the symlinks that it matches
 * are followed. A path that does not exist stays as it is. *ret_patterns, in
 * arena a, is sorted, without those that lie below another; *ret_all instead:
 * one of the paths is root itself, so that everything is wanted. LLB_ELIMIT:
 * the symlinks lead to more paths than anybody needs. */
llb_status bk__follow(int root, const char *root_name, const llb__bytes *paths,
                      size_t n, llb__arena *a, llb__bytes **ret_patterns,
                      size_t *ret_n, bool *ret_all, llb_error *err);

#endif
