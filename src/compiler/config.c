#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "bounds.h"
#include "json.h"

const llbc__config llbc__no_config;

/* --- reading -------------------------------------------------------- */

/* While a config is read; the first mistake or lack of memory sticks. */
typedef struct reader {
    llb__arena *arena;
    llb_error *err;
    llb_status status;
} reader;

static void wrong(reader *r, const char *member, const char *what)
{
    if (r->status == LLB_OK)
        r->status = llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE,
                              "member \"%s\" is not %s", member, what);
}

static void nomem(reader *r)
{
    if (r->status == LLB_OK)
        r->status = llb__fail_nomem(r->err);
}

/* Strings with a NUL in them are nothing that an image can mean. */
static const char *text(reader *r, const json_t *j, const char *member)
{
    const char *s;

    if (!j || json_is_null(j))
        return NULL;
    s = json_string_value(j);
    if (!s || strlen(s) != json_string_length(j)) {
        wrong(r, member, "a string");
        return NULL;
    }
    char *copy = llb__arena_strdup(r->arena, s);
    if (!copy)
        nomem(r);
    return copy;
}

static llbc__texts texts(reader *r, const json_t *j, const char *member)
{
    llbc__texts t = {NULL, 0};

    if (!j || json_is_null(j))
        return t;
    if (!json_is_array(j)) {
        wrong(r, member, "a list of strings");
        return t;
    }
    size_t n = json_array_size(j);
    const char **items = llb__arena_array(r->arena, n + 1, sizeof(*items));
    if (!items) {
        nomem(r);
        return t;
    }
    for (size_t i = 0; i < n; i++) {
        items[i] = text(r, json_array_get(j, i), member);
        if (!items[i]) {
            wrong(r, member, "a list of strings");
            return t;
        }
    }
    return (llbc__texts){items, n};
}

/* The keys of an object whose values say nothing: ports, volumes. */
static llbc__texts keys(reader *r, json_t *j, const char *member)
{
    llbc__texts t = {NULL, 0};
    const char *key;
    json_t *value;

    if (!j || json_is_null(j))
        return t;
    if (!json_is_object(j)) {
        wrong(r, member, "an object");
        return t;
    }
    const char **items =
        llb__arena_array(r->arena, json_object_size(j) + 1, sizeof(*items));
    if (!items) {
        nomem(r);
        return t;
    }
    json_object_foreach(j, key, value)
    {
        items[t.n] = llb__arena_strdup(r->arena, key);
        if (!items[t.n++])
            nomem(r);
    }
    t.items = items;
    return t;
}

static void labels(reader *r, json_t *j, llbc__config *c)
{
    const char *key;
    json_t *value;

    if (!j || json_is_null(j))
        return;
    if (!json_is_object(j)) {
        wrong(r, "Labels", "an object");
        return;
    }
    llbc__entry *items =
        llb__arena_array(r->arena, json_object_size(j) + 1, sizeof(*items));
    if (!items) {
        nomem(r);
        return;
    }
    json_object_foreach(j, key, value)
    {
        const char *s = text(r, value, "Labels");
        items[c->n_labels].key = llb__arena_strdup(r->arena, key);
        if (!items[c->n_labels].key)
            nomem(r);
        items[c->n_labels++].value = llbc__text_value(s ? s : "");
    }
    c->labels = items;
}

static void health(reader *r, const json_t *j, llbc__config *c)
{
    if (!j || json_is_null(j))
        return;
    if (!json_is_object(j)) {
        wrong(r, "Healthcheck", "an object");
        return;
    }
    char *s = llbc__json_text(j, JSON_COMPACT);
    if (s)
        c->health_json = llb__arena_strdup(r->arena, s);
    if (!s || !c->health_json)
        nomem(r);
    free(s);
}

