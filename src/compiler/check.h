/* Names and types of everything that a file declares, before any of it is
 * evaluated: used or not, all mistakes of a file in one run. */
#ifndef LLB__COMPILER_CHECK_H
#define LLB__COMPILER_CHECK_H

#include "scope.h"

/* How deep checking may call itself, over all declarations on the way. */
#define LLBC__MAX_CHECK_DEPTH 1000

/* Names within one function, keys in one written map: each is compared with
 * each. */
#define LLBC__MAX_NAMES 5000

typedef struct llbc__check {
    llb__arena *arena;
    llbc_diags *diags;
    llbc__unit *unit;
    const llbc__sig **sigs; /* see llbc__builtin_sig */

    /* Where the walk is. */
    const llbc__binding *names;
    const llbc__binding *as_names; /* bound by the mounts of this run */
    const char *no_platform;       /* "an arg": where `platform` is nothing */
    bool in_block;                 /* `here` is a filesystem */
    bool in_target;                /* exports may stand here */
    bool in_mounts;                /* the body of a mounts function */
    bool in_branch;                /* of an `if` or `for` within the body */
    bool in_text;                  /* directly in ${} */
    bool lint;                     /* look for what is most often a mistake */
    unsigned n_names;              /* of the function so far */
    unsigned depth;
} llbc__check;

/* Checks all declarations of c->unit. What it reports is in c->diags. */
void llbc__check_unit(llbc__check *c);

/* Finds out type and signature of one declaration. False: it goes in a circle
 * (reported at `at`), or too deep. */
bool llbc__check_global(llbc__check *c, llbc__global *g, llb_span at);

/* The type of an expression, the unknown one after a reported error. */
const llbc__ty *llbc__check_expr(llbc__check *c, const llbc__expr *e);

/* The same, reporting when it is not `want`. */
void llbc__check_type(llbc__check *c, const llbc__expr *e, const llbc__ty *want,
                      const char *what);

/* What checking the arguments of a call needs to know. */
typedef struct llbc__call {
    const llbc__sig *sig;
    const llbc__args *args;
    llb_span at;    /* of the name that is called */
    llb_span whole; /* of the call */
} llbc__call;

/* `copy "x" "/y"`, `env K "v"`: what a Dockerfile has in this order. True when
 * it was one, and has been told. */
bool llbc__dockerfile_order(llbc__check *c, const llbc__call *call,
                            const llbc__slot *slots);

/* Tells chmod=755: with all its digits below 8 a decimal number is a slip. */
void llbc__check_mode(llbc__check *c, const llbc__slot *s);

/* Checks the arguments; the type of the call's value. */
const llbc__ty *llbc__check_args(llbc__check *c, const llbc__call *call);

/* The signature of a built-in; NULL, and told: no memory. */
const llbc__sig *llbc__check_sig(llbc__check *c, const llbc__builtin *b);

/* A call in an expression. */
const llbc__ty *llbc__check_call(llbc__check *c, const llbc__expr *e);

/* Says that something of the client stands in a module of a repository. */
void llbc__only_here(llbc__check *c, llb_span at, const char *what);

/* Says that a module has nothing of that kind and name. */
void llbc__not_in_module(llbc__check *c, const llbc__global *module,
                         const llbc__name *name, llbc__space space);

/* The type that a file writes down, unknown after a reported error. */
const llbc__ty *llbc__check_type_name(llbc__check *c, const llbc__type *t);

/* The statements of a block. The names they bind end with it. */
void llbc__check_block(llbc__check *c, const llbc__block *b, llbc__role role);

/* Binds a name of a block, reporting one that is bound already. */
void llbc__check_bind(llbc__check *c, const llbc__name *name,
                      const llbc__ty *type);

/* One level deeper; false, and reported, when that is too deep. */
bool llbc__check_enter(llbc__check *c, llb_span at);

/* The names that a loop over a value of this type binds. */
void llbc__check_loop(llbc__check *c, const llbc__name *name,
                      const llbc__name *name2, const llbc__expr *in);

#endif
