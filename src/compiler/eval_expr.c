/* Values of expressions. Types have been checked, so what is left to go wrong
 * depends on the values themselves. */
#include "eval.h"

#include <string.h>

static llbc__value eval_string(llbc__eval *e, const llbc__expr *x)
{
    const llbc__part *p = x->u.string.parts;
    llb__buf b = LLB__BUF_INIT;
    bool failed = false;

    if (!p)
        return llbc__text_value("");
    if (p->text && !p->next)
        return llbc__string_value(p->text, p->len);
    for (; p && !e->stopped; p = p->next) {
        const char *text = p->text;
        size_t len = p->len;
        if (p->expr) {
            llbc__value v = llbc__eval_expr(e, p->expr);
            failed = failed || !llbc__known(v);
            text = llbc__known(v) ? llbc__value_text(e->arena, v, &len) : "";
            if (!llbc__known(v))
                len = 0;
        }
        if (!text) {
            llbc__eval_nomem(e);
            break;
        }
        if (b.len + len > LLBC__MAX_STRING) {
            llbc__eval_way(e, llbc__report(e->diags, LLBC__E_TOO_LARGE, x->span,
                                           "a string of more than %d MiB",
                                           LLBC__MAX_STRING >> 20));
            failed = true;
            break;
        }
        llb__buf_add(&b, text, len);
    }
    if (failed || e->stopped) {
        llb__buf_clear(&b);
        return llbc__no_value();
    }
    return llbc__eval_take(e, &b, x->span);
}

static llbc__value own_name(llbc__eval *e, const llbc__expr *x,
                            const char *name)
{
    if (strcmp(name, "here") == 0)
        return e->frame->block ? llbc__fs_value(e->frame->block->fs)
                               : llbc__no_value();
    if (strcmp(name, "platform") == 0)
        return llbc__platform_value(e->frame->platform);
    if (e->fixed) {
        llbc__report(e->diags, LLBC__E_NAME_PLACE, x->span,
                     "\"build_platform\" is not known in %s", e->fixed);
        return llbc__no_value();
    }
    if (!e->is_guessed)
        return llbc__platform_value(e->build_platform);
    llbc__note *n = llbc__report(
        e->diags, LLBC__E_BUILD_PLATFORM, x->span,
        "the platform of the daemon is not known, and the file reads it");
    llbc__help(n, "compile with a daemon, or give --build-platform, for "
                  "example linux/amd64");
    return llbc__no_value();
}

static llbc__value eval_name(llbc__eval *e, const llbc__expr *x)
{
    const char *name = x->u.name.text;
    const llbc__binding *b = llbc__binding_find(e->frame->names, name);

    if (b)
        return b->value;
    llbc__global *g = llbc__unit_find(e->frame->unit, LLBC__VALUES, name);
    if (g)
        return llbc__eval_global(e, g);
    return llbc__name_taken(name) ? own_name(e, x, name) : llbc__no_value();
}

static llbc__value eval_member(llbc__eval *e, const llbc__expr *x)
{
    llbc__global *g =
        llbc__meant(e->frame->unit, e->frame->names, LLBC__VALUES, x);
    if (g)
        return llbc__eval_global(e, g);
    llbc__value v = llbc__eval_expr(e, x->u.member.base);
    const char *name = x->u.member.name.text;

    if (v.kind != LLBC__PLATFORM)
        return llbc__no_value();
    const llbc__platform *p = v.u.platform;
    return llbc__text_value(strcmp(name, "os") == 0     ? p->os
                            : strcmp(name, "arch") == 0 ? p->arch
                                                        : p->variant);
}

