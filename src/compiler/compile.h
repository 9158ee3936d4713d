/* The project behind the public interface. */
#ifndef LLB__COMPILER_COMPILE_H
#define LLB__COMPILER_COMPILE_H

#include <llb/compiler.h>

#include "eval.h"

#define LLBC__MAX_PROJECT_MEMORY ((size_t)1 << 30)

struct llbc_project {
    llb__arena *arena;
    llbc_diags *diags; /* borrowed */
    const char *root;  /* absolute folder */
    llbc__unit *unit;
    const llbc__sig **sigs;
    llbc__known_image *images;

    llbc_target *targets; /* of globals[target_globals[i]] */
    size_t *target_globals;
    size_t n_targets;
    llbc_group *groups;
    size_t n_groups;
    llbc_arg *args;
    size_t *arg_globals;
    size_t n_args;
    bool compiled;
};

/* Fills the tables of targets, groups and arguments of a checked unit; what it
 * reports is in the diagnostics. False: no memory. */
bool llbc__project_list(llbc_project *p);

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
