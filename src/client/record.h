/* What a build has shown so far, as far as an error needs it: names and
 * errors of steps, and the last lines of those that run or have failed. */
#ifndef LLB__CLIENT_RECORD_H
#define LLB__CLIENT_RECORD_H

#include <llb/client.h>

#include "arena.h"

typedef struct bk__record bk__record;

/* NULL: no memory. */
bk__record *bk__record_new(void);
void bk__record_free(bk__record *r);

/* Note what the callbacks are given; what memory or a bound does not allow is
 * left out. Any thread. */
void bk__record_vertex(bk__record *r, const bk_vertex *v);
void bk__record_log(bk__record *r, const bk_vertex_log *l);

/* Fills in step, error and log of a failure, for the step f->vertex if it is
 * set, else for the first step that failed, which f->vertex then names.
 * Strings in the arena. Any thread. False: no memory. */
bool bk__record_fill(bk__record *r, llb__arena *a, bk_failure *f);

/* Notes something of our own that people should know, to be told with the
 * progress; the first few are kept. text is copied. Any thread. */
void bk__record_note(bk__record *r, const char *text);

/* Takes the oldest note, for free(); NULL: there is none. Any thread. */
char *bk__record_take_note(bk__record *r);

#endif
