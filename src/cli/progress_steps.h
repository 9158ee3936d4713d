/* The steps of a build as they are known so far, and what of each has not
 * been printed yet. */
#ifndef LLB__CLI_PROGRESS_STEPS_H
#define LLB__CLI_PROGRESS_STEPS_H

#include <llb/client.h>

#include "buf.h"

/* A transfer within a step. */
typedef struct cmd__part {
    char *id;
    int64_t shown;    /* bytes when it was last printed */
    int64_t shown_ms; /* and when that was */
    bool open, printed, done;
    int64_t current, total; /* bytes, as they were last told */
    int64_t started_ns, completed_ns;
} cmd__part;

typedef struct cmd__step cmd__step;

struct cmd__step {
    char *digest, *name, *error;
    unsigned number; /* from 1, in order of the first print; 0: not printed */
    int64_t started_ns, completed_ns;
    int64_t before_ns; /* sum of the runs before the latest start */
    bool cached, canceled;
    bool end_printed;
    llb__buf line;   /* output that has not seen its newline yet */
    int64_t line_ns; /* time stamp of its first piece */
    llb__buf due;    /* whole lines that wait to be printed */
    int64_t due_ms;  /* since when; only if due.len > 0 */
    cmd__part *parts;
    size_t n_parts, n_open;
    bool queued_end, queued_due; /* is in the queue of that name */
    cmd__step *next_end, *next_due;
};

/* Steps in the order in which they came, each once. What is not worth waiting
 * for any more is skipped when its turn comes. */
typedef struct cmd__queue {
    cmd__step *first, *last;
} cmd__queue;

typedef struct cmd__steps {
    cmd__step **list; /* in order of appearance */
    size_t n, cap;
    cmd__step **slots; /* hash table over digests, n_slots a power of two */
    size_t n_slots;
    cmd__queue ended; /* done, but not said so */
    cmd__queue due;   /* have lines to print */
} cmd__steps;

/* The step of a digest, made if it is new. NULL: no memory. */
cmd__step *cmd__steps_get(cmd__steps *t, const char *digest);
void cmd__steps_clear(cmd__steps *t);

/* Puts a step at the end of a queue unless it is in it. */
void cmd__queue_end(cmd__steps *t, cmd__step *s);
void cmd__queue_due(cmd__steps *t, cmd__step *s);

/* The first of a queue, which leaves it; NULL when it is empty. */
cmd__step *cmd__next_ended(cmd__steps *t);

/* The first one that has lines, which stays; NULL when there is none. */
cmd__step *cmd__first_due(cmd__steps *t);

/* Takes a new state in; false: no memory, and the step is as it was. */
bool cmd__step_update(cmd__step *s, const bk_vertex *v);

/* The part of an id, made if it is new. NULL: no memory, or too many. */
cmd__part *cmd__step_part(cmd__step *s, const char *id);

/* Whether all that it will do is done; parts that are still open keep it. */
bool cmd__step_ended(const cmd__step *s);

/* Takes a new state of a part in: whether it is open, and its bytes. */
void cmd__part_update(cmd__step *s, cmd__part *part, const bk_vertex_status *e);

/* Adds bytes as people read them, 1000-based as BuildKit counts: 78B, 16.38kB;
 * and with the total behind it, if that is known. */
void cmd__add_bytes(llb__buf *b, int64_t current, int64_t total);

/* How long it ran, all its runs together. */
int64_t cmd__step_ns(const cmd__step *s);

#endif
