#include "value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const llbc__ty llbc__ty_unknown = {LLBC__UNKNOWN, NULL};
const llbc__ty llbc__ty_string = {LLBC__STRING, NULL};
const llbc__ty llbc__ty_int = {LLBC__INT, NULL};
const llbc__ty llbc__ty_bool = {LLBC__BOOL, NULL};
const llbc__ty llbc__ty_platform = {LLBC__PLATFORM, NULL};
const llbc__ty llbc__ty_fs = {LLBC__FS, NULL};
const llbc__ty llbc__ty_mounts = {LLBC__MOUNTS, NULL};
const llbc__ty llbc__ty_strings = {LLBC__LIST, &llbc__ty_string};

static const struct {
    const char *name;
    const llbc__ty *type;
} simple[] = {
    {"string", &llbc__ty_string}, {"int", &llbc__ty_int},
    {"bool", &llbc__ty_bool},     {"platform", &llbc__ty_platform},
    {"fs", &llbc__ty_fs},         {"mounts", &llbc__ty_mounts},
};

enum { N_SIMPLE = sizeof(simple) / sizeof(simple[0]) };

const llbc__ty *llbc__ty_of(llb__arena *a, llbc__kind kind,
                            const llbc__ty *elem)
{
    llbc__ty *t = llb__arena_alloc(a, sizeof(*t));

    if (t)
        *t = (llbc__ty){kind, elem};
    return t;
}

bool llbc__ty_fits(const llbc__ty *from, const llbc__ty *to)
{
    for (; from && to; from = from->elem, to = to->elem) {
        if (from->kind == LLBC__UNKNOWN || to->kind == LLBC__UNKNOWN)
            return true;
        if (from->kind == LLBC__STRING && to->kind == LLBC__PLATFORM)
            return true;
        if (from->kind != to->kind)
            return false;
    }
    return true;
}

const llbc__ty *llbc__ty_join(const llbc__ty *a, const llbc__ty *b)
{
    if (a->kind == LLBC__UNKNOWN)
        return b;
    if (b->kind == LLBC__UNKNOWN)
        return a;
    if (a->kind != b->kind)
        return NULL;
    if (!a->elem)
        return a;
    const llbc__ty *elem = llbc__ty_join(a->elem, b->elem);
    return !elem ? NULL : elem == a->elem ? a : elem == b->elem ? b : NULL;
}

void llbc__ty_print(llb__buf *out, const llbc__ty *t)
{
    const llbc__ty *outer = t;
    size_t depth = 0;

    for (; t->elem; t = t->elem, depth++)
        llb__buf_addc(out, t->kind == LLBC__LIST ? '[' : '{');
    const char *name = "any";
    for (size_t i = 0; i < N_SIMPLE; i++) {
        if (simple[i].type->kind == t->kind)
            name = simple[i].name;
    }
    llb__buf_adds(out, name);
    /* The brackets close from inside out. */
    for (size_t i = depth; i-- > 0;) {
        const llbc__ty *at = outer;
        for (size_t k = 0; k < i; k++)
            at = at->elem;
        llb__buf_addc(out, at->kind == LLBC__LIST ? ']' : '}');
    }
}

const char *llbc__ty_text(llb__arena *a, const llbc__ty *t)
{
    llb__buf b = LLB__BUF_INIT;

    llbc__ty_print(&b, t);
    const char *text = b.failed ? NULL : llb__arena_strndup(a, b.data, b.len);
    llb__buf_clear(&b);
    return text ? text : "";
}

const llbc__ty *llbc__ty_parse(llb__arena *a, const char *text, size_t len)
{
    size_t depth = 0;

    /* From outside in to the name, then back out around it. */
    while (depth < len && (text[depth] == '[' || text[depth] == '{'))
        depth++;
    if (len < 2 * depth || depth > 16)
        return NULL;
    const char *name = text + depth;
    size_t name_len = len - 2 * depth;
    const llbc__ty *t = NULL;
    for (size_t i = 0; i < N_SIMPLE; i++) {
        if (strlen(simple[i].name) == name_len &&
            memcmp(simple[i].name, name, name_len) == 0)
            t = simple[i].type;
    }
    for (size_t i = depth; t && i-- > 0;) {
        bool list = text[i] == '[';
        if (text[len - 1 - i] != (list ? ']' : '}'))
            return NULL;
        t = llbc__ty_of(a, list ? LLBC__LIST : LLBC__MAP, t);
    }
    return t;
}

