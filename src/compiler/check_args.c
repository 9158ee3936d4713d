/* Whether the arguments of a call are those that its parameters ask for. */
#include "check.h"

#include <ctype.h>
#include <string.h>

/* "a, b or c" of the words "a/b/c". */
static const char *words_text(llb__arena *a, const char *words)
{
    llb__buf b = LLB__BUF_INIT;

    for (const char *w = words; *w; w += *w == '/') {
        size_t len = strcspn(w, "/");
        const char *next = w + len;
        if (w != words)
            llb__buf_adds(&b, strchr(next + (*next == '/'), '/') || *next
                                  ? ", "
                                  : " or ");
        llb__buf_printf(&b, "\"%.*s\"", (int)len, w);
        w = next;
    }
    const char *text = b.failed ? NULL : llb__arena_strndup(a, b.data, b.len);
    llb__buf_clear(&b);
    return text ? text : words;
}

static bool is_word(const char *words, const char *text, size_t len)
{
    for (const char *w = words; *w; w += *w == '/') {
        size_t n = strcspn(w, "/");
        if (n == len && memcmp(w, text, n) == 0)
            return true;
        w += n;
    }
    return false;
}

/* A literal that is none of the words is wrong before anything runs. */
static void check_choice(llbc__check *c, const llbc__expr *e,
                         const llbc__formal *f)
{
    size_t len;
    const char *text = llbc__expr_text(e, &len);

    if (!text) {
        llbc__check_type(c, e, &llbc__ty_string, f->name);
        return;
    }
    if (is_word(f->words, text, len))
        return;
    llbc__report(c->diags, LLBC__E_WORD, e->span, "%s is %s, and not \"%s\"",
                 f->name, words_text(c->arena, f->words), text);
}

/* "$name" in a string that nobody expands, which a Dockerfile would. */
static void check_dollar(llbc__check *c, const llbc__expr *e,
                         const llbc__formal *f)
{
    if (f->dollars || e->kind != LLBC__EXPR_STRING ||
        (e->u.string.quote != LLBC__QUOTE_DOUBLE &&
         e->u.string.quote != LLBC__QUOTE_TRIPLE_DOUBLE))
        return;
    for (const llbc__part *p = e->u.string.parts; p; p = p->next) {
        const char *at = p->text ? strchr(p->text, '$') : NULL;
        size_t n = 1;
        if (!at || !(isalpha((unsigned char)at[1]) || at[1] == '_'))
            continue;
        while (isalnum((unsigned char)at[n]) || at[n] == '_')
            n++;
        const char *name = llb__arena_strndup(c->arena, at + 1, n - 1);
        if (!name)
            return;
        llbc__note *note =
            llbc__report(c->diags, LLBC__E_DOLLAR, p->span,
                         "llb does not expand \"$%s\" here", name);
        if (llbc__binding_find(c->names, name) ||
            llbc__unit_find(c->unit, LLBC__VALUES, name))
            llbc__help(note, "for the value of %s write ${%s}", name, name);
        else
            llbc__help(note,
                       "for a variable of the filesystem write "
                       "${env_of(\"%s\", default=\"\")}; to mean a dollar "
                       "write '$%s' in single quotes",
                       name, name);
        return;
    }
}

static bool is_text_type(const llbc__ty *t)
{
    return t->kind == LLBC__STRING || t->kind == LLBC__INT ||
           t->kind == LLBC__BOOL || t->kind == LLBC__UNKNOWN;
}

/* Whether a value of type t can go to the parameter; *var is what its type
 * variable stands for so far. */
