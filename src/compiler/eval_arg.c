/* Values of a file's own names: `let` at its first use, `arg` from the
 * command line, the environment or its default. */
#include "eval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static llbc__value bad_arg(llbc__eval *e, const llbc__global *g,
                           const char *text, const char *why)
{
    llbc__report(e->diags, LLBC__E_ARG, g->decl->head,
                 "argument \"%s\" is %s, and \"%s\" is none", g->name, why,
                 text);
    return llbc__no_value();
}

/* A text from outside as a value of a simple type. */
static llbc__value from_text(llbc__eval *e, const llbc__global *g,
                             const llbc__ty *type, const char *text)
{
    char *end;
    long long num;

    switch ((int)type->kind) {
    case LLBC__INT:
        errno = 0;
        num = strtoll(text, &end, 10);
        if (errno || end == text || *end)
            return bad_arg(e, g, text, "an int");
        return llbc__int_value(num);
    case LLBC__BOOL:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            return bad_arg(e, g, text, "true or false");
        return llbc__bool_value(text[0] == 't');
    case LLBC__FS:
        return llbc__eval_context(e, text, g->decl->head);
    case LLBC__PLATFORM:
        return llbc__eval_convert(e, llbc__text_value(text), type,
                                  g->decl->head);
    default:
        if (!llb__utf8_valid(text, strlen(text)))
            return bad_arg(e, g, "(bytes)", "UTF-8 text");
        return llbc__text_value(text);
    }
}

static llbc__value from_texts(llbc__eval *e, const llbc__global *g,
                              const char *const *texts, size_t n)
{
    if (g->type->kind != LLBC__LIST)
        return from_text(e, g, g->type, texts[n - 1]);
    llbc__value *items = llbc__eval_alloc(e, n, sizeof(*items));
    for (size_t i = 0; items && i < n; i++) {
        items[i] = from_text(e, g, g->type->elem, texts[i]);
        if (!llbc__known(items[i]))
            return items[i];
    }
    return items ? llbc__list_value(items, n) : llbc__no_value();
}

/* The variable that sets the argument, as it is now; NULL: none. */
static const char *from_env(llbc__eval *e, const llbc__decl *d)
{
    const llbc__expr *name = llbc__option(&d->u.arg.options, "env");
    llbc__value v =
        name && !e->opts->no_env ? llbc__eval_expr(e, name) : llbc__no_value();

    const char *text = v.kind == LLBC__STRING ? getenv(v.u.str) : NULL;
    return text ? llbc__eval_strndup(e, text, strlen(text)) : NULL;
}

/* Whether the value is one of `values=`, where that is given. */
static bool allowed(llbc__eval *e, const llbc__global *g, llbc__value v)
{
    const llbc__expr *x = llbc__option(&g->decl->u.arg.options, "values");
    llbc__value list = x ? llbc__eval_expr(e, x) : llbc__no_value();
    bool each = v.kind == LLBC__LIST;

    for (size_t i = 0; list.kind == LLBC__LIST && i < (each ? v.n : 1); i++) {
        llbc__value one = each ? v.u.list[i] : v;
        bool found = false;
        for (size_t k = 0; k < list.n && !found; k++)
            found = llbc__value_equal(one, list.u.list[k]);
        if (found)
            continue;
        size_t len;
        const char *text = llbc__value_text(e->arena, one, &len);
        llbc__note *n = llbc__report(e->diags, LLBC__E_ARG, g->decl->head,
                                     "argument \"%s\" cannot be \"%s\"",
                                     g->name, text ? text : "");
        llbc__related(n, x->span, "these are its values");
        return false;
    }
    return true;
}

static llbc__value eval_arg(llbc__eval *e, llbc__global *g)
{
    const llbc__decl *d = g->decl;
    const char *env = NULL;
    llbc__value v = llbc__no_value();

    if (e->fixed) {
        llbc__report(e->diags, LLBC__E_NAME_PLACE, d->head,
                     "%s cannot depend on an argument: it says which targets "
                     "there are",
                     e->fixed);
        return v;
    }
    if (g->n_given) {
        v = from_texts(e, g, g->given, g->n_given);
    } else if ((env = from_env(e, d)) != NULL) {
        v = from_texts(e, g, &env, 1);
    } else if (d->u.arg.value) {
        v = llbc__eval_convert(e, llbc__eval_expr(e, d->u.arg.value), g->type,
                               d->u.arg.value->span);
    } else {
        llbc__note *n = llbc__report(e->diags, LLBC__E_ARG, d->head,
                                     "argument \"%s\" has no value and no "
                                     "default",
                                     g->name);
        llbc__help(n, "give it one: --%s %s=VALUE",
                   g->type->kind == LLBC__FS ? "context" : "arg", g->name);
    }
    return llbc__known(v) && !allowed(e, g, v) ? llbc__no_value() : v;
}

llbc__value llbc__eval_global(llbc__eval *e, llbc__global *g)
{
    llbc__cell *cell = &e->cells[llbc__global_number(g)];
    llbc__frame *caller = e->frame;
    llbc__frame frame = {.unit = g->unit,
                         .platform = e->target_platform,
                         .stmt = g->decl->span,
                         .n_calls = caller->n_calls};

    if (cell->progress != LLBC__NOT_YET)
        return cell->value;
    cell->progress = LLBC__BUSY;
    e->frame = &frame;
    cell->value =
        g->decl->kind == LLBC__DECL_ARG
            ? eval_arg(e, g)
            : llbc__eval_convert(e, llbc__eval_expr(e, g->decl->u.let.value),
                                 g->type, g->decl->u.let.value->span);
    e->frame = caller;
    cell->progress = LLBC__DONE;
    return cell->value;
}
