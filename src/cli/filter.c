/* The filter language is containerd's: KEY, KEY==VALUE, KEY!=VALUE and
 * KEY~=EXPRESSION, joined by commas. "until=DURATION" is ours, since other
 * tools have it; a daemon knows ages only beside its filters. */
#include "filter.h"

#include <ctype.h>
#include <string.h>

#include "amount.h"
#include "error.h"
#include "suggest.h"

static const char *const keys[] = {"id",    "parents", "description",
                                   "inuse", "mutable", "immutable",
                                   "type",  "shared",  "private"};

enum { N_KEYS = sizeof(keys) / sizeof(*keys) };

struct reader {
    const char *text, *p;
    llb_error *err;
};

static llb_status wrong(const struct reader *r, const char *what)
{
    return llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE,
                     "--filter %s: character %zu: %s", r->text,
                     (size_t)(r->p - r->text) + 1, what);
}

static llb_status unknown_key(const struct reader *r, size_t len)
{
    cmd__nearest near = cmd__nearest_to(r->p, len);

    for (size_t i = 0; i < N_KEYS; i++)
        cmd__nearest_offer(&near, keys[i]);
    return llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE,
                     "--filter %s: no key \"%.*s\"%s%s%s: there are id, "
                     "parents, description, inuse, mutable, immutable, type, "
                     "shared, private, and until=DURATION for an age",
                     r->text, (int)len, r->p,
                     near.best ? " (did you mean \"" : "",
                     near.best ? near.best : "", near.best ? "\"?)" : "");
}

static llb_status read_key(struct reader *r)
{
    size_t len = 0;

    while (isalnum((unsigned char)r->p[len]) || r->p[len] == '_' ||
           r->p[len] == '.')
        len++;
    if (len == 0)
        return wrong(r, "a key is missing");
    for (size_t i = 0; i < N_KEYS; i++) {
        if (strlen(keys[i]) == len && memcmp(keys[i], r->p, len) == 0) {
            r->p += len;
            return LLB_OK;
        }
    }
    return unknown_key(r, len);
}

/* A word, or text in double quotes. */
static llb_status read_value(struct reader *r)
{
    const char *start = r->p;

    if (*r->p != '"') {
        r->p += strcspn(r->p, ", \t\"");
        if (r->p == start)
            return wrong(r, "a value is missing");
        return LLB_OK;
    }
    for (r->p++; *r->p && *r->p != '"'; r->p++)
        if (*r->p == '\\' && r->p[1])
            r->p++;
    if (!*r->p)
        return wrong(r, "the quote is not closed");
    r->p++;
    return LLB_OK;
}

static llb_status read_selector(struct reader *r)
{
    llb_status st = read_key(r);

    if (st != LLB_OK || !*r->p || *r->p == ',')
        return st;
    if (strncmp(r->p, "==", 2) != 0 && strncmp(r->p, "!=", 2) != 0 &&
        strncmp(r->p, "~=", 2) != 0)
        return wrong(r, "one of ==, != and ~= is wanted here");
    r->p += 2;
    st = read_value(r);
    if (st == LLB_OK && *r->p && *r->p != ',')
        return wrong(r, "a comma is wanted here; quote a value with blanks");
    return st;
}

static llb_status check(const char *text, llb_error *err)
{
    struct reader r = {text, text, err};

    for (;;) {
        llb_status st = read_selector(&r);
        if (st != LLB_OK || !*r.p)
            return st;
        r.p++;
    }
}

static llb_status read_until(const char *text, cmd__filters *f, llb_error *err)
{
    const char *value = text + strlen("until=");

    if (*value == '=')
        value++;
    if (f->age_ns >= 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "--filter %s: until= is given twice", text);
    if (cmd__duration_parse(value, &f->age_ns))
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "--filter %s: \"%s\" is no duration, such as 24h, 1h30m "
                     "or 7d",
                     text, value);
}

llb_status cmd__filters_read(llb__arena *a, const cmd__list *l,
                             cmd__filters *ret, llb_error *err)
{
    llb_status st = LLB_OK;

    *ret = (cmd__filters){llb__arena_array(a, l->n + 1, sizeof(*ret->items)), 0,
                          -1};
    if (!ret->items)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < l->n && st == LLB_OK; i++) {
        if (strncmp(l->items[i], "until=", 6) == 0) {
            st = read_until(l->items[i], ret, err);
            continue;
        }
        st = check(l->items[i], err);
        ret->items[ret->n++] = l->items[i];
    }
    return st;
}
