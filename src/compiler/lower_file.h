/* What the statements on files have in common. */
#ifndef LLB__COMPILER_LOWER_FILE_H
#define LLB__COMPILER_LOWER_FILE_H

#include "builtins_impl.h"

/* One statement: what it changes, and the options that all of them have. */
typedef struct llbc__file_step {
    const llbc__fs *base;
    llb_owner owner;
    bool has_owner;
    llb_time time;
    bool has_time;
} llbc__file_step;

/* Reads chown= and timestamp= of a statement on the filesystem `on`. False: an
 * argument is wrong, and the step is left out. */
bool llbc__file_start(llbc__eval *e, const llbc__actuals *a, const llbc__fs *on,
                      llbc__file_step *f);

/* f->base with the actions applied; `from` is what they copy from, or NULL.
 * NULL after a reported error. */
const llbc__fs *llbc__file_apply(llbc__eval *e, const llbc__file_step *f,
                                 const llb_actions *acts, const llbc__fs *from);

/* False, and reported, when the path is empty. */
bool llbc__file_named(llbc__eval *e, const char *path, llb_span at);

#endif
