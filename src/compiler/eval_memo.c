/* Calls of defs are pure, so an equal call has an equal value: it is evaluated
 * once. That keeps programs that call each other from many places linear, and
 * gives an operation one place rather than one for each call that made it. */
#include "eval.h"

#include <string.h>

struct llbc__memo {
    struct llbc__memo *next; /* of the same slot */
    const llbc__global *def;
    const llbc__platform *platform;
    uint64_t hash;
    const llbc__actuals *args;
    llbc__value value;
};

/* Equal also in the order of keys, which a loop over a map would show. */
static bool same(llbc__value a, llbc__value b)
{
    if (a.kind != b.kind || a.n != b.n)
        return false;
    if (a.kind == LLBC__LIST) {
        for (size_t i = 0; i < a.n; i++) {
            if (!same(a.u.list[i], b.u.list[i]))
                return false;
        }
        return true;
    }
    if (a.kind != LLBC__MAP)
        return llbc__value_equal(a, b);
    for (size_t i = 0; i < a.n; i++) {
        if (strcmp(a.u.map[i].key, b.u.map[i].key) != 0 ||
            !same(a.u.map[i].value, b.u.map[i].value))
            return false;
    }
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
    return (hash ^ more) * 0x100000001b3u;
}

static uint64_t hash_bytes(uint64_t hash, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = mix(hash, (unsigned char)s[i]);
    return hash;
}

static uint64_t hash_value(uint64_t hash, llbc__value v)
{
    hash = mix(mix(hash, v.kind), v.n);
    switch (v.kind) {
    case LLBC__UNKNOWN:
        return hash;
    case LLBC__STRING:
        return hash_bytes(hash, v.u.str, v.n);
    case LLBC__INT:
        return mix(hash, (uint64_t)v.u.num);
    case LLBC__BOOL:
        return mix(hash, v.u.flag);
    case LLBC__PLATFORM:
        return hash_bytes(hash, v.u.platform->text, strlen(v.u.platform->text));
    case LLBC__FS:
        return mix(hash, (uintptr_t)v.u.fs);
    case LLBC__MOUNTS:
        return hash;
    case LLBC__LIST:
        for (size_t i = 0; i < v.n; i++)
            hash = hash_value(hash, v.u.list[i]);
        return hash;
    case LLBC__MAP:
        for (size_t i = 0; i < v.n; i++) {
            hash = hash_bytes(hash, v.u.map[i].key, strlen(v.u.map[i].key));
            hash = hash_value(hash, v.u.map[i].value);
        }
        return hash;
    }
    return hash;
}

static bool same_args(const llbc__actuals *a, const llbc__actuals *b)
{
    for (size_t i = 0; i < a->sig->n_formals; i++) {
        if (a->formals[i].given != b->formals[i].given)
            return false;
        bool known = llbc__known(a->formals[i].value) ||
                     llbc__known(b->formals[i].value);
        if (known && !same(a->formals[i].value, b->formals[i].value))
            return false;
    }
    return true;
}

static uint64_t hash_call(const llbc__global *def, const llbc__platform *p,
                          const llbc__actuals *a)
{
    uint64_t hash = mix(0xcbf29ce484222325u, def->index);

    hash = hash_bytes(hash, p->text, strlen(p->text));
    for (size_t i = 0; i < a->sig->n_formals; i++)
        hash = hash_value(hash, a->formals[i].value);
    return hash;
}

llbc__value *llbc__eval_memo(llbc__eval *e, const llbc__global *def,
                             const llbc__platform *platform,
                             const llbc__actuals *a, bool *ret_known)
{
    uint64_t hash = hash_call(def, platform, a);

    *ret_known = false;
    if (!e->memo) {
        e->memo = llbc__eval_alloc(e, LLBC__MEMO_SLOTS, sizeof(*e->memo));
        if (!e->memo)
            return NULL;
    }
    llbc__memo **slot = &e->memo[hash % LLBC__MEMO_SLOTS];
    for (llbc__memo *m = *slot; m; m = m->next) {
        if (m->hash == hash && m->def == def &&
            strcmp(m->platform->text, platform->text) == 0 &&
            same_args(m->args, a)) {
            *ret_known = true;
            return &m->value;
        }
    }
    llbc__memo *m = llbc__eval_alloc(e, 1, sizeof(*m));
    if (!m)
        return NULL;
    *m = (llbc__memo){*slot, def, platform, hash, a, llbc__no_value()};
    *slot = m;
    return &m->value;
}