static llbc__value eval_index(llbc__eval *e, const llbc__expr *x)
{
    llbc__value base = llbc__eval_expr(e, x->u.index.base);
    llbc__value index = llbc__eval_expr(e, x->u.index.index);

    if (!llbc__known(base) || !llbc__known(index))
        return llbc__no_value();
    if (base.kind == LLBC__MAP) {
        llbc__eval_charge(e, base.n / 4);
        const llbc__value *v = llbc__map_find(base, index.u.str);
        if (v)
            return *v;
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_INDEX, x->u.index.index->span,
                         "the map has no key \"%s\"", index.u.str);
        llbc__help(n, "get(MAP, KEY, DEFAULT) gives another value then");
        return llbc__no_value();
    }
    if (index.u.num >= 0 && (uint64_t)index.u.num < base.n)
        return base.u.list[index.u.num];
    llbc__report(e->diags, LLBC__E_INDEX, x->u.index.index->span,
                 "the list has %zu elements, numbered from 0, and none with "
                 "number %lld",
                 base.n, (long long)index.u.num);
    return llbc__no_value();
}

static llbc__value eval_list(llbc__eval *e, const llbc__expr *x)
{
    llbc__value *items = llbc__eval_alloc(e, x->u.list.n, sizeof(*items));
    bool failed = !items;
    size_t n = 0;

    for (const llbc__expr *y = x->u.list.first; items && y; y = y->next) {
        items[n] = llbc__eval_expr(e, y);
        failed = failed || !llbc__known(items[n++]);
    }
    return failed ? llbc__no_value() : llbc__list_value(items, n);
}

const char *llbc__eval_key(llbc__eval *e, const llbc__expr *key)
{
    llbc__value v;

    if (!llbc__key_computed(key))
        return llbc__key_text(key);
    v = llbc__eval_expr(e, key);
    return v.kind == LLBC__STRING ? v.u.str : NULL;
}

static llbc__value eval_map(llbc__eval *e, const llbc__expr *x)
{
    llbc__entry *items = llbc__eval_alloc(e, x->u.map.n, sizeof(*items));
    bool failed = !items;
    size_t n = 0;

    for (const llbc__arg *y = x->u.map.first; items && y; y = y->next) {
        items[n].key = llbc__eval_key(e, y->key);
        for (size_t i = 0; items[n].key && i < n; i++) {
            if (!items[i].key || strcmp(items[i].key, items[n].key) != 0)
                continue;
            llbc__report(e->diags, LLBC__E_OPTION_TWICE, y->key->span,
                         "key \"%s\" twice", items[n].key);
            failed = true;
        }
        failed = failed || !items[n].key;
        items[n].value = llbc__eval_expr(e, y->value);
        failed = failed || !llbc__known(items[n++].value);
    }
    return failed ? llbc__no_value() : llbc__map_value(items, n);
}

/* Whether the element counts, with its names bound; false also when that is
 * not known. */
static bool comp_takes(llbc__eval *e, const llbc__expr *x, bool *failed)
{
    if (!x->u.comp.cond)
        return true;
    llbc__value v = llbc__eval_expr(e, x->u.comp.cond);
    *failed = *failed || !llbc__known(v);
    return llbc__known(v) && v.u.flag;
}

static llbc__value eval_comp(llbc__eval *e, const llbc__expr *x)
{
    llbc__value in = llbc__eval_expr(e, x->u.comp.in);
    llbc__value *items = NULL;
    const llbc__binding *names = e->frame->names;
    bool failed = false;
    size_t n = 0;

    if (llbc__known(in))
        items = llbc__eval_alloc(e, in.n, sizeof(*items));
    llbc__loop loop = {e->loop, e->frame, x->u.comp.in->span, 0, in.n};
    e->loop = &loop;
    for (; items && loop.i < in.n && !e->stopped; loop.i++) {
        llbc__eval_bind_element(e, &x->u.comp.name, &x->u.comp.name2, in,
                                loop.i);
        if (comp_takes(e, x, &failed)) {
            items[n] = llbc__eval_expr(e, x->u.comp.value);
            failed = failed || !llbc__known(items[n++]);
        }
        e->frame->names = names;
    }
    e->loop = loop.outer;
    return !items || failed ? llbc__no_value() : llbc__list_value(items, n);
}