static bool fits(const llbc__formal *f, const llbc__ty *t, const llbc__ty **var)
{
    const llbc__ty *elem = t->elem ? t->elem : &llbc__ty_unknown;
    const llbc__ty *both;

    if (t->kind == LLBC__UNKNOWN)
        return true;
    switch (f->want) {
    case LLBC__WANT_TYPE:
        return llbc__ty_fits(t, f->type);
    case LLBC__WANT_TEXT:
        return is_text_type(t);
    case LLBC__WANT_TEXTS:
        return t->kind == LLBC__MAP && is_text_type(elem);
    case LLBC__WANT_SCRIPT:
        return t->kind == LLBC__STRING || llbc__ty_fits(t, &llbc__ty_strings);
    case LLBC__WANT_MODE:
    case LLBC__WANT_SIZE:
        return t->kind == LLBC__STRING || t->kind == LLBC__INT;
    case LLBC__WANT_CHOICE:
        return t->kind == LLBC__STRING;
    case LLBC__WANT_ANY:
        both = llbc__ty_join(*var, t);
        if (both)
            *var = both;
        return both != NULL;
    case LLBC__WANT_LIST:
    case LLBC__WANT_MAP:
        if (t->kind != (f->want == LLBC__WANT_LIST ? LLBC__LIST : LLBC__MAP))
            return false;
        *var = elem;
        return true;
    case LLBC__WANT_ITEMS:
        *var = t->kind == LLBC__LIST ? elem : &llbc__ty_string;
        return t->kind == LLBC__STRING || t->elem;
    case LLBC__WANT_CALL:
        return true;
    }
    return true;
}

/* `export image(...)`: the operand is a call that has its own name space. */
static void check_exporter(llbc__check *c, const llbc__call *outer,
                           const llbc__expr *e)
{
    bool cache = strcmp(outer->sig->name, "export") != 0;
    llbc__role role = cache ? LLBC__CACHE : LLBC__EXPORTER;
    const char *what = cache ? "cache" : "exporter";

    if (e->kind != LLBC__EXPR_CALL ||
        e->u.call.callee->kind != LLBC__EXPR_NAME) {
        llbc__note *n = llbc__report(
            c->diags, LLBC__E_TYPE, e->span, "\"%s\" takes a call of %s %s",
            outer->sig->name, cache ? "a" : "an", what);
        llbc__help(n, cache ? "for example registry(\"REF\") or inline()"
                            : "for example image(\"NAME\"), local(\"DIR\") or "
                              "oci(\"FILE\")");
        return;
    }
    const llbc__expr *callee = e->u.call.callee;
    const char *name = callee->u.name.text;
    const llbc__builtin *b = llbc__builtin_find(name, role);
    if (!b) {
        llbc__note *n =
            llbc__report(c->diags, LLBC__E_UNKNOWN_FUNCTION, callee->span,
                         "unknown %s \"%s\"", what, name);
        const char *near = llbc__near_function(c->arena, c->unit, name, role);
        if (near)
            llbc__help(n, "did you mean \"%s\"?", near);
        return;
    }
    const llbc__sig *sig = llbc__check_sig(c, b);
    if (sig)
        llbc__check_args(
            c, &(llbc__call){sig, &e->u.call.args, callee->span, e->span});
}

static const char *slot_name(const llbc__slot *s)
{
    return s->option && s->key ? s->key : s->formal->name;
}

static void check_spread(llbc__check *c, const llbc__slot *s)
{
    const llbc__formal *f = s->formal;

    if (f->rest && !s->option && !s->by_name) {
        const llbc__ty *elem = f->type ? f->type : &llbc__ty_unknown;
        const llbc__ty list = {LLBC__LIST, elem};
        llbc__check_type(c, s->arg->value, &list, "what is spread");
        return;
    }
    llbc__check_expr(c, s->arg->value);
    llbc__report(c->diags, LLBC__E_SPREAD, s->arg->span,
                 "%s takes one value, and a list cannot be spread into it",
                 slot_name(s));
}

