/* Statements and declarations. */
#include "format_impl.h"

/* Whether an operand that is too wide can be printed over several lines where
 * it stands. */
static bool opens(const llbc__expr *e)
{
    switch (e->kind) {
    case LLBC__EXPR_CALL:
        return e->u.call.args.n > 0;
    case LLBC__EXPR_LIST:
    case LLBC__EXPR_COMP:
    case LLBC__EXPR_MAP:
    case LLBC__EXPR_FS:
        return true;
    case LLBC__EXPR_STRING:
    case LLBC__EXPR_INT:
    case LLBC__EXPR_BOOL:
    case LLBC__EXPR_NAME:
    case LLBC__EXPR_MEMBER:
    case LLBC__EXPR_INDEX:
    case LLBC__EXPR_UNARY:
    case LLBC__EXPR_BINARY:
    case LLBC__EXPR_IF:
        return e->parens;
    }
    return false;
}

/* Whether a word fits on a line of its own. Prints nothing. */
static bool fits_alone(llbc__printer *pr, const llbc__arg *a, unsigned indent)
{
    llbc__try t = llbc__try_begin(pr);

    pr->column = indent;
    llbc__print_arg(pr, a);
    bool fits = !pr->over;
    pr->over = true; /* take it back in any case */
    llbc__try_end(pr, t);
    return fits;
}

static bool try_word(llbc__printer *pr, const llbc__arg *a)
{
    llbc__try t = llbc__try_begin(pr);

    llbc__emits(pr, " ");
    llbc__print_arg(pr, a);
    return llbc__try_end(pr, t);
}

void llbc__print_words(llbc__printer *pr, const llbc__args *words)
{
    unsigned indent = pr->indent, reserve = pr->reserve;

    pr->reserve = 2; /* for " \" or " {" */
    for (const llbc__arg *a = words->first; a; a = a->next) {
        unsigned behind = indent + LLBC__FORMAT_INDENT;

        if (!pr->flat && try_word(pr, a))
            continue;
        if (!pr->flat && a != words->first &&
            (!opens(a->value) || fits_alone(pr, a, behind))) {
            llbc__emits(pr, " \\");
            pr->indent = behind;
            llbc__new_line(pr, false);
        } else {
            llbc__emits(pr, " ");
        }
        llbc__print_arg(pr, a);
    }
    pr->indent = indent;
    pr->reserve = reserve;
}

/* --- statements -------------------------------------------------------- */

static void print_flat_block(llbc__printer *pr, const llbc__block *b)
{
    llbc__emits(pr, "{ ");
    for (const llbc__stmt *s = b->first; s && !pr->over; s = s->next) {
        llbc__print_stmt(pr, s);
        llbc__emits(pr, s->next ? "; " : " }");
    }
}

void llbc__print_block(llbc__printer *pr, const llbc__block *b, uint32_t from)
{
    if (!b->first && !llbc__must_open(pr, from, b->span.end))
        llbc__emits(pr, "{}");
    else if (pr->interps)
        print_flat_block(pr, b);
    else if (pr->flat)
        pr->over = true; /* a block has lines of its own */
    else
        llbc__bracketed(pr, "{", "}", LLBC__ITEM_STMT, b->first, from,
                        b->span.end);
}

void llbc__print_let(llbc__printer *pr, const llbc__let *let)
{
    llbc__emits(pr, "let ");
    llbc__emit(pr, let->name.text, let->name.len);
    if (let->type) {
        llbc__emits(pr, ": ");
        llbc__print_type(pr, let->type);
    }
    llbc__emits(pr, " = ");
    llbc__print_expr(pr, let->value);
}

static void print_call(llbc__printer *pr, const llbc__stmt *s)
{
    llbc__print_expr(pr, s->u.call.callee);
    if (s->u.call.parens)
        llbc__print_args(pr, &s->u.call.args, s->u.call.callee->span.end,
                         s->u.call.head.end);
    else
        llbc__print_words(pr, &s->u.call.args);
    if (s->u.call.as.text) {
        llbc__emits(pr, " as ");
        llbc__emit(pr, s->u.call.as.text, s->u.call.as.len);
    }
    if (s->u.call.block) {
        llbc__emits(pr, " ");
        llbc__print_block(pr, s->u.call.block, s->u.call.block->span.start);
    }
}