void llbc__eval_bind_element(llbc__eval *e, const llbc__name *name,
                             const llbc__name *name2, llbc__value in, size_t i)
{
    bool map = in.kind == LLBC__MAP;
    llbc__value value = map ? in.u.map[i].value : in.u.list[i];

    if (name2->text) {
        llbc__eval_bind(e, name->text, name->span,
                        map ? llbc__text_value(in.u.map[i].key)
                            : llbc__int_value((int64_t)i));
        llbc__eval_bind(e, name2->text, name2->span, value);
    } else {
        llbc__eval_bind(e, name->text, name->span, value);
    }
}

static llbc__value no_result(llbc__eval *e, const llbc__expr *x,
                             const char *why)
{
    llbc__report(e->diags, LLBC__E_ARITHMETIC, x->span, "%s", why);
    return llbc__no_value();
}

static llbc__value eval_int(llbc__eval *e, const llbc__expr *x, int64_t a,
                            int64_t b)
{
    int64_t r = 0;
    bool over = false;

    switch ((int)x->u.op.op) {
    case LLBC__OP_ADD:
        over = __builtin_add_overflow(a, b, &r);
        break;
    case LLBC__OP_SUB:
        over = __builtin_sub_overflow(a, b, &r);
        break;
    case LLBC__OP_MUL:
        over = __builtin_mul_overflow(a, b, &r);
        break;
    default:
        if (b == 0)
            return no_result(e, x, "a division by zero");
        if (a == INT64_MIN && b == -1)
            over = true;
        else
            r = x->u.op.op == LLBC__OP_DIV ? a / b : a % b;
        break;
    }
    if (over)
        return no_result(e, x, "the result is no int of 64 bits");
    return llbc__int_value(r);
}

static llbc__value concat(llbc__eval *e, const llbc__expr *x, llbc__value a,
                          llbc__value b)
{
    if (a.kind == LLBC__LIST) {
        llbc__value *items;
        if (a.n + b.n > LLBC__MAX_ELEMENTS)
            return llbc__eval_way(
                       e, llbc__report(e->diags, LLBC__E_TOO_LARGE, x->span,
                                       "a list of more than %d elements",
                                       LLBC__MAX_ELEMENTS)),
                   llbc__no_value();
        items = llbc__eval_alloc(e, a.n + b.n, sizeof(*items));
        if (!items)
            return llbc__no_value();
        if (a.n)
            memcpy(items, a.u.list, a.n * sizeof(*items));
        if (b.n)
            memcpy(items + a.n, b.u.list, b.n * sizeof(*items));
        return llbc__list_value(items, a.n + b.n);
    }
    llb__buf text = LLB__BUF_INIT;
    llb__buf_add(&text, a.u.str, a.n);
    llb__buf_add(&text, b.u.str, b.n);
    return llbc__eval_take(e, &text, x->span);
}

