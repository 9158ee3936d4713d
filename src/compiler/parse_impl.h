/* What scanner, grammar and tree builders share; nobody else includes it. */
#ifndef LLBC__PARSE_IMPL_H
#define LLBC__PARSE_IMPL_H

#include <stdarg.h>

#include "parse.h"

/* The kinds of open brackets. The innermost one decides what a newline is and
 * what state the scanner is in. */
enum {
    LLBC__OPEN_PAREN = '(',
    LLBC__OPEN_LIST = '[',
    LLBC__OPEN_BLOCK = '{',
    LLBC__OPEN_MAP = 'm',
    LLBC__OPEN_INTERP = '$',
    LLBC__OPEN_STRING = '"',
    LLBC__OPEN_TRIPLE = 'T',
};

typedef struct llbc__bracket {
    char kind;
    llb_span span; /* of the opening token */
} llbc__bracket;

typedef struct llbc__parser llbc__parser;

struct llbc__parser {
    const llbc__source *source;
    llb__arena *arena;
    llbc_diags *diags;
    llbc__file *file;
    llbc__decl **decl_tail;
    llbc__comment **comment_tail;
    uint64_t pool[128]; /* all that flex allocates */
    size_t pool_used;   /* in elements */

    /* scanning */
    uint32_t at; /* the next byte */
    llbc__bracket brackets[LLBC__MAX_BRACKETS];
    unsigned n_brackets;
    uint32_t text_from; /* where the text of the innermost string goes on */
    int prev;           /* the last token; 0 before the first */
    uint32_t prev_end;
    bool first_on_line; /* no token since the last newline */
    llb__bytes heredoc; /* the word that ends the one being passed over */

    /* between scanner and grammar */
    struct llbc__queued *queue, *unread;
    unsigned n_queued, queue_at;
    bool has_unread;
    bool line_start;   /* the last token was the first of its line */
    int last;          /* the last token that the grammar got */
    uint32_t last_end; /* the place behind it */
    bool skipping;     /* an error was told: on to the statement's end */
    unsigned skip_to;  /* the number of open brackets there */

    bool stop;   /* what follows is of no use: the rest reads as the end */
    bool failed; /* memory ran out */
};

/* --- scanner helpers (parse_bracket.c, parse_scan.c) ------------------- */

/* A lexical or syntax error; silent, NULL, while the parser passes over a
 * statement that is known to be wrong. */
#define llbc__complain(p, ...)                                                 \
    ((p)->skipping || (p)->stop ? NULL : llbc__report((p)->diags, __VA_ARGS__))

/* Opens a bracket; false, with its error told, if there are too many. */
bool llbc__open(llbc__parser *p, char kind, llb_span span);

/* The kind of the innermost open bracket; 0 outside of all. */
char llbc__innermost(const llbc__parser *p);

/* Whether a one-line string is open around this place. */
bool llbc__in_one_line(const llbc__parser *p);

/* How many brackets are open up to the innermost block, itself included. */
unsigned llbc__block_level(const llbc__parser *p);

/* Whether the token that starts here touches an operand before it. */
bool llbc__touches(const llbc__parser *p, llb_span at);

/* Remembers a comment; false: no memory. */
bool llbc__comment_add(llbc__parser *p, llb_span span);

/* The value of a number's text; errors are told, and 0 stands for it then. */
int64_t llbc__number(llbc__parser *p, llb_span at);

/* The token of a word: a keyword, a NAME, or the KEY that a keyword is before
 * a touching "=". */
int llbc__word(const llbc__parser *p, llb_span at);

/* The token of "{" here: a block's or a map's. */
int llbc__brace(const llbc__parser *p);

/* Closes the bracket that c closes. The token; 0 when c closes nothing and
 * is passed over. */
int llbc__close(llbc__parser *p, char c, llb_span at);

/* A newline came while a one-line string is open: tells it, and closes what
 * is open down to that string. */
void llbc__string_cut_off(llbc__parser *p);

