/* Constraints: checked and encoded once, when the operation is made. */
#include "cons.h"

#include <stdlib.h>

#include "bounds.h"

struct entry {
    llb_pair pair;
    size_t order; /* later wins */
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = strcmp(x->pair.key, y->pair.key);

    if (c)
        return c;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The description, keys sorted, of equal keys the last. */
static bool encode_description(llb__call *c, const llb_constraints *o)
{
    size_t n = o->n_description;
    struct entry few[8], *list = few;

    if (!n && !o->custom_name)
        return true;
    if (n >= sizeof few / sizeof *few) {
        list = n < SIZE_MAX / sizeof *list - 1 ? malloc((n + 1) * sizeof *list)
                                               : NULL;
        if (!list) {
            llb__call_nomem(c);
            return false;
        }
    }
    for (size_t i = 0; i < n; i++)
        list[i] = (struct entry){o->description[i], i};
    if (o->custom_name) {
        list[n] = (struct entry){{"llb.customname", o->custom_name}, n};
        n++;
    }
    if (n > 1)
        qsort(list, n, sizeof *list, by_key);
    for (size_t i = n; i-- > 0;)
        if (i + 1 == n || strcmp(list[i].pair.key, list[i + 1].pair.key) != 0)
            llb__enc_pair(&c->g->enc, 2, list[i].pair.key, list[i].pair.value);
    if (list != few)
        free(list);
    return true;
}

static bool encode_group(llb__call *c, const llb_progress_group *given)
{
    llb_progress_group o = {0};
    llb__enc *e = &c->g->enc;
    size_t mark = llb__enc_len(e);

    if (!llb__opts(c, &o, sizeof o, given,
                   LLB__FIRST(llb_progress_group, name)) ||
        !llb__opt_text(c, "id of a progress group", o.id) ||
        !llb__opt_text(c, "name of a progress group", o.name))
        return false;
    llb__enc_u64(e, 3, o.weak);
    llb__enc_str(e, 2, o.name);
    llb__enc_str(e, 1, o.id);
    llb__enc_wrap(e, 6, mark);
    return true;
}

static bool encode_resources(llb__call *c, const llb_linux_resources *given)
{
    llb_linux_resources o = {0};
    llb__enc *e = &c->g->enc;
    size_t mark = llb__enc_len(e);

    if (!llb__opts(c, &o, sizeof o, given,
                   LLB__FIRST(llb_linux_resources, cpuset_mems)) ||
        !llb__opt_text(c, "cpuset_cpus", o.cpuset_cpus) ||
        !llb__opt_text(c, "cpuset_mems", o.cpuset_mems))
        return false;
    llb__enc_str(e, 7, o.cpuset_mems);
    llb__enc_str(e, 6, o.cpuset_cpus);
    llb__enc_i64(e, 5, o.cpu_quota);
    llb__enc_u64(e, 4, o.cpu_period);
    llb__enc_u64(e, 3, o.cpu_shares);
    llb__enc_i64(e, 2, o.memory_swap);
    llb__enc_i64(e, 1, o.memory);
    llb__enc_wrap(e, 7, mark);
    return true;
}

static bool check(llb__call *c, const llb_constraints *o, llb__cons_use use)
{
    if (!llb__need_enum(c, "export_cache", (int)o->export_cache,
                        LLB_EXPORT_CACHE_OFF + 1) ||
        !llb__opt_text(c, "custom_name", o->custom_name) ||
        !llb__opt_text(c, "local_unique_id", o->local_unique_id) ||
        !llb__need_list(c, "description", o->description, o->n_description) ||
        !llb__need_texts(c, "require", o->require, o->n_require))
        return false;
    for (size_t i = 0; i < o->n_description; i++)
        if (!llb__need_text(c, "a description key", o->description[i].key) ||
            !llb__need_text(c, "a description", o->description[i].value))
            return false;
    if (use == LLB__CONS_MARSHAL && o->n_locations)
        llb__call_fail(c, LLB_EINVAL,
                       "locations belong to operations, not to a marshal");
    return !c->error;
}

/* Writes the fields, last one first, and notes how long each is. */
static bool encode(llb__call *c, const llb_constraints *o, llb__cons *k)
{
    llb__enc *e = &c->g->enc;
    size_t at[4];

    for (size_t i = o->n_require; i-- > 0;)
        llb__enc_elem(e, 1, o->require[i], strlen(o->require[i]));
    at[0] = llb__enc_len(e);
    if (o->linux_resources && !encode_resources(c, o->linux_resources))
        return false;
    at[1] = llb__enc_len(e);
    if (o->progress_group && !encode_group(c, o->progress_group))
        return false;
    at[2] = llb__enc_len(e);
    if (!encode_description(c, o))
        return false;
    at[3] = llb__enc_len(e);
    if (at[3] > LLB__MAX_DEFINITION)
        llb__call_fail(c, LLB_ELIMIT, "constraints of %zu bytes", at[3]);
    k->filters_len = (uint32_t)at[0];
    k->resources_len = (uint32_t)(at[1] - at[0]);
    k->group_len = (uint32_t)(at[2] - at[1]);
    k->desc_len = (uint32_t)(at[3] - at[2]);
    return !c->error;
}

/* What is not encoded: copies of it are made in the graph. */
static bool copy(llb__call *c, const llb_constraints *o, llb__cons_use use,
                 llb__cons *k)
{
    size_t n_places = 0;

    if (o->platform)
        k->platform = llb__platform_new(c, "platform", o->platform);
    if (o->n_locations)
        k->places = llb__places_new(c, o->locations, o->n_locations, &n_places);
    k->n_places = (uint32_t)n_places;
    k->ignore_cache = o->ignore_cache != 0;
    k->export_cache = (uint8_t)o->export_cache;
    k->has_group = o->progress_group != NULL;
    k->has_resources = o->linux_resources != NULL;
    /* On a source "" stands for "that of the marshal", as in Go. */
    if (o->local_unique_id && (*o->local_unique_id || use == LLB__CONS_MARSHAL))
        k->unique = llb__copy_text(c, o->local_unique_id);
    return !c->error;
}

const llb__cons *llb__cons_make(llb__call *c, const llb_constraints *given,
                                llb__cons_use use)
{
    llb_constraints o = LLB_CONSTRAINTS_INIT;
    llb__cons k = {0};

    if (!llb__opts(c, &o, sizeof o, given,
                   LLB__FIRST(llb_constraints, local_unique_id)) ||
        !check(c, &o, use) || !copy(c, &o, use, &k) || !encode(c, &o, &k))
        return NULL;
    llb__cons *kept = llb__take_object(c, sizeof *kept);
    if (kept)
        *kept = k;
    return kept;
}
