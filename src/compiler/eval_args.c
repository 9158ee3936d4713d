/* The arguments of a call, brought to their parameters. */
#include "eval.h"

#include <string.h>

/* Checks what only the value can tell, and makes it what is wanted. */
static llbc__value fit(llbc__eval *e, const llbc__formal *f, llbc__value v,
                       llb_span at)
{
    if (!llbc__known(v))
        return v;
    if (f->want == LLBC__WANT_TYPE)
        return llbc__eval_convert(e, v, f->type, at);
    if (f->want == LLBC__WANT_TEXT && v.kind != LLBC__LIST) {
        size_t len;
        const char *text = llbc__value_text(e->arena, v, &len);
        return text ? llbc__string_value(text, len) : llbc__no_value();
    }
    if (f->want == LLBC__WANT_CHOICE) {
        const char *w = f->words;
        for (size_t n = 0; *w; w += n + (w[n] == '/')) {
            n = strcspn(w, "/");
            if (n == v.n && memcmp(w, v.u.str, n) == 0)
                return v;
        }
        llbc__report(e->diags, LLBC__E_WORD, at,
                     "%s is one of %s, and not \"%s\"", f->name, f->words,
                     v.u.str);
        return llbc__no_value();
    }
    return v;
}

/* Whether a value stands for all operands of a rest parameter. */
static bool is_rest_list(const llbc__formal *f, llbc__value v)
{
    return v.kind == LLBC__LIST &&
           !(f->want == LLBC__WANT_TYPE && f->type->kind == LLBC__LIST && v.n &&
             v.u.list[0].kind != LLBC__LIST);
}

/* How many values the operands of a rest parameter have together. */
typedef struct rest {
    llbc__value *items;
    size_t n, cap;
} rest;

static void rest_add(llbc__eval *e, rest *r, llbc__value v, llb_span at)
{
    if (r->n >= LLBC__MAX_ELEMENTS) {
        llbc__report(e->diags, LLBC__E_TOO_LARGE, at, "more than %d operands",
                     LLBC__MAX_ELEMENTS);
        llbc__eval_stop(e);
        return;
    }
    llbc__value *slot = LLBC__PUSH(e, r->items, r->n, r->cap);
    if (slot)
        *slot = v;
}

static void eval_rest(llbc__eval *e, const llbc__slot *s, rest *r, bool *failed)
{
    const llbc__formal *f = s->formal;
    llb_span at = s->arg->value->span;
    llbc__value v = llbc__eval_expr(e, s->arg->value);

    if (!llbc__known(v)) {
        *failed = true;
        return;
    }
    bool many = s->arg->spread || s->by_name || is_rest_list(f, v);
    for (size_t i = 0; many && i < v.n && !e->stopped; i++) {
        llbc__value item = fit(e, f, v.u.list[i], at);
        *failed = *failed || !llbc__known(item);
        rest_add(e, r, item, at);
    }
    if (many)
        return;
    v = fit(e, f, v, at);
    *failed = *failed || !llbc__known(v);
    rest_add(e, r, v, at);
}

typedef struct extra {
    llbc__entry *items;
    size_t n, cap;
} extra;

/* The option "*": any name with a text. */
static void eval_extra(llbc__eval *e, const llbc__slot *s, extra *x,
                       bool *failed)
{
    llbc__value v = llbc__eval_expr(e, s->arg->value);

    const char *key = llbc__eval_key(e, s->arg->key);
    v = fit(e, s->formal, v, s->arg->value->span);
    *failed = *failed || !llbc__known(v) || !key;
    llbc__entry *slot = LLBC__PUSH(e, x->items, x->n, x->cap);
    if (slot)
        *slot = (llbc__entry){key ? key : "", v};
}

static void eval_one(llbc__eval *e, const llbc__slot *s, llbc__actual *actual,
                     bool *failed)
{
    actual->given = true;
    actual->expr = s->arg->value;
    actual->at = s->arg->value->span;
    if (s->formal->want == LLBC__WANT_CALL)
        return; /* no value: `export` looks at the call itself */
    actual->value =
        fit(e, s->formal, llbc__eval_expr(e, s->arg->value), actual->at);
    *failed = *failed || !llbc__known(actual->value);
}

static void place(llbc__eval *e, const llbc__slot *s, llbc__actuals *a, rest *r,
                  extra *x)
{
    const llbc__sig *sig = a->sig;

    if (!s->formal)
        return;
    if (s->formal == sig->star) {
        eval_extra(e, s, x, &a->failed);
        return;
    }
    if (s->option) {
        a->any_option = true;
        eval_one(e, s, &a->options[s->formal - sig->options], &a->failed);
        return;
    }
    llbc__actual *actual = &a->formals[s->formal - sig->formals];
    if (!s->formal->rest) {
        eval_one(e, s, actual, &a->failed);
        return;
    }
    if (!actual->given) {
        actual->expr = s->arg->value;
        actual->at = s->arg->value->span;
    }
    actual->given = true;
    eval_rest(e, s, r, &a->failed);
}

