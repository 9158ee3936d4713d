/* Evaluating a target: pure, in the order of the text, and bounded. */
#ifndef LLB__COMPILER_EVAL_H
#define LLB__COMPILER_EVAL_H

#include <llb/compiler.h>
#include <llb/constraints.h>
#include <llb/graph.h>

#include "lower.h"
#include "scope.h"

/* The bounds of one compilation. Each is named in its error. */
enum {
    LLBC__MAX_STEPS = 2000000,    /* expressions and statements evaluated */
    LLBC__MAX_CALLS = 100,        /* calls of defs within each other */
    LLBC__MAX_EVAL_DEPTH = 2000,  /* expressions and blocks within each other */
    LLBC__MAX_STRING = 16 << 20,  /* bytes of one string */
    LLBC__MAX_ELEMENTS = 1000000, /* of one list or map */
    LLBC__MAX_OPS = 250000,       /* operations of one target */
    LLBC__MAX_READ = 1 << 20,     /* bytes of a file that is read */
    LLBC__MEMO_SLOTS = 4096,      /* of the table of known calls */
    LLBC__MAX_PLACES = 8,         /* source places of one operation */
};
#define LLBC__MAX_EVAL_MEMORY ((size_t)1 << 30)
#define LLBC__MAX_GRAPH_MEMORY ((uint64_t)2 << 30)

/* One call of a def, or what stands for one: a target, a file's let. */
typedef struct llbc__frame {
    const struct llbc__frame *caller;
    llb_span call_at; /* of the call, in the caller */
    llbc__unit *unit;
    const llbc__platform *platform; /* the value `platform` */
    const llbc__binding *names;
    llb_span stmt;            /* the statement at hand */
    llbc__block_state *block; /* NULL: an expression, without `here` */
    const llbc__fs *entry;    /* a def as a statement: what its caller has */
    unsigned n_calls;
} llbc__frame;

/* A loop that is on its way. */
typedef struct llbc__loop {
    const struct llbc__loop *outer;
    const llbc__frame *frame;
    llb_span in; /* the list or map that it goes through */
    size_t i, n; /* its element at hand, counted from 0, and all of them */
} llbc__loop;

/* The value of a file-level name in this compilation. */
typedef struct llbc__cell {
    llbc__progress progress;
    llbc__value value;
} llbc__cell;

/* A run, to be missed if the result does not reach it. */
typedef struct llbc__run {
    llb_span at;
    llb_span lost_by; /* the `from` that dropped it; file 0: none */
    llbc__node *node;
} llbc__run;

/* An answer of the resolver. */
typedef struct llbc__known_image {
    struct llbc__known_image *next;
    const char *ref, *platform, *mode;
    llb_status status;
    const char *digest; /* NULL: as written */
    const char *config; /* NULL: not known */
    size_t config_len;
    const char *message; /* when status is not LLB_OK */
    bool unlocked;       /* not in the lock file that is there */
} llbc__known_image;

typedef struct llbc__memo llbc__memo; /* eval_memo.c */

/* Growing lists of what the result will hold. */
typedef struct llbc__found {
    llbc_local *locals;
    size_t n_locals, cap_locals;
    const char **externals; /* folders outside of the project, in use */
    size_t n_externals, cap_externals;
    llbc_local *stores; /* OCI layouts, by the id of their store */
    size_t n_stores, cap_stores;
    llbc_export *exports;
    size_t n_exports, cap_exports;
    llbc_cache *caches;
    size_t n_caches, cap_caches;
    const char **unresolved;
    size_t n_unresolved, cap_unresolved;
    llbc__run *runs;
    size_t n_runs, cap_runs;
} llbc__found;

struct llbc__eval {
    llbc_project *project;
    llb__arena *arena; /* of this compilation */
    llbc_diags *diags;
    llb_graph *graph;
    const llbc__sig **sigs;
    llbc__cell *cells; /* one for each global of the project */
    const llbc_compile_opts *opts;

    const llbc__platform *target_platform;
    const llbc__platform *build_platform; /* never NULL; see is_guessed */
    bool is_guessed;

    llbc__frame *frame;
    const llbc__loop *loop;      /* the innermost one */
    llbc__memo **memo;           /* made at first use */
    llbc__actuals **spare;       /* by built-in, made at first use */
    const llb_source_map **maps; /* by file number; NULL: not made yet */
    size_t n_maps;
    llbc__found found;

    const char *fixed; /* what is evaluated before any argument is known */
    size_t n_steps, n_ops;
    unsigned depth;
    bool stopped;      /* a bound was reached or memory ran out: unwind */
    llb_status status; /* of the resolver, when it ends the compilation */
    llb_error error;
};

/* The arguments of a call, each at its parameter. */
typedef struct llbc__actual {
    llbc__value value; /* unknown when not given */
    bool given;
    const llbc__expr *expr; /* where it stands; of a rest the first */
    llb_span at;
} llbc__actual;