static void members(reader *r, json_t *root, llbc__config *c,
                    const char **ret_user)
{
    json_t *j = json_object_get(root, "config");

    c->author = text(r, json_object_get(root, "author"), "author");
    if (!j || json_is_null(j))
        return;
    if (!json_is_object(j)) {
        wrong(r, "config", "an object");
        return;
    }
    *ret_user = text(r, json_object_get(j, "User"), "User");
    if (*ret_user && !**ret_user)
        *ret_user = NULL;
    c->entrypoint = texts(r, json_object_get(j, "Entrypoint"), "Entrypoint");
    c->cmd = texts(r, json_object_get(j, "Cmd"), "Cmd");
    c->shell = texts(r, json_object_get(j, "Shell"), "Shell");
    c->onbuild = texts(r, json_object_get(j, "OnBuild"), "OnBuild");
    c->ports = keys(r, json_object_get(j, "ExposedPorts"), "ExposedPorts");
    c->volumes = keys(r, json_object_get(j, "Volumes"), "Volumes");
    c->stop_signal = text(r, json_object_get(j, "StopSignal"), "StopSignal");
    labels(r, json_object_get(j, "Labels"), c);
    health(r, json_object_get(j, "Healthcheck"), c);
}

llb_status llbc__config_read(llb__arena *a, const char *json, size_t len,
                             llbc__config *ret_config, const char **ret_user,
                             llb_error *err)
{
    reader r = {a, err, LLB_OK};
    json_error_t jerr;
    bool no_memory;

    *ret_config = llbc__no_config;
    *ret_user = NULL;
    if (len > LLB__MAX_CONFIG)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "it has more than %zu bytes", LLB__MAX_CONFIG);
    json_t *root = llbc__json_parse(json, len, 0, &jerr, &no_memory);
    if (!root && no_memory)
        return llb__fail_nomem(err);
    if (!root)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s", jerr.text);
    if (!json_is_object(root))
        wrong(&r, "(all of it)", "an object");
    else
        members(&r, root, ret_config, ret_user);
    json_decref(root);
    if (r.status != LLB_OK)
        return r.status;
    ret_config->base = llb__arena_strndup(a, json, len);
    ret_config->base_len = len;
    ret_config->keep_history = true;
    return ret_config->base ? LLB_OK : llb__fail_nomem(err);
}

/* --- writing -------------------------------------------------------- */

/* Replaces a member, or takes it away when there is nothing to say. Takes
 * value; false: no memory. */
static bool put(json_t *to, const char *key, json_t *value)
{
    return value && json_object_set_new(to, key, value) == 0;
}

static json_t *json_texts(const llbc__texts *t)
{
    json_t *j = json_array();

    for (size_t i = 0; j && i < t->n; i++) {
        if (json_array_append_new(j, json_string(t->items[i])) != 0) {
            json_decref(j);
            return NULL;
        }
    }
    return j;
}

static bool put_texts(json_t *to, const char *key, const llbc__texts *t)
{
    if (t->items)
        return put(to, key, json_texts(t));
    json_object_del(to, key);
    return true;
}

static bool put_keys(json_t *to, const char *key, const llbc__texts *t)
{
    json_object_del(to, key);
    if (!t->n)
        return true;
    json_t *j = json_object();
    bool good = j != NULL;
    for (size_t i = 0; good && i < t->n; i++)
        good = put(j, t->items[i], json_object());
    if (good)
        return put(to, key, j);
    json_decref(j);
    return false;
}

static bool put_text(json_t *to, const char *key, const char *s)
{
    if (s)
        return put(to, key, json_string(s));
    json_object_del(to, key);
    return true;
}

static bool put_labels(json_t *to, const llbc__config *c)
{
    json_object_del(to, "Labels");
    if (!c->n_labels)
        return true;
    json_t *j = json_object();
    bool good = j != NULL;
    for (size_t i = 0; good && i < c->n_labels; i++)
        good = put_text(j, c->labels[i].key, c->labels[i].value.u.str);
    if (good)
        return put(to, "Labels", j);
    json_decref(j);
    return false;
}

static bool put_ns(json_t *to, const char *key, int64_t ns)
{
    return ns == 0 || put(to, key, json_integer(ns));
}

