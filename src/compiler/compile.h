/* The project behind the public interface. */
#ifndef LLB__COMPILER_COMPILE_H
#define LLB__COMPILER_COMPILE_H

#include <llb/compiler.h>

#include "eval.h"

#define LLBC__MAX_PROJECT_MEMORY ((size_t)1 << 30)
#define LLBC__MAX_UNITS 5000 /* files of one project */

/* A cache of a run, and the platform of the first one that uses it. */
typedef struct llbc__cache_use {
    struct llbc__cache_use *next;
    const char *id, *platform;
    llb_span at;
} llbc__cache_use;

struct llbc_project {
    llb__arena *arena;
    llbc_diags *diags;    /* borrowed */
    const char *root;     /* absolute folder */
    const char **allowed; /* folders outside that may be read, absolute */
    size_t n_allowed, cap_allowed;
    llbc__unit *unit;     /* of the project's file, units[0] */
    llbc__unit **units;   /* and those of its modules */
    llbc__unit **modules; /* the same by map_name, a hash table */
    size_t n_units, cap_units;
    size_t n_globals;   /* of all units */
    uint32_t last_file; /* highest number of a source file */
    const llbc__sig **sigs;
    llbc__known_image *images;
    llbc__cache_use *caches;

    llbc_target *targets; /* target_globals[i] declares number i */
    const llbc__global **target_globals;
    const llbc__value **target_values; /* of their parameters; NULL: none */
    size_t n_targets, cap_targets;
    size_t n_own_targets; /* those of the project's file, which come first */
    llbc_group *groups;
    size_t n_groups, cap_groups;
    llbc_arg *args;
    llbc__global **arg_globals;
    size_t n_args;
    bool compiled;
    bool lint; /* opened to be checked, not to be built */
};

/* Lets the project read a folder outside of it; *ret_path is absolute, in the
 * arena of the project. */
llb_status llbc__allow(llbc_project *p, const char *path, const char **ret_path,
                       llb_error *err);

/* The text of a context with its folder made absolute, and allowed. */
llb_status llbc__context_text(llbc_project *p, const char *text,
                              const char **ret, llb_error *err);

/* Reads the files that the project imports, and what these import; what is
 * wrong with them is in the diagnostics. r (may be NULL) reads those of
 * repositories. LLB_OK; LLB_EUNAVAILABLE or LLB_ECANCELED of r; LLB_ENOMEM. */
llb_status llbc__load_modules(llbc_project *p, const llbc_resolver *r);

/* Parses a file and declares its names; what is wrong with it is in the
 * diagnostics. LLB_OK, LLB_ELIMIT or LLB_ENOMEM. */
llb_status llbc__load_unit(llbc_project *p, llbc__unit *u, const char *name,
                           const char *text, size_t len, llb_error *err);

/* A new unit, in p->units; NULL: no memory. */
llbc__unit *llbc__unit_add(llbc_project *p);

/* A source file's path from the root, as source maps have it. */
const char *llbc__map_name(const llbc_project *p, uint32_t file);

/* Fills the tables of targets, groups and arguments of a checked unit; what it
 * reports is in the diagnostics. False: no memory. */
bool llbc__project_list(llbc_project *p);

/* The targets that a declaration made, by their numbers. */
typedef struct llbc__made {
    size_t first, n;
} llbc__made;

/* Fills the table of groups from all targets, which are listed by then; made
 * has an element for each declaration of the project. False: no memory. */
bool llbc__list_groups(llbc_project *p, const llbc__made *made);

/* A new group of the project, without members; NULL: no memory. */
llbc_group *llbc__group_add(llbc_project *p, const llbc__global *g,
                            const char *name);

/* What the diagnostics say now, as a status with a summary of the errors that
 * came after the first n_before. */
llb_status llbc__outcome(llbc_diags *d, size_t n_before, const char *name,
                         llb_error *err);

/* A new evaluation of the project; platforms are set, no frame is there. NULL:
 * no memory. */
llbc__eval *llbc__eval_new(llbc_project *p, const llbc_compile_opts *opts);
void llbc__eval_free(llbc__eval *e);

/* An independent copy of what was found. NULL: no memory. */
llbc_result *llbc__result_new(const llbc__eval *e, llb_def *def,
                              const char *config, size_t config_len);

#endif
