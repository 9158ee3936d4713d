/* Help, manual pages, documentation and completion, all from the tables. */
#ifndef LLB__CLI_HELP_H
#define LLB__CLI_HELP_H

#include "buf.h"
#include "options.h"

/* All commands, in the order in which help lists them. */
extern const cmd__command *const cmd__commands[];
extern const size_t cmd__n_commands;

/* Adds text and a newline, words wrapped at 78 columns, with indent blanks
 * before each line but the first, which already stands at column at. */
void cmd__wrap(llb__buf *out, const char *text, size_t indent, size_t at);

/* What `llb --help` and `llb COMMAND --help` show. */
void cmd__help_all(llb__buf *out);
void cmd__help_one(llb__buf *out, const cmd__command *c);

/* Manual pages in mdoc: llb(1), and one a command. */
void cmd__man_all(llb__buf *out);
void cmd__man_one(llb__buf *out, const cmd__command *c);

/* The reference part of docs/cli.md. */
void cmd__markdown(llb__buf *out);

/* A completion script for bash. */
void cmd__completion(llb__buf *out);

#endif
