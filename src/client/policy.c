/* Source policies from JSON. */
#include "policy.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "error.h"
#include "request.h"

typedef Bk__Policy__Policy policy;
typedef Bk__Policy__Rule rule;
typedef Bk__Policy__Selector selector;
typedef Bk__Policy__AttrConstraint constraint;
typedef Bk__Policy__Update update;

BK__SAME_LAYOUT(Bk__Policy__Update__AttrsEntry);

struct reader {
    llb__arena *a;
    llb_error *err;
    char at[64]; /* "rules[3].selector" */
};

static llb_status fail(struct reader *r, const char *what, const char *name)
{
    return llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE,
                     "source policy: %s%s%s \"%.100s\"", r->at,
                     *r->at ? ": " : "", what, name);
}

/* Every member is one of names (NULL at the end). */
static llb_status check_object(struct reader *r, json_t *o,
                               const char *const *names)
{
    const char *key;
    json_t *value;

    if (!json_is_object(o))
        return fail(r, "this is", "no object");
    json_object_foreach(o, key, value)
    {
        const char *const *n = names;
        while (*n && strcasecmp(*n, key) != 0)
            n++;
        if (!*n)
            return fail(r, "there is no", key);
    }
    return LLB_OK;
}

static json_t *member(json_t *o, const char *name)
{
    const char *key;
    json_t *value;

    json_object_foreach(o, key, value)
    {
        if (strcasecmp(key, name) == 0)
            return value;
    }
    return NULL;
}

/* A string; absent is "". */
static llb_status read_text(struct reader *r, json_t *o, const char *name,
                            char **ret)
{
    json_t *v = member(o, name);

    if (!v)
        return LLB_OK; /* protobuf-c's own empty string */
    if (!json_is_string(v))
        return fail(r, "this is no text:", name);
    *ret = llb__arena_strdup(r->a, json_string_value(v));
    return *ret ? LLB_OK : llb__fail_nomem(r->err);
}

/* An enum by its name or number; absent is 0. */
static llb_status read_enum(struct reader *r, json_t *o, const char *name,
                            const ProtobufCEnumDescriptor *d, int *ret)
{
    json_t *v = member(o, name);
    char upper[32];
    size_t len = 0;

    *ret = 0;
    if (!v)
        return LLB_OK;
    if (json_is_integer(v)) {
        json_int_t n = json_integer_value(v);
        *ret = (int)n;
        if (n >= 0 && n < 100 && protobuf_c_enum_descriptor_get_value(d, *ret))
            return LLB_OK;
        return fail(r, "there is no such number of", name);
    }
    if (!json_is_string(v))
        return fail(r, "this is neither a name nor a number:", name);
    for (const char *s = json_string_value(v); *s && len < sizeof upper - 1;
         s++)
        upper[len++] = (char)(*s >= 'a' && *s <= 'z' ? *s - 32 : *s);
    upper[len] = '\0';
    const ProtobufCEnumValue *e =
        protobuf_c_enum_descriptor_get_value_by_name(d, upper);
    if (!e)
        return fail(r, name, json_string_value(v));
    *ret = e->value;
    return LLB_OK;
}

static llb_status read_constraint(struct reader *r, json_t *o, constraint *c)
{
    static const char *const names[] = {"key", "value", "condition", NULL};
    int condition;
    llb_status st = check_object(r, o, names);

    bk__policy__attr_constraint__init(c);
    if (st == LLB_OK)
        st = read_text(r, o, "key", &c->key);
    if (st == LLB_OK)
        st = read_text(r, o, "value", &c->value);
    if (st == LLB_OK)
        st = read_enum(r, o, "condition", &bk__policy__attr_match__descriptor,
                       &condition);
    if (st == LLB_OK)
        c->condition = (Bk__Policy__AttrMatch)condition;
    return st;
}

static llb_status read_constraints(struct reader *r, json_t *list, selector *s)
{
    size_t n = json_array_size(list);

    if (list && !json_is_array(list))
        return fail(r, "this is no list:", "constraints");
    constraint *all = llb__arena_array(r->a, n + 1, sizeof *all);
    llb_status st = LLB_OK;

    s->constraints = llb__arena_array(r->a, n + 1, sizeof *s->constraints);
    if (!all || !s->constraints)
        return llb__fail_nomem(r->err);
    for (size_t i = 0; i < n && st == LLB_OK; i++) {
        st = read_constraint(r, json_array_get(list, i), &all[i]);
        s->constraints[i] = &all[i];
    }
    s->n_constraints = n;
    return st;
}

