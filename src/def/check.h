/* The rules that BuildKit has for the ops of a definition. All expect an
 * indexed one; messages name the op, the place in it, and the way out. */
#ifndef LLB__DEF_CHECK_H
#define LLB__DEF_CHECK_H

#include "def_int.h"

/* One terminal, last, with one input, and an op below it. */
llb_status llb__check_terminal(const llb_def *d, llb_error *err);

/* Each op that the terminal reaches. */
llb_status llb__check_ops(const llb_def *d, llb_error *err);

/* That locations name source files which are there. */
llb_status llb__check_places(const llb_def *d, llb_error *err);

/* Each kind, for its source file; body is the member of the oneof. */
llb_status llb__check_exec(const llb_def *d, size_t i, llb__bytes body,
                           llb_error *err);
llb_status llb__check_file(const llb_def *d, size_t i, llb__bytes body,
                           llb_error *err);

/* How many outputs an op has. */
uint64_t llb__n_outputs(const llb_def *d, size_t i);

/* An index of an op's inputs: [-1 or 0 .. n_inputs). what says whose it is. */
llb_status llb__check_input_index(const llb_def *d, size_t i, const char *what,
                                  int64_t index, int64_t least, llb_error *err);

/* LLB_EINVAL for op i; the text says what it lacks and what to do. */
llb_status llb__fail_op(const llb_def *d, size_t i, llb_error *err,
                        const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
