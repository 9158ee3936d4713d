/* What all of evaluation rests on: bounds, memory, names. */
#include "eval.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void llbc__eval_stop(llbc__eval *e) { e->stopped = true; }

void llbc__eval_nomem(llbc__eval *e)
{
    if (!e->stopped) {
        if (llb__arena_used(e->arena) > LLBC__MAX_EVAL_MEMORY / 2) {
            llbc__eval_way(
                e, llbc__report(e->diags, LLBC__E_TOO_LARGE,
                                e->frame ? e->frame->stmt : (llb_span){0, 0, 0},
                                "evaluating the file takes more than 1 GiB"));
        } else {
            llbc__diags_nomem(e->diags);
            e->status = LLB_ENOMEM;
        }
    }
    e->stopped = true;
}

bool llbc__eval_step(llbc__eval *e, llb_span at)
{
    if (e->stopped)
        return false;
    if (++e->n_steps <= LLBC__MAX_STEPS)
        return true;
    llbc__eval_way(e, llbc__report(e->diags, LLBC__E_STEPS, at,
                                   "evaluating the file takes more than %d "
                                   "steps",
                                   LLBC__MAX_STEPS));
    llbc__eval_stop(e);
    return false;
}

void llbc__eval_way(llbc__eval *e, llbc__note *n)
{
    const llbc__loop *loop = e->loop;
    int left = 4;

    for (const llbc__frame *f = e->frame; f && left-- > 0; f = f->caller) {
        for (; loop && loop->frame == f; loop = loop->outer)
            llbc__related(n, loop->in, "in element %zu of %zu of this loop",
                          loop->i + 1, loop->n);
        if (f->caller)
            llbc__related(n, f->call_at, "called here");
    }
}

void llbc__eval_charge(llbc__eval *e, size_t n)
{
    e->n_steps += n / 16;
    if (e->n_steps > LLBC__MAX_STEPS)
        llbc__eval_step(e, e->frame->stmt);
}

/* A step stands for 1 KiB, and the list that is weighed is one of the things
 * that are looked at. */
void llbc__eval_charge_value(llbc__eval *e, llbc__value v)
{
    if (v.kind == LLBC__STRING || v.kind == LLBC__LIST || v.kind == LLBC__MAP)
        llbc__eval_charge(
            e, llbc__value_weight(v, (size_t)LLBC__MAX_STEPS << 10) >> 6);
}

void *llbc__eval_alloc(llbc__eval *e, size_t n, size_t size)
{
    void *p = llb__arena_array(e->arena, n ? n : 1, size);

    if (!p)
        llbc__eval_nomem(e);
    return p;
}

const char *llbc__eval_strndup(llbc__eval *e, const char *s, size_t len)
{
    char *copy = llb__arena_strndup(e->arena, s, len);

    if (!copy)
        llbc__eval_nomem(e);
    return copy;
}

const char *llbc__eval_printf(llbc__eval *e, const char *fmt, ...)
{
    va_list ap, again;
    char *text;

    va_start(ap, fmt);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    text = len < 0 ? NULL : llb__arena_bytes(e->arena, (size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, fmt, ap);
    else
        llbc__eval_nomem(e);
    va_end(ap);
    return text;
}

llbc__value llbc__eval_take(llbc__eval *e, llb__buf *b, llb_span at)
{
    llbc__value v = llbc__no_value();

    if (b->failed) {
        llbc__eval_nomem(e);
    } else if (b->len > LLBC__MAX_STRING) {
        llbc__eval_way(e, llbc__report(e->diags, LLBC__E_TOO_LARGE, at,
                                       "a string of more than %d MiB",
                                       LLBC__MAX_STRING >> 20));
    } else {
        const char *s = llbc__eval_strndup(e, b->len ? b->data : "", b->len);
        if (s)
            v = llbc__string_value(s, b->len);
    }
    llb__buf_clear(b);
    return v;
}

void *llbc__grow(llbc__eval *e, void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    size_t more = *cap ? *cap * 2 : 8;
    void *bigger = llbc__eval_alloc(e, more, size);
    if (!bigger)
        return NULL;
    if (n)
        memcpy(bigger, list, n * size);
    *cap = more;
    return bigger;
}

void llbc__eval_bind(llbc__eval *e, const char *name, llb_span at,
                     llbc__value v)
{
    llbc__binding *b = llbc__eval_alloc(e, 1, sizeof(*b));

    if (!b)
        return;
    *b = (llbc__binding){
        .next = e->frame->names, .name = name, .at = at, .value = v};
    e->frame->names = b;
}

static llbc__value convert_list(llbc__eval *e, llbc__value v,
                                const llbc__ty *type, llb_span at)
{
    llbc__value *items = llbc__eval_alloc(e, v.n, sizeof(*items));

    if (!items)
        return llbc__no_value();
    for (size_t i = 0; i < v.n; i++) {
        items[i] = llbc__eval_convert(e, v.u.list[i], type->elem, at);
        if (!llbc__known(items[i]))
            return items[i];
    }
    return llbc__list_value(items, v.n);
}

static llbc__value convert_map(llbc__eval *e, llbc__value v,
                               const llbc__ty *type, llb_span at)
{
    llbc__entry *items = llbc__eval_alloc(e, v.n, sizeof(*items));

    if (!items)
        return llbc__no_value();
    for (size_t i = 0; i < v.n; i++) {
        items[i].key = v.u.map[i].key;
        items[i].value =
            llbc__eval_convert(e, v.u.map[i].value, type->elem, at);
        if (!llbc__known(items[i].value))
            return items[i].value;
    }
    return llbc__map_value(items, v.n);
}

/* Whether a platform is expected somewhere in the type. */
static bool holds_platform(const llbc__ty *type)
{
    while (type->elem)
        type = type->elem;
    return type->kind == LLBC__PLATFORM;
}

llbc__value llbc__eval_convert(llbc__eval *e, llbc__value v,
                               const llbc__ty *type, llb_span at)
{
    if (!llbc__known(v) || !type || !holds_platform(type))
        return v;
    if (v.kind == LLBC__LIST && type->kind == LLBC__LIST)
        return convert_list(e, v, type, at);
    if (v.kind == LLBC__MAP && type->kind == LLBC__MAP)
        return convert_map(e, v, type, at);
    if (v.kind != LLBC__STRING)
        return v;
    const llbc__platform *p =
        llbc__platform_make(e->arena, e->diags, v.u.str, at);
    return p ? llbc__platform_value(p) : llbc__no_value();
}
