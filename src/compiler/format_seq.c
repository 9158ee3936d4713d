/* Sequences: items on lines of their own, and the comments around them. */
#include "format_impl.h"

#include <stdio.h>
#include <string.h>

llb_span llbc__item_span(llbc__item_kind kind, const void *item)
{
    switch (kind) {
    case LLBC__ITEM_DECL:
        return ((const llbc__decl *)item)->span;
    case LLBC__ITEM_STMT:
        return ((const llbc__stmt *)item)->span;
    case LLBC__ITEM_EXPR:
        return ((const llbc__expr *)item)->span;
    case LLBC__ITEM_ARG:
    case LLBC__ITEM_ENTRY:
        return ((const llbc__arg *)item)->span;
    case LLBC__ITEM_PARAM:
        return ((const llbc__param *)item)->span;
    }
    return (llb_span){0, 0, 0};
}

const void *llbc__item_next(llbc__item_kind kind, const void *item)
{
    switch (kind) {
    case LLBC__ITEM_DECL:
        return ((const llbc__decl *)item)->next;
    case LLBC__ITEM_STMT:
        return ((const llbc__stmt *)item)->next;
    case LLBC__ITEM_EXPR:
        return ((const llbc__expr *)item)->next;
    case LLBC__ITEM_ARG:
    case LLBC__ITEM_ENTRY:
        return ((const llbc__arg *)item)->next;
    case LLBC__ITEM_PARAM:
        return ((const llbc__param *)item)->next;
    }
    return NULL;
}

static void print_item(llbc__printer *pr, llbc__item_kind kind,
                       const void *item)
{
    switch (kind) {
    case LLBC__ITEM_DECL:
        llbc__print_decl(pr, item);
        break;
    case LLBC__ITEM_STMT:
        llbc__print_stmt(pr, item);
        break;
    case LLBC__ITEM_EXPR:
        llbc__print_expr(pr, item);
        break;
    case LLBC__ITEM_ARG:
        llbc__print_arg(pr, item);
        break;
    case LLBC__ITEM_ENTRY:
        llbc__print_entry(pr, item);
        break;
    case LLBC__ITEM_PARAM:
        llbc__print_param(pr, item);
        break;
    }
}

/* A sequence while it is printed. */
struct sequence {
    llbc__printer *pr;
    llbc__item_kind kind;
    bool any;       /* something was printed */
    uint32_t end;   /* the place in the source behind what was printed last */
    bool set_apart; /* that was a declaration with a block */
};

static uint32_t line(const struct sequence *q, uint32_t at)
{
    return llbc__source_line_of(q->pr->source, at);
}

/* Declarations with blocks have an empty line before and behind them. */
static bool stands_apart(llbc__item_kind kind, const void *item)
{
    const llbc__decl *d = item;

    if (kind != LLBC__ITEM_DECL || !item)
        return false;
    switch (d->kind) {
    case LLBC__DECL_DEF:
        return d->u.def.block != NULL;
    case LLBC__DECL_TARGET:
        return true;
    case LLBC__DECL_IMPORT:
    case LLBC__DECL_ARG:
    case LLBC__DECL_LET:
    case LLBC__DECL_GROUP:
        return false;
    }
    return false;
}

/* Begins the line of what starts at a byte of the source: behind an empty one
 * if it was so there, or if apart says so. */
static void begin(struct sequence *q, uint32_t start, bool apart)
{
    bool gap = line(q, start) > line(q, q->end) + 1;

    if (q->any || q->kind != LLBC__ITEM_DECL)
        llbc__new_line(q->pr, q->any && (gap || apart || q->set_apart));
    q->any = true;
    q->set_apart = false;
}

/* The text of a comment. A moved one loses the second "#" that would make it
 * document what it now stands above. */
static void print_comment(llbc__printer *pr, const llbc__fcomment *c)
{
    const char *text = pr->source->text + c->span.start;
    size_t len = c->span.end - c->span.start;

    while (len && strchr(" \t", text[len - 1]))
        len--;
    if (c->moved && len > 1 && text[1] == '#' && (len == 2 || text[2] != '#')) {
        text++;
        len--;
    }
    llbc__emit(pr, text, len);
}

/* The first comment of the run whose lines touch the item at start. */
static size_t touching(const struct sequence *q, size_t first, size_t end,
                       uint32_t start)
{
    uint32_t below = line(q, start);

    while (end > first &&
           line(q, q->pr->comments[end - 1].span.start) + 1 == below)
        below = line(q, q->pr->comments[--end].span.start);
    return end;
}

