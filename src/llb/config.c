/* Image configs are read as Go's encoding/json reads them: names of members in
 * any case, of two the later, null is as good as absent. */
#include "config.h"

#include <strings.h>

#include <jansson.h>

#include "bounds.h"
#include "platform.h"
#include "utf8.h"

/* What is read of a config; strings belong to the JSON tree. */
struct config {
    const char *os, *arch, *variant, *os_version, *dir;
    json_t *features, *env; /* arrays or NULL */
};

static bool wrong(llb__call *c, const char *member, const char *kind)
{
    llb__call_fail(c, LLB_EINVAL, "\"%s\" of the image config is not %s",
                   member, kind);
    return false;
}

static bool read_text(llb__call *c, const char *key, json_t *v,
                      const char **ret)
{
    if (json_is_null(v))
        return true;
    if (!json_is_string(v))
        return wrong(c, key, "a string");
    *ret = json_string_value(v);
    return llb__need_text(c, key, *ret);
}

static bool read_texts(llb__call *c, const char *key, json_t *v, json_t **ret)
{
    json_t *item;
    size_t i;

    if (json_is_null(v)) {
        *ret = NULL;
        return true;
    }
    if (!json_is_array(v))
        return wrong(c, key, "a list of strings");
    json_array_foreach(
        v, i, item) if (!json_is_string(item) &&
                        !json_is_null(item)) return wrong(c, key,
                                                          "a list of strings");
    *ret = v;
    return true;
}

static bool read_inner(llb__call *c, json_t *o, struct config *ret)
{
    const char *key;
    json_t *v;

    if (json_is_null(o))
        return true;
    if (!json_is_object(o))
        return wrong(c, "config", "an object");
    json_object_foreach(o, key, v)
    {
        bool ok = true;
        if (strcasecmp(key, "Env") == 0)
            ok = read_texts(c, key, v, &ret->env);
        else if (strcasecmp(key, "WorkingDir") == 0)
            ok = read_text(c, key, v, &ret->dir);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_config(llb__call *c, json_t *o, struct config *ret)
{
    const char *key;
    json_t *v;

    if (json_is_null(o))
        return true;
    if (!json_is_object(o)) {
        llb__call_fail(c, LLB_EINVAL, "the image config is no JSON object");
        return false;
    }
    json_object_foreach(o, key, v)
    {
        bool ok = true;
        if (strcasecmp(key, "os") == 0)
            ok = read_text(c, key, v, &ret->os);
        else if (strcasecmp(key, "architecture") == 0)
            ok = read_text(c, key, v, &ret->arch);
        else if (strcasecmp(key, "variant") == 0)
            ok = read_text(c, key, v, &ret->variant);
        else if (strcasecmp(key, "os.version") == 0)
            ok = read_text(c, key, v, &ret->os_version);
        else if (strcasecmp(key, "os.features") == 0)
            ok = read_texts(c, key, v, &ret->features);
        else if (strcasecmp(key, "config") == 0)
            ok = read_inner(c, v, ret);
        if (!ok)
            return false;
    }
    return true;
}

/* An entry without "=" is an empty variable, one without a name nothing. */
static bool apply_env(llb__call *c, llb__values *v, json_t *env)
{
    json_t *item;
    size_t i;

    json_array_foreach(env, i, item)
    {
        const char *text = json_string_value(item);
        if (!text)
            continue;
        const char *eq = strchr(text, '=');
        size_t len = eq ? (size_t)(eq - text) : strlen(text);
        if (len == 0)
            continue;
        v->env = llb__env_add(c, v->env, text, len, eq ? eq + 1 : "");
        if (!v->env)
            return false;
    }
    return true;
}

static bool apply_platform(llb__call *c, llb__values *v,
                           const struct config *config)
{
    size_t n = json_array_size(config->features);
    llb_platform p = LLB_PLATFORM_INIT;

    if (!config->os || !*config->os || !config->arch || !*config->arch)
        return true;
    const char **features = llb__alloc_array(c, n + 1, sizeof *features);
    if (!features)
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *s = json_string_value(json_array_get(config->features, i));
        features[i] = s ? s : "";
    }
    p.os = config->os;
    p.arch = config->arch;
    p.variant = config->variant;
    p.os_version = config->os_version;
    p.os_features = features;
    p.n_os_features = n;
    const llb__platform *made = llb__platform_new(c, "platform", &p);
    if (made)
        v->platform = made->normal;
    return made != NULL;
}

static bool apply(llb__call *c, llb__values *v, json_t *root)
{
    struct config config = {.dir = ""};

    if (!read_config(c, root, &config) || !apply_env(c, v, config.env))
        return false;
    v->dir = llb__dir_join(c, v->dir, config.dir);
    return v->dir && apply_platform(c, v, &config);
}

const llb__values *llb__config_apply(llb__call *c, const llb__values *values,
                                     const char *json, size_t len)
{
    json_error_t why;

    if (!llb__need_list(c, "the image config", json, len))
        return NULL;
    if (len > LLB__MAX_CONFIG) {
        llb__call_fail(c, LLB_ELIMIT, "an image config of %zu bytes", len);
        return NULL;
    }
    llb__values *v = llb__alloc(c, sizeof *v);
    if (!v)
        return NULL;
    *v = *values;
    json_t *root = json_loadb(json, len, JSON_DECODE_ANY, &why);
    if (!root) {
        if (json_error_code(&why) == json_error_out_of_memory)
            llb__call_nomem(c);
        else
            llb__call_fail(c, LLB_EINVAL,
                           "the image config is no JSON: line %d: %s", why.line,
                           why.text);
        return NULL;
    }
    bool ok = apply(c, v, root);
    json_decref(root);
    return ok ? v : NULL;
}

const llb_state *llb_image_config(const llb_state *s, const char *json,
                                  size_t len)
{
    llb__call c = llb__call_on(s, "llb_image_config");

    if (c.error)
        return llb__failed(&c);
    if (!json)
        llb__call_fail(&c, LLB_EINVAL, "json is NULL");
    return llb__state_with(&c, s, llb__config_apply(&c, s->values, json, len));
}