/* Most of what evaluating takes is the arguments of built-ins, one and a half
 * KiB for a run, and none of it is needed once the call is over. */
static llbc__actuals *take_spare(llbc__eval *e, const llbc__sig *sig)
{
    llbc__actuals **list = e->spare && sig->builtin
                               ? &e->spare[sig->builtin - llbc__builtins]
                               : NULL;
    llbc__actuals *a = list ? *list : NULL;

    if (!a)
        return NULL;
    *list = a->next;
    memset(a->formals, 0, sig->n_formals * sizeof(*a->formals));
    memset(a->options, 0, sig->n_options * sizeof(*a->options));
    return a;
}

void llbc__eval_args_done(llbc__eval *e, llbc__actuals *a)
{
    if (!e->spare)
        e->spare = llbc__eval_alloc(e, llbc__n_builtins, sizeof(*e->spare));
    if (!e->spare)
        return;
    llbc__actuals **list = &e->spare[a->sig->builtin - llbc__builtins];
    a->next = *list;
    *list = a;
}

static llbc__actuals *new_actuals(llbc__eval *e, const llbc__sig *sig)
{
    llbc__actuals *a = llbc__eval_alloc(e, 1, sizeof(*a));

    if (!a)
        return NULL;
    a->formals = llbc__eval_alloc(e, sig->n_formals, sizeof(*a->formals));
    a->options = llbc__eval_alloc(e, sig->n_options, sizeof(*a->options));
    return a->formals && a->options ? a : NULL;
}

llbc__actuals *llbc__eval_args(llbc__eval *e, const llbc__sig *sig,
                               const llbc__args *args, llb_span at,
                               llb_span whole)
{
    llbc__slot *slots = llbc__place_args(e->arena, sig, args);
    llbc__actuals *a = take_spare(e, sig);
    rest r = {NULL, 0, 0};
    extra x = {NULL, 0, 0};

    if (!slots)
        llbc__eval_nomem(e);
    if (!a)
        a = new_actuals(e, sig);
    if (e->stopped || !a)
        return NULL;
    *a = (llbc__actuals){.sig = sig,
                         .at = at,
                         .whole = whole,
                         .formals = a->formals,
                         .options = a->options};
    /* Names are looked for among all parameters. */
    llbc__eval_charge(e, args->n * (sig->n_formals + sig->n_options) / 4);
    for (size_t i = 0; i < args->n && !e->stopped; i++)
        place(e, &slots[i], a, &r, &x);
    for (size_t i = 0; i < sig->n_formals; i++) {
        if (sig->formals[i].rest)
            a->formals[i].value = llbc__list_value(r.items, r.n);
    }
    a->extra = x.items;
    a->n_extra = x.n;
    return e->stopped ? NULL : a;
}

/* Number of a name in a list; n: it is not there. */
static size_t find(const llbc__formal *f, size_t n, const char *name)
{
    size_t i = 0;

    /* A run asks for twenty: the first byte spares most of the calls. */
    while (i < n && (f[i].name[0] != name[0] || strcmp(f[i].name, name) != 0))
        i++;
    return i;
}

const llbc__actual *llbc__arg_of(const llbc__actuals *a, const char *name)
{
    const llbc__sig *sig = a->sig;
    size_t i = find(sig->formals, sig->n_formals, name);

    if (i < sig->n_formals)
        return &a->formals[i];
    i = find(sig->options, sig->n_options, name);
    return i < sig->n_options ? &a->options[i] : NULL;
}

/* The argument, NULL where no option of the call is given: most have none. */
static const llbc__actual *look(const llbc__actuals *a, const char *name)
{
    const llbc__sig *sig = a->sig;
    size_t i = find(sig->formals, sig->n_formals, name);

    if (i < sig->n_formals)
        return &a->formals[i];
    return a->any_option ? llbc__arg_of(a, name) : NULL;
}

bool llbc__given(const llbc__actuals *a, const char *name)
{
    const llbc__actual *x = look(a, name);

    return x && x->given;
}

llbc__value llbc__value_of(const llbc__actuals *a, const char *name)
{
    const llbc__actual *x = look(a, name);

    return x ? x->value : llbc__no_value();
}

llb_span llbc__at_of(const llbc__actuals *a, const char *name)
{
    const llbc__actual *x = look(a, name);

    return x && x->given ? x->at : a->at;
}

