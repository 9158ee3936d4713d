/* Lints: what compiles, and is most often a mistake all the same. Those that
 * cost a build nothing are told by every compilation, these by `llb check`. */
#ifndef LLB__COMPILER_LINT_H
#define LLB__COMPILER_LINT_H

#include "check.h"

/* Reads the comments `# llb: allow(CODE, ...)` of a file. */
void llbc__lint_comments(llbc_diags *d, const llbc__file *file);

/* Names of c between the head of its list and `outer` that nothing used. */
void llbc__lint_names(llbc__check *c, const llbc__binding *outer);

/* Names of a file that nothing used. main: it is the project's own file, whose
 * functions and values are there for its targets. */
void llbc__lint_unit(llbc_diags *d, const llbc__unit *u, bool main);

/* A statement that calls a built-in. */
void llbc__lint_call(llbc__check *c, const llbc__stmt *s, const char *name);

#endif
