/* The syntax tree: what the text of one .llb file says, without any meaning.
 *
 * All of it lies in one arena and is never changed after parsing. Lists are
 * linked by `next` in the order of the text. Texts carry their length and have
 * a NUL behind them. Every node has its span, and `depth` bounds how deep its
 * children go (LLBC__MAX_DEPTH), so walks over a tree may recurse. */
#ifndef LLBC__TREE_H
#define LLBC__TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

#define LLBC__MAX_DEPTH 200   /* children of children in a tree */
#define LLBC__MAX_BRACKETS 64 /* open brackets, interpolations included */

typedef struct llbc__expr llbc__expr;
typedef struct llbc__stmt llbc__stmt;
typedef struct llbc__decl llbc__decl;
typedef struct llbc__source llbc__source;

/* A name and where it stands. text is NULL where the grammar lets it out. */
typedef struct llbc__name {
    const char *text;
    uint32_t len;
    llb_span span;
} llbc__name;

/* The statements between braces; span has the braces. */
typedef struct llbc__block {
    llb_span span;
    llbc__stmt *first; /* NULL: empty */
    uint32_t n;
    uint32_t depth;
} llbc__block;

/* --- types ------------------------------------------------------------- */

typedef enum llbc__type_kind {
    LLBC__TYPE_NAME, /* string, int, bool, platform, mounts, fs, ... */
    LLBC__TYPE_LIST, /* [of] */
    LLBC__TYPE_MAP,  /* {of}, the keys are strings */
} llbc__type_kind;

typedef struct llbc__type {
    llbc__type_kind kind;
    uint32_t depth;
    llb_span span;
    llbc__name name;       /* NAME; the keyword fs is the name "fs" */
    struct llbc__type *of; /* LIST, MAP */
} llbc__type;

/* --- expressions ------------------------------------------------------- */

typedef enum llbc__expr_kind {
    LLBC__EXPR_STRING,
    LLBC__EXPR_INT,
    LLBC__EXPR_BOOL,
    LLBC__EXPR_NAME,
    LLBC__EXPR_CALL,   /* callee(args) */
    LLBC__EXPR_MEMBER, /* base.name */
    LLBC__EXPR_INDEX,  /* base[index] */
    LLBC__EXPR_LIST,   /* [a, b] */
    LLBC__EXPR_COMP,   /* [for x in list if cond : value] */
    LLBC__EXPR_MAP,    /* {key: value} */
    LLBC__EXPR_FS,     /* fs { statements } */
    LLBC__EXPR_UNARY,
    LLBC__EXPR_BINARY,
    LLBC__EXPR_IF, /* if cond then a else b */
} llbc__expr_kind;

typedef enum llbc__op {
    LLBC__OP_OR,
    LLBC__OP_AND,
    LLBC__OP_EQ,
    LLBC__OP_NE,
    LLBC__OP_LT,
    LLBC__OP_LE,
    LLBC__OP_GT,
    LLBC__OP_GE,
    LLBC__OP_ADD,
    LLBC__OP_SUB,
    LLBC__OP_MUL,
    LLBC__OP_DIV,
    LLBC__OP_MOD,
    LLBC__OP_NOT, /* unary */
    LLBC__OP_NEG, /* unary */
} llbc__op;

typedef enum llbc__quote {
    LLBC__QUOTE_DOUBLE,        /* "..."     escapes, ${} */
    LLBC__QUOTE_SINGLE,        /* '...'     raw */
    LLBC__QUOTE_TRIPLE_DOUBLE, /* """..."""  lines, ${} */
    LLBC__QUOTE_TRIPLE_SINGLE, /* '''...'''  lines, raw */
} llbc__quote;

/* A piece of a string: text, with escapes resolved and indentation cut, or
 * an expression. Two texts never follow each other, none is empty. */
typedef struct llbc__part {
    struct llbc__part *next;
    llb_span span;    /* as written; an expression's has the ${ and } */
    const char *text; /* NULL: an expression */
    uint32_t len;
    llbc__expr *expr;
} llbc__part;

/* One operand or option of a call or statement, or one entry of a map. */
typedef struct llbc__arg {
    struct llbc__arg *next;
    llb_span span;
    llbc__expr *key; /* NULL: an operand; else a NAME or a STRING */
    llbc__expr *value;
    bool spread; /* value... */
} llbc__arg;

typedef struct llbc__args {
    llbc__arg *first;
    llbc__arg *last;
    uint32_t n; /* operands and options */
} llbc__args;

