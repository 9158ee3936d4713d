/* Collecting hosts of registries. */
#include "auth_hosts.h"

#include <string.h>

#include "pairs.h"

static bool add(llb__arena *a, bk__hosts *h, const char *host, size_t len)
{
    if (h->n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 16;
        const char **list = llb__arena_array(a, cap, sizeof *list);
        if (!list)
            return false;
        if (h->n)
            memcpy(list, h->list, h->n * sizeof *list);
        h->list = list;
        h->cap = cap;
    }
    h->list[h->n] = llb__arena_strndup(a, host, len);
    return h->list[h->n] && ++h->n;
}

/* The host of a reference, as in distribution/reference: a first part without
 * dot or colon is a folder of docker.io. */
static bool add_ref(llb__arena *a, bk__hosts *h, const char *ref, size_t len)
{
    const char *slash = memchr(ref, '/', len);
    size_t n = slash ? (size_t)(slash - ref) : 0;

    if (n == 0 || (!memchr(ref, '.', n) && !memchr(ref, ':', n) &&
                   !(n == 9 && memcmp(ref, "localhost", 9) == 0)))
        return add(a, h, "docker.io", 9);
    return add(a, h, ref, n);
}

bool bk__hosts_of_image(llb__arena *a, const char *ref, bk__hosts *ret)
{
    return add_ref(a, ret, ref, strlen(ref));
}

/* Names of an exporter: several with commas. */
static bool add_names(llb__arena *a, bk__hosts *h, const char *names)
{
    while (names && *names) {
        size_t len = strcspn(names, ",");
        if (len > 0 && !add_ref(a, h, names, len))
            return false;
        names += len + (names[len] == ',');
    }
    return true;
}

static bool add_caches(llb__arena *a, bk__hosts *h, const bk_cache *list,
                       size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!add_names(a, h,
                       bk__pairs_get(list[i].attrs, list[i].n_attrs, "ref")))
            return false;
    return true;
}

bool bk__hosts_of_opts(llb__arena *a, const bk_solve_opts *o, bk__hosts *ret)
{
    /* One that is not pushed is not looked up either, at no harm. */
    for (size_t i = 0; i < o->n_exports; i++) {
        const bk_export *e = &o->exports[i];
        if (!add_names(a, ret, bk__pairs_get(e->attrs, e->n_attrs, "name")))
            return false;
    }
    return add_caches(a, ret, o->cache_from, o->n_cache_from) &&
           add_caches(a, ret, o->cache_to, o->n_cache_to);
}

bool bk__hosts_of_needs(llb__arena *a, const llb_def_needs *needs,
                        bk__hosts *ret)
{
    for (size_t i = 0; i < needs->n; i++) {
        const llb_def_need *need = &needs->list[i];
        if (need->kind == LLB_NEED_REGISTRY &&
            !add(a, ret, need->name, need->name_len))
            return false;
    }
    return true;
}