static llb_status read_selector(struct reader *r, json_t *o, rule *to)
{
    static const char *const names[] = {"identifier", "match_type",
                                        "constraints", NULL};
    int match;
    selector *s = llb__arena_alloc(r->a, sizeof *s);
    llb_status st = s ? check_object(r, o, names) : llb__fail_nomem(r->err);

    if (st != LLB_OK)
        return st;
    bk__policy__selector__init(s);
    st = read_text(r, o, "identifier", &s->identifier);
    if (st == LLB_OK && !*s->identifier)
        st = fail(r, "it lacks", "identifier");
    if (st == LLB_OK)
        st = read_enum(r, o, "match_type", &bk__policy__match_type__descriptor,
                       &match);
    if (st == LLB_OK)
        st = read_constraints(r, member(o, "constraints"), s);
    if (st != LLB_OK)
        return st;
    s->match_type = (Bk__Policy__MatchType)match;
    to->selector = s;
    return LLB_OK;
}

static llb_status read_attrs(struct reader *r, json_t *o, update *u)
{
    size_t n = json_object_size(o), i = 0;
    bk_pair *pairs = llb__arena_array(r->a, n + 1, sizeof *pairs);
    const char *key;
    json_t *value;
    void *attrs = NULL;

    if (!pairs)
        return llb__fail_nomem(r->err);
    if (o && !json_is_object(o))
        return fail(r, "this is no object:", "attrs");
    json_object_foreach(o, key, value)
    {
        if (!json_is_string(value))
            return fail(r, "this is no text:", key);
        pairs[i].key = llb__arena_strdup(r->a, key);
        pairs[i].value = llb__arena_strdup(r->a, json_string_value(value));
        if (!pairs[i].key || !pairs[i++].value)
            return llb__fail_nomem(r->err);
    }
    llb_status st =
        bk__fill_map(r->a, &bk__policy__update__attrs_entry__descriptor, pairs,
                     n, &attrs, r->err);
    u->attrs = attrs;
    u->n_attrs = n;
    return st;
}

static llb_status read_update(struct reader *r, json_t *o, rule *to)
{
    static const char *const names[] = {"identifier", "attrs", NULL};
    update *u = llb__arena_alloc(r->a, sizeof *u);
    llb_status st = u ? check_object(r, o, names) : llb__fail_nomem(r->err);

    if (st != LLB_OK)
        return st;
    bk__policy__update__init(u);
    st = read_text(r, o, "identifier", &u->identifier);
    if (st == LLB_OK)
        st = read_attrs(r, member(o, "attrs"), u);
    if (st == LLB_OK)
        to->updates = u;
    return st;
}

static llb_status read_rule(struct reader *r, json_t *o, size_t i, rule *to)
{
    static const char *const names[] = {"action", "selector", "updates", NULL};
    int action;
    json_t *updates;

    bk__policy__rule__init(to);
    snprintf(r->at, sizeof r->at, "rules[%zu]", i);
    llb_status st = check_object(r, o, names);
    if (st == LLB_OK)
        st = read_enum(r, o, "action", &bk__policy__policy_action__descriptor,
                       &action);
    if (st != LLB_OK)
        return st;
    to->action = (Bk__Policy__PolicyAction)action;
    snprintf(r->at, sizeof r->at, "rules[%zu].selector", i);
    st = read_selector(r, member(o, "selector"), to);
    snprintf(r->at, sizeof r->at, "rules[%zu].updates", i);
    updates = member(o, "updates");
    if (st == LLB_OK && updates)
        st = read_update(r, updates, to);
    return st;
}

static llb_status read_rules(struct reader *r, json_t *top, policy *p)
{
    static const char *const names[] = {"version", "rules", NULL};
    llb_status st = check_object(r, top, names);

    if (st != LLB_OK)
        return st;
    json_t *list = member(top, "rules"), *version = member(top, "version");
    size_t n = json_array_size(list);
    rule *all = llb__arena_array(r->a, n + 1, sizeof *all);
    p->rules = llb__arena_array(r->a, n + 1, sizeof *p->rules);
    if (!all || !p->rules)
        return llb__fail_nomem(r->err);
    if (!json_is_array(list))
        return fail(r, "there is no list of", "rules");
    if (version && !json_is_integer(version))
        return fail(r, "this is no number:", "version");
    p->version = json_integer_value(version);
    for (size_t i = 0; i < n && st == LLB_OK; i++) {
        st = read_rule(r, json_array_get(list, i), i, &all[i]);
        p->rules[i] = &all[i];
    }
    p->n_rules = n;
    return st;
}

llb_status bk__policy_read(llb__arena *a, const char *json,
                           Bk__Policy__Policy **ret, llb_error *err)
{
    struct reader r = {.a = a, .err = err};
    json_error_t e;
    policy *p = llb__arena_alloc(a, sizeof *p);

    if (!p)
        return llb__fail_nomem(err);
    bk__policy__policy__init(p);
    json_t *top = json_loads(json, JSON_REJECT_DUPLICATES, &e);
    if (!top)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "source policy: line %d is no JSON: %s", e.line,
                         e.text);
    llb_status st = read_rules(&r, top, p);
    json_decref(top);
    if (st == LLB_OK)
        *ret = p;
    return st;
}