static bool put_health(json_t *to, const llbc__config *c)
{
    const llbc__health *h = c->health;
    json_t *j;

    json_object_del(to, "Healthcheck");
    if (!h && !c->health_json)
        return true;
    if (!h)
        return put(to, "Healthcheck", json_loads(c->health_json, 0, NULL));
    j = json_object();
    bool good = j && put_texts(j, "Test", &h->test) &&
                put_ns(j, "Interval", h->interval) &&
                put_ns(j, "Timeout", h->timeout) &&
                put_ns(j, "StartPeriod", h->start_period) &&
                put_ns(j, "StartInterval", h->start_interval) &&
                put_ns(j, "Retries", h->retries);
    if (good)
        return put(to, "Healthcheck", j);
    json_decref(j);
    return false;
}

/* BuildKit gives this PATH to steps and images that have none. */
static const char default_path[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static bool put_env(json_t *to, const llb_state *state, const llbc__platform *p)
{
    llb_pair *list = NULL;
    size_t n = 0;
    json_t *j = json_array();
    bool good = j && llb_state_env_list(state, &list, &n) == LLB_OK;

    if (good && !llb_state_env(state, "PATH") && strcmp(p->os, "windows") != 0)
        good = json_array_append_new(j, json_string(default_path)) == 0;
    for (size_t i = 0; good && i < n; i++)
        good = json_array_append_new(
                   j, json_sprintf("%s=%s", list[i].key, list[i].value)) == 0;
    free(list);
    if (good && json_array_size(j))
        return put(to, "Env", j);
    json_decref(j);
    if (good)
        json_object_del(to, "Env");
    return good;
}

static bool put_config(json_t *to, const llbc__config *c,
                       const llb_state *state, const llbc__platform *p)
{
    return put_text(to, "User", llb_state_user(state)) &&
           put_keys(to, "ExposedPorts", &c->ports) && put_env(to, state, p) &&
           put_texts(to, "Entrypoint", &c->entrypoint) &&
           put_texts(to, "Cmd", &c->cmd) &&
           put_keys(to, "Volumes", &c->volumes) &&
           put_text(to, "WorkingDir", llb_state_dir(state)) &&
           put_labels(to, c) && put_text(to, "StopSignal", c->stop_signal) &&
           put_health(to, c) && put_texts(to, "OnBuild", &c->onbuild) &&
           put_texts(to, "Shell", &c->shell);
}

/* What the base says of itself stays, but for its layers: the exporter writes
 * those anew, and the time of the image with them. */
static json_t *start(const llbc__config *c)
{
    json_t *root =
        c->base ? json_loadb(c->base, c->base_len, 0, NULL) : json_object();

    if (!root)
        return NULL;
    json_object_del(root, "rootfs");
    json_object_del(root, "created");
    json_object_del(root, "id");
    json_object_del(root, "parent");
    json_object_del(root, "container");
    json_object_del(root, "container_config");
    json_object_del(root, "variant");
    json_object_del(root, "os.version");
    if (!c->keep_history)
        json_object_del(root, "history");
    if (!json_is_object(json_object_get(root, "config")) &&
        !put(root, "config", json_object())) {
        json_decref(root);
        return NULL;
    }
    return root;
}

const char *llbc__config_write(llb__arena *a, const llbc__config *c,
                               const llb_state *state, const llbc__platform *p,
                               size_t *ret_len)
{
    json_t *root = start(c);
    const char *copy = NULL;

    if (!root)
        return NULL;
    bool good =
        put_text(root, "architecture", p->arch) &&
        put_text(root, "os", p->os) &&
        (!*p->variant || put_text(root, "variant", p->variant)) &&
        (!*p->os_version || put_text(root, "os.version", p->os_version)) &&
        put_text(root, "author", c->author) &&
        put_config(json_object_get(root, "config"), c, state, p);
    char *s =
        good ? llbc__json_text(root, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    if (s) {
        *ret_len = strlen(s);
        copy = llb__arena_strndup(a, s, *ret_len);
    }
    free(s);
    json_decref(root);
    return copy;
}