const char *llbc__str_of(const llbc__actuals *a, const char *name)
{
    llbc__value v = llbc__value_of(a, name);

    return v.kind == LLBC__STRING ? v.u.str : NULL;
}

bool llbc__bool_of(const llbc__actuals *a, const char *name, bool otherwise)
{
    llbc__value v = llbc__value_of(a, name);

    return v.kind == LLBC__BOOL ? v.u.flag : otherwise;
}

int64_t llbc__int_of(const llbc__actuals *a, const char *name,
                     int64_t otherwise)
{
    llbc__value v = llbc__value_of(a, name);

    return v.kind == LLBC__INT ? v.u.num : otherwise;
}

int64_t llbc__bounded_of(llbc__eval *e, const llbc__actuals *a,
                         const char *name, int64_t low, int64_t high,
                         int64_t otherwise)
{
    int64_t num = llbc__int_of(a, name, otherwise);

    if (!llbc__given(a, name) || (num >= low && num <= high))
        return num;
    bool octal =
        num >= 0 && (strcmp(name, "mode") == 0 || strcmp(name, "chmod") == 0);
    llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, name),
                 octal ? "%s must be from 0o%llo to 0o%llo, and this is 0o%llo"
                       : "%s must be from %lld to %lld, and this is %lld",
                 name, (long long)low, (long long)high, (long long)num);
    return otherwise;
}

const char *const *llbc__strings_of(llbc__eval *e, const llbc__actuals *a,
                                    const char *name, size_t *ret_n)
{
    llbc__value v = llbc__value_of(a, name);

    *ret_n = 0;
    if (v.kind != LLBC__LIST)
        return NULL;
    const char **items = llbc__eval_alloc(e, v.n, sizeof(*items));
    for (size_t i = 0; items && i < v.n; i++)
        items[i] = v.u.list[i].u.str;
    *ret_n = items ? v.n : 0;
    return items;
}

bool llbc__size_of(llbc__eval *e, const llbc__actuals *a, const char *name,
                   int64_t *ret_size)
{
    static const char units[] = "KMGT";
    llbc__value v = llbc__value_of(a, name);
    int64_t size = 0;

    *ret_size = 0;
    if (v.kind == LLBC__INT && v.u.num >= 0) {
        *ret_size = v.u.num;
        return true;
    }
    if (v.kind != LLBC__STRING && v.kind != LLBC__INT)
        return true;
    const char *s = v.kind == LLBC__STRING ? v.u.str : "";
    const char *start = s;
    bool bad = false;
    for (; *s >= '0' && *s <= '9'; s++)
        bad = bad || __builtin_mul_overflow(size, 10, &size) ||
              __builtin_add_overflow(size, *s - '0', &size);
    bad = bad || s == start;
    const char *unit = *s ? strchr(units, *s) : NULL;
    for (const char *u = units; unit && u <= unit; u++)
        bad = bad || __builtin_mul_overflow(size, 1024, &size);
    if (unit && strcmp(s + 1, "iB") != 0 && s[1])
        bad = true;
    if (*s && !unit && strcmp(s, "B") != 0)
        bad = true;
    if (!bad) {
        *ret_size = size;
        return true;
    }
    llbc__note *n = llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, name),
                                 "%s is no size", name);
    llbc__help(n, "write a number of bytes, or KiB, MiB, GiB, TiB behind it: "
                  "\"64MiB\"");
    return false;
}

/* Nanoseconds of a unit at s, and how long its name is. */
static int64_t unit_ns(const char *s, size_t *ret_len)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ns", 1},         {"us", 1000},       {"ms", 1000000},
                 {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        *ret_len = strlen(units[i].name);
        if (strncmp(s, units[i].name, *ret_len) == 0)
            return units[i].ns;
    }
    return 0;
}

bool llbc__duration_of(llbc__eval *e, const llbc__actuals *a, const char *name,
                       int64_t *ret_ns)
{
    const char *s = llbc__str_of(a, name);
    int64_t total = 0;
    bool bad = s && !*s;

    *ret_ns = 0;
    while (s && *s && !bad) {
        int64_t num = 0, ns;
        size_t len = 0, n = strspn(s, "0123456789");
        for (size_t i = 0; i < n; i++)
            bad = bad || __builtin_mul_overflow(num, 10, &num) ||
                  __builtin_add_overflow(num, s[i] - '0', &num);
        ns = unit_ns(s + n, &len);
        bad = bad || !n || !ns || __builtin_mul_overflow(num, ns, &num) ||
              __builtin_add_overflow(total, num, &total);
        s += n + len;
    }
    if (!bad) {
        *ret_ns = total;
        return true;
    }
    llbc__note *n = llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, name),
                                 "%s is no duration", name);
    llbc__help(n, "write a number with h, m, s or ms behind it: \"30s\"");
    return false;
}
