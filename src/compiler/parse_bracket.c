/* Open brackets: they decide what a newline is, and what is a string. */
#include "parse_impl.h"

#include <string.h>

#include "llb.tab.h"

bool llbc__open(llbc__parser *p, char kind, llb_span span)
{
    if (p->n_brackets == LLBC__MAX_BRACKETS) {
        llbc__complain(p, LLBC__E_DEPTH, span,
                       "more than %d brackets and strings are open here",
                       LLBC__MAX_BRACKETS);
        p->stop = true;
        return false;
    }
    p->brackets[p->n_brackets++] = (llbc__bracket){kind, span};
    return true;
}

char llbc__innermost(const llbc__parser *p)
{
    return p->n_brackets ? p->brackets[p->n_brackets - 1].kind : '\0';
}

unsigned llbc__block_level(const llbc__parser *p)
{
    unsigned n = p->n_brackets;

    while (n && p->brackets[n - 1].kind != LLBC__OPEN_BLOCK)
        n--;
    return n;
}

/* The index of the outermost one-line string that is open, or n_brackets. */
static unsigned one_line(const llbc__parser *p)
{
    unsigned i = 0;

    while (i < p->n_brackets && p->brackets[i].kind != LLBC__OPEN_STRING)
        i++;
    return i;
}

bool llbc__in_one_line(const llbc__parser *p)
{
    return one_line(p) < p->n_brackets;
}

static void tell_cut_off(llbc__parser *p, unsigned i)
{
    llb_span open = p->brackets[i].span;
    llbc__note *n;

    if (p->brackets[i].kind == LLBC__OPEN_TRIPLE) {
        llbc__complain(p, LLBC__E_STRING_OPEN, open,
                       "this string is never closed");
        return;
    }
    n = llbc__complain(p, LLBC__E_STRING_OPEN, open,
                       i + 1 < p->n_brackets
                           ? "a `${` of this string does not end on its line"
                           : "this string is not closed on its line");
    llbc__help(n, "text over several lines stands in \"\"\" or '''");
}

void llbc__string_cut_off(llbc__parser *p)
{
    unsigned i = one_line(p);

    if (i == p->n_brackets) /* the text ends inside """ """ */
        i--;
    tell_cut_off(p, i);
    p->n_brackets = i;
}

static bool closes(char c, char kind)
{
    switch (c) {
    case ')':
        return kind == LLBC__OPEN_PAREN;
    case ']':
        return kind == LLBC__OPEN_LIST;
    default:
        return kind == LLBC__OPEN_BLOCK || kind == LLBC__OPEN_MAP ||
               kind == LLBC__OPEN_INTERP;
    }
}

static int closing_token(char c, char kind)
{
    switch (c) {
    case ')':
        return TOK_RPAREN;
    case ']':
        return TOK_RBRACKET;
    default:
        return kind == LLBC__OPEN_BLOCK ? TOK_RBRACE
               : kind == LLBC__OPEN_MAP ? TOK_RMAP
                                        : TOK_INTERP_CLOSE;
    }
}

/* How many brackets stay open when c closes one; n_brackets: c closes none.
 * Nothing but "}" goes past the innermost block or ${}. */
static unsigned match(const llbc__parser *p, char c)
{
    for (unsigned i = p->n_brackets; i--;) {
        char kind = p->brackets[i].kind;

        if (closes(c, kind))
            return i;
        if (kind == LLBC__OPEN_BLOCK || kind == LLBC__OPEN_INTERP)
            break;
    }
    return p->n_brackets;
}

int llbc__close(llbc__parser *p, char c, llb_span at)
{
    unsigned keep = match(p, c), top = p->n_brackets - 1;

    if (keep == p->n_brackets && c != '}' && strchr("([", llbc__innermost(p)) &&
        p->n_brackets) {
        p->n_brackets = top; /* ( ] or [ ): the wrong one of two */
        llbc__complain(p, LLBC__E_STRAY_CLOSE, at,
                       "`%c` closes what `%c` has opened", c,
                       p->brackets[top].kind);
        return TOK_BAD;
    }
    if (keep == p->n_brackets) {
        llbc__complain(p, LLBC__E_STRAY_CLOSE, at,
                       "nothing is open that `%c` could close", c);
        return 0;
    }
    char kind = p->brackets[keep].kind;
    if (kind == LLBC__OPEN_INTERP)
        p->text_from = at.end;
    p->n_brackets = keep;
    if (keep == top || p->skipping)
        return closing_token(c, kind);
    llbc__bracket open = p->brackets[top];
    llbc__note *n = llbc__complain(p, LLBC__E_UNCLOSED, open.span,
                                   "`%.*s` is not closed before the next `%c`",
                                   (int)(open.span.end - open.span.start),
                                   p->source->text + open.span.start, c);
    llbc__related(n, at, "this `%c` closes what was open before it", c);
    if (kind == LLBC__OPEN_BLOCK)
        llbc__push_block_end(p, at);
    return TOK_BAD;
}

int llbc__brace(const llbc__parser *p)
{
    switch (p->prev) {
    case TOK_ASSIGN:
    case TOK_LPAREN:
    case TOK_CALL:
    case TOK_LBRACKET:
    case TOK_INDEX:
    case TOK_COMMA:
    case TOK_COLON:
    case TOK_ARROW:
    case TOK_LMAP:
        return TOK_LMAP;
    default:
        return TOK_LBRACE;
    }
}
