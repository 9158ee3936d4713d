/* The environment: a list that states share, with the newest variable first.
 * Setting a variable again hides the older cell. When more cells may be hidden
 * than not, the list is packed into a new one, so that its length stays in
 * proportion to the variables that there are. */
#include "state_int.h"

#include <stdlib.h>

#include <xxhash.h>

/* Open addressing over cells, keyed by the variable's name. */
struct seen {
    const llb__env **slots;
    size_t mask;
};

static bool seen_init(struct seen *t, size_t n)
{
    size_t cap = 16;

    while (cap < 2 * n)
        cap *= 2;
    t->mask = cap - 1;
    t->slots = calloc(cap, sizeof(llb__env *));
    return t->slots != NULL;
}

static bool same_key(const llb__env *a, const char *key, size_t key_len)
{
    return a->key_len == key_len && memcmp(a->text, key, key_len) == 0;
}

/* Whether a newer cell has that key; remembers env if not. */
static bool is_hidden(struct seen *t, const llb__env *env)
{
    size_t i = XXH3_64bits(env->text, env->key_len) & t->mask;

    while (t->slots[i]) {
        if (same_key(t->slots[i], env->text, env->key_len))
            return true;
        i = (i + 1) & t->mask;
    }
    t->slots[i] = env;
    return false;
}

/* The same for a short list, without a table. */
static bool is_hidden_few(const llb__env *newest, const llb__env *env)
{
    for (const llb__env *e = newest; e != env; e = e->prev)
        if (same_key(e, env->text, env->key_len))
            return true;
    return false;
}

const llb__env **llb__env_list(const llb__env *env,
                               const llb__env *few[LLB__ENV_FEW], size_t *ret_n)
{
    struct seen t = {NULL, 0};
    size_t n = 0;

    *ret_n = 0;
    if (!env)
        return NULL;
    const llb__env **list = few;
    if (env->n_cells > LLB__ENV_FEW) {
        list = malloc(env->n_cells * sizeof *list);
        if (!list || !seen_init(&t, env->n_cells)) {
            free(list);
            *ret_n = 1;
            return NULL;
        }
    }
    for (const llb__env *e = env; e; e = e->prev) {
        bool hidden = t.slots ? is_hidden(&t, e) : is_hidden_few(env, e);
        if (!hidden && e->len != UINT32_MAX)
            list[n++] = e;
    }
    free(t.slots);
    if (n == 0) {
        llb__env_list_free(list, few);
        return NULL;
    }
    *ret_n = n;
    return list;
}

const llb__env *llb__env_find(const llb__env *env, const char *key,
                              size_t key_len)
{
    for (; env; env = env->prev)
        if (same_key(env, key, key_len))
            return env->len == UINT32_MAX ? NULL : env;
    return NULL;
}

static llb__env *cell_new(llb__call *c, const llb__env *prev, const char *key,
                          size_t key_len, const char *value)
{
    size_t value_len = value ? strlen(value) : 0;

    if (key_len >= UINT32_MAX / 4 || value_len >= UINT32_MAX / 4) {
        llb__call_fail(c, LLB_ELIMIT, "a variable of %zu bytes",
                       key_len + value_len);
        return NULL;
    }
    size_t size = sizeof(llb__env) + 2 * key_len + value_len + 3;
    llb__env *e = c->error ? NULL : llb__arena_raw(c->g->arena, size);
    if (!e) {
        llb__call_nomem(c);
        return NULL;
    }
    e->prev = prev;
    e->n_cells = 1 + (prev ? prev->n_cells : 0);
    e->n_packed = prev ? prev->n_packed : 0;
    e->key_len = (uint32_t)key_len;
    e->len = value ? (uint32_t)(key_len + 1 + value_len) : UINT32_MAX;
    memcpy(e->text, key, key_len);
    e->text[key_len] = '=';
    char *end = e->text + key_len + 1 + value_len;
    if (value_len)
        memcpy(end - value_len, value, value_len);
    *end++ = '\0';
    memcpy(end, key, key_len);
    end[key_len] = '\0';
    return e;
}

/* The same variables in a list without hidden cells. */
static bool pack(llb__call *c, const llb__env **env)
{
    size_t n;
    const llb__env *few[LLB__ENV_FEW];
    const llb__env **list = llb__env_list(*env, few, &n);
    llb__env *packed = NULL;

    if (!list && n) {
        llb__call_nomem(c);
        return false;
    }
    for (size_t i = n; i-- > 0 && !c->error;) {
        const llb__env *e = list[i];
        packed =
            cell_new(c, packed, e->text, e->key_len, e->text + e->key_len + 1);
    }
    llb__env_list_free(list, few);
    if (c->error)
        return false;
    if (packed)
        packed->n_packed = packed->n_cells;
    *env = packed;
    return true;
}

const llb__env *llb__env_add(llb__call *c, const llb__env *env, const char *key,
                             size_t key_len, const char *value)
{
    if (env && env->n_cells > 2 * env->n_packed + LLB__ENV_FEW &&
        !pack(c, &env))
        return NULL;
    return cell_new(c, env, key, key_len, value);
}

const char *llb_state_env(const llb_state *s, const char *key)
{
    const llb__env *e;

    if (!s || s->error || !key)
        return NULL;
    e = llb__env_find(s->values->env, key, strlen(key));
    return e ? e->text + e->key_len + 1 : NULL;
}

size_t llb_state_n_env(const llb_state *s)
{
    const llb__env *few[LLB__ENV_FEW];
    size_t n = 0;

    if (!s || s->error)
        return 0;
    const llb__env **list = llb__env_list(s->values->env, few, &n);
    if (!list)
        return 0;
    llb__env_list_free(list, few);
    return n;
}

llb_pair llb_state_env_at(const llb_state *s, size_t i)
{
    const llb__env *few[LLB__ENV_FEW];
    llb_pair pair = {NULL, NULL};
    size_t n = 0;

    if (!s || s->error)
        return pair;
    const llb__env **list = llb__env_list(s->values->env, few, &n);
    if (list && i < n) {
        const llb__env *e = list[n - 1 - i];
        pair.value = e->text + e->key_len + 1;
        pair.key = e->text + e->len + 1;
    }
    llb__env_list_free(list, few);
    return pair;
}

llb_status llb_state_env_list(const llb_state *s, llb_pair **ret_list,
                              size_t *ret_n)
{
    const llb__env *few[LLB__ENV_FEW];
    size_t n = 0;

    if (!ret_list || !ret_n)
        return LLB_EINVAL;
    const llb__env **cells =
        s && !s->error ? llb__env_list(s->values->env, few, &n) : NULL;
    llb_pair *list = n && !cells ? NULL : malloc((n + 1) * sizeof *list);

    if (!list) {
        llb__env_list_free(cells, few);
        return LLB_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const llb__env *e = cells[n - 1 - i];
        list[i].value = e->text + e->key_len + 1;
        list[i].key = e->text + e->len + 1;
    }
    llb__env_list_free(cells, few);
    *ret_list = list;
    *ret_n = n;
    return LLB_OK;
}