struct llbc__actuals {
    const llbc__sig *sig;
    llb_span at;              /* the name that is called */
    llb_span whole;           /* the call without block */
    llbc__actual *formals;    /* sig->n_formals */
    llbc__actual *options;    /* sig->n_options */
    const llbc__entry *extra; /* what went to the option "*" */
    size_t n_extra;
    const llbc__stmt *stmt; /* as a statement; else NULL */
    bool failed;            /* one of them is unknown, and has been reported */
    bool any_option;        /* one of the options is given */
    struct llbc__actuals *next; /* of the spare ones of a built-in */
};

/* --- evaluating ----------------------------------------------------- */

llbc__value llbc__eval_expr(llbc__eval *e, const llbc__expr *x);
llbc__value llbc__eval_call(llbc__eval *e, const llbc__expr *x);
void llbc__eval_block(llbc__eval *e, const llbc__block *b);
void llbc__eval_call_stmt(llbc__eval *e, const llbc__stmt *s);

/* A call of a def, as a statement or in an expression. */
llbc__value llbc__eval_def(llbc__eval *e, llbc__global *g,
                           const llbc__actuals *a, bool statement);

/* Where the value of a call in an expression is kept: it is there already when
 * *ret_known, else the caller puts it there. NULL: stopped. */
llbc__value *llbc__eval_memo(llbc__eval *e, const llbc__global *def,
                             const llbc__platform *platform,
                             const llbc__actuals *a, bool *ret_known);

/* Evaluates the arguments of a call; NULL: stopped. */
llbc__actuals *llbc__eval_args(llbc__eval *e, const llbc__sig *sig,
                               const llbc__args *args, llb_span at,
                               llb_span whole);

/* Takes back the arguments of a call of a built-in, which keeps none of them:
 * the next call of it gets their memory. */
void llbc__eval_args_done(llbc__eval *e, llbc__actuals *a);

/* The text of an option's or map's key; NULL after a reported error. */
const char *llbc__eval_key(llbc__eval *e, const llbc__expr *key);

/* The steps of a block on a filesystem of their own (`fs { }`). */
llbc__value llbc__eval_fs(llbc__eval *e, const llbc__block *b);

/* v as a value of the type, a string made a platform where one is expected.
 * Unknown after a reported error. */
llbc__value llbc__eval_convert(llbc__eval *e, llbc__value v,
                               const llbc__ty *type, llb_span at);

/* The filesystem that `--context` names: a folder, or what stands behind
 * docker-image://, oci-layout://, git:// and so on. Unknown after a reported
 * error. */
llbc__value llbc__eval_context(llbc__eval *e, const char *text, llb_span at);

/* The value of a file-level name. */
llbc__value llbc__eval_global(llbc__eval *e, llbc__global *g);

/* Binds a name in the frame at hand. */
void llbc__eval_bind(llbc__eval *e, const char *name, llb_span at,
                     llbc__value v);

/* Binds the names of a loop to element i of a list or map. */
void llbc__eval_bind_element(llbc__eval *e, const llbc__name *name,
                             const llbc__name *name2, llbc__value in, size_t i);

/* One step more; false when there were too many. */
bool llbc__eval_step(llbc__eval *e, llb_span at);

/* Work that grows with what was collected so far: it counts as steps, so that
 * no program makes it grow with its square. */
void llbc__eval_charge(llbc__eval *e, size_t n);

/* The same for something that looks at all of a value. */
void llbc__eval_charge_value(llbc__eval *e, llbc__value v);

/* Adds to a message the loops and calls on the way to what is evaluated, from
 * inside out. */
void llbc__eval_way(llbc__eval *e, llbc__note *n);

/* Ends everything; what is said is said. */
void llbc__eval_stop(llbc__eval *e);
void llbc__eval_nomem(llbc__eval *e);

/* Whether fs keeps the files that the caller of a def as a statement has;
 * reports at `at` when it does not. */
bool llbc__keeps_caller(llbc__eval *e, const llbc__fs *entry,
                        const llbc__fs *fs, llb_span at, llb_span call_at);

