#include "scope.h"

#include <stdlib.h>
#include <string.h>

static const char *const taken[] = {"platform", "build_platform", "here"};

enum { N_TAKEN = sizeof(taken) / sizeof(taken[0]) };

bool llbc__name_taken(const char *name)
{
    for (size_t i = 0; i < N_TAKEN; i++) {
        if (strcmp(taken[i], name) == 0)
            return true;
    }
    return false;
}

static llbc__space space_of(llbc__decl_kind kind)
{
    switch (kind) {
    case LLBC__DECL_IMPORT:
        return LLBC__MODULES;
    case LLBC__DECL_ARG:
    case LLBC__DECL_LET:
        return LLBC__VALUES;
    case LLBC__DECL_DEF:
        return LLBC__FUNCTIONS;
    case LLBC__DECL_TARGET:
    case LLBC__DECL_GROUP:
        return LLBC__TARGETS;
    }
    return LLBC__VALUES;
}

static int compare(const llbc__global *a, llbc__space space, const char *name)
{
    return a->space != space ? (a->space > space) - (a->space < space)
                             : strcmp(a->name, name);
}

static int by_name(const void *a, const void *b)
{
    const llbc__global *x = *(llbc__global *const *)a;
    const llbc__global *y = *(llbc__global *const *)b;
    int order = compare(x, y->space, y->name);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static const char *decl_name(const llbc__decl *d)
{
    const char *text = d->name.text;

    if (!text && d->quoted)
        text = llbc__expr_text(d->quoted, NULL);
    return text ? text : "";
}

static llb_span decl_name_at(const llbc__decl *d)
{
    return d->name.text ? d->name.span : d->quoted ? d->quoted->span : d->head;
}

/* Names that would hide what the language means by them. */
static void check_taken(const llbc__global *g, llbc_diags *d)
{
    llb_span at = decl_name_at(g->decl);

    if ((g->space == LLBC__VALUES || g->space == LLBC__MODULES) &&
        llbc__name_taken(g->name)) {
        llbc__report(d, LLBC__E_NAME_TAKEN, at,
                     "\"%s\" is a name of the language", g->name);
    } else if (g->space == LLBC__FUNCTIONS && llbc__builtin_any(g->name)) {
        llbc__note *n = llbc__report(d, LLBC__E_NAME_TAKEN, at,
                                     "\"%s\" is a built-in", g->name);
        llbc__help(n, "choose another name, such as \"my_%s\"", g->name);
    }
}

/* "x.y" would be a member of the value x or something of the module x. */
static void check_module_name(const llbc__unit *u, const llbc__global *g,
                              llbc_diags *d)
{
    const llbc__global *value = llbc__unit_find(u, LLBC__VALUES, g->name);

    if (g->space != LLBC__MODULES || !value)
        return;
    llbc__note *n =
        llbc__report(d, LLBC__E_NAME_TWICE, decl_name_at(g->decl),
                     "\"%s\" is a value of this file already", g->name);
    llbc__related(n, decl_name_at(value->decl), "declared here");
}

size_t llbc__global_number(const llbc__global *g)
{
    return g->unit->first + g->index;
}

bool llbc__unit_declare(llbc__unit *u, llb__arena *a, llbc_diags *d)
{
    size_t n = 0;

    u->globals = llb__arena_array(a, u->file->n, sizeof(*u->globals));
    u->sorted = llb__arena_array(a, u->file->n, sizeof(*u->sorted));
    if (u->file->n && (!u->globals || !u->sorted))
        return false;
    for (const llbc__decl *x = u->file->first; x && n < u->file->n;
         x = x->next, n++) {
        u->globals[n] = (llbc__global){.unit = u,
                                       .decl = x,
                                       .name = decl_name(x),
                                       .space = space_of(x->kind),
                                       .index = n};
        u->sorted[n] = &u->globals[n];
        check_taken(&u->globals[n], d);
    }
    u->n_globals = n;
    if (n)
        qsort(u->sorted, n, sizeof(*u->sorted), by_name);
    for (size_t i = 1; i < n; i++) {
        const llbc__global *g = u->sorted[i], *before = u->sorted[i - 1];
        if (compare(g, before->space, before->name) != 0)
            continue;
        llbc__note *note =
            llbc__report(d, LLBC__E_NAME_TWICE, decl_name_at(g->decl),
                         "\"%s\" is declared twice", g->name);
        llbc__related(note, decl_name_at(before->decl), "first declared here");
    }
    for (size_t i = 0; i < n; i++)
        check_module_name(u, &u->globals[i], d);
    return true;
}

llbc__global *llbc__unit_find(const llbc__unit *u, llbc__space space,
                              const char *name)
{
    size_t low = 0, high = u->n_globals;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = compare(u->sorted[mid], space, name);
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < u->n_globals && compare(u->sorted[low], space, name) == 0)
        return u->sorted[low];
    return NULL;
}

