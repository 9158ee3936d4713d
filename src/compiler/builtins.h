/* The one table of built-ins. Checking, evaluation, `llb help`, completion and
 * the manual all read it, so that none can drift from the others. */
#ifndef LLB__COMPILER_BUILTINS_H
#define LLB__COMPILER_BUILTINS_H

#include "value.h"

typedef struct llbc__eval llbc__eval;       /* eval.h */
typedef struct llbc__actuals llbc__actuals; /* eval.h */

/* Where a built-in may stand. */
typedef enum llbc__role {
    LLBC__STEP,     /* a statement of a block */
    LLBC__IN_RUN,   /* a statement in the body of a run or a mounts function */
    LLBC__FUNCTION, /* a call in an expression */
    LLBC__EXPORTER, /* the operand of `export` */
    LLBC__CACHE,    /* the operand of `cache_from` and `cache_to` */
} llbc__role;

/* What a parameter takes when that is not simply a type. */
typedef enum llbc__want {
    LLBC__WANT_TYPE,   /* a value of llbc__formal.type */
    LLBC__WANT_TEXT,   /* string, int or bool: becomes text */
    LLBC__WANT_TEXTS,  /* a map of such */
    LLBC__WANT_SCRIPT, /* string: shell text; [string]: argv */
    LLBC__WANT_MODE,   /* int: permissions; string: chmod's words */
    LLBC__WANT_SIZE,   /* int: bytes; string: "64MiB" */
    LLBC__WANT_CHOICE, /* string: one of the words in llbc__formal.words */
    LLBC__WANT_ANY,    /* whatever: the type variable T */
    LLBC__WANT_LIST,   /* [T] */
    LLBC__WANT_MAP,    /* {T} */
    LLBC__WANT_ITEMS,  /* string, [T] or {T} */
    LLBC__WANT_CALL,   /* a call of an exporter or a cache, which is no value */
} llbc__want;

/* One parameter or option, of a built-in or of a `def`. */
typedef struct llbc__formal {
    const char *name;
    llbc__want want;
    const llbc__ty *type; /* WANT_TYPE, and what T is made from else */
    const char *words;    /* WANT_CHOICE: "a/b/c" */
    bool optional;
    bool rest;    /* any number of operands, a list in the end */
    bool dollars; /* a shell or a file reads it: "$name" is meant */
} llbc__formal;

/* The value of a call; filled by functions and by nothing else. */
typedef llbc__value (*llbc__call_fn)(llbc__eval *e, const llbc__actuals *args);
/* Carries out a statement. */
typedef void (*llbc__step_fn)(llbc__eval *e, const llbc__actuals *args);

/* Parameters are written "name:TYPE", options likewise; "name?" may be left
 * out, "TYPE..." takes the rest, "TYPE!" may hold dollars. TYPE is one of the
 * language's or: text texts script mode size any items [T] {T} call, or words
 * as "a/b/c". An option "*:TYPE" stands for all other names. */
typedef struct llbc__builtin {
    const char *name;
    llbc__role role;
    const char *params;
    const char *options;
    const char *result; /* type of a function; "T" is the variable's */
    llbc__call_fn call; /* functions */
    llbc__step_fn step; /* steps and what stands in a run */
    const char *doc;    /* a sentence or two */
    const char *example;
} llbc__builtin;

extern const llbc__builtin llbc__builtins[];
extern const size_t llbc__n_builtins;

/* The built-in of that name and role, NULL if there is none. */
const llbc__builtin *llbc__builtin_find(const char *name, llbc__role role);

/* The same in whichever role, steps first. */
const llbc__builtin *llbc__builtin_any(const char *name);

/* Whether " a b " lists the word. */
bool llbc__listed(const char *list, const char *word);

/* Parses a list of parameters or options as written in the table. Returns
 * their number, at most max; the rest is in the arena. 0 also without memory.
 */
size_t llbc__formals_parse(llb__arena *a, const char *text,
                           llbc__formal *params, size_t max);

enum { LLBC__MAX_PARAMS = 40 };

/* "string", "64MiB": what a parameter takes, for messages. */
const char *llbc__want_text(llb__arena *a, const llbc__formal *p);

#endif