/* One argument against its parameter. */
static void check_slot(llbc__check *c, const llbc__call *call,
                       const llbc__slot *s, const llbc__ty **var)
{
    const llbc__formal *f = s->formal;
    const llbc__expr *e = s->arg->value;

    if (s->arg->spread) {
        check_spread(c, s);
        return;
    }
    if (f->want == LLBC__WANT_CALL) {
        check_exporter(c, call, e);
        return;
    }
    if (f->want == LLBC__WANT_CHOICE) {
        check_choice(c, e, f);
        return;
    }
    check_dollar(c, e, f);
    const llbc__ty *t = llbc__check_expr(c, e);
    if (f->rest && t->kind == LLBC__LIST &&
        (f->want != LLBC__WANT_TYPE || llbc__ty_fits(t->elem, f->type)))
        return; /* its elements are the operands */
    if (s->by_name && f->rest) {
        llbc__report(c->diags, LLBC__E_TYPE, e->span,
                     "%s takes a list when it is given by name", f->name);
        return;
    }
    if (call->sig->builtin)
        llbc__check_mode(c, s);
    if (fits(f, t, var))
        return;
    /* What the first arguments of contains, get and the like ask for. */
    bool bound = f->want == LLBC__WANT_ANY && (*var)->kind != LLBC__UNKNOWN;
    llbc__note *n = llbc__report(c->diags, LLBC__E_TYPE, e->span,
                                 "%s of \"%s\" must be %s, and this is %s",
                                 slot_name(s), call->sig->name,
                                 bound ? llbc__ty_text(c->arena, *var)
                                       : llbc__want_text(c->arena, f),
                                 llbc__ty_text(c->arena, t));
    const llbc__source *source = llbc__source_get(c->diags, e->span.file);
    if (source && e->kind == LLBC__EXPR_INT && f->type &&
        f->type->kind == LLBC__STRING)
        llbc__help(n, "in quotes it is text: \"%.*s\"",
                   (int)(e->span.end - e->span.start),
                   source->text + e->span.start);
}

/* Only where any name goes can a name be computed. */
static bool check_key(llbc__check *c, const llbc__call *call,
                      const llbc__slot *s)
{
    if (!s->key || !llbc__key_computed(s->arg->key))
        return true;
    llbc__check_expr(c, s->arg->key);
    if (call->sig->star)
        return true;
    llbc__report(c->diags, LLBC__E_UNKNOWN_OPTION, s->key_at,
                 "the name of an option of \"%s\" cannot be computed",
                 call->sig->name);
    return false;
}

/* An option that the call does not know. */
static void unknown_option(llbc__check *c, const llbc__call *call,
                           const llbc__slot *s)
{
    const llbc__sig *sig = call->sig;
    const char *names[2 * LLBC__MAX_PARAMS];
    size_t n = 0;

    llbc__check_expr(c, s->arg->value);
    for (size_t i = 0; i < sig->n_options; i++)
        names[n++] = sig->options[i].name;
    for (size_t i = 0; sig->def && i < sig->n_formals && n < 60; i++)
        names[n++] = sig->formals[i].name;
    llbc__note *note =
        llbc__report(c->diags, LLBC__E_UNKNOWN_OPTION, s->key_at,
                     "\"%s\" has no option \"%s\"", sig->name, s->key);
    const char *near = llbc__nearest(s->key, names, n);
    const llbc__builtin *inside = sig->builtin && strcmp(sig->name, "run") == 0
                                      ? llbc__builtin_find(s->key, LLBC__IN_RUN)
                                      : NULL;
    if (inside)
        llbc__help(note, "it stands in the block of the run: run ... { %s }",
                   inside->example);
    else if (strcmp(sig->name, "from") == 0)
        llbc__help(note, "the source has options: from image(\"...\", ...)");
    else if (near)
        llbc__help(note, "did you mean \"%s\"?", near);
    else if (!n)
        llbc__help(note, "it has no options at all");
}

static void check_twice(llbc__check *c, const llbc__slot *slots, size_t i)
{
    const llbc__slot *s = &slots[i];

    for (size_t k = 0; k < i && s->key && *s->key; k++) {
        if (!slots[k].key || strcmp(slots[k].key, s->key) != 0)
            continue;
        llbc__note *n = llbc__report(c->diags, LLBC__E_OPTION_TWICE, s->key_at,
                                     "\"%s\" is given twice", s->key);
        llbc__related(n, slots[k].key_at, "first given here");
        return;
    }
}

