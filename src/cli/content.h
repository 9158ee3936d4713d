/* What a digest alone cannot bring back: texts of modules, kept by the sum of
 * their bytes in the user's cache, or vendored in a folder of the project. */
#ifndef LLB__CLI_CONTENT_H
#define LLB__CLI_CONTENT_H

#include <stddef.h>

#include <llb/error.h>

/* Finds the bytes of "sha256:..." in the folder vendor (NULL: none) or in the
 * cache; bytes that are not what their name says are not there. The caller
 * frees *ret_data, which has a NUL behind it. LLB_OK, LLB_ENOENT, LLB_ENOMEM.
 */
llb_status cmd__content_get(const char *vendor, const char *digest,
                            char **ret_data, size_t *ret_len, llb_error *err);

/* Keeps bytes in a folder, made with its parents; NULL: in the cache. */
llb_status cmd__content_put(const char *folder, const void *data, size_t len,
                            llb_error *err);

/* "sha256:..." of bytes, for free(); NULL: no memory. */
char *cmd__content_digest(const void *data, size_t len);

#endif
