/* Where a build's result goes: -o, and what it means. */
#ifndef LLB__CLI_OUTPUT_H
#define LLB__CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#include "arena.h"

typedef enum cmd__dest_kind {
    CMD__DEST_NONE,   /* the daemon keeps or pushes it */
    CMD__DEST_FOLDER, /* a folder of files */
    CMD__DEST_FILE,   /* one stream, into a file */
    CMD__DEST_STDOUT, /* the same, to stdout */
} cmd__dest_kind;

typedef struct cmd__attr {
    const char *key, *value;
} cmd__attr;

/* All of it lives in the arena or is borrowed from the command line. */
typedef struct cmd__output {
    const char *type; /* exporter as BuildKit names it */
    cmd__dest_kind kind;
    const char *dest; /* FOLDER and FILE */
    cmd__attr *attrs; /* for the daemon: neither type nor dest */
    size_t n_attrs;
    bool push; /* it leaves the machine */
} cmd__output;

/* Parses one -o: "type=...,dest=...", a folder, or "-" for a tar on stdout.
 * LLB_EINVAL says which part is wrong and what would be right. */
llb_status cmd__output_parse(llb__arena *a, const char *text, cmd__output *ret,
                             llb_error *err);

/* The same from parts that a build file gave; key and value are borrowed, and
 * text names them in errors. */
llb_status cmd__output_make(llb__arena *a, const char *text, const char *type,
                            const char *dest, const cmd__attr *attrs,
                            size_t n_attrs, cmd__output *ret, llb_error *err);

/* Looks at the destination before anything is sent: a tar to a terminal, a
 * file where a folder must be or the other way round, and a folder of dest
 * that does not exist. *ret_usage tells a wrong call from a wrong place. */
llb_status cmd__output_check(const cmd__output *o, bool *ret_usage,
                             llb_error *err);

#endif
