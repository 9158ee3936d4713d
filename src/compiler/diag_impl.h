/* What llbc_diags is made of, for the files that fill and show it. */
#ifndef LLBC__DIAG_IMPL_H
#define LLBC__DIAG_IMPL_H

#include "arena.h"
#include "buf.h"
#include "diag_list.h"

#define LLBC__MAX_RELATED 8

struct llbc__note {
    llbc_diag diag;
    llbc_diags *owner;
    llbc_related related[LLBC__MAX_RELATED];
};

struct llbc_diags {
    llb__arena *arena; /* notes and their texts */
    llbc__source **sources;
    uint32_t n_sources;
    /* Kept in order of place, so that reading needs no sorting. */
    llbc__note *notes[LLBC__MAX_ERRORS + LLBC__MAX_WARNINGS];
    size_t n_notes;
    size_t n_errors, n_warnings; /* dropped ones included */
    size_t kept_errors, kept_warnings;
    bool silent[LLBC__N_CODES]; /* warnings that nobody wants to hear */
    bool failed;                /* memory ran out */
};

/* Takes len bytes of a text as they are; the new source's number is that of
 * the caller. NULL: no memory. */
llbc__source *llbc__source_new(uint32_t number, const char *name,
                               const char *text, size_t len);
void llbc__source_free(llbc__source *s);

/* One character of text at s[0..len), len > 0, as a terminal may see it:
 * itself, or an escape when it is a control character, changes the direction
 * of text, or is not UTF-8. Writes at most 12 bytes to out, sets their number
 * and how many cells they take, and returns how many bytes of s they stand
 * for. */
size_t llbc__show_char(const char *s, size_t len, char out[12],
                       size_t *ret_out_len, unsigned *ret_width);

#endif
