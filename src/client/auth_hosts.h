/* Registries that a build names, and whose logins it may therefore ask for. */
#ifndef LLB__CLIENT_AUTH_HOSTS_H
#define LLB__CLIENT_AUTH_HOSTS_H

#include <llb/client.h>

#include "arena.h"

typedef struct bk__hosts {
    const char **list;
    size_t n, cap;
} bk__hosts;

/* Adds what the options name: images to push, caches in registries.
 * Strings in the arena or borrowed. False: no memory. */
bool bk__hosts_of_opts(llb__arena *a, const bk_solve_opts *o, bk__hosts *ret);

/* Adds the host of an image reference. */
bool bk__hosts_of_image(llb__arena *a, const char *ref, bk__hosts *ret);

/* Adds what a definition names (needs, copied). */
bool bk__hosts_of_needs(llb__arena *a, const llb_def_needs *needs,
                        bk__hosts *ret);

#endif
