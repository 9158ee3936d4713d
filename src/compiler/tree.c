/* Questions about trees: the text of a string, and whether two are equal. */
#include "tree.h"

#include <string.h>

const char *llbc__expr_text(const llbc__expr *e, size_t *ret_len)
{
    const llbc__part *part;

    if (e->kind != LLBC__EXPR_STRING)
        return NULL;
    part = e->u.string.parts;
    if (part && (part->expr || part->next))
        return NULL;
    if (ret_len)
        *ret_len = part ? part->len : 0;
    return part ? part->text : "";
}

/* Each of the functions below takes two pointers of which either may be NULL;
 * they recurse no deeper than LLBC__MAX_DEPTH nodes. */

static bool same_expr(const llbc__expr *a, const llbc__expr *b);
static bool same_stmts(const llbc__stmt *a, const llbc__stmt *b);

static bool same_name(llbc__name a, llbc__name b)
{
    if (!a.text || !b.text)
        return !a.text == !b.text;
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static bool same_type(const llbc__type *a, const llbc__type *b)
{
    for (; a && b; a = a->of, b = b->of)
        if (a->kind != b->kind || !same_name(a->name, b->name))
            return false;
    return !a == !b;
}

static bool same_args(const llbc__args *x, const llbc__args *y)
{
    const llbc__arg *a = x->first, *b = y->first;

    for (; a && b; a = a->next, b = b->next)
        if (a->spread != b->spread || !same_expr(a->key, b->key) ||
            !same_expr(a->value, b->value))
            return false;
    return !a == !b;
}

static bool same_parts(const llbc__part *a, const llbc__part *b)
{
    for (; a && b; a = a->next, b = b->next) {
        if (!same_expr(a->expr, b->expr))
            return false;
        if (!a->expr &&
            (a->len != b->len || memcmp(a->text, b->text, a->len) != 0))
            return false;
    }
    return !a == !b;
}

static bool same_list(const llbc__expr *a, const llbc__expr *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_expr(a, b))
            return false;
    return !a == !b;
}

static bool same_block(const llbc__block *a, const llbc__block *b)
{
    if (!a || !b)
        return !a == !b;
    return same_stmts(a->first, b->first);
}

static bool same_expr(const llbc__expr *a, const llbc__expr *b)
{
    if (!a || !b)
        return !a == !b;
    if (a->kind != b->kind || a->parens != b->parens)
        return false;
    switch (a->kind) {
    case LLBC__EXPR_STRING:
        return a->u.string.quote == b->u.string.quote &&
               same_parts(a->u.string.parts, b->u.string.parts);
    case LLBC__EXPR_INT:
        return a->u.integer == b->u.integer;
    case LLBC__EXPR_BOOL:
        return a->u.boolean == b->u.boolean;
    case LLBC__EXPR_NAME:
        return same_name(a->u.name, b->u.name);
    case LLBC__EXPR_CALL:
        return same_expr(a->u.call.callee, b->u.call.callee) &&
               same_args(&a->u.call.args, &b->u.call.args);
    case LLBC__EXPR_MEMBER:
        return same_expr(a->u.member.base, b->u.member.base) &&
               same_name(a->u.member.name, b->u.member.name);
    case LLBC__EXPR_INDEX:
        return same_expr(a->u.index.base, b->u.index.base) &&
               same_expr(a->u.index.index, b->u.index.index);
    case LLBC__EXPR_LIST:
        return same_list(a->u.list.first, b->u.list.first);
    case LLBC__EXPR_COMP:
        return same_name(a->u.comp.name, b->u.comp.name) &&
               same_name(a->u.comp.name2, b->u.comp.name2) &&
               same_expr(a->u.comp.in, b->u.comp.in) &&
               same_expr(a->u.comp.cond, b->u.comp.cond) &&
               same_expr(a->u.comp.value, b->u.comp.value);
    case LLBC__EXPR_MAP:
        return same_args(&a->u.map, &b->u.map);
    case LLBC__EXPR_FS:
        return same_block(a->u.fs, b->u.fs);
    case LLBC__EXPR_UNARY:
    case LLBC__EXPR_BINARY:
        return a->u.op.op == b->u.op.op && same_expr(a->u.op.a, b->u.op.a) &&
               same_expr(a->u.op.b, b->u.op.b);
    case LLBC__EXPR_IF:
        return same_expr(a->u.cond.cond, b->u.cond.cond) &&
               same_expr(a->u.cond.then, b->u.cond.then) &&
               same_expr(a->u.cond.otherwise, b->u.cond.otherwise);
    }
    return false;
}