llbc__value llbc__no_value(void)
{
    return (llbc__value){.kind = LLBC__UNKNOWN};
}

llbc__value llbc__int_value(int64_t num)
{
    return (llbc__value){.kind = LLBC__INT, .u.num = num};
}

llbc__value llbc__bool_value(bool flag)
{
    return (llbc__value){.kind = LLBC__BOOL, .u.flag = flag};
}

llbc__value llbc__string_value(const char *str, size_t len)
{
    return (llbc__value){.kind = LLBC__STRING, .n = len, .u.str = str};
}

llbc__value llbc__text_value(const char *str)
{
    return llbc__string_value(str, strlen(str));
}

llbc__value llbc__list_value(const llbc__value *items, size_t n)
{
    return (llbc__value){.kind = LLBC__LIST, .n = n, .u.list = items};
}

llbc__value llbc__map_value(const llbc__entry *entries, size_t n)
{
    return (llbc__value){.kind = LLBC__MAP, .n = n, .u.map = entries};
}

llbc__value llbc__platform_value(const llbc__platform *p)
{
    return (llbc__value){.kind = LLBC__PLATFORM, .u.platform = p};
}

const llbc__value *llbc__map_find(llbc__value map, const char *key)
{
    for (size_t i = 0; i < map.n; i++) {
        if (strcmp(map.u.map[i].key, key) == 0)
            return &map.u.map[i].value;
    }
    return NULL;
}

static bool lists_equal(llbc__value a, llbc__value b)
{
    for (size_t i = 0; i < a.n; i++) {
        if (!llbc__value_equal(a.u.list[i], b.u.list[i]))
            return false;
    }
    return true;
}

/* The order of keys does not matter to equality. */
static bool maps_equal(llbc__value a, llbc__value b)
{
    for (size_t i = 0; i < a.n; i++) {
        const llbc__value *v = llbc__map_find(b, a.u.map[i].key);

        if (!v || !llbc__value_equal(a.u.map[i].value, *v))
            return false;
    }
    return true;
}

bool llbc__value_equal(llbc__value a, llbc__value b)
{
    if (a.kind != b.kind || a.n != b.n)
        return false;
    switch (a.kind) {
    case LLBC__UNKNOWN:
        return false;
    case LLBC__STRING:
        return memcmp(a.u.str, b.u.str, a.n) == 0;
    case LLBC__INT:
        return a.u.num == b.u.num;
    case LLBC__BOOL:
        return a.u.flag == b.u.flag;
    case LLBC__PLATFORM:
        return strcmp(a.u.platform->text, b.u.platform->text) == 0;
    case LLBC__FS:
        return a.u.fs == b.u.fs;
    case LLBC__MOUNTS:
        return a.u.mounts == b.u.mounts;
    case LLBC__LIST:
        return lists_equal(a, b);
    case LLBC__MAP:
        return maps_equal(a, b);
    }
    return false;
}

size_t llbc__value_weight(llbc__value v, size_t limit)
{
    size_t sum = sizeof(v);

    if (v.kind == LLBC__STRING)
        return sum + v.n;
    for (size_t i = 0; v.kind == LLBC__LIST && i < v.n && sum <= limit; i++)
        sum += llbc__value_weight(v.u.list[i], limit - sum);
    /* A key is found by looking at those in front of it. */
    for (size_t i = 0; v.kind == LLBC__MAP && i < v.n && sum <= limit; i++)
        sum += v.n + llbc__value_weight(v.u.map[i].value, limit - sum);
    return sum;
}

int llbc__value_order(llbc__value a, llbc__value b)
{
    if (a.kind == LLBC__INT)
        return (a.u.num > b.u.num) - (a.u.num < b.u.num);
    size_t n = a.n < b.n ? a.n : b.n;
    int order = memcmp(a.u.str, b.u.str, n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

const char *llbc__value_text(llb__arena *a, llbc__value v, size_t *ret_len)
{
    const char *text = "";

    if (v.kind == LLBC__STRING) {
        *ret_len = v.n;
        return v.u.str;
    }
    if (v.kind == LLBC__INT)
        text = llb__arena_printf(a, "%" PRId64, v.u.num);
    else if (v.kind == LLBC__BOOL)
        text = v.u.flag ? "true" : "false";
    else if (v.kind == LLBC__PLATFORM)
        text = v.u.platform->text;
    *ret_len = text ? strlen(text) : 0;
    return text;
}
