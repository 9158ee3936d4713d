/* A frontend solves by itself, and so imports caches by itself: it is told of
 * them in an attribute, as JSON. */
#include "frontend.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "error.h"
#include "pairs.h"

static json_t *cache_json(const bk_cache *c)
{
    json_t *attrs = json_object();

    for (size_t i = 0; i < c->n_attrs; i++)
        json_object_set_new(attrs, c->attrs[i].key,
                            json_string(c->attrs[i].value));
    return json_pack("{s:s, s:o}", "Type", c->type, "Attrs", attrs);
}

static const char *caches_text(llb__arena *a, const bk__contents *o)
{
    json_t *list = json_array();

    for (size_t i = 0; i < o->n_cache_from; i++)
        json_array_append_new(list, cache_json(&o->cache_from[i]));
    char *text = list && json_array_size(list) == o->n_cache_from
                     ? json_dumps(list, JSON_COMPACT)
                     : NULL;
    const char *copy = text ? llb__arena_strdup(a, text) : NULL;
    free(text);
    json_decref(list);
    return copy;
}

llb_status bk__frontend_caches(llb__arena *a, const bk__contents *o,
                               const bk_pair **attrs, size_t *n_attrs,
                               llb_error *err)
{
    if (o->n_cache_from == 0 ||
        bk__pairs_get(*attrs, *n_attrs, "cache-imports"))
        return LLB_OK;
    bk_pair *list = llb__arena_array(a, *n_attrs + 1, sizeof *list);
    const char *text = caches_text(a, o);
    if (!list || !text)
        return llb__fail_nomem(err);
    if (*n_attrs)
        memcpy(list, *attrs, *n_attrs * sizeof *list);
    list[(*n_attrs)++] = (bk_pair){"cache-imports", text};
    *attrs = list;
    return LLB_OK;
}