struct llbc__expr {
    llbc__expr_kind kind;
    uint32_t depth;
    llb_span span;    /* without parentheses around it */
    llbc__expr *next; /* in the list that holds it */
    bool parens;      /* stands in parentheses */
    union {
        struct {
            llbc__quote quote;
            llbc__part *parts; /* NULL: the empty string */
        } string;
        int64_t integer; /* never negative: the minus is an operator */
        bool boolean;
        llbc__name name;
        struct {
            llbc__expr *callee; /* any postfix expression */
            llbc__args args;
            llb_span close; /* the ")" */
        } call;
        struct {
            llbc__expr *base;
            llbc__name name;
        } member;
        struct {
            llbc__expr *base, *index;
        } index;
        struct {
            llbc__expr *first; /* linked by next */
            uint32_t n;
        } list;
        struct {
            llbc__name name, name2; /* name2.text may be NULL */
            llbc__expr *in, *cond;  /* cond may be NULL */
            llbc__expr *value;
        } comp;
        llbc__args map; /* each with a key */
        llbc__block *fs;
        struct {
            llbc__op op;
            llb_span op_span;
            llbc__expr *a, *b; /* b is NULL for a unary operator */
        } op;                  /* UNARY, BINARY */
        struct {
            llbc__expr *cond, *then, *otherwise;
        } cond;
    } u;
};

/* --- statements -------------------------------------------------------- */

typedef enum llbc__stmt_kind {
    LLBC__STMT_CALL,
    LLBC__STMT_LET,
    LLBC__STMT_IF,
    LLBC__STMT_FOR,
} llbc__stmt_kind;

typedef struct llbc__let {
    llbc__name name;
    llbc__type *type; /* NULL: inferred */
    llbc__expr *value;
} llbc__let;

struct llbc__stmt {
    llbc__stmt_kind kind;
    uint32_t depth;
    llb_span span; /* up to the end of its block */
    llbc__stmt *next;
    union {
        struct {
            llbc__expr *callee; /* NAME, or MEMBER of NAME */
            llbc__args args;
            bool parens;        /* written name(args) */
            llbc__name as;      /* text may be NULL */
            llbc__block *block; /* may be NULL */
            llb_span head;      /* without "as" and block */
        } call;
        llbc__let let;
        struct {
            llbc__expr *cond;
            llbc__block *then;
            llbc__stmt *else_if; /* an IF; at most one of these two */
            llbc__block *otherwise;
        } cond;
        struct {
            llbc__name name, name2; /* name2.text may be NULL */
            llbc__expr *in;
            llbc__block *body;
        } loop;
    } u;
};

/* --- declarations ------------------------------------------------------ */

typedef enum llbc__decl_kind {
    LLBC__DECL_IMPORT,
    LLBC__DECL_ARG,
    LLBC__DECL_LET,
    LLBC__DECL_DEF,
    LLBC__DECL_TARGET,
    LLBC__DECL_GROUP,
} llbc__decl_kind;

typedef struct llbc__param {
    struct llbc__param *next;
    llb_span span;
    llbc__name name;
    llbc__type *type;  /* NULL: that of the default */
    bool rest;         /* T... */
    llbc__expr *value; /* the default; NULL: none */
} llbc__param;

typedef struct llbc__params {
    llbc__param *first;
    llbc__param *last;
    uint32_t n;
    llb_span open, close; /* the parentheses */
} llbc__params;

struct llbc__decl {
    llbc__decl_kind kind;
    uint32_t depth;
    llb_span span;
    llb_span head; /* from the keyword to before the block or value */
    llbc__decl *next;
    const char *doc;    /* the lines of its ## comment, joined by \n; or NULL */
    llbc__name name;    /* import: behind "as" */
    llbc__expr *quoted; /* target, group: the STRING that names it, or NULL */
    union {
        struct {
            llbc__expr *from; /* a CALL, or NULL: a file */
            llbc__expr *path; /* a STRING */
        } import;
        struct {
            llbc__type *type;  /* NULL: that of the default */
            llbc__expr *value; /* NULL: required */
            llbc__args options;
        } arg;
        llbc__let let; /* its name is the declaration's too */
        struct {
            llbc__params params;
            llbc__type *type;   /* NULL: not said */
            llbc__block *block; /* exactly one of these two */
            llbc__expr *value;
        } def;
        struct {
            llbc__params params;
            bool has_params;
            llbc__args options;
            llbc__block *block;
        } target;
        llbc__expr *group;
    } u;
};

/* --- files ------------------------------------------------------------- */

typedef struct llbc__comment {
    struct llbc__comment *next;
    llb_span span; /* from "#" to before the newline */
    bool own_line; /* only blanks stand before it on its line */
} llbc__comment;

typedef struct llbc__file {
    const llbc__source *source; /* borrowed from the diagnostics */
    int64_t edition;            /* of the "llb N" line; 0: none */
    llb_span edition_span;      /* the whole "llb N" */
    llbc__decl *first;
    uint32_t n;
    llbc__comment *comments; /* every one, in order */
} llbc__file;

/* The text of a STRING without ${}, NUL-terminated, "" if empty; NULL for any
 * other expression. *ret_len may be NULL. */
const char *llbc__expr_text(const llbc__expr *e, size_t *ret_len);

/* Whether two files say the same: kinds, names, texts, parentheses and order,
 * not the places and not the comments. */
bool llbc__file_equal(const llbc__file *a, const llbc__file *b);

#endif