/* A word of the text, in the arena; text is NULL when memory ran out. */
llbc__name llbc__name_at(llbc__parser *p, llb_span at);

/* The token of "-" here: the sign of an operand, or the operator. */
int llbc__minus(const llbc__parser *p, llb_span at);

/* Tells a heredoc, and what to write. If the line that ends it is there,
 * p->heredoc is the word on it. */
void llbc__heredoc(llbc__parser *p, llb_span at);

/* Whether this line ends the heredoc being passed over. */
bool llbc__heredoc_ends(const llbc__parser *p, llb_span line);

/* Tells a character, or a run of them, that begins no token. */
void llbc__odd_character(llbc__parser *p, llb_span at);

/* Tells ${VAR:-x} and its kin. */
void llbc__shell_expansion(llbc__parser *p, llb_span at);

/* Memory for flex that cannot fail: a part of the parser's pool. */
void *llbc__pool_alloc(llbc__parser *p, size_t size);

/* Scans and parses text, which has two NULs at its end and is written to. */
bool llbc__run(llbc__parser *p, char *text, size_t size);

/* --- tokens (parse_token.c) -------------------------------------------- */

/* False: no memory. */
bool llbc__tokens_init(llbc__parser *p);

/* Lets the end of a statement and of its block follow the current token. */
void llbc__push_block_end(llbc__parser *p, llb_span at);

/* A syntax error was told at a token: the tokens up to the end of the
 * statement are passed over. */
void llbc__start_skipping(llbc__parser *p, int token);

/* --- builders (parse_node.c, parse_stmt.c, parse_string.c) ------------- */
/* All return NULL when memory ran out; p->failed is set then. A tree deeper
 * than LLBC__MAX_DEPTH is told once. */

void *llbc__alloc(llbc__parser *p, size_t size);

/* The depth of a node: 1 + that of its children. A tree that is too deep is
 * told, and parsing stops there. */
uint32_t llbc__above(llbc__parser *p, uint32_t children, llb_span at);
uint32_t llbc__args_depth(const llbc__args *args);

static inline llb_span llbc__join(llb_span a, llb_span b)
{
    return (llb_span){a.file, a.start, b.end};
}

llbc__expr *llbc__expr_new(llbc__parser *p, llbc__expr_kind kind, llb_span at);
llbc__expr *llbc__name_expr(llbc__parser *p, llbc__name name);
llbc__expr *llbc__unary(llbc__parser *p, llb_span at, llbc__op op,
                        llb_span op_at, llbc__expr *a);
llbc__expr *llbc__binary(llbc__parser *p, llb_span at, llbc__op op,
                         llb_span op_at, llbc__expr *a, llbc__expr *b);
llbc__expr *llbc__call(llbc__parser *p, llb_span at, llbc__expr *callee,
                       llbc__args args, llb_span close);
llbc__expr *llbc__member(llbc__parser *p, llb_span at, llbc__expr *base,
                         llbc__name name);
llbc__expr *llbc__index(llbc__parser *p, llb_span at, llbc__expr *base,
                        llbc__expr *index);
llbc__expr *llbc__list(llbc__parser *p, llb_span at, llbc__args items);
llbc__expr *llbc__comp(llbc__parser *p, llb_span at, const llbc__name names[2],
                       llbc__expr *in, llbc__expr *cond, llbc__expr *value);
llbc__expr *llbc__map(llbc__parser *p, llb_span at, llbc__args entries);
llbc__expr *llbc__fs(llbc__parser *p, llb_span at, llbc__block *block);
llbc__expr *llbc__cond(llbc__parser *p, llb_span at, llbc__expr *cond,
                       llbc__expr *then, llbc__expr *otherwise);

llbc__type *llbc__type_new(llbc__parser *p, llbc__type_kind kind, llb_span at,
                           llbc__name name, llbc__type *of);
llbc__arg *llbc__arg_new(llbc__parser *p, llb_span at, llbc__expr *key,
                         llbc__expr *value, bool spread);
