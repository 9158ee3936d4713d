/* Metadata, places and source files as JSON. Their members are named as in
 * the golden definitions, in snake_case, and what is unset is left out. */
#include "json.h"

/* Renames members of the message's own JSON. */
static bool rename_member(json_t *object, const char *from, const char *to)
{
    json_t *v = json_object_get(object, from);

    if (!v)
        return true;
    json_incref(v);
    json_object_del(object, from);
    return llb__json_put(object, to, v);
}

static bool rename_members(json_t *object, const char *const (*names)[2])
{
    for (; (*names)[0]; names++)
        if (!rename_member(object, (*names)[0], (*names)[1]))
            return false;
    return true;
}

/* Adds a member that the wire left out since it is zero. */
static bool put_default(json_t *object, const char *name, json_t *value)
{
    if (!json_object_get(object, name))
        return llb__json_put(object, name, value);
    json_decref(value);
    return true;
}

json_t *llb__json_metadata(llb__bytes metadata)
{
    static const char *const in_export_cache[][2] = {
        {"Value", "value"},
        {NULL, NULL},
    };
    static const char *const in_resources[][2] = {
        {"memorySwap", "memory_swap"},
        {"cpuShares", "cpu_shares"},
        {"cpuPeriod", "cpu_period"},
        {"cpuQuota", "cpu_quota"},
        {"cpusetCpus", "cpuset_cpus"},
        {"cpusetMems", "cpuset_mems"},
        {NULL, NULL},
    };
    json_t *o = llb__json_message(metadata, &llb__msg_metadata, 0);
    json_t *cache = json_object_get(o, "export_cache");
    json_t *resources = json_object_get(o, "linux_resources");
    json_t *group = json_object_get(o, "progress_group");
    bool good = o != NULL;

    if (good && cache)
        good = rename_members(cache, in_export_cache) &&
               put_default(cache, "value", json_false());
    if (good && group)
        good = put_default(group, "id", json_string("")) &&
               put_default(group, "name", json_string("")) &&
               put_default(group, "weak", json_false());
    if (good && resources)
        good = rename_members(resources, in_resources);
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *range_of(llb__bytes range)
{
    llb__bytes start = llb__wire_body(range, 1), end = llb__wire_body(range, 2);

    return json_pack("[i,i,i,i]", (int)llb__wire_int(start, 1),
                     (int)llb__wire_int(start, 2), (int)llb__wire_int(end, 1),
                     (int)llb__wire_int(end, 2));
}

static json_t *location_of(llb__bytes location)
{
    llb__wire w = llb__wire_of(location);
    llb__wire_field f;
    json_t *o = json_object(), *ranges = NULL;
    bool good = o && llb__json_put(o, "ranges", json_null()) &&
                llb__json_put(o, "source_index",
                              json_integer(llb__wire_int(location, 1)));

    while (good && llb__wire_next(&w, &f)) {
        if (f.number != 2)
            continue;
        if (!ranges) {
            ranges = json_array();
            good = llb__json_put(o, "ranges", ranges);
        }
        good = good && json_array_append_new(ranges, range_of(f.body)) == 0;
    }
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

json_t *llb__json_locations(llb__bytes locations)
{
    llb__wire w = llb__wire_of(locations);
    llb__wire_field f;
    json_t *list = json_array();

    while (list && llb__wire_next(&w, &f)) {
        if (f.number != 1)
            continue;
        if (json_array_append_new(list, location_of(f.body)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *llb__json_info(const llb_def *d, size_t i)
{
    llb_def_info info = llb_def_info_at(d, i);
    json_t *o = json_object();
    bool good =
        o &&
        llb__json_put(o, "filename",
                      llb__json_text(info.filename, info.filename_len)) &&
        llb__json_put(o, "data", llb__json_text(info.data, info.data_len));

    if (good && info.language_len > 0)
        good = llb__json_put(o, "language",
                             llb__json_text(info.language, info.language_len));
    if (good && info.definition_ops > 0)
        good = llb__json_put(o, "definition_ops",
                             json_integer((json_int_t)info.definition_ops));
    if (good)
        return o;
    json_decref(o);
    return NULL;
}
