/* The forms of a definition for people. */
#ifndef LLB__DEF_PRINT_H
#define LLB__DEF_PRINT_H

#include "buf.h"
#include "def_int.h"

/* Appends text with what a terminal would obey escaped: control characters
 * and bytes that are no UTF-8, as \xNN, \n, \t, and what turns the direction
 * of text, as \u{N}. Cut after max bytes of input,
 * with "..." instead of the rest. */
void llb__add_escaped(llb__buf *b, const void *text, size_t len, size_t max);

/* Appends the name of op i, see llb_def_op_name. */
void llb__add_name(llb__buf *b, const llb_def *d, size_t i);

/* Where a form goes: all of it stays in the buffer, or with write each piece
 * is handed on. */
typedef struct llb__sink {
    llb__buf buf;
    llb_def_write *write;
    void *ctx;
    bool stopped; /* write said so */
} llb__sink;

/* To be called now and then: hands on what there is when it is worth it.
 * False: nobody wants more, or there is no memory. */
bool llb__sink_go_on(llb__sink *s);

/* The forms; false as above. */
bool llb__print_json(const llb_def *d, llb__sink *s);
bool llb__print_tree(const llb_def *d, llb__sink *s);
bool llb__print_dot(const llb_def *d, llb__sink *s);

#endif
