/* From what the scanner finds to what the grammar takes.
 *
 * The grammar wants a newline behind every statement and nowhere else; the
 * text has more of them, and fewer. After a mistake the rest of the statement
 * is passed over here, brackets and all, so that one mistake is one message
 * and the next statement is read as if nothing had been. */
#include "parse_impl.h"

#include <string.h>

#include "llb.tab.h"

struct llbc__queued {
    int token;
    LLBC__YYSTYPE value;
    llb_span at;
};

typedef struct llbc__queued queued;

/* At most three tokens for each bracket, and the one behind them. */
#define QUEUE_SIZE (3 * LLBC__MAX_BRACKETS + 8)

bool llbc__tokens_init(llbc__parser *p)
{
    p->queue = llb__arena_array(p->arena, QUEUE_SIZE, sizeof *p->queue);
    p->unread = llb__arena_alloc(p->arena, sizeof *p->unread);
    p->first_on_line = true;
    return p->queue && p->unread;
}

/* --- the queue: tokens that are known before they are asked for -------- */

static void push(llbc__parser *p, int token, const LLBC__YYSTYPE *value,
                 llb_span at)
{
    queued *q = &p->queue[p->n_queued++];

    *q = (queued){.token = token, .at = at};
    if (value)
        q->value = *value;
}

/* Puts a token in front of the queue, where it came from or not: a bracket that
 * closes two is a token with more behind it. */
static void push_front(llbc__parser *p, int token, const LLBC__YYSTYPE *value,
                       llb_span at)
{
    if (!p->queue_at) {
        memmove(p->queue + 1, p->queue, p->n_queued * sizeof *p->queue);
        p->queue_at = 1;
        p->n_queued++;
    }
    p->queue[--p->queue_at] = (queued){token, *value, at};
}

void llbc__push_block_end(llbc__parser *p, llb_span at)
{
    push(p, TOK_NL, NULL, at);
    push(p, TOK_RBRACE, NULL, at);
}

static int last_pushed(const llbc__parser *p)
{
    return p->n_queued > p->queue_at ? p->queue[p->n_queued - 1].token
                                     : p->last;
}

/* Queues a newline where a statement needs its end. */
static void push_newline(llbc__parser *p, llb_span at)
{
    int last = last_pushed(p);

    if (last && last != TOK_NL && last != TOK_LBRACE)
        push(p, TOK_NL, NULL, at);
}

/* Queues what makes an end of all brackets above the first `keep`. */
static void close_down(llbc__parser *p, unsigned keep, llb_span at)
{
    while (p->n_brackets > keep) {
        char kind = p->brackets[--p->n_brackets].kind;

        if (kind == LLBC__OPEN_BLOCK) {
            push_newline(p, at);
            push(p, TOK_RBRACE, NULL, at);
        } else if (last_pushed(p) != TOK_BAD) {
            push(p, TOK_BAD, NULL, at);
        }
    }
    push_newline(p, at);
}

static int pop(llbc__parser *p, LLBC__YYSTYPE *value, llb_span *at)
{
    const queued *q = &p->queue[p->queue_at++];

    *value = q->value;
    *at = q->at;
    if (p->queue_at == p->n_queued)
        p->queue_at = p->n_queued = 0;
    return q->token;
}

/* --- brackets that stay open ------------------------------------------- */

static void tell_unclosed(llbc__parser *p, llbc__bracket b)
{
    const char *text = p->source->text + b.span.start;

    llbc__complain(p, LLBC__E_UNCLOSED, b.span, "`%.*s` is never closed",
                   (int)(b.span.end - b.span.start), text);
}

static bool declares(int token)
{
    switch (token) {
    case TOK_KW_IMPORT:
    case TOK_KW_ARG:
    case TOK_KW_DEF:
    case TOK_KW_TARGET:
    case TOK_KW_GROUP:
        return true;
    default:
        return false;
    }
}