static void print_if(llbc__printer *pr, const llbc__stmt *s)
{
    for (; s; s = s->u.cond.else_if) {
        llbc__emits(pr, "if ");
        llbc__print_expr(pr, s->u.cond.cond);
        llbc__emits(pr, " ");
        llbc__print_block(pr, s->u.cond.then, s->u.cond.then->span.start);
        if (s->u.cond.else_if || s->u.cond.otherwise)
            llbc__emits(pr, " else ");
        if (s->u.cond.otherwise)
            llbc__print_block(pr, s->u.cond.otherwise,
                              s->u.cond.then->span.end);
    }
}

static void print_for(llbc__printer *pr, const llbc__stmt *s)
{
    llbc__emits(pr, "for ");
    llbc__emit(pr, s->u.loop.name.text, s->u.loop.name.len);
    if (s->u.loop.name2.text) {
        llbc__emits(pr, ", ");
        llbc__emit(pr, s->u.loop.name2.text, s->u.loop.name2.len);
    }
    llbc__emits(pr, " in ");
    llbc__print_expr(pr, s->u.loop.in);
    llbc__emits(pr, " ");
    llbc__print_block(pr, s->u.loop.body, s->u.loop.body->span.start);
}

void llbc__print_stmt(llbc__printer *pr, const llbc__stmt *s)
{
    switch (s->kind) {
    case LLBC__STMT_CALL:
        print_call(pr, s);
        break;
    case LLBC__STMT_LET:
        llbc__print_let(pr, &s->u.let);
        break;
    case LLBC__STMT_IF:
        print_if(pr, s);
        break;
    case LLBC__STMT_FOR:
        print_for(pr, s);
        break;
    }
}

/* --- declarations ------------------------------------------------------ */

static void print_name(llbc__printer *pr, const llbc__decl *d)
{
    if (d->quoted)
        llbc__print_expr(pr, d->quoted);
    else
        llbc__emit(pr, d->name.text, d->name.len);
}

static void print_import(llbc__printer *pr, const llbc__decl *d)
{
    llbc__emits(pr, "import ");
    if (d->u.import.from) {
        llbc__print_expr(pr, d->u.import.from);
        llbc__emits(pr, " ");
    }
    llbc__print_expr(pr, d->u.import.path);
    llbc__emits(pr, " as ");
    print_name(pr, d);
}

static void print_arg(llbc__printer *pr, const llbc__decl *d)
{
    llbc__emits(pr, "arg ");
    print_name(pr, d);
    if (d->u.arg.type) {
        llbc__emits(pr, ": ");
        llbc__print_type(pr, d->u.arg.type);
    }
    if (d->u.arg.value) {
        llbc__emits(pr, " = ");
        llbc__print_expr(pr, d->u.arg.value);
    }
    llbc__print_words(pr, &d->u.arg.options);
}

static void print_def(llbc__printer *pr, const llbc__decl *d)
{
    llbc__emits(pr, "def ");
    print_name(pr, d);
    llbc__print_params(pr, &d->u.def.params);
    if (d->u.def.type) {
        llbc__emits(pr, " -> ");
        llbc__print_type(pr, d->u.def.type);
    }
    if (d->u.def.block) {
        llbc__emits(pr, " ");
        llbc__print_block(pr, d->u.def.block, d->u.def.block->span.start);
    } else {
        llbc__emits(pr, " = ");
        llbc__print_expr(pr, d->u.def.value);
    }
}

static void print_target(llbc__printer *pr, const llbc__decl *d)
{
    llbc__emits(pr, "target ");
    print_name(pr, d);
    if (d->u.target.has_params)
        llbc__print_params(pr, &d->u.target.params);
    llbc__print_words(pr, &d->u.target.options);
    llbc__emits(pr, " ");
    llbc__print_block(pr, d->u.target.block, d->u.target.block->span.start);
}

void llbc__print_decl(llbc__printer *pr, const llbc__decl *d)
{
    switch (d->kind) {
    case LLBC__DECL_IMPORT:
        print_import(pr, d);
        break;
    case LLBC__DECL_ARG:
        print_arg(pr, d);
        break;
    case LLBC__DECL_LET:
        llbc__print_let(pr, &d->u.let);
        break;
    case LLBC__DECL_DEF:
        print_def(pr, d);
        break;
    case LLBC__DECL_TARGET:
        print_target(pr, d);
        break;
    case LLBC__DECL_GROUP:
        llbc__emits(pr, "group ");
        print_name(pr, d);
        llbc__emits(pr, " = ");
        llbc__print_expr(pr, d->u.group);
        break;
    }
}
