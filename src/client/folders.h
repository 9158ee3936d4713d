/* Folders above an output, made before a build and taken back if it fails. */
#ifndef LLB__CLIENT_FOLDERS_H
#define LLB__CLIENT_FOLDERS_H

#include <stddef.h>

#include <llb/error.h>

/* Creates the folders above path that do not exist; path is changed meanwhile.
 * *ret_len: the first ones's length in path, 0 when all were there. LLB_EIO
 * names the one that cannot be made. */
llb_status bk__folders_above(char *path, size_t *ret_len, llb_error *err);

/* The same for path itself and those above it. */
llb_status bk__folders_make(char *path, size_t *ret_len, llb_error *err);

/* Removes the folders above path, down to its first made_len bytes, as far as
 * nothing else is in them. path is cut. */
void bk__folders_remove(char *path, size_t made_len);

#endif
