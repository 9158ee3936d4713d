/* Constraints: of an op, among the options of a run, and of marshal. */
#include "driver.h"

#include <string.h>

const llb_platform *platform_of(struct play *p, json_t *object)
{
    llb_platform *pl = play_alloc(p, 1, sizeof *pl);

    *pl = (llb_platform)LLB_PLATFORM_INIT;
    pl->os = take_text(p, object, "os");
    pl->arch = take_text(p, object, "arch");
    pl->variant = take_text(p, object, "variant");
    pl->os_version = take_text(p, object, "os_version");
    pl->os_features = take_texts(p, object, "os_features", &pl->n_os_features);
    done(p, object, "platform");
    return pl;
}

/* Lists that grow by one: a new array, since the old one may be in use. */
static void *grown(struct play *p, const void *old, size_t n, size_t size)
{
    void *list = play_alloc(p, n + 1, size);

    if (n)
        memcpy(list, old, n * size);
    return list;
}

static void add_description(struct play *p, llb_constraints *c, json_t *map)
{
    const char *key;
    json_t *value;

    json_object_foreach(map, key, value)
    {
        llb_pair *list =
            grown(p, c->description, c->n_description, sizeof *list);
        list[c->n_description++] =
            (llb_pair){raw_text(p, key), text_of(p, value)};
        c->description = list;
        if (strcmp(key, "llb.customname") == 0)
            c->custom_name = NULL; /* the later one wins */
    }
}

static void add_export_cache(struct play *p, llb_constraints *c,
                             const char *word)
{
    if (strcmp(word, "on") == 0)
        c->export_cache = LLB_EXPORT_CACHE_ON;
    else if (strcmp(word, "off") == 0)
        c->export_cache = LLB_EXPORT_CACHE_OFF;
    else if (strcmp(word, "default") == 0)
        c->export_cache = LLB_EXPORT_CACHE_UNSET;
    else
        play_fail(p, "export_cache: unknown word \"%s\"", word);
}

static void set_group(struct play *p, llb_constraints *c, json_t *object)
{
    llb_progress_group *g = play_alloc(p, 1, sizeof *g);

    g->id = need_text(p, object, "id");
    g->name = need_text(p, object, "name");
    g->weak = take_bool(p, object, "weak");
    done(p, object, "progress_group");
    c->progress_group = g;
}

static void add_require(struct play *p, llb_constraints *c, json_t *value)
{
    size_t n;
    const char **more = texts_of(p, value, &n);

    for (size_t i = 0; i < n; i++) {
        const char **list = grown(p, c->require, c->n_require, sizeof *list);
        list[c->n_require++] = more[i];
        c->require = list;
    }
}

static llb_range range_of(struct play *p, json_t *list)
{
    int32_t n[4];

    if (json_array_size(list) != 4)
        play_fail(p, "a range has four numbers");
    for (size_t i = 0; i < 4; i++)
        n[i] = (int32_t)int_of(p, json_array_get(list, i));
    return (llb_range){n[0], n[1], n[2], n[3]};
}

static void add_location(struct play *p, llb_constraints *c, json_t *object)
{
    const struct value *v = value_of(p, need_text(p, object, "map"));
    json_t *ranges = take_list(p, object, "ranges");
    size_t n = json_array_size(ranges);
    llb_range *list = play_alloc(p, n, sizeof *list);
    llb_location *all = grown(p, c->locations, c->n_locations, sizeof *all);

    if (!v->map)
        play_fail(p, "%s is no source map", v->id);
    for (size_t i = 0; i < n; i++)
        list[i] = range_of(p, json_array_get(ranges, i));
    done(p, object, "location");
    all[c->n_locations++] = (llb_location){v->map, list, n};
    c->locations = all;
}

static void set_resources(struct play *p, llb_constraints *c, json_t *o)
{
    llb_linux_resources *r = play_alloc(p, 1, sizeof *r);

    r->memory = take_int(p, o, "memory");
    r->memory_swap = take_int(p, o, "memory_swap");
    r->cpu_shares = (uint64_t)take_int(p, o, "cpu_shares");
    r->cpu_period = (uint64_t)take_int(p, o, "cpu_period");
    r->cpu_quota = take_int(p, o, "cpu_quota");
    r->cpuset_cpus = take_text(p, o, "cpuset_cpus");
    r->cpuset_mems = take_text(p, o, "cpuset_mems");
    done(p, o, "linux_resources");
    c->linux_resources = r;
}

bool add_constraint(struct play *p, llb_constraints *c, const char *name,
                    json_t *value)
{
    if (strcmp(name, "platform") == 0)
        c->platform = platform_of(p, value);
    else if (strcmp(name, "ignore_cache") == 0)
        c->ignore_cache |= json_is_true(value);
    else if (strcmp(name, "description") == 0)
        add_description(p, c, value);
    else if (strcmp(name, "custom_name") == 0)
        c->custom_name = text_of(p, value);
    else if (strcmp(name, "export_cache") == 0)
        add_export_cache(p, c, text_of(p, value));
    else if (strcmp(name, "progress_group") == 0)
        set_group(p, c, value);
    else if (strcmp(name, "require") == 0)
        add_require(p, c, value);
    else if (strcmp(name, "local_unique_id") == 0)
        c->local_unique_id = text_of(p, value);
    else if (strcmp(name, "location") == 0)
        add_location(p, c, value);
    else if (strcmp(name, "linux_resources") == 0)
        set_resources(p, c, value);
    else
        return false;
    return true;
}

static llb_constraints *constraints_new(struct play *p)
{
    llb_constraints *c = play_alloc(p, 1, sizeof *c);

    *c = (llb_constraints)LLB_CONSTRAINTS_INIT;
    return c;
}

const llb_constraints *take_constraints(struct play *p, json_t *object)
{
    json_t *list = take_list(p, object, "constraints"), *value;
    llb_constraints *c = list ? constraints_new(p) : NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = only_member(p, json_array_get(list, i), &value);
        if (!add_constraint(p, c, name, value))
            play_fail(p, "unknown constraint \"%s\"", name);
    }
    return c;
}

void marshal_opts(struct play *p, json_t *list, llb_marshal_opts *opts)
{
    llb_constraints *c = constraints_new(p);
    json_t *value;

    *opts = (llb_marshal_opts)LLB_MARSHAL_OPTS_INIT;
    opts->constraints = c;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = only_member(p, json_array_get(list, i), &value);
        if (strcmp(name, "caps") == 0)
            opts->caps = texts_of(p, value, &opts->n_caps);
        else if (!add_constraint(p, c, name, value))
            play_fail(p, "unknown constraint \"%s\" of marshal", name);
    }
}