/* A keyword that opens a declaration, first on its line, while a bracket is
 * open in which it can have no place: that bracket lacks its end. Returns how
 * many brackets are to stay open. */
static unsigned open_before(const llbc__parser *p, int token, llb_span at,
                            bool first)
{
    bool column_1 = at.start == 0 || p->source->text[at.start - 1] == '\n';

    if (!first || (!declares(token) && token != TOK_KW_LET))
        return p->n_brackets;
    if (column_1 && token != TOK_KW_LET)
        return 0;
    return llbc__block_level(p);
}

/* --- tokens ------------------------------------------------------------ */

/* The next token of the scanner, with what later ones need to know noted. */
static int scan(llbc__parser *p, LLBC__YYSTYPE *value, llb_span *at,
                yyscan_t scanner)
{
    int token = p->stop ? 0 : llbc__scan(value, at, scanner);

    if (p->failed || p->stop)
        token = 0;
    if (!token)
        *at = (llb_span){p->source->number, p->source->len, p->source->len};
    bool first = p->first_on_line;
    if (token != TOK_NL)
        p->first_on_line = false;
    p->prev = token;
    p->prev_end = at->end;
    p->line_start = first;
    unsigned keep = open_before(p, token, *at, first);
    if (keep == p->n_brackets)
        return token;
    if (p->skipping) {
        p->n_brackets = keep; /* the statement ends here, whatever is open */
        return token;
    }
    tell_unclosed(p, p->brackets[p->n_brackets - 1]);
    close_down(p, keep, *at);
    push(p, token, value, *at);
    return pop(p, value, at);
}

/* The same, with the token that was put back first. */
static int read(llbc__parser *p, LLBC__YYSTYPE *value, llb_span *at,
                yyscan_t scanner)
{
    if (!p->has_unread)
        return scan(p, value, at, scanner);
    p->has_unread = false;
    *value = p->unread->value;
    *at = p->unread->at;
    return p->unread->token;
}

static void unread(llbc__parser *p, int token, const LLBC__YYSTYPE *value,
                   llb_span at)
{
    *p->unread = (queued){token, *value, at};
    p->has_unread = true;
}

/* Whether no statement can end behind this token, so that a newline there is
 * a blank. */
static bool goes_on(int token)
{
    switch (token) {
    case TOK_ASSIGN:
    case TOK_COMMA:
    case TOK_COLON:
    case TOK_ARROW:
    case TOK_EQ:
    case TOK_NE:
    case TOK_LT:
    case TOK_LE:
    case TOK_GT:
    case TOK_GE:
    case TOK_AND:
    case TOK_OR:
    case TOK_NOT:
    case TOK_PLUS:
    case TOK_MINUS:
    case TOK_NEG:
    case TOK_STAR:
    case TOK_SLASH:
    case TOK_PERCENT:
    case TOK_KW_THEN:
    case TOK_KW_ELSE:
    case TOK_KW_IN:
        return true;
    default:
        return false;
    }
}

/* A newline or `;` was found: one NL for a run of them. None if the next
 * token is an `else` and no `;` came: the statement goes on. */
static int end_statement(llbc__parser *p, int token, LLBC__YYSTYPE *value,
                         llb_span *at, yyscan_t scanner)
{
    llb_span end = *at;
    bool semicolon = token == TOK_SEMICOLON;

    p->last = TOK_NL;
    do {
        token = scan(p, value, at, scanner);
        semicolon |= token == TOK_SEMICOLON;
    } while (token == TOK_NL || token == TOK_SEMICOLON);
    if (token == TOK_KW_ELSE && !semicolon)
        return token;
    if (p->n_queued)
        push_front(p, token, value, *at);
    else
        unread(p, token, value, *at);
    *at = end;
    return TOK_NL;
}

/* The end of the text: closes what is open. */
static int end_text(llbc__parser *p, LLBC__YYSTYPE *value, llb_span *at)
{
    llb_span end = *at;

    if (p->n_brackets)
        tell_unclosed(p, p->brackets[p->n_brackets - 1]);
    close_down(p, 0, end);
    push(p, 0, NULL, end);
    return pop(p, value, at);
}

