/* The lock file: JSON objects of entries, written with one entry a line. */
#include <llb/lock.h>

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"
#include "json.h"

#define MAX_LOCK ((size_t)64 << 20)

enum { N_KINDS = 5, VERSION = 1 };

/* Members of the file, and of an entry of each kind. */
static const struct {
    const char *section, *value;
} kinds[N_KINDS] = {{"images", "digest"},
                    {"git", "commit"},
                    {"http", "checksum"},
                    {"modules", "file"},
                    {"frontends", "result"}};

struct llbc_lock {
    json_t *entries[N_KINDS]; /* name -> {value[, config]} */
    char *build_platform;
    /* Configs as text, made when they are asked for, by name. */
    json_t *texts;
    /* Names in order, made when the first one is asked for; NULL: not yet. */
    const char **sorted[N_KINDS];
};

llbc_lock *llbc_lock_new(void)
{
    llbc_lock *l = calloc(1, sizeof(*l));
    bool good = l && (l->texts = json_object()) != NULL;

    for (int i = 0; good && i < N_KINDS; i++)
        good = (l->entries[i] = json_object()) != NULL;
    if (good)
        return l;
    llbc_lock_free(l);
    return NULL;
}

void llbc_lock_free(llbc_lock *l)
{
    if (!l)
        return;
    for (int i = 0; i < N_KINDS; i++) {
        json_decref(l->entries[i]);
        free(l->sorted[i]);
    }
    json_decref(l->texts);
    free(l->build_platform);
    free(l);
}

/* --- entries -------------------------------------------------------- */

static bool is_hex(const char *s, size_t n)
{
    return strspn(s, "0123456789abcdef") == n && !s[n];
}

/* Whether a value is one of its kind. */
static bool is_value(llbc_lock_kind kind, const char *value)
{
    if (kind == LLBC_LOCK_GIT)
        return is_hex(value, 40) || is_hex(value, 64);
    return strncmp(value, "sha256:", 7) == 0 && is_hex(value + 7, 64);
}

static const char *no_value(llbc_lock_kind kind)
{
    return kind == LLBC_LOCK_GIT ? "it has no commit"
                                 : "it has no sha256 digest";
}

static llb_status wrong(llb_error *err, llbc_lock_kind kind, const char *name,
                        const char *why)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "entry \"%s\" of \"%s\": %s", name, kinds[kind].section,
                     why);
}

/* An entry as the file has it; nothing else may be in it. */
static llb_status check_entry(llbc_lock_kind kind, const char *name,
                              const json_t *e, llb_error *err)
{
    const char *value =
        json_string_value(json_object_get(e, kinds[kind].value));
    const json_t *config = json_object_get(e, "config");
    size_t n = json_object_size(e);

    if (!value || !is_value(kind, value))
        return wrong(err, kind, name, no_value(kind));
    if (kind == LLBC_LOCK_IMAGE && !strchr(name, ' '))
        return wrong(err, kind, name, "it names no platform");
    if (kind == LLBC_LOCK_IMAGE && config && !json_is_object(config))
        return wrong(err, kind, name, "its config is no object");
    if (n != (size_t)(kind == LLBC_LOCK_IMAGE && config ? 2 : 1))
        return wrong(err, kind, name, "it has a member that is not known");
    return LLB_OK;
}

llb_status llbc_lock_set(llbc_lock *l, llbc_lock_kind kind, const char *name,
                         const char *value, const char *config, llb_error *err)
{
    json_t *c = NULL;

    if (!is_value(kind, value))
        return wrong(err, kind, name, no_value(kind));
    json_t *e = json_pack("{s:s}", kinds[kind].value, value);
    if (!e)
        return llb__fail_nomem(err);
    if (config) {
        c = json_loads(config, JSON_REJECT_DUPLICATES, NULL);
        if (!c) {
            json_decref(e);
            return wrong(err, kind, name, "its config is no JSON");
        }
    }
    if (c && json_object_set_new(e, "config", c) < 0) {
        json_decref(e);
        return llb__fail_nomem(err);
    }
    llb_status st = check_entry(kind, name, e, err);
    if (st != LLB_OK) {
        json_decref(e);
        return st;
    }
    json_object_del(l->texts, name);
    free(l->sorted[kind]);
    l->sorted[kind] = NULL;
    return json_object_set_new(l->entries[kind], name, e) < 0
               ? llb__fail_nomem(err)
               : LLB_OK;
}

/* The config of an image as text that lives as long as the lock. */
static const char *config_text(const llbc_lock *l, const char *name,
                               const json_t *config)
{
    const char *kept = json_string_value(json_object_get(l->texts, name));

    if (kept || !config)
        return kept;
    char *text = llbc__json_text(config, JSON_COMPACT | JSON_SORT_KEYS);
    json_t *copy = text ? json_string(text) : NULL;
    free(text);
    if (!copy || json_object_set_new(l->texts, name, copy) < 0)
        return NULL;
    return json_string_value(copy);
}

static llbc_lock_entry entry_of(const llbc_lock *l, llbc_lock_kind kind,
                                const char *name, const json_t *e)
{
    return (llbc_lock_entry){
        name, json_string_value(json_object_get(e, kinds[kind].value)),
        config_text(l, name, json_object_get(e, "config"))};
}

bool llbc_lock_find(const llbc_lock *l, llbc_lock_kind kind, const char *name,
                    llbc_lock_entry *ret_entry)
{
    const json_t *e = json_object_get(l->entries[kind], name);

    if (e)
        *ret_entry = entry_of(l, kind, name, e);
    return e != NULL;
}

