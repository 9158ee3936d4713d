/* Reporting: how the parser, the checker and the evaluator say what is wrong.
 *
 *     llbc__note *n = llbc__report(d, LLBC__E_UNKNOWN_NAME, e->span,
 *                                  "unknown name \"%s\"", name);
 *     llbc__help(n, "did you mean \"%s\"?", best);
 *     llbc__related(n, decl->span, "declared here");
 *
 * Texts are printf-formatted, copied, one sentence without a final dot. What
 * comes from a file may hold anything: control characters are escaped when
 * shown. */
#ifndef LLBC__DIAG_LIST_H
#define LLBC__DIAG_LIST_H

#include <stdbool.h>

#include <llb/diag.h>

#include "diag_codes.h"
#include "source.h"

#define LLBC__MAX_ERRORS 20    /* told in one run */
#define LLBC__MAX_WARNINGS 100 /* told in one run */

typedef struct llbc__note llbc__note;

/* Adds a diagnostic of a code; the code says whether it is an error. NULL when
 * there are too many already, the same code was said of the same place, or
 * memory ran out (then d is failed): the calls below take NULL in silence. */
llbc__note *llbc__report(llbc_diags *d, llbc__code code, llb_span at,
                         const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Says what to do about it. A second call replaces the first. */
void llbc__help(llbc__note *n, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a place that explains it, such as "first bound here". At most 8. */
void llbc__related(llbc__note *n, llb_span at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Says no more warnings of that code (a text of the table) about a line. */
void llbc__silence(llbc_diags *d, uint32_t file, uint32_t line,
                   const char *code);

/* Memory ran out: llbc_diags_status(d) is LLB_ENOMEM from now on. */
void llbc__diags_nomem(llbc_diags *d);

/* Whether so many errors were said that going on is of no use. */
bool llbc__diags_full(const llbc_diags *d);

/* The candidate nearest to word by edit distance, or NULL if none is near
 * enough to be meant. Ties go to the first one. Candidates are borrowed. */
const char *llbc__nearest(const char *word, const char *const *candidates,
                          size_t n);

#endif
