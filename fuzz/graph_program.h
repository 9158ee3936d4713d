/* A program of API calls, read from bytes: what fuzz_graph runs. */
#ifndef GRAPH_PROGRAM_H
#define GRAPH_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include <llb/llb.h>

enum { MAX_STATES = 32, MAX_OTHERS = 8, MAX_STEPS = 400 };

struct program {
    const uint8_t *data;
    size_t len, at, n_steps;
    llb_graph *g, *other;
    /* What was made so far; the oldest make room. */
    const llb_state *states[MAX_STATES];
    const llb_actions *actions[MAX_OTHERS];
    const llb_bound_actions *bound[MAX_OTHERS];
    llb_exec *execs[MAX_OTHERS];
    const llb_source_map *maps[MAX_OTHERS];
    llb_def *defs[MAX_OTHERS];
    size_t n_states, n_actions, n_bound, n_execs, n_maps, n_defs;
    /* Arguments of the call at hand. They are freed after it, so that ASan
     * sees a library that keeps what it has to copy. */
    struct temp *temps;
};

void check(int good);

/* --- graph_program.c: arguments ------------------------------------- */

void program_start(struct program *p, const uint8_t *data, size_t len);
void program_end(struct program *p);

/* The next byte of the program; 0 behind its end. */
uint8_t byte(struct program *p);
uint64_t number(struct program *p);

/* Zeroed memory until the end of the step. */
void *temp(struct program *p, size_t size);
void temps_free(struct program *p);

/* A text that is seldom NULL; one that is often NULL; a list, with its length,
 * that is often NULL and seldom holds a NULL. */
const char *text(struct program *p);
const char *opt_text(struct program *p);
const char *const *texts(struct program *p, size_t *ret_n);

/* A struct of options that starts with its size: mostly size, sometimes 0,
 * too small, or larger with a tail of zeros or other bytes. */
void *options(struct program *p, size_t size);
/* A list of them; each starts with size, or with 0, or rarely with another. */
void *option_list(struct program *p, size_t size, size_t n);

const llb_state *pick_state(struct program *p);
llb_graph *pick_graph(struct program *p);

/* NULL half of the time. */
const llb_constraints *constraints(struct program *p);

void program_marshal_opts(struct program *p, llb_marshal_opts *o);
/* Takes def. */
void program_keep_def(struct program *p, llb_def *def);

/* --- graph_calls.c: calls ------------------------------------------- */

/* One call, its result kept; 0 at the end of the program. */
int program_step(struct program *p);

/* --- graph_exec.c, graph_files.c: their share of the calls ---------- */

const llb_state *call_run(struct program *p);
const llb_state *call_exec_mount(struct program *p);
const llb_state *call_exec_add_mount(struct program *p);
const llb_state *call_action(struct program *p);
const llb_state *call_file(struct program *p);

#endif
