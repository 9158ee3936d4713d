/* Names: what a file declares, what a function or block binds, and how the
 * parameters of a call are written down. */
#ifndef LLB__COMPILER_SCOPE_H
#define LLB__COMPILER_SCOPE_H

#include "builtins.h"
#include "diag_list.h"
#include "tree.h"
#include "value.h"

typedef struct llbc__unit llbc__unit;
typedef struct llbc__global llbc__global;

/* What can be called, with which operands and options. */
typedef struct llbc__sig {
    const char *name;
    llbc__formal *formals;
    size_t n_formals;
    llbc__formal *options;
    size_t n_options;
    const llbc__formal *star;     /* any other option; NULL: none */
    const llbc__ty *result;       /* NULL: no value */
    const llbc__builtin *builtin; /* exactly one of builtin and def */
    llbc__global *def;
} llbc__sig;

/* Things that may have the same name: each has a space of its own. */
typedef enum llbc__space {
    LLBC__VALUES,    /* arg, let */
    LLBC__FUNCTIONS, /* def */
    LLBC__TARGETS,   /* target, group */
    LLBC__MODULES,   /* import */
} llbc__space;

typedef enum llbc__progress {
    LLBC__NOT_YET,
    LLBC__BUSY, /* whoever comes here again goes in a circle */
    LLBC__DONE,
} llbc__progress;

/* A declaration, with what checking and evaluation found out. */
struct llbc__global {
    llbc__unit *unit;
    const llbc__decl *decl;
    const char *name;
    llbc__space space;
    size_t index; /* among the declarations of the unit */

    llbc__progress checked;
    const llbc__ty *type; /* of a value, or of a function's result */
    llbc__sig *sig;       /* of a def */

    const char **given; /* an arg: what --arg said */
    size_t n_given;
    bool used;          /* something else names it */
    llbc__unit *module; /* an import: NULL after a reported error */
};

/* A repository that modules come from. */
typedef struct llbc__repo {
    const char *url, *ref; /* ref "": the default branch */
} llbc__repo;

/* One source file of a project. */
struct llbc__unit {
    const llbc__repo *repo; /* NULL: it lies below the root */
    const llbc__file *file;
    const llbc__source *source;
    const char *dir;       /* absolute folder of the file */
    const char *rel_dir;   /* the same from the root, "." or "a/b" */
    const char *map_name;  /* the file's path from the root, in source maps */
    const char *prefix;    /* how the project calls what is in it: "web." */
    size_t number;         /* of the unit in the project */
    size_t first;          /* number of its first global in the project */
    llbc__global *globals; /* in the order of the file */
    size_t n_globals;
    llbc__global **sorted; /* by space and name */
};

/* Number of a declaration among all of the project. */
size_t llbc__global_number(const llbc__global *g);

/* Fills unit->globals from its file, reporting what is declared twice or
 * under a name that is taken. False: no memory. */
bool llbc__unit_declare(llbc__unit *u, llb__arena *a, llbc_diags *d);

/* The declaration of a name, NULL if there is none. */
llbc__global *llbc__unit_find(const llbc__unit *u, llbc__space space,
                              const char *name);

/* A name of a block, parameter or loop. They form a list from the newest to
 * the oldest of the function; a block that ends goes back to an older head. */
typedef struct llbc__binding {
    const struct llbc__binding *next;
    const char *name;
    llb_span at;
    const llbc__ty *type; /* while checking */
    bool *used;           /* the same, when names are linted; else NULL */
    llbc__value value;    /* while evaluating */
} llbc__binding;

const llbc__binding *llbc__binding_find(const llbc__binding *names,
                                        const char *name);

/* The module that a member's base names; NULL if it is none, or a name of the
 * block hides it. */
llbc__global *llbc__module_find(const llbc__unit *u, const llbc__binding *names,
                                const llbc__expr *member);

/* What NAME or MODULE.NAME means in a file; NULL if nothing bears the name. */
llbc__global *llbc__meant(const llbc__unit *u, const llbc__binding *names,
                          llbc__space space, const llbc__expr *e);

/* Whether the language itself means something by the name of a value. */
bool llbc__name_taken(const char *name);

/* The signature of a built-in, made at first use; sigs has llbc__n_builtins
 * elements and starts all NULL. They are those of a project, and so is the
 * arena: the next compilation uses them again. NULL: no memory. */
const llbc__sig *llbc__builtin_sig(const llbc__sig **sigs, llb__arena *a,
                                   const llbc__builtin *b);

/* Which parameter an argument of a call goes to. */
typedef struct llbc__slot {
    const llbc__arg *arg;
    const llbc__formal *formal; /* NULL: to none, a mistake */
    bool option;                /* of sig->options or the star */
    bool by_name;               /* a parameter of a def, written key=value */
    const char *key;            /* of an option */
    llb_span key_at;
} llbc__slot;

/* Where each argument goes: args->n slots in the order of the text. Operands
 * fill the parameters that are not given by name, in order; what is left over
 * goes to the one that takes the rest. NULL: no memory. */
llbc__slot *llbc__place_args(llb__arena *a, const llbc__sig *sig,
                             const llbc__args *args);

/* The text of an option's or map's key; "" when it is computed. */
const char *llbc__key_text(const llbc__expr *key);

/* Whether the key is a string with ${} in it. */
bool llbc__key_computed(const llbc__expr *key);

/* What an element of a group names: NAME, "name" or MODULE.NAME. */
llbc__global *llbc__group_member(const llbc__unit *u, const llbc__expr *e);

/* The value of an option of a declaration; NULL: not given. */
const llbc__expr *llbc__option(const llbc__args *args, const char *name);

/* The nearest of names of one space and of bindings, NULL if none is near. */
const char *llbc__near_value(llb__arena *a, const llbc__unit *u,
                             const llbc__binding *names, const char *word);
const char *llbc__near_global(llb__arena *a, const llbc__unit *u,
                              llbc__space space, const char *word);
const char *llbc__near_function(llb__arena *a, const llbc__unit *u,
                                const char *word, llbc__role role);

#endif
