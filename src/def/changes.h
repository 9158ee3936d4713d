/* Collecting the differences of two definitions. */
#ifndef LLB__DEF_CHANGES_H
#define LLB__DEF_CHANGES_H

#include "json.h"

enum { LLB__N_CHANGE_KINDS = LLB_CHANGE_PLACES + 1 };

/* The list being made, and what it is at: whatever is found goes to that kind,
 * those numbers and that path. */
typedef struct llb__collector {
    llb_def_changes *out;
    size_t cap;
    size_t n_of[LLB__N_CHANGE_KINDS];
    llb_change_kind kind;
    size_t a, b;
    llb__buf path;
    unsigned nested; /* definitions within ops that the path is in */
    bool failed;     /* no memory */
} llb__collector;

/* Whether there are enough changes of the kind that c is at; the next one is
 * then only counted, and need not be looked at closely. */
bool llb__changes_full(llb__collector *c);

/* Adds a change at the path; x and y are borrowed, NULL: nothing is there. */
void llb__add_change(llb__collector *c, const json_t *x, const json_t *y);

/* Compares two values (taken; NULL: no memory) below the path, and adds a
 * change for each field that differs. */
void llb__compare_json(llb__collector *c, json_t *x, json_t *y);

/* A change at the first byte that differs, of what is the same as JSON. */
void llb__add_byte_change(llb__collector *c, llb__bytes x, llb__bytes y);

#endif