/* Operands that have no parameter: one message for all of them. */
static void too_many(llbc__check *c, const llbc__call *call,
                     const llbc__slot *s)
{
    llbc__note *n;

    if (call->sig->builtin && call->sig->star) {
        n = llbc__report(c->diags, LLBC__E_ORDER, s->arg->span,
                         "\"%s\" takes a name, \"=\" and a value",
                         call->sig->name);
        llbc__help(n, "write %s NAME=\"value\"", call->sig->name);
        return;
    }
    n = llbc__report(c->diags, LLBC__E_OPERANDS, s->arg->span,
                     "\"%s\" takes %zu operand%s, and this is one more",
                     call->sig->name, call->sig->n_formals,
                     call->sig->n_formals == 1 ? "" : "s");
    if (call->sig->builtin && call->sig->n_formals == 1 &&
        strcmp(call->sig->formals[0].name, "CMD") == 0)
        llbc__help(n,
                   "a program with its arguments is a list: %s [\"a\", \"b\"]",
                   call->sig->name);
    else if (call->sig->n_options)
        llbc__help(n, "an option is written NAME=value");
}

static bool given(const llbc__slot *slots, size_t n, const llbc__formal *f)
{
    for (size_t i = 0; i < n; i++) {
        if (slots[i].formal == f)
            return true;
    }
    return false;
}

static void check_missing(llbc__check *c, const llbc__call *call,
                          const llbc__slot *slots)
{
    const llbc__sig *sig = call->sig;

    for (size_t i = 0; i < sig->n_formals; i++) {
        const llbc__formal *f = &sig->formals[i];
        bool need = !f->optional && !(f->rest && sig->def);
        if (!need || given(slots, call->args->n, f))
            continue;
        llbc__note *n = llbc__report(c->diags, LLBC__E_OPERANDS, call->at,
                                     "\"%s\" needs %s", sig->name, f->name);
        if (sig->builtin)
            llbc__help(n, "for example: %s", sig->builtin->example);
        else
            llbc__related(n, sig->def->decl->head, "declared here");
        return;
    }
}

const llbc__ty *llbc__check_args(llbc__check *c, const llbc__call *call)
{
    const llbc__sig *sig = call->sig;
    llbc__slot *slots = llbc__place_args(c->arena, sig, call->args);
    const llbc__ty *var = &llbc__ty_unknown;
    bool extra = false;

    if (!slots) {
        llbc__diags_nomem(c->diags);
        return &llbc__ty_unknown;
    }
    if (call->args->n > LLBC__MAX_NAMES) {
        llbc__report(c->diags, LLBC__E_TOO_LARGE, call->whole,
                     "a call with more than %d operands and options",
                     LLBC__MAX_NAMES);
        return &llbc__ty_unknown;
    }
    if (llbc__dockerfile_order(c, call, slots))
        return sig->result;
    for (size_t i = 0; i < call->args->n; i++) {
        const llbc__slot *s = &slots[i];
        if (!check_key(c, call, s)) {
            llbc__check_expr(c, s->arg->value);
            continue;
        }
        check_twice(c, slots, i);
        if (s->formal) {
            check_slot(c, call, s, &var);
        } else if (s->key) {
            unknown_option(c, call, s);
        } else {
            llbc__check_expr(c, s->arg->value);
            if (!extra)
                too_many(c, call, s);
            extra = true;
        }
    }
    check_missing(c, call, slots);
    if (!sig->builtin || !sig->builtin->result)
        return sig->result;
    if (strcmp(sig->builtin->result, "T") == 0)
        return var;
    if (strcmp(sig->builtin->result, "[T]") != 0)
        return sig->result;
    const llbc__ty *list = llbc__ty_of(c->arena, LLBC__LIST, var);
    return list ? list : &llbc__ty_unknown;
}