const llbc__binding *llbc__binding_find(const llbc__binding *names,
                                        const char *name)
{
    for (; names; names = names->next) {
        if (strcmp(names->name, name) == 0)
            return names;
    }
    return NULL;
}

llbc__global *llbc__module_find(const llbc__unit *u, const llbc__binding *names,
                                const llbc__expr *member)
{
    const llbc__expr *base = member->u.member.base;

    if (base->kind != LLBC__EXPR_NAME ||
        llbc__binding_find(names, base->u.name.text))
        return NULL;
    return llbc__unit_find(u, LLBC__MODULES, base->u.name.text);
}

static llbc__global *use(llbc__global *g)
{
    if (g)
        g->used = true;
    return g;
}

llbc__global *llbc__meant(const llbc__unit *u, const llbc__binding *names,
                          llbc__space space, const llbc__expr *e)
{
    if (e->kind == LLBC__EXPR_NAME)
        return use(llbc__unit_find(u, space, e->u.name.text));
    if (e->kind != LLBC__EXPR_MEMBER)
        return NULL;
    llbc__global *m = use(llbc__module_find(u, names, e));
    return m && m->module
               ? use(llbc__unit_find(m->module, space, e->u.member.name.text))
               : NULL;
}

llbc__global *llbc__group_member(const llbc__unit *u, const llbc__expr *e)
{
    const char *text = llbc__expr_text(e, NULL);

    return text ? llbc__unit_find(u, LLBC__TARGETS, text)
                : llbc__meant(u, NULL, LLBC__TARGETS, e);
}

const llbc__expr *llbc__option(const llbc__args *args, const char *name)
{
    for (const llbc__arg *x = args->first; x; x = x->next) {
        if (x->key && strcmp(llbc__key_text(x->key), name) == 0)
            return x->value;
    }
    return NULL;
}

const char *llbc__key_text(const llbc__expr *key)
{
    const char *text = key->kind == LLBC__EXPR_NAME
                           ? key->u.name.text
                           : llbc__expr_text(key, NULL);
    return text ? text : "";
}

bool llbc__key_computed(const llbc__expr *key)
{
    return key->kind == LLBC__EXPR_STRING && !llbc__expr_text(key, NULL);
}

/* A copy of n parameters that keeps its place: options never move. */
static llbc__formal *keep(llb__arena *a, const llbc__formal *f, size_t n)
{
    llbc__formal *copy = llb__arena_array(a, n ? n : 1, sizeof(*f));

    if (copy && n)
        memcpy(copy, f, n * sizeof(*f));
    return copy;
}

const llbc__sig *llbc__builtin_sig(const llbc__sig **sigs, llb__arena *a,
                                   const llbc__builtin *b)
{
    size_t i = (size_t)(b - llbc__builtins);
    llbc__formal formals[LLBC__MAX_PARAMS];

    if (sigs[i])
        return sigs[i];
    llbc__sig *s = llb__arena_alloc(a, sizeof(*s));
    if (!s)
        return NULL;
    s->name = b->name;
    s->builtin = b;
    s->n_formals = llbc__formals_parse(a, b->params, formals, LLBC__MAX_PARAMS);
    s->formals = keep(a, formals, s->n_formals);
    s->n_options =
        llbc__formals_parse(a, b->options, formals, LLBC__MAX_PARAMS);
    s->options = keep(a, formals, s->n_options);
    if (!s->formals || !s->options)
        return NULL;
    for (size_t k = 0; k < s->n_options; k++) {
        s->options[k].optional = true;
        if (strcmp(s->options[k].name, "*") == 0)
            s->star = &s->options[k];
    }
    if (b->result && strcmp(b->result, "T") && strcmp(b->result, "[T]"))
        s->result = llbc__ty_parse(a, b->result, strlen(b->result));
    else if (b->result)
        s->result = &llbc__ty_unknown;
    return sigs[i] = s;
}

static const llbc__formal *find_formal(const llbc__formal *f, size_t n,
                                       const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(f[i].name, name) == 0)
            return &f[i];
    }
    return NULL;
}