size_t llbc_lock_count(const llbc_lock *l, llbc_lock_kind kind)
{
    return json_object_size(l->entries[kind]);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the entries in order, freed by the caller; NULL: no memory. */
static const char **sorted_names(json_t *entries)
{
    const char **names = calloc(json_object_size(entries) + 1, sizeof(*names));
    const char *name;
    json_t *e;
    size_t n = 0;

    if (!names)
        return NULL;
    json_object_foreach(entries, name, e) names[n++] = name;
    qsort(names, n, sizeof(*names), by_bytes);
    return names;
}

llbc_lock_entry llbc_lock_at(const llbc_lock *l, llbc_lock_kind kind, size_t i)
{
    llbc_lock *mut = (llbc_lock *)l; /* the order is no part of what it says */
    llbc_lock_entry e = {NULL, NULL, NULL};

    if (!mut->sorted[kind])
        mut->sorted[kind] = sorted_names(l->entries[kind]);
    if (mut->sorted[kind]) {
        const char *name = mut->sorted[kind][i];
        e = entry_of(l, kind, name, json_object_get(l->entries[kind], name));
    }
    return e;
}

const char *llbc_lock_build_platform(const llbc_lock *l)
{
    return l->build_platform;
}

llb_status llbc_lock_set_build_platform(llbc_lock *l, const char *platform,
                                        llb_error *err)
{
    char *copy = strdup(platform);

    if (!copy)
        return llb__fail_nomem(err);
    free(l->build_platform);
    l->build_platform = copy;
    return LLB_OK;
}

/* --- reading -------------------------------------------------------- */

static llb_status read_section(llbc_lock *l, llbc_lock_kind kind,
                               json_t *section, llb_error *err)
{
    llb_status st = LLB_OK;
    const char *name;
    json_t *e;

    if (!json_is_object(section))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "\"%s\" is no object",
                         kinds[kind].section);
    json_object_foreach(section, name, e)
    {
        if (st == LLB_OK)
            st = check_entry(kind, name, e, err);
        if (st == LLB_OK && json_object_set(l->entries[kind], name, e) < 0)
            st = llb__fail_nomem(err);
    }
    return st;
}

static llb_status read_member(llbc_lock *l, const char *key, json_t *value,
                              llb_error *err)
{
    for (int i = 0; i < N_KINDS; i++) {
        if (strcmp(key, kinds[i].section) == 0)
            return read_section(l, (llbc_lock_kind)i, value, err);
    }
    if (strcmp(key, "version") == 0)
        return json_integer_value(value) == VERSION
                   ? LLB_OK
                   : llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                               "it is of another version than %d; make it "
                               "anew with llb lock",
                               VERSION);
    if (strcmp(key, "build_platform") == 0 && json_is_string(value))
        return llbc_lock_set_build_platform(l, json_string_value(value), err);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "a lock file has no member \"%s\"", key);
}

llb_status llbc_lock_parse(const char *text, size_t len, llbc_lock **ret_lock,
                           llb_error *err)
{
    json_error_t why;
    bool nomem;
    llb_status st = LLB_OK;
    const char *key;
    json_t *value;

    if (len > MAX_LOCK)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "a lock file of more than %zu MiB", MAX_LOCK >> 20);
    json_t *root =
        llbc__json_parse(text, len, JSON_REJECT_DUPLICATES, &why, &nomem);
    if (!root && nomem)
        return llb__fail_nomem(err);
    if (!root)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "no lock file, or one that was cut: line %d: %s",
                         why.line, why.text);
    llbc_lock *l = llbc_lock_new();
    if (!l)
        st = llb__fail_nomem(err);
    else if (!json_is_object(root))
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "no lock file: it is no object");
    else if (!json_object_get(root, "version"))
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "no lock file: it says no version");
    json_object_foreach(root, key, value)
    {
        if (st == LLB_OK)
            st = read_member(l, key, value, err);
    }
    json_decref(root);
    if (st == LLB_OK)
        *ret_lock = l;
    else
        llbc_lock_free(l);
    return st;
}

/* --- writing -------------------------------------------------------- */

static void add_json(llb__buf *b, const json_t *value)
{
    llbc__json_add(b, value, JSON_COMPACT | JSON_SORT_KEYS);
}

static void add_text(llb__buf *b, const char *s)
{
    json_t *text = json_string(s);

    add_json(b, text);
    json_decref(text);
}

static void add_section(llb__buf *b, const llbc_lock *l, int kind)
{
    const char **names = sorted_names(l->entries[kind]);

    llb__buf_printf(b, ",\n \"%s\": {", kinds[kind].section);
    for (size_t i = 0; names && names[i]; i++) {
        llb__buf_adds(b, i ? ",\n  " : "\n  ");
        add_text(b, names[i]);
        llb__buf_adds(b, ": ");
        add_json(b, json_object_get(l->entries[kind], names[i]));
    }
    llb__buf_adds(b, "}");
    b->failed = b->failed || !names;
    free(names);
}

llb_status llbc_lock_write(const llbc_lock *l, char **ret_text, size_t *ret_len,
                           llb_error *err)
{
    llb__buf b = LLB__BUF_INIT;

    llb__buf_printf(&b, "{\"version\": %d", VERSION);
    if (l->build_platform) {
        llb__buf_adds(&b, ",\n \"build_platform\": ");
        add_text(&b, l->build_platform);
    }
    for (int i = 0; i < N_KINDS; i++) {
        if (json_object_size(l->entries[i]))
            add_section(&b, l, i);
    }
    llb__buf_adds(&b, "}\n");
    size_t len;
    *ret_text = llb__buf_take(&b, &len);
    if (!*ret_text)
        return llb__fail_nomem(err);
    if (ret_len)
        *ret_len = len;
    return LLB_OK;
}
