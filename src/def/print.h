/* The forms of a definition for people. */
#ifndef LLB__DEF_PRINT_H
#define LLB__DEF_PRINT_H

#include "buf.h"
#include "def_int.h"

/* Appends text with what a terminal would obey escaped: control characters
 * and bytes that are no UTF-8, as \xNN, \n, \t. Cut after max bytes of input,
 * with "..." instead of the rest. */
void llb__add_escaped(llb__buf *b, const void *text, size_t len, size_t max);

/* Appends the name of op i, see llb_def_op_name. */
void llb__add_name(llb__buf *b, const llb_def *d, size_t i);

llb_status llb__print_tree(const llb_def *d, llb__buf *b, llb_error *err);
llb_status llb__print_dot(const llb_def *d, llb__buf *b, llb_error *err);

#endif
