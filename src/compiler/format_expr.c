/* Expressions: on one line if they fit, else with their brackets opened. */
#include "format_impl.h"

static const char *const operators[] = {
    [LLBC__OP_OR] = "||", [LLBC__OP_AND] = "&&", [LLBC__OP_EQ] = "==",
    [LLBC__OP_NE] = "!=", [LLBC__OP_LT] = "<",   [LLBC__OP_LE] = "<=",
    [LLBC__OP_GT] = ">",  [LLBC__OP_GE] = ">=",  [LLBC__OP_ADD] = "+",
    [LLBC__OP_SUB] = "-", [LLBC__OP_MUL] = "*",  [LLBC__OP_DIV] = "/",
    [LLBC__OP_MOD] = "%", [LLBC__OP_NOT] = "!",  [LLBC__OP_NEG] = "-",
};

void llbc__print_type(llbc__printer *pr, const llbc__type *t)
{
    unsigned n = 0;

    for (const llbc__type *in = t; in; in = in->of) {
        if (in->kind == LLBC__TYPE_NAME)
            llbc__emit(pr, in->name.text, in->name.len);
        else
            llbc__emits(pr, in->kind == LLBC__TYPE_LIST ? "[" : "{");
    }
    /* the brackets of types have no others in them: close from inside out */
    for (const llbc__type *in = t; in->of; in = in->of)
        n++;
    while (n--) {
        const llbc__type *in = t;

        for (unsigned i = 0; i < n; i++)
            in = in->of;
        llbc__emits(pr, in->kind == LLBC__TYPE_LIST ? "]" : "}");
    }
}

/* --- arguments --------------------------------------------------------- */

static void print_pair(llbc__printer *pr, const llbc__arg *a, const char *mark)
{
    if (a->key) {
        llbc__print_expr(pr, a->key);
        llbc__emits(pr, mark);
    }
    llbc__print_expr(pr, a->value);
    if (a->spread)
        llbc__emits(pr, "...");
}

void llbc__print_arg(llbc__printer *pr, const llbc__arg *a)
{
    print_pair(pr, a, "=");
}

void llbc__print_entry(llbc__printer *pr, const llbc__arg *a)
{
    print_pair(pr, a, ": ");
}

void llbc__print_param(llbc__printer *pr, const llbc__param *q)
{
    llbc__emit(pr, q->name.text, q->name.len);
    if (q->type) {
        llbc__emits(pr, ": ");
        llbc__print_type(pr, q->type);
    }
    if (q->rest)
        llbc__emits(pr, "...");
    if (q->value) {
        llbc__emits(pr, " = ");
        llbc__print_expr(pr, q->value);
    }
}

/* The items one after the other on one line. Comments end a try; where it is
 * no try, inside ${}, they have been moved out. */
static void print_flat(llbc__printer *pr, const char *open, const char *close,
                       llbc__item_kind kind, const void *first, uint32_t from,
                       uint32_t to)
{
    if (llbc__must_open(pr, from, to))
        pr->over = true;
    llbc__emits(pr, open);
    for (const void *i = first; i && !pr->over; i = llbc__item_next(kind, i)) {
        if (i != first)
            llbc__emits(pr, ", ");
        if (kind == LLBC__ITEM_EXPR)
            llbc__print_expr(pr, i);
        else if (kind == LLBC__ITEM_PARAM)
            llbc__print_param(pr, i);
        else
            print_pair(pr, i, kind == LLBC__ITEM_ENTRY ? ": " : "=");
    }
    llbc__emits(pr, close);
}

/* On one line if it fits there. */
static void print_list(llbc__printer *pr, const char *open, const char *close,
                       llbc__item_kind kind, const void *first, uint32_t from,
                       uint32_t to)
{
    if (!pr->flat) {
        llbc__try t = llbc__try_begin(pr);

        print_flat(pr, open, close, kind, first, from, to);
        if (!llbc__try_end(pr, t))
            llbc__bracketed(pr, open, close, kind, first, from, to);
        return;
    }
    print_flat(pr, open, close, kind, first, from, to);
}

/* Whether the brackets of an only argument can stand for those of the call:
 * f(fs {, f([. */
static bool hugs(const llbc__printer *pr, const llbc__args *args, uint32_t from,
                 uint32_t to)
{
    const llbc__arg *a = args->first;

    if (args->n != 1 || a->spread || a->value->parens ||
        llbc__must_open(pr, from, a->span.start) ||
        llbc__must_open(pr, a->span.end, to))
        return false;
    return a->value->kind == LLBC__EXPR_FS ||
           a->value->kind == LLBC__EXPR_LIST ||
           a->value->kind == LLBC__EXPR_MAP;
}

static bool has_moved_in(const llbc__printer *pr, const llbc__arg *a)
{
    for (size_t i = llbc__comments_from(pr, a->span.start);
         i < pr->n_comments && pr->comments[i].span.start < a->span.end; i++)
        if (pr->comments[i].moved && pr->comments[i].owner == a->span.start)
            return true;
    return false;
}

void llbc__print_args(llbc__printer *pr, const llbc__args *args, uint32_t from,
                      uint32_t to)
{
    if (!pr->flat && hugs(pr, args, from, to) &&
        !has_moved_in(pr, args->first)) {
        llbc__emits(pr, "(");
        llbc__print_arg(pr, args->first);
        llbc__emits(pr, ")");
        return;
    }
    print_list(pr, "(", ")", LLBC__ITEM_ARG, args->first, from, to);
}

