/* The result of a compilation: a copy that outlives project and graph. */
#include "compile.h"

#include <pthread.h>
#include <string.h>

struct llbc_result {
    llb__arena *arena;
    llb_def *def;
    pthread_mutex_t lock; /* of what is made at first use: needs */
    llb_def_needs *needs;
    const char *config;
    size_t config_len;
    const char *platform;
    llbc_local *locals;
    size_t n_locals;
    llbc_local *stores;
    size_t n_stores;
    llbc_export *exports;
    size_t n_exports;
    llbc_cache *caches;
    size_t n_caches;
    const char **unresolved;
    size_t n_unresolved;
};

/* Copies into the arena of the result; a failure sticks. */
typedef struct copier {
    llb__arena *arena;
    bool failed;
} copier;

static const char *copy_text(copier *c, const char *s)
{
    char *copy = s ? llb__arena_strdup(c->arena, s) : NULL;

    c->failed = c->failed || (s && !copy);
    return copy;
}

static void *copy_array(copier *c, const void *items, size_t n, size_t size)
{
    void *copy = llb__arena_array(c->arena, n ? n : 1, size);

    c->failed = c->failed || !copy;
    if (copy && n)
        memcpy(copy, items, n * size);
    return copy;
}

static const llbc_pair *copy_attrs(copier *c, const llbc_pair *attrs, size_t n)
{
    llbc_pair *copy = copy_array(c, attrs, n, sizeof(*copy));

    for (size_t i = 0; copy && i < n; i++) {
        copy[i].key = copy_text(c, copy[i].key);
        copy[i].value = copy_text(c, copy[i].value);
    }
    return copy;
}

static llbc_local *copy_folders(copier *c, const llbc_local *list, size_t n)
{
    llbc_local *copy = copy_array(c, list, n, sizeof(*copy));

    for (size_t i = 0; copy && i < n; i++) {
        copy[i].name = copy_text(c, copy[i].name);
        copy[i].path = copy_text(c, copy[i].path);
    }
    return copy;
}

static void copy_lists(copier *c, llbc_result *r, const llbc__found *f)
{
    r->n_locals = f->n_locals;
    r->locals = copy_folders(c, f->locals, f->n_locals);
    r->n_stores = f->n_stores;
    r->stores = copy_folders(c, f->stores, f->n_stores);
    r->n_exports = f->n_exports;
    r->exports = copy_array(c, f->exports, f->n_exports, sizeof(*r->exports));
    for (size_t i = 0; r->exports && i < r->n_exports; i++) {
        llbc_export *x = &r->exports[i];
        x->attrs = copy_attrs(c, x->attrs, x->n_attrs);
        x->dest = copy_text(c, x->dest);
    }
    r->n_caches = f->n_caches;
    r->caches = copy_array(c, f->caches, f->n_caches, sizeof(*r->caches));
    for (size_t i = 0; r->caches && i < r->n_caches; i++)
        r->caches[i].attrs =
            copy_attrs(c, r->caches[i].attrs, r->caches[i].n_attrs);
    r->n_unresolved = f->n_unresolved;
    r->unresolved =
        copy_array(c, f->unresolved, f->n_unresolved, sizeof(*r->unresolved));
    for (size_t i = 0; r->unresolved && i < r->n_unresolved; i++)
        r->unresolved[i] = copy_text(c, r->unresolved[i]);
}

static size_t keep_needed(const llb_def_needs *needs, llb_need_kind kind,
                          llbc_local *list, size_t n_list)
{
    size_t n = 0;

    for (size_t i = 0; i < n_list; i++) {
        if (llb_def_needs_find(needs, kind, list[i].name, strlen(list[i].name)))
            list[n++] = list[i];
    }
    return n;
}

/* Folders that were named but are not in the definition are not offered. */
static bool drop_unused(llbc_result *r)
{
    if (!r->n_locals && !r->n_stores)
        return true;
    const llb_def_needs *needs = llbc_result_needs(r);
    if (!needs)
        return false;
    r->n_locals = keep_needed(needs, LLB_NEED_LOCAL, r->locals, r->n_locals);
    r->n_stores =
        keep_needed(needs, LLB_NEED_OCI_STORE, r->stores, r->n_stores);
    return true;
}

llbc_result *llbc__result_new(const llbc__eval *e, llb_def *def,
                              const char *config, size_t config_len)
{
    llb__arena *a = llb__arena_new(LLBC__MAX_PROJECT_MEMORY);
    llbc_result *r = a ? llb__arena_alloc(a, sizeof(*r)) : NULL;
    copier c = {a, false};

    if (!r) {
        llb__arena_free(a);
        return NULL;
    }
    if (pthread_mutex_init(&r->lock, NULL) != 0) {
        llb__arena_free(a);
        return NULL;
    }
    r->arena = a;
    r->def = llb_def_ref(def);
    r->config = llb__arena_strndup(a, config, config_len);
    r->config_len = config_len;
    r->platform = copy_text(&c, e->target_platform->text);
    copy_lists(&c, r, &e->found);
    if (c.failed || !r->config || !drop_unused(r)) {
        llbc_result_free(r);
        return NULL;
    }
    return r;
}

void llbc_result_free(llbc_result *r)
{
    if (!r)
        return;
    llb_def_free(r->def);
    llb_def_needs_free(r->needs);
    pthread_mutex_destroy(&r->lock);
    llb__arena_free(r->arena);
}

llb_def *llbc_result_def(const llbc_result *r) { return r->def; }

const char *llbc_result_config(const llbc_result *r, size_t *ret_len)
{
    if (ret_len)
        *ret_len = r->config_len;
    return r->config;
}

const char *llbc_result_platform(const llbc_result *r) { return r->platform; }

const llb_def_needs *llbc_result_needs(const llbc_result *r)
{
    /* Filled in under a lock: to everybody else the result is constant. */
    llbc_result *mut = (llbc_result *)r;

    pthread_mutex_lock(&mut->lock);
    if (!mut->needs)
        (void)llb_def_needs_of(mut->def, &mut->needs, NULL);
    pthread_mutex_unlock(&mut->lock);
    return mut->needs;
}

size_t llbc_result_n_locals(const llbc_result *r) { return r->n_locals; }

const llbc_local *llbc_result_local(const llbc_result *r, size_t i)
{
    return &r->locals[i];
}

size_t llbc_result_n_stores(const llbc_result *r) { return r->n_stores; }

const llbc_local *llbc_result_store(const llbc_result *r, size_t i)
{
    return &r->stores[i];
}

size_t llbc_result_n_exports(const llbc_result *r) { return r->n_exports; }

const llbc_export *llbc_result_export(const llbc_result *r, size_t i)
{
    return &r->exports[i];
}

size_t llbc_result_n_caches(const llbc_result *r) { return r->n_caches; }

const llbc_cache *llbc_result_cache(const llbc_result *r, size_t i)
{
    return &r->caches[i];
}

size_t llbc_result_n_unresolved(const llbc_result *r)
{
    return r->n_unresolved;
}

const char *llbc_result_unresolved(const llbc_result *r, size_t i)
{
    return r->unresolved[i];
}