static int next(llbc__parser *p, LLBC__YYSTYPE *value, llb_span *at,
                yyscan_t scanner)
{
    for (;;) {
        int before = p->prev, token = read(p, value, at, scanner);

        if (p->n_queued)
            return token;
        if (token == 0)
            return end_text(p, value, at);
        if (token == TOK_NL || token == TOK_SEMICOLON) {
            bool blank = token == TOK_NL && goes_on(before);

            if (blank)
                p->prev = before; /* blank lines and comments may follow */
            if (blank || !p->last || p->last == TOK_NL || p->last == TOK_LBRACE)
                continue;
            return end_statement(p, token, value, at, scanner);
        }
        if (token == TOK_RBRACE && p->last != TOK_NL && p->last != TOK_LBRACE) {
            unread(p, token, value, *at);
            at->start = at->end = p->last_end;
            return TOK_NL;
        }
        if (p->line_start && goes_on(p->last) &&
            (declares(token) || token == TOK_KW_LET)) {
            /* What the last line began has no end, this line is well. */
            unread(p, token, value, *at);
            at->start = at->end = p->last_end;
            return TOK_NL;
        }
        if (token == TOK_NAME &&
            (!p->last || p->last == TOK_NL || p->last == TOK_LBRACE) &&
            llbc__dockerfile_word(p, *at))
            return TOK_BAD;
        return token;
    }
}

/* --- passing over ------------------------------------------------------ */

void llbc__start_skipping(llbc__parser *p, int token)
{
    /* Queued tokens are an end already, and so is a newline. */
    if (p->n_queued || token == TOK_NL || token == 0)
        return;
    p->skipping = true;
    if (token == TOK_LBRACE)
        p->n_brackets--; /* its own block is part of what is passed over */
    p->skip_to = llbc__block_level(p);
    if (token == TOK_LBRACE)
        p->n_brackets++;
}

/* The statement is over: the newline that the grammar waits for, then token,
 * which is what comes behind it. */
static int stop_skipping(llbc__parser *p, int token, LLBC__YYSTYPE *value,
                         llb_span *at)
{
    llb_span end = *at;

    p->skipping = false;
    if (token == 0 || declares(token)) {
        unsigned keep = p->n_brackets;

        push(p, TOK_NL, NULL, end);
        p->n_brackets = p->skip_to;
        close_down(p, token ? keep : 0, end);
        push(p, token, value, end);
        return pop(p, value, at);
    }
    unread(p, token, value, end);
    at->end = at->start;
    return TOK_NL;
}

/* Whether the statement that is passed over has ended before this token. */
static bool skipped(const llbc__parser *p, int token)
{
    if (token == 0 || p->n_brackets < p->skip_to)
        return true;
    return p->n_brackets == p->skip_to && p->line_start &&
           (token == TOK_KW_LET || declares(token));
}

static int skip(llbc__parser *p, LLBC__YYSTYPE *value, llb_span *at,
                yyscan_t scanner)
{
    for (;;) {
        int token = read(p, value, at, scanner);

        if (skipped(p, token))
            return stop_skipping(p, token, value, at);
        if (p->n_brackets > p->skip_to ||
            (token != TOK_NL && token != TOK_SEMICOLON))
            continue;
        /* The end of it, unless an `else` follows. */
        if (end_statement(p, token, value, at, scanner) == TOK_NL) {
            token = read(p, value, at, scanner);
            return stop_skipping(p, token, value, at);
        }
    }
}

int llbc__yylex(LLBC__YYSTYPE *value, llb_span *at, yyscan_t scanner,
                llbc__parser *p)
{
    int token = p->n_queued   ? pop(p, value, at)
                : p->skipping ? skip(p, value, at, scanner)
                              : next(p, value, at, scanner);

    p->last = token;
    p->last_end = at->end;
    return token;
}