void llbc__print_params(llbc__printer *pr, const llbc__params *params)
{
    print_list(pr, "(", ")", LLBC__ITEM_PARAM, params->first,
               params->open.start, params->close.end);
}

/* --- expressions ------------------------------------------------------- */

static void blank_or_line(llbc__printer *pr)
{
    if (pr->flat)
        llbc__emits(pr, " ");
    else
        llbc__new_line(pr, false);
}

static void print_binary(llbc__printer *pr, const llbc__expr *e)
{
    llbc__print_expr(pr, e->u.op.a);
    llbc__emits(pr, " ");
    llbc__emits(pr, operators[e->u.op.op]);
    pr->indent += LLBC__FORMAT_INDENT;
    blank_or_line(pr);
    llbc__print_expr(pr, e->u.op.b);
    pr->indent -= LLBC__FORMAT_INDENT;
}

static void print_cond(llbc__printer *pr, const llbc__expr *e)
{
    llbc__emits(pr, "if ");
    llbc__print_expr(pr, e->u.cond.cond);
    llbc__emits(pr, " then ");
    llbc__print_expr(pr, e->u.cond.then);
    pr->indent += LLBC__FORMAT_INDENT;
    blank_or_line(pr);
    llbc__emits(pr, "else ");
    llbc__print_expr(pr, e->u.cond.otherwise);
    pr->indent -= LLBC__FORMAT_INDENT;
}

static void print_comp(llbc__printer *pr, const llbc__expr *e)
{
    llbc__emits(pr, "[");
    pr->indent += LLBC__FORMAT_INDENT;
    if (!pr->flat)
        llbc__new_line(pr, false);
    llbc__emits(pr, "for ");
    llbc__emit(pr, e->u.comp.name.text, e->u.comp.name.len);
    if (e->u.comp.name2.text) {
        llbc__emits(pr, ", ");
        llbc__emit(pr, e->u.comp.name2.text, e->u.comp.name2.len);
    }
    llbc__emits(pr, " in ");
    llbc__print_expr(pr, e->u.comp.in);
    if (e->u.comp.cond) {
        blank_or_line(pr);
        llbc__emits(pr, "if ");
        llbc__print_expr(pr, e->u.comp.cond);
    }
    llbc__emits(pr, " :");
    blank_or_line(pr);
    llbc__print_expr(pr, e->u.comp.value);
    pr->indent -= LLBC__FORMAT_INDENT;
    if (!pr->flat)
        llbc__new_line(pr, false);
    llbc__emits(pr, "]");
}

static void print_kind(llbc__printer *pr, const llbc__expr *e)
{
    switch (e->kind) {
    case LLBC__EXPR_STRING:
        llbc__print_string(pr, e);
        break;
    case LLBC__EXPR_INT:
    case LLBC__EXPR_BOOL:
    case LLBC__EXPR_NAME:
        llbc__emit_span(pr, e->span);
        break;
    case LLBC__EXPR_CALL:
        llbc__print_expr(pr, e->u.call.callee);
        llbc__print_args(pr, &e->u.call.args, e->u.call.callee->span.end,
                         e->u.call.close.start);
        break;
    case LLBC__EXPR_MEMBER:
        llbc__print_expr(pr, e->u.member.base);
        llbc__emits(pr, ".");
        llbc__emit(pr, e->u.member.name.text, e->u.member.name.len);
        break;
    case LLBC__EXPR_INDEX:
        llbc__print_expr(pr, e->u.index.base);
        llbc__emits(pr, "[");
        llbc__print_expr(pr, e->u.index.index);
        llbc__emits(pr, "]");
        break;
    case LLBC__EXPR_LIST:
        print_list(pr, "[", "]", LLBC__ITEM_EXPR, e->u.list.first,
                   e->span.start, e->span.end);
        break;
    case LLBC__EXPR_COMP:
        print_comp(pr, e);
        break;
    case LLBC__EXPR_MAP:
        print_list(pr, "{", "}", LLBC__ITEM_ENTRY, e->u.map.first,
                   e->span.start, e->span.end);
        break;
    case LLBC__EXPR_FS:
        llbc__emits(pr, "fs ");
        llbc__print_block(pr, e->u.fs, e->u.fs->span.start);
        break;
    case LLBC__EXPR_UNARY:
        llbc__emits(pr, operators[e->u.op.op]);
        llbc__print_expr(pr, e->u.op.a);
        break;
    case LLBC__EXPR_BINARY:
        print_binary(pr, e);
        break;
    case LLBC__EXPR_IF:
        print_cond(pr, e);
        break;
    }
}

static void print_whole(llbc__printer *pr, const llbc__expr *e)
{
    if (e->parens)
        llbc__emits(pr, "(");
    print_kind(pr, e);
    if (e->parens)
        llbc__emits(pr, ")");
}

void llbc__print_expr(llbc__printer *pr, const llbc__expr *e)
{
    if (pr->over)
        return;
    if (!pr->flat) {
        llbc__try t = llbc__try_begin(pr);

        print_whole(pr, e);
        if (llbc__try_end(pr, t))
            return;
    }
    print_whole(pr, e);
}