static bool ordered(llbc__op op, int order)
{
    switch ((int)op) {
    case LLBC__OP_LT:
        return order < 0;
    case LLBC__OP_LE:
        return order <= 0;
    case LLBC__OP_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* Text compared with a platform is one. */
static bool equal(llbc__eval *e, const llbc__expr *x, llbc__value a,
                  llbc__value b, bool *failed)
{
    if (a.kind == LLBC__PLATFORM)
        b = llbc__eval_convert(e, b, &llbc__ty_platform, x->u.op.b->span);
    if (b.kind == LLBC__PLATFORM)
        a = llbc__eval_convert(e, a, &llbc__ty_platform, x->u.op.a->span);
    *failed = !llbc__known(a) || !llbc__known(b);
    return !*failed && llbc__value_equal(a, b);
}

static llbc__value eval_binary(llbc__eval *e, const llbc__expr *x)
{
    llbc__op op = x->u.op.op;
    llbc__value a = llbc__eval_expr(e, x->u.op.a);
    bool failed, same;

    if (!llbc__known(a))
        return a;
    if (op == LLBC__OP_OR || op == LLBC__OP_AND)
        return a.u.flag == (op == LLBC__OP_OR) ? a
                                               : llbc__eval_expr(e, x->u.op.b);
    llbc__value b = llbc__eval_expr(e, x->u.op.b);
    if (!llbc__known(b))
        return b;
    llbc__eval_charge_value(e, a);
    if (e->stopped)
        return llbc__no_value();
    switch ((int)op) {
    case LLBC__OP_EQ:
    case LLBC__OP_NE:
        same = equal(e, x, a, b, &failed);
        return failed ? llbc__no_value()
                      : llbc__bool_value(same == (op == LLBC__OP_EQ));
    case LLBC__OP_LT:
    case LLBC__OP_LE:
    case LLBC__OP_GT:
    case LLBC__OP_GE:
        return llbc__bool_value(ordered(op, llbc__value_order(a, b)));
    default:
        if (a.kind == LLBC__INT)
            return eval_int(e, x, a.u.num, b.u.num);
        return concat(e, x, a, b);
    }
}

static llbc__value eval_unary(llbc__eval *e, const llbc__expr *x)
{
    llbc__value v = llbc__eval_expr(e, x->u.op.a);

    if (!llbc__known(v))
        return v;
    if (x->u.op.op == LLBC__OP_NOT)
        return llbc__bool_value(!v.u.flag);
    if (v.u.num == INT64_MIN)
        return no_result(e, x, "the result is no int of 64 bits");
    return llbc__int_value(-v.u.num);
}

static llbc__value eval_if(llbc__eval *e, const llbc__expr *x)
{
    llbc__value cond = llbc__eval_expr(e, x->u.cond.cond);

    if (!llbc__known(cond))
        return cond;
    return llbc__eval_expr(e,
                           cond.u.flag ? x->u.cond.then : x->u.cond.otherwise);
}

static llbc__value eval_kind(llbc__eval *e, const llbc__expr *x)
{
    switch (x->kind) {
    case LLBC__EXPR_STRING:
        return eval_string(e, x);
    case LLBC__EXPR_INT:
        return llbc__int_value(x->u.integer);
    case LLBC__EXPR_BOOL:
        return llbc__bool_value(x->u.boolean);
    case LLBC__EXPR_NAME:
        return eval_name(e, x);
    case LLBC__EXPR_CALL:
        return llbc__eval_call(e, x);
    case LLBC__EXPR_MEMBER:
        return eval_member(e, x);
    case LLBC__EXPR_INDEX:
        return eval_index(e, x);
    case LLBC__EXPR_LIST:
        return eval_list(e, x);
    case LLBC__EXPR_COMP:
        return eval_comp(e, x);
    case LLBC__EXPR_MAP:
        return eval_map(e, x);
    case LLBC__EXPR_FS:
        return llbc__eval_fs(e, x->u.fs);
    case LLBC__EXPR_UNARY:
        return eval_unary(e, x);
    case LLBC__EXPR_BINARY:
        return eval_binary(e, x);
    case LLBC__EXPR_IF:
        return eval_if(e, x);
    }
    return llbc__no_value();
}

llbc__value llbc__eval_expr(llbc__eval *e, const llbc__expr *x)
{
    llbc__value v = llbc__no_value();

    if (!llbc__eval_step(e, x->span))
        return v;
    if (++e->depth > LLBC__MAX_EVAL_DEPTH) {
        llbc__note *n = llbc__report(
            e->diags, LLBC__E_NESTING, x->span,
            "expressions and blocks within each other go too deep here (more "
            "than %d levels)",
            LLBC__MAX_EVAL_DEPTH);
        llbc__eval_way(e, n);
        llbc__eval_stop(e);
    } else {
        v = eval_kind(e, x);
    }
    e->depth--;
    return e->stopped ? llbc__no_value() : v;
}
