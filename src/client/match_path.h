/* Paths as text: slashes only, any other byte is a name's. */
#ifndef LLB__CLIENT_MATCH_PATH_H
#define LLB__CLIENT_MATCH_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* The shortest path that means the same without looking at the disk: no "//",
 * no ".", no ".." but at the start of a relative path, no slash at the end;
 * "" becomes ".". out has room for in.len + 2 bytes (a NUL follows); it may be
 * in.data. Returns the length. */
size_t bk__path_clean(llb__bytes in, char *out);

/* Whether a path from outside may name an entry below a root: relative, clean,
 * not ".", without ".." and NUL. */
bool bk__path_is_inside(llb__bytes path);

/* Order of a walk: a slash is lower than every other byte, so that a folder's
 * entries come right after it. Below, at or above zero, as memcmp. */
int bk__path_cmp(llb__bytes a, llb__bytes b);

#endif