/* Comments that were moved out of an item; before what documents it. */
static void print_moved(struct sequence *q, llb_span item, bool apart)
{
    llbc__printer *pr = q->pr;

    for (size_t i = llbc__comments_from(pr, item.start);
         i < pr->n_comments && pr->comments[i].span.start < item.end; i++) {
        if (!pr->comments[i].moved || pr->comments[i].owner != item.start)
            continue;
        begin(q, item.start, apart);
        print_comment(pr, &pr->comments[i]);
        q->end = item.start; /* no gap behind it */
        apart = false;
    }
}

static bool has_moved(const llbc__printer *pr, llb_span item)
{
    for (size_t i = llbc__comments_from(pr, item.start);
         i < pr->n_comments && pr->comments[i].span.start < item.end; i++)
        if (pr->comments[i].moved && pr->comments[i].owner == item.start)
            return true;
    return false;
}

static void print_between(struct sequence *q, size_t i, bool apart)
{
    const llbc__fcomment *c = &q->pr->comments[i];

    begin(q, c->span.start, apart);
    print_comment(q->pr, c);
    q->end = c->span.end;
}

/* All that comes before an item, and the beginning of its line. */
static void lead(struct sequence *q, const void *item)
{
    llb_span span = llbc__item_span(q->kind, item);
    bool apart = stands_apart(q->kind, item);
    size_t first = llbc__comments_from(q->pr, q->end);
    size_t end = llbc__comments_from(q->pr, span.start);
    size_t run = touching(q, first, end, span.start);
    bool moved = has_moved(q->pr, span);

    for (size_t i = first; i < run; i++)
        print_between(q, i, false);
    if (moved) {
        print_moved(q, span, apart);
        apart = false;
        if (run < end)
            q->end = q->pr->comments[run].span.start;
    }
    for (size_t i = run; i < end; i++) {
        print_between(q, i, apart);
        apart = false;
    }
    begin(q, span.start, apart);
    q->end = span.end;
}

/* The comment that stands behind an item on its last line. */
static void trail(struct sequence *q, uint32_t limit)
{
    size_t i = llbc__comments_from(q->pr, q->end);
    const llbc__fcomment *c = &q->pr->comments[i];

    if (i == q->pr->n_comments || c->span.start >= limit ||
        line(q, c->span.start) != line(q, q->end))
        return;
    llbc__emits(q->pr, "  ");
    print_comment(q->pr, c);
    q->end = c->span.end;
}

/* The items from first on, and the comments up to a byte. */
static void run(struct sequence *q, const void *first, uint32_t to)
{
    llbc__printer *pr = q->pr;
    bool commas = q->kind != LLBC__ITEM_DECL && q->kind != LLBC__ITEM_STMT;
    unsigned reserve = pr->reserve;

    pr->reserve = commas ? 1 : 0;
    for (const void *item = first; item;) {
        const void *next = llbc__item_next(q->kind, item);

        lead(q, item);
        print_item(pr, q->kind, item);
        if (commas)
            llbc__emits(pr, ",");
        trail(q, next ? llbc__item_span(q->kind, next).start : to);
        q->set_apart = stands_apart(q->kind, item);
        item = next;
    }
    for (size_t i = llbc__comments_from(pr, q->end);
         i < pr->n_comments && pr->comments[i].span.start < to; i++)
        print_between(q, i, false);
    pr->reserve = reserve;
}

void llbc__sequence(llbc__printer *pr, llbc__item_kind kind, const void *first,
                    uint32_t from, uint32_t to)
{
    struct sequence q = {.pr = pr, .kind = kind, .end = from};

    run(&q, first, to);
}

/* The "llb N" line, with the comments before it. */
static void print_edition(struct sequence *q, const llbc__file *file,
                          uint32_t limit)
{
    char text[32];
    size_t n = llbc__comments_from(q->pr, file->edition_span.start);

    for (size_t i = 0; i < n; i++)
        print_between(q, i, false);
    begin(q, file->edition_span.start, false);
    snprintf(text, sizeof text, "llb %lld", (long long)file->edition);
    llbc__emits(q->pr, text);
    q->end = file->edition_span.end;
    trail(q, limit);
    q->set_apart = true;
}

void llbc__print_file(llbc__printer *pr, const llbc__file *file)
{
    struct sequence q = {.pr = pr, .kind = LLBC__ITEM_DECL};

    if (file->edition_span.file)
        print_edition(&q, file,
                      file->first ? file->first->span.start : UINT32_MAX);
    run(&q, file->first, UINT32_MAX);
    if (q.any)
        llbc__emits(pr, "\n");
}

void llbc__bracketed(llbc__printer *pr, const char *open, const char *close,
                     llbc__item_kind kind, const void *first, uint32_t from,
                     uint32_t to)
{
    llbc__emits(pr, open);
    pr->indent += LLBC__FORMAT_INDENT;
    llbc__sequence(pr, kind, first, from, to);
    pr->indent -= LLBC__FORMAT_INDENT;
    llbc__new_line(pr, false);
    llbc__emits(pr, close);
}
