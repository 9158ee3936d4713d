/* Which comments stay where they are, and which have to move. */
#include "format_impl.h"

#include <stdlib.h>

/* Recursion is bounded by LLBC__MAX_DEPTH, as in all walks over a tree. */

static void place_expr(llbc__printer *pr, const llbc__expr *e);
static void place_block(llbc__printer *pr, const llbc__block *b);
static void place_stmt(llbc__printer *pr, const llbc__stmt *s);
static void place_decl(llbc__printer *pr, const llbc__decl *d);

size_t llbc__comments_from(const llbc__printer *pr, uint32_t at)
{
    size_t low = 0, high = pr->n_comments;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (pr->comments[mid].span.start < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool llbc__comments_in(const llbc__printer *pr, uint32_t from, uint32_t to)
{
    size_t i = llbc__comments_from(pr, from);

    return i < pr->n_comments && pr->comments[i].span.start < to;
}

bool llbc__must_open(const llbc__printer *pr, uint32_t from, uint32_t to)
{
    return !pr->interps && llbc__comments_in(pr, from, to);
}

/* Comments in [from, to) stay there: a sequence is printed around them. */
static void stay(llbc__printer *pr, uint32_t from, uint32_t to)
{
    for (size_t i = llbc__comments_from(pr, from);
         i < pr->n_comments && pr->comments[i].span.start < to; i++)
        pr->comments[i].moved = false;
}

/* Comments in an item move to before it, until a sequence inside of it says
 * that they can stay. */
static void move(llbc__printer *pr, llb_span item)
{
    for (size_t i = llbc__comments_from(pr, item.start);
         i < pr->n_comments && pr->comments[i].span.start < item.end; i++) {
        pr->comments[i].moved = true;
        pr->comments[i].owner = item.start;
    }
}

static void place_item(llbc__printer *pr, llbc__item_kind kind,
                       const void *item)
{
    switch (kind) {
    case LLBC__ITEM_DECL:
        place_decl(pr, item);
        break;
    case LLBC__ITEM_STMT:
        place_stmt(pr, item);
        break;
    case LLBC__ITEM_EXPR:
        place_expr(pr, item);
        break;
    case LLBC__ITEM_ARG:
    case LLBC__ITEM_ENTRY:
        place_expr(pr, ((const llbc__arg *)item)->value);
        break;
    case LLBC__ITEM_PARAM:
        place_expr(pr, ((const llbc__param *)item)->value);
        break;
    }
}

/* Walks into an item only where there are comments: most have none. */
static void place_sequence(llbc__printer *pr, llbc__item_kind kind,
                           const void *first, uint32_t from, uint32_t to)
{
    if (!llbc__comments_in(pr, from, to))
        return;
    stay(pr, from, to);
    for (const void *i = first; i; i = llbc__item_next(kind, i)) {
        llb_span span = llbc__item_span(kind, i);

        if (!llbc__comments_in(pr, span.start, span.end))
            continue;
        move(pr, span);
        place_item(pr, kind, i);
    }
}

static void place_words(llbc__printer *pr, const llbc__args *words)
{
    for (const llbc__arg *a = words->first; a; a = a->next)
        place_expr(pr, a->value);
}

/* Strings are not looked into: what stands in ${} is printed on one line. */
static void place_expr(llbc__printer *pr, const llbc__expr *e)
{
    if (!e || !llbc__comments_in(pr, e->span.start, e->span.end))
        return;
    switch (e->kind) {
    case LLBC__EXPR_STRING:
    case LLBC__EXPR_INT:
    case LLBC__EXPR_BOOL:
    case LLBC__EXPR_NAME:
        break;
    case LLBC__EXPR_CALL:
        place_expr(pr, e->u.call.callee);
        place_sequence(pr, LLBC__ITEM_ARG, e->u.call.args.first,
                       e->u.call.callee->span.end, e->u.call.close.start);
        break;
    case LLBC__EXPR_MEMBER:
        place_expr(pr, e->u.member.base);
        break;
    case LLBC__EXPR_INDEX:
        place_expr(pr, e->u.index.base);
        place_expr(pr, e->u.index.index);
        break;
    case LLBC__EXPR_LIST:
        place_sequence(pr, LLBC__ITEM_EXPR, e->u.list.first, e->span.start,
                       e->span.end);
        break;
    case LLBC__EXPR_COMP:
        place_expr(pr, e->u.comp.in);
        place_expr(pr, e->u.comp.cond);
        place_expr(pr, e->u.comp.value);
        break;
    case LLBC__EXPR_MAP:
        place_sequence(pr, LLBC__ITEM_ENTRY, e->u.map.first, e->span.start,
                       e->span.end);
        break;
    case LLBC__EXPR_FS:
        place_block(pr, e->u.fs);
        break;
    case LLBC__EXPR_UNARY:
    case LLBC__EXPR_BINARY:
        place_expr(pr, e->u.op.a);
        place_expr(pr, e->u.op.b);
        break;
    case LLBC__EXPR_IF:
        place_expr(pr, e->u.cond.cond);
        place_expr(pr, e->u.cond.then);
        place_expr(pr, e->u.cond.otherwise);
        break;
    }
}

static void place_block(llbc__printer *pr, const llbc__block *b)
{
    if (b)
        place_sequence(pr, LLBC__ITEM_STMT, b->first, b->span.start,
                       b->span.end);
}

static void place_if(llbc__printer *pr, const llbc__stmt *s)
{
    /* else-if chains are as long as they are: no recursion for them */
    for (; s; s = s->u.cond.else_if) {
        place_expr(pr, s->u.cond.cond);
        place_block(pr, s->u.cond.then);
        if (!s->u.cond.otherwise)
            continue;
        /* what stands before "else {" goes into that block */
        stay(pr, s->u.cond.then->span.end, s->u.cond.otherwise->span.start);
        place_block(pr, s->u.cond.otherwise);
    }
}

static void place_stmt(llbc__printer *pr, const llbc__stmt *s)
{
    switch (s->kind) {
    case LLBC__STMT_CALL:
        if (s->u.call.parens)
            place_sequence(pr, LLBC__ITEM_ARG, s->u.call.args.first,
                           s->u.call.callee->span.end, s->u.call.head.end);
        else
            place_words(pr, &s->u.call.args);
        place_block(pr, s->u.call.block);
        break;
    case LLBC__STMT_LET:
        place_expr(pr, s->u.let.value);
        break;
    case LLBC__STMT_IF:
        place_if(pr, s);
        break;
    case LLBC__STMT_FOR:
        place_expr(pr, s->u.loop.in);
        place_block(pr, s->u.loop.body);
        break;
    }
}

static void place_decl(llbc__printer *pr, const llbc__decl *d)
{
    switch (d->kind) {
    case LLBC__DECL_IMPORT:
        place_expr(pr, d->u.import.from);
        break;
    case LLBC__DECL_ARG:
        place_expr(pr, d->u.arg.value);
        place_words(pr, &d->u.arg.options);
        break;
    case LLBC__DECL_LET:
        place_expr(pr, d->u.let.value);
        break;
    case LLBC__DECL_DEF:
        place_sequence(pr, LLBC__ITEM_PARAM, d->u.def.params.first,
                       d->u.def.params.open.start, d->u.def.params.close.end);
        place_expr(pr, d->u.def.value);
        place_block(pr, d->u.def.block);
        break;
    case LLBC__DECL_TARGET:
        if (d->u.target.has_params)
            place_sequence(pr, LLBC__ITEM_PARAM, d->u.target.params.first,
                           d->u.target.params.open.start,
                           d->u.target.params.close.end);
        place_words(pr, &d->u.target.options);
        place_block(pr, d->u.target.block);
        break;
    case LLBC__DECL_GROUP:
        place_expr(pr, d->u.group);
        break;
    }
}

bool llbc__comments_place(llbc__printer *pr, const llbc__file *file)
{
    size_t n = 0;

    for (const llbc__comment *c = file->comments; c; c = c->next)
        n++;
    pr->comments = calloc(n + 1, sizeof *pr->comments);
    if (!pr->comments)
        return false;
    for (const llbc__comment *c = file->comments; c; c = c->next)
        pr->comments[pr->n_comments++].span = c->span;
    place_sequence(pr, LLBC__ITEM_DECL, file->first, 0, UINT32_MAX);
    return true;
}
