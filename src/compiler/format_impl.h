/* The printer behind llbc_format, shared by the format_*.c files.
 *
 * What is printed depends on the tree, on the comments and on which lines were
 * blank, never on how the text was broken: so formatting twice changes
 * nothing. Each node is first tried on one line; if that does not fit, its
 * brackets are opened over several lines. */
#ifndef LLBC__FORMAT_IMPL_H
#define LLBC__FORMAT_IMPL_H

#include "buf.h"
#include "source.h"
#include "tree.h"

#define LLBC__FORMAT_WIDTH 80
#define LLBC__FORMAT_INDENT 4

/* Comments stand between the items of a sequence. One that stands inside an
 * item, where no sequence of its own could hold it, is moved to before it. */
typedef struct llbc__fcomment {
    llb_span span;
    bool moved;
    uint32_t owner; /* when moved: the start of that item */
} llbc__fcomment;

typedef struct llbc__printer {
    const llbc__source *source;
    llbc__fcomment *comments;
    size_t n_comments;
    llb__buf out;
    unsigned indent;  /* of the lines to come, in blanks */
    unsigned column;  /* characters since the last newline */
    unsigned reserve; /* columns that are taken behind what is printed */
    bool flat;        /* all on one line, but for the lines of strings */
    bool trying;      /* flat as a try: too wide, or a comment, ends it */
    bool over;        /* the try has failed */
    bool exempt;      /* text of strings is as wide as it is */
    unsigned interps; /* inside so many ${}: no sequences, all is flat */
} llbc__printer;

/* The kinds of things that stand in sequences. */
typedef enum llbc__item_kind {
    LLBC__ITEM_DECL,
    LLBC__ITEM_STMT,
    LLBC__ITEM_EXPR,
    LLBC__ITEM_ARG,   /* key=value */
    LLBC__ITEM_ENTRY, /* key: value; both are an llbc__arg */
    LLBC__ITEM_PARAM,
} llbc__item_kind;

/* --- format_out.c ------------------------------------------------------ */

void llbc__emit(llbc__printer *pr, const char *text, size_t len);
void llbc__emits(llbc__printer *pr, const char *text);
void llbc__emit_span(llbc__printer *pr, llb_span at);

/* A new line, with an empty one before it if blank is true, and its indent. */
void llbc__new_line(llbc__printer *pr, bool blank);

/* Where a try begins, and how it ends: false, with all as it was before. */
typedef struct llbc__try {
    size_t len;
    unsigned column;
    bool flat, trying;
} llbc__try;

llbc__try llbc__try_begin(llbc__printer *pr);
bool llbc__try_end(llbc__printer *pr, llbc__try t);

/* --- format_comment.c -------------------------------------------------- */

/* Copies the comments of a file and finds which of them have to move. False:
 * no memory. pr->comments is for free(). */
bool llbc__comments_place(llbc__printer *pr, const llbc__file *file);

/* Whether any comment stands in [from, to). */
bool llbc__comments_in(const llbc__printer *pr, uint32_t from, uint32_t to);

/* Whether what stands there has to be printed over several lines. */
bool llbc__must_open(const llbc__printer *pr, uint32_t from, uint32_t to);

/* The index of the first comment at or behind a byte. */
size_t llbc__comments_from(const llbc__printer *pr, uint32_t at);

/* --- format_seq.c ------------------------------------------------------ */

/* All of a file, from its first comment to its last. */
void llbc__print_file(llbc__printer *pr, const llbc__file *file);

/* Prints the items, each on lines of its own, with the comments that stand
 * between the bytes from and to; commas behind arguments and their like. */
void llbc__sequence(llbc__printer *pr, llbc__item_kind kind, const void *first,
                    uint32_t from, uint32_t to);

/* open, the sequence one level in, close; open and close are brackets. */
void llbc__bracketed(llbc__printer *pr, const char *open, const char *close,
                     llbc__item_kind kind, const void *first, uint32_t from,
                     uint32_t to);

llb_span llbc__item_span(llbc__item_kind kind, const void *item);
const void *llbc__item_next(llbc__item_kind kind, const void *item);

/* --- format_expr.c, format_string.c, format_stmt.c, format_decl.c ------- */

void llbc__print_expr(llbc__printer *pr, const llbc__expr *e);
void llbc__print_arg(llbc__printer *pr, const llbc__arg *a);
void llbc__print_entry(llbc__printer *pr, const llbc__arg *a);
void llbc__print_param(llbc__printer *pr, const llbc__param *q);
void llbc__print_type(llbc__printer *pr, const llbc__type *t);
void llbc__print_string(llbc__printer *pr, const llbc__expr *e);

/* The arguments of a call and the parentheses around them, which stand
 * between the bytes from and to. */
void llbc__print_args(llbc__printer *pr, const llbc__args *args, uint32_t from,
                      uint32_t to);
void llbc__print_params(llbc__printer *pr, const llbc__params *params);

/* The words of a statement, each with a blank before it. */
void llbc__print_words(llbc__printer *pr, const llbc__args *words);

/* A block; comments between from and its "{" become its first ones. */
void llbc__print_block(llbc__printer *pr, const llbc__block *b, uint32_t from);
void llbc__print_let(llbc__printer *pr, const llbc__let *let);
void llbc__print_stmt(llbc__printer *pr, const llbc__stmt *s);
void llbc__print_decl(llbc__printer *pr, const llbc__decl *d);

#endif
