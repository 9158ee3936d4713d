/* Dockerfiles: which files are some, and what a daemon's frontend is told of
 * one. */
#ifndef LLB__CLI_DOCKERFILE_H
#define LLB__CLI_DOCKERFILE_H

#include <llb/client.h>

#include "build.h"

/* Whether -f names a Dockerfile: by its name (Dockerfile, Containerfile,
 * Dockerfile.X, X.Dockerfile), or by a "# syntax=" at its beginning. Standard
 * input (NULL, "-") and NAME.llb never are. */
bool cmd__is_dockerfile(const char *path);

/* What is asked for. All is borrowed. */
typedef struct cmd__dockerfile_opts {
    const cmd__file_opts *file;
    const char *target;   /* NULL: the last stage */
    const char *platform; /* one or several; NULL: the daemon's */
    bool no_cache;
    int network;            /* number in cmd__network_words */
    const cmd__list *fresh; /* stages that ignore the cache; or NULL */
} cmd__dockerfile_opts;

/* That in the frontend's words, in the arena. */
typedef struct cmd__dockerfile {
    bk_local *locals;
    size_t n_locals;
    bk_pair *attrs;
    size_t n_attrs;
} cmd__dockerfile;

#define CMD__DOCKERFILE_FRONTEND "dockerfile.v0"

/* LLB_EINVAL and LLB_ENOENT: an option names what cannot be. */
llb_status cmd__dockerfile_read(llb__arena *a, const cmd__dockerfile_opts *o,
                                cmd__dockerfile *ret, llb_error *err);

/* The jobs of llb build -f Dockerfile: one a stage that was named, else the
 * last. Returns an exit code. */
int cmd__dockerfile_prepare(cmd__build *b, const cmd__args *args);

#endif