static void place_option(const llbc__sig *sig, llbc__slot *slot)
{
    slot->key = llbc__key_text(slot->arg->key);
    slot->key_at = slot->arg->key->span;
    slot->option = true;
    slot->formal = find_formal(sig->options, sig->n_options, slot->key);
    if (!slot->formal && sig->def) {
        slot->formal = find_formal(sig->formals, sig->n_formals, slot->key);
        slot->by_name = slot->formal != NULL;
        slot->option = !slot->by_name;
    }
    if (!slot->formal)
        slot->formal = sig->star;
}

/* The parameters that operands may fill, in order: those that no argument
 * names; their number. */
static size_t free_formals(const llbc__sig *sig, const llbc__slot *slots,
                           size_t n, const llbc__formal **open)
{
    size_t n_open = 0;

    for (size_t i = 0; i < sig->n_formals; i++)
        open[i] = &sig->formals[i];
    for (size_t i = 0; i < n; i++) {
        if (slots[i].by_name)
            open[slots[i].formal - sig->formals] = NULL;
    }
    for (size_t i = 0; i < sig->n_formals; i++) {
        if (open[i])
            open[n_open++] = open[i];
    }
    return n_open;
}

/* Of n_operands operands number i goes to which of the open parameters? Those
 * behind the rest take theirs from the end. */
static const llbc__formal *formal_of(const llbc__formal *const *open,
                                     size_t n_open, size_t i, size_t n_operands)
{
    size_t rest = 0;

    while (rest < n_open && !open[rest]->rest)
        rest++;
    if (i < rest)
        return open[i];
    if (rest == n_open)
        return NULL;
    size_t after = n_open - rest - 1;
    if (n_operands >= rest + after && i >= n_operands - after)
        return open[n_open - (n_operands - i)];
    return open[rest];
}

llbc__slot *llbc__place_args(llb__arena *a, const llbc__sig *sig,
                             const llbc__args *args)
{
    size_t n = args->n, n_operands = 0, k = 0;
    llbc__slot *slots = llb__arena_array(a, n ? n : 1, sizeof(*slots));
    const llbc__formal **open =
        llb__arena_array(a, sig->n_formals ? sig->n_formals : 1, sizeof(*open));

    if (!slots || !open)
        return NULL;
    for (const llbc__arg *x = args->first; x && k < n; x = x->next, k++) {
        slots[k].arg = x;
        if (x->key)
            place_option(sig, &slots[k]);
        else
            n_operands++;
    }
    size_t n_open = free_formals(sig, slots, n, open);
    for (size_t i = 0, operand = 0; i < n; i++) {
        if (!slots[i].arg->key)
            slots[i].formal = formal_of(open, n_open, operand++, n_operands);
    }
    return slots;
}

/* Candidates for "did you mean", as many as fit. */
typedef struct candidates {
    const char *names[256];
    size_t n;
} candidates;

static void offer(candidates *c, const char *name)
{
    if (c->n < sizeof(c->names) / sizeof(c->names[0]))
        c->names[c->n++] = name;
}

static void offer_globals(candidates *c, const llbc__unit *u, llbc__space space)
{
    for (size_t i = 0; i < u->n_globals; i++) {
        if (u->globals[i].space == space)
            offer(c, u->globals[i].name);
    }
}

const char *llbc__near_value(llb__arena *a, const llbc__unit *u,
                             const llbc__binding *names, const char *word)
{
    candidates *c = llb__arena_alloc(a, sizeof(*c));

    if (!c)
        return NULL;
    for (; names; names = names->next)
        offer(c, names->name);
    offer_globals(c, u, LLBC__VALUES);
    for (size_t i = 0; i < N_TAKEN; i++)
        offer(c, taken[i]);
    return llbc__nearest(word, c->names, c->n);
}

const char *llbc__near_global(llb__arena *a, const llbc__unit *u,
                              llbc__space space, const char *word)
{
    candidates *c = llb__arena_alloc(a, sizeof(*c));

    if (!c)
        return NULL;
    offer_globals(c, u, space);
    return llbc__nearest(word, c->names, c->n);
}

const char *llbc__near_function(llb__arena *a, const llbc__unit *u,
                                const char *word, llbc__role role)
{
    candidates *c = llb__arena_alloc(a, sizeof(*c));

    if (!c)
        return NULL;
    if (role == LLBC__STEP || role == LLBC__IN_RUN || role == LLBC__FUNCTION)
        offer_globals(c, u, LLBC__FUNCTIONS);
    for (size_t i = 0; i < llbc__n_builtins; i++) {
        if (llbc__builtins[i].role == role)
            offer(c, llbc__builtins[i].name);
    }
    return llbc__nearest(word, c->names, c->n);
}
