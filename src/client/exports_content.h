/* What a build reads from and writes to content stores of ours: caches in
 * folders, image layouts. */
#ifndef LLB__CLIENT_EXPORTS_CONTENT_H
#define LLB__CLIENT_EXPORTS_CONTENT_H

#include <llb/client.h>

#include "arena.h"
#include "exports.h"
#include "svc_content.h"

/* An index.json that learns of what was written to a store. */
typedef struct bk__keep {
    size_t store;
    const char *tag; /* where there is no name */
    bool is_cache;   /* a cache, not an image */
    bool reset;      /* drop the blobs that are not needed any more */
} bk__keep;

typedef struct bk__contents {
    bk__store *stores; /* room for one more */
    size_t n_stores;
    bk__keep *keeps; /* likewise */
    size_t n_keeps;
    bk_cache *cache_from, *cache_to; /* as they go into the request */
    size_t n_cache_from, n_cache_to;
} bk__contents;

/* Works out caches and image layouts of o. Of the layouts those are served that
 * one of the needs names, all of them when n_needs is 0. A local cache that
 * cannot be imported is left out, and o->progress->warning says why, since a
 * first build has none yet. LLB_EINVAL: an attribute is wrong, or a definition
 * wants a layout that is not given. */
llb_status bk__contents_make(llb__arena *a, const bk_solve_opts *o,
                             llb_def_needs *const *needs, size_t n_needs,
                             bk__contents *ret, llb_error *err);

/* Adds the image layout that one of the exporters writes, if one does. */
void bk__contents_add_export(bk__contents *c, const bk__exports *x);

/* Enters what svc has received into the indexes; r is the daemon's answer. */
llb_status bk__contents_keep(llb__arena *a, const bk__contents *c,
                             bk__service *svc, const bk_result *r,
                             llb_error *err);

#endif
