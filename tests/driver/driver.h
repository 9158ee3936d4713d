/* The conformance driver: plays scenarios of tests/golden-defs through the
 * public API of libllb and compares what comes out with what Go's client makes
 * of them. A member of the JSON that nobody asked for is an error, since an
 * option read over is a test that tests nothing. */
#ifndef DRIVER_H
#define DRIVER_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include <llb/llb.h>

/* What a statement makes; what it does not make is NULL. */
struct value {
    const char *id;
    const llb_state *state;
    llb_exec *exec;
    const llb_bound_actions *actions;
    const llb_source_map *map;
};

/* One scenario being played. */
struct play {
    json_t *scenario;
    bool bytes_do; /* as compare() has it */
    llb_graph *graph;
    struct value *values;
    size_t n_values;
    json_t *kept; /* members taken out of objects, alive until the end */
    struct piece *pieces;
    llb_def *def; /* what came out; freed with the play */
    jmp_buf stop; /* where play_fail goes */
    char why[2048];
};

/* ---- pool.c: memory and members ---- */

/* Zeroed memory that lives as long as the play. */
void *play_alloc(struct play *p, size_t n, size_t size);
void play_free_all(struct play *p);

/* Ends the play as failed. */
_Noreturn void play_fail(struct play *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Each take_ removes a member from its object, so that done() can tell which
 * ones nobody knows. NULL, false and 0 when it is absent; a member of another
 * type ends the play. */
json_t *take(struct play *p, json_t *object, const char *name);
const char *take_text(struct play *p, json_t *object, const char *name);
const char *need_text(struct play *p, json_t *object, const char *name);
bool take_bool(struct play *p, json_t *object, const char *name);
int64_t take_int(struct play *p, json_t *object, const char *name);
int64_t *take_int_ptr(struct play *p, json_t *object, const char *name);
json_t *take_object(struct play *p, json_t *object, const char *name);
json_t *take_list(struct play *p, json_t *object, const char *name);
const char **take_texts(struct play *p, json_t *object, const char *name,
                        size_t *ret_n);

/* A text in which U+F8FF and two hex digits have become that byte: texts of
 * JSON are UTF-8, and those of bad graphs are not. */
const char *raw_text(struct play *p, const char *s);

/* The values of a list, whole. */
const char *text_of(struct play *p, json_t *value);
int64_t int_of(struct play *p, json_t *value);
const char **texts_of(struct play *p, json_t *list, size_t *ret_n);

/* The only member of an object, as "exactly one member each" has it. */
const char *only_member(struct play *p, json_t *object, json_t **ret_value);

/* Ends the play if a member is left in what. */
void done(struct play *p, json_t *object, const char *what);

/* ---- the statements ---- */

const struct value *value_of(struct play *p, const char *id);
const llb_state *state_of(struct play *p, const char *id);
/* The state whose id is a member; NULL for JSON null when null_ok. */
const llb_state *take_state(struct play *p, json_t *object, const char *name);

/* cons.c: adds one constraint; false if name is none. */
bool add_constraint(struct play *p, llb_constraints *c, const char *name,
                    json_t *value);
/* The member "constraints"; NULL if it is absent. */
const llb_constraints *take_constraints(struct play *p, json_t *object);
const llb_platform *platform_of(struct play *p, json_t *object);
/* The constraints of a marshal call, and its caps. */
void marshal_opts(struct play *p, json_t *list, llb_marshal_opts *opts);

/* state_opts.c: applies one state option; NULL if name is none. */
const llb_state *apply_option(struct play *p, const llb_state *s,
                              const char *name, json_t *value);

/* One function for each group of statements: true if op was one of them and
 * v is filled in. */
bool play_source(struct play *p, const char *op, json_t *st, struct value *v);
bool play_exec(struct play *p, const char *op, json_t *st, struct value *v);
bool play_file(struct play *p, const char *op, json_t *st, struct value *v);
bool play_graph(struct play *p, const char *op, json_t *st, struct value *v);

/* ---- compare.c ---- */

/* Ends the play with the first difference between d and the scenario. With
 * bytes_do, equal bytes of the definition are enough: they hold the rest. */
void compare(struct play *p, const llb_def *d, bool bytes_do);

#endif
