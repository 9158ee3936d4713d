/* What a git ref or a file of the web is today: asked of a daemon. */
#ifndef LLB__CLI_PINS_H
#define LLB__CLI_PINS_H

#include <llb/gateway.h>

/* Finds the commit of a ref ("" for the default branch), in hex; for free().
 * A daemon that cannot say so (before v0.26) fetches the repository. */
llb_status cmd__pin_git(bk_build *b, const char *remote, const char *ref,
                        char **ret_commit, llb_error *err);

/* Finds the digest of a file, "sha256:..."; for free(). A daemon that cannot
 * say so fetches the file, which then may have at most 16 MiB. */
llb_status cmd__pin_http(bk_build *b, const char *url, char **ret_digest,
                         llb_error *err);

/* Reads a file of a repository at a ref or commit. */
llb_status cmd__read_git(bk_build *b, const char *remote, const char *ref,
                         const char *path, char **ret_data, size_t *ret_len,
                         llb_error *err);

#endif
