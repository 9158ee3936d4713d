/* Text in, tree out. */
#ifndef LLBC__PARSE_H
#define LLBC__PARSE_H

#include "arena.h"
#include "diag_list.h"
#include "tree.h"

/* The tree of a source file, in arena a.
 *
 * NULL when something is wrong with the text or memory ran out: diags then has
 * at least one error more than before, or says LLB_ENOMEM
 * (llbc_diags_status). The source is borrowed and must outlive the tree; it
 * belongs to diags (llbc_diags_add_file, llbc__source_get). */
llbc__file *llbc__parse(const llbc__source *source, llb__arena *a,
                        llbc_diags *diags);

/* How an instruction of Dockerfiles, in whatever case, is written here: static
 * text, NULL when the word is none. */
const char *llbc__dockerfile_mend(const char *word);

#endif