/* Memory of this compilation; NULL: stopped. */
void *llbc__eval_alloc(llbc__eval *e, size_t n, size_t size);
const char *llbc__eval_strndup(llbc__eval *e, const char *s, size_t len);
const char *llbc__eval_printf(llbc__eval *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes the bytes of b as a string value; b is empty afterwards. */
llbc__value llbc__eval_take(llbc__eval *e, llb__buf *b, llb_span at);

/* Room for one more element of a list that grows; NULL: stopped. */
void *llbc__grow(llbc__eval *e, void *list, size_t n, size_t *cap, size_t size);
#define LLBC__PUSH(e, list, n, cap)                                            \
    (((list) = llbc__grow((e), (list), (n), &(cap), sizeof(*(list))))          \
         ? &(list)[(n)++]                                                      \
         : NULL)

/* --- arguments, by the names that the table of built-ins gives them --- */

const llbc__actual *llbc__arg_of(const llbc__actuals *a, const char *name);
bool llbc__given(const llbc__actuals *a, const char *name);
llbc__value llbc__value_of(const llbc__actuals *a, const char *name);
llb_span llbc__at_of(const llbc__actuals *a, const char *name);

/* Text of a string; NULL when not given. */
const char *llbc__str_of(const llbc__actuals *a, const char *name);
bool llbc__bool_of(const llbc__actuals *a, const char *name, bool otherwise);
int64_t llbc__int_of(const llbc__actuals *a, const char *name,
                     int64_t otherwise);

/* The strings of a list, in the arena; NULL and 0 when not given. */
const char *const *llbc__strings_of(llbc__eval *e, const llbc__actuals *a,
                                    const char *name, size_t *ret_n);

/* An int within bounds, else `otherwise` after a reported error. */
int64_t llbc__bounded_of(llbc__eval *e, const llbc__actuals *a,
                         const char *name, int64_t low, int64_t high,
                         int64_t otherwise);

/* Bytes of "64MiB" or an int; false after a reported error. 0 when not
 * given. */
bool llbc__size_of(llbc__eval *e, const llbc__actuals *a, const char *name,
                   int64_t *ret_size);

/* Nanoseconds of "1m30s"; false after a reported error; 0 when not given. */
bool llbc__duration_of(llbc__eval *e, const llbc__actuals *a, const char *name,
                       int64_t *ret_ns);

/* --- operations ----------------------------------------------------- */

/* Places, name, group and caching of the statement at hand; locs has room for
 * LLBC__MAX_PLACES. Counts an operation. */
typedef struct llbc__op_places {
    llb_location locations[LLBC__MAX_PLACES];
    llb_range ranges[LLBC__MAX_PLACES];
    llb_progress_group group;
    llb_platform platform;
} llbc__op_places;

llb_constraints llbc__constraints(llbc__eval *e, llbc__op_places *p);

/* A filesystem like `like` with another state. node: what made its files. */
const llbc__fs *llbc__fs_with(llbc__eval *e, const llbc__fs *like,
                              const llb_state *state);

/* The empty filesystem. */
const llbc__fs *llbc__fs_scratch(llbc__eval *e);
llbc__value llbc__fs_value(const llbc__fs *fs);

/* A node that needs others; NULL: stopped. */
llbc__node *llbc__node_new(llbc__eval *e, size_t n_needs);

/* Reports a failed state at a place; false if it failed. */
bool llbc__state_ok(llbc__eval *e, const llb_state *s, llb_span at);

/* Whether `from` is made from `what`, perhaps in many steps. NULL is scratch,
 * which everything is made from. */
bool llbc__node_reaches(llbc__eval *e, llbc__node *from, llbc__node *what);

/* Remembers, for the warning about runs that the result does not reach, that
 * the `from` at hand drops what `before` was made from. */
void llbc__note_lost(llbc__eval *e, llbc__node *before);

/* Marks all that `from` is made from. */
void llbc__node_mark(llbc__node *from);

/* A platform of the language as libllb takes it. */
llb_platform llbc__platform_llb(const llbc__platform *p);

/* Normal form of "os/arch[/variant]"; NULL, and reported at `at`, when it is
 * none. */
const llbc__platform *llbc__platform_make(llb__arena *a, llbc_diags *d,
                                          const char *text, llb_span at);

/* The commit of a git ref (ref not NULL) or the digest of a file of the web;
 * "" when nobody knows it, NULL after a reported error. */
const char *llbc__resolve_pin(llbc__eval *e, const char *url, const char *ref,
                              llb_span at);

/* The answer for an image; NULL: stopped. */
const llbc__known_image *llbc__resolve(llbc__eval *e, const char *ref,
                                       const llbc__platform *p,
                                       const char *mode, llb_span at);

/* Lexically joins rel to the folder `dir` (absolute or "."), cleaned. NULL: no
 * memory. */
const char *llbc__path_join(llb__arena *a, const char *dir, const char *rel);

/* path cleaned as Go's path.Clean does. */
const char *llbc__path_clean(llb__arena *a, const char *path);

/* Whether name, a path below root, is an ordinary file that really lies there:
 * no link on the way leads out. LLB_OK; LLB_ENOENT if not; LLB_ENOMEM. */
llb_status llbc__path_stays(const char *root, const char *name);

/* The same for a folder. */
llb_status llbc__folder_stays(const char *root, const char *name);

/* Path below root of what a file in the folder dir (a path from root) calls
 * rel:
 * "." or "a/b"; NULL: it lies outside, or *ret_nomem. */
const char *llbc__path_below(llb__arena *a, const char *root, const char *dir,
                             const char *rel, bool *ret_nomem);

/* The same for the file at hand. */
const char *llbc__path_in_root(llbc__eval *e, const char *rel);

#endif
