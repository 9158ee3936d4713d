/* The registry of source files: number, name, text and where lines start. */
#ifndef LLBC__SOURCE_H
#define LLBC__SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include <llb/diag.h>

struct llbc__source {
    uint32_t number; /* as in llb_span.file */
    const char *name;
    const char *text; /* len bytes and a NUL */
    uint32_t len;
    uint32_t *lines; /* the offset of each line's first byte */
    uint32_t n_lines;
    uint32_t *chars;               /* characters in front of each 1024th byte */
    struct llbc__silenced *allows; /* warnings that comments silence */
    size_t n_allows, cap_allows;
};

/* A warning that is not told of a line. */
typedef struct llbc__silenced {
    uint32_t line;
    const char *code; /* static text */
} llbc__silenced;

typedef struct llbc__source llbc__source;

/* A place for people: both from 1, the column in characters. */
typedef struct llbc__pos {
    uint32_t line, column;
} llbc__pos;

/* The source with this number, or NULL. It lives as long as d. */
const llbc__source *llbc__source_get(const llbc_diags *d, uint32_t file);

/* The line of a byte, from 1. Cheaper than its column, which costs as much as
 * the line is long. */
uint32_t llbc__source_line_of(const llbc__source *s, uint32_t offset);

/* Line and column of a byte; an offset behind the end is the end. */
llbc__pos llbc__source_pos(const llbc__source *s, uint32_t offset);

/* The bytes [*ret_start, *ret_end) of a line, counted from 1, without its
 * newline. A line that is not there is empty. */
void llbc__source_line(const llbc__source *s, uint32_t line,
                       uint32_t *ret_start, uint32_t *ret_end);

#endif
