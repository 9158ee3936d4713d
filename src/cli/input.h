/* Definitions that commands read, from files or standard input. */
#ifndef LLB__CLI_INPUT_H
#define LLB__CLI_INPUT_H

#include <llb/gateway.h>

#include "options.h"

/* Reads and checks the definition or bundle in path; "-" or NULL is standard
 * input, which must not be a terminal. *ret_usage tells a wrong call from a
 * wrong file. */
llb_status cmd__read_refs(const char *path, bk_refs **ret_refs, bool *ret_usage,
                          llb_error *err);

/* The same for one definition, or a bundle of one. */
llb_status cmd__read_def(const char *path, llb_def **ret_def, bool *ret_usage,
                         llb_error *err);

/* Writes the text to path, beside and renamed; "-" or NULL is standard
 * output. An exit code; what is wrong has been said. */
int cmd__write_out(const char *path, const void *data, size_t len);

#endif