void llbc__arg_link(llbc__args *args, llbc__arg *a);
/* Both. */
bool llbc__arg_add(llbc__parser *p, llbc__args *args, llb_span at,
                   llbc__expr *key, llbc__expr *value, bool spread);
llbc__params *llbc__params_new(llbc__parser *p);
llbc__param *llbc__param_new(llbc__parser *p, llbc__param param);
void llbc__param_add(llbc__params *params, llbc__param *param);

/* Statements while their block is being read. */
typedef struct llbc__stmts {
    llbc__stmt *first, *last;
    uint32_t n, depth;
} llbc__stmts;

void llbc__stmt_add(llbc__stmts *stmts, llbc__stmt *s);
llbc__block *llbc__block_new(llbc__parser *p, llb_span at, llbc__stmts stmts);

/* A call without its "as" and block; llbc__stmt_finish adds them. False: no
 * memory. */
llbc__stmt *llbc__stmt_call(llbc__parser *p, llb_span at, llbc__expr *callee,
                            llbc__args args);
bool llbc__stmt_finish(llbc__parser *p, llb_span at, llbc__stmt *call,
                       llbc__name as, llbc__block *block);
llbc__stmt *llbc__stmt_let(llbc__parser *p, llb_span at, llbc__let let);
llbc__stmt *llbc__stmt_if(llbc__parser *p, llb_span at, llbc__expr *cond,
                          llbc__block *then, llbc__stmt *else_if,
                          llbc__block *otherwise);
llbc__stmt *llbc__stmt_for(llbc__parser *p, llb_span at,
                           const llbc__name names[2], llbc__expr *in,
                           llbc__block *body);

/* The "llb N" line. It is told if something stands before it. */
void llbc__edition(llbc__parser *p, llb_span at, int64_t edition);

/* What names a target or group: a word, or a string in quotes. */
typedef struct llbc__target_name {
    llbc__name name;
    llbc__expr *quoted;
} llbc__target_name;

llbc__target_name *llbc__target_name_new(llbc__parser *p, llbc__name name);

/* The name that a string gives; one with ${} is told. */
llbc__target_name *llbc__quoted_name(llbc__parser *p, llbc__expr *string);

/* A copy of *d at the end of the file's declarations; false: no memory. */
bool llbc__decl_add(llbc__parser *p, llb_span at, llbc__decl d);

/* Parts of a string while it is being read: texts are still as written. */
typedef struct llbc__parts {
    llbc__part *first, *last;
} llbc__parts;

bool llbc__part_add(llbc__parser *p, llbc__parts *parts, llb_span at,
                    llbc__expr *expr);

/* The string from its quotes and parts: resolves escapes or cuts indentation,
 * and tells what is wrong with either. */
llbc__expr *llbc__string(llbc__parser *p, llb_span at, llbc__quote quote,
                         llbc__parts parts);

/* A raw string from its one token. */
llbc__expr *llbc__raw_string(llbc__parser *p, llb_span at);

/* --- mistakes (parse_error.c) ------------------------------------------ */

/* What the grammar could have gone on with. */
typedef struct llbc__expected {
    bool operand, option, oper, newline, name, number, string, paren;
    bool statement, declaration;
    const char *others[6]; /* the names of single tokens, as many as fit */
    unsigned n_others;
} llbc__expected;

/* Tells that a token has no place here; name is what people call it. */
void llbc__syntax_error(llbc__parser *p, int token, const char *name,
                        llb_span at, const llbc__expected *e);

/* Whether the word at this place, first of its statement, is an instruction
 * of Dockerfiles, in capitals; tells it. */
bool llbc__dockerfile_word(llbc__parser *p, llb_span at);

/* Tells a dot that touches nothing before it: the start of a path. */
void llbc__lone_dot(llbc__parser *p, llb_span at);

/* Whether what was found is a flag or text without quotes; tells it. */
bool llbc__habit(llbc__parser *p, int token, llb_span at);

/* Tells that "as NAME" stands on a statement that is no mount. */
void llbc__as_misplaced(llbc__parser *p, const llbc__stmt *s);

#endif