static bool same_let(const llbc__let *a, const llbc__let *b)
{
    return same_name(a->name, b->name) && same_type(a->type, b->type) &&
           same_expr(a->value, b->value);
}

static bool same_stmt(const llbc__stmt *a, const llbc__stmt *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case LLBC__STMT_CALL:
        return a->u.call.parens == b->u.call.parens &&
               same_expr(a->u.call.callee, b->u.call.callee) &&
               same_args(&a->u.call.args, &b->u.call.args) &&
               same_name(a->u.call.as, b->u.call.as) &&
               same_block(a->u.call.block, b->u.call.block);
    case LLBC__STMT_LET:
        return same_let(&a->u.let, &b->u.let);
    case LLBC__STMT_IF:
        return same_expr(a->u.cond.cond, b->u.cond.cond) &&
               same_block(a->u.cond.then, b->u.cond.then) &&
               same_stmts(a->u.cond.else_if, b->u.cond.else_if) &&
               same_block(a->u.cond.otherwise, b->u.cond.otherwise);
    case LLBC__STMT_FOR:
        return same_name(a->u.loop.name, b->u.loop.name) &&
               same_name(a->u.loop.name2, b->u.loop.name2) &&
               same_expr(a->u.loop.in, b->u.loop.in) &&
               same_block(a->u.loop.body, b->u.loop.body);
    }
    return false;
}

static bool same_stmts(const llbc__stmt *a, const llbc__stmt *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_stmt(a, b))
            return false;
    return !a == !b;
}

static bool same_params(const llbc__params *x, const llbc__params *y)
{
    const llbc__param *a = x->first, *b = y->first;

    for (; a && b; a = a->next, b = b->next)
        if (!same_name(a->name, b->name) || !same_type(a->type, b->type) ||
            a->rest != b->rest || !same_expr(a->value, b->value))
            return false;
    return !a == !b;
}

static bool same_decl(const llbc__decl *a, const llbc__decl *b)
{
    if (a->kind != b->kind || !same_name(a->name, b->name) ||
        !same_expr(a->quoted, b->quoted) || !a->doc != !b->doc ||
        (a->doc && strcmp(a->doc, b->doc) != 0))
        return false;
    switch (a->kind) {
    case LLBC__DECL_IMPORT:
        return same_expr(a->u.import.from, b->u.import.from) &&
               same_expr(a->u.import.path, b->u.import.path);
    case LLBC__DECL_ARG:
        return same_type(a->u.arg.type, b->u.arg.type) &&
               same_expr(a->u.arg.value, b->u.arg.value) &&
               same_args(&a->u.arg.options, &b->u.arg.options);
    case LLBC__DECL_LET:
        return same_let(&a->u.let, &b->u.let);
    case LLBC__DECL_DEF:
        return same_params(&a->u.def.params, &b->u.def.params) &&
               same_type(a->u.def.type, b->u.def.type) &&
               same_block(a->u.def.block, b->u.def.block) &&
               same_expr(a->u.def.value, b->u.def.value);
    case LLBC__DECL_TARGET:
        return a->u.target.has_params == b->u.target.has_params &&
               same_params(&a->u.target.params, &b->u.target.params) &&
               same_args(&a->u.target.options, &b->u.target.options) &&
               same_block(a->u.target.block, b->u.target.block);
    case LLBC__DECL_GROUP:
        return same_expr(a->u.group, b->u.group);
    }
    return false;
}

bool llbc__file_equal(const llbc__file *a, const llbc__file *b)
{
    const llbc__decl *x = a->first, *y = b->first;

    if (a->edition != b->edition)
        return false;
    for (; x && y; x = x->next, y = y->next)
        if (!same_decl(x, y))
            return false;
    return !x == !y;
}
