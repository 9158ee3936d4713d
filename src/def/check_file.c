/* The rules for file ops. BuildKit finds these only when the op runs, after
 * all that it needs was built. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"

enum { COPY = 4, MKFILE = 5, MKDIR = 6, RM = 7, SYMLINK = 8 };

/* An action, with what it takes from actions before it: number + 1, or 0. */
struct action {
    int64_t input, second, output;
    uint32_t needs[2];
    uint32_t next_need; /* of the walk for loops */
    bool open, done;
};

static llb_status fail_action(const llb_def *d, size_t i, size_t a,
                              llb_error *err, const char *why)
{
    return llb__fail_op(d, i, err, "file: action %zu: %s", a, why);
}

/* The owner's field in each action. */
static uint32_t owner_field(uint32_t kind)
{
    return kind == COPY || kind == SYMLINK ? 3 : kind == RM ? 0 : 4;
}

/* Whose passwd file a user is looked up in must be there. -1 passes, since
 * Go's client writes it for scratch, though BuildKit then fails. */
static bool owner_in_range(llb__bytes action, uint32_t kind, int64_t n)
{
    if (kind == 0 || owner_field(kind) == 0)
        return true;
    llb__bytes owner =
        llb__wire_body(llb__wire_body(action, kind), owner_field(kind));
    for (uint32_t who = 1; who <= 2; who++) {
        llb__bytes by_name = llb__wire_body(llb__wire_body(owner, who), 1);
        int64_t input = llb__wire_int(by_name, 2);
        if (by_name.data && (input < -1 || input >= n))
            return false;
    }
    return true;
}

static llb_status read_action(const llb_def *d, size_t i, llb__bytes body,
                              size_t a, size_t n_actions, struct action *act,
                              llb_error *err)
{
    int64_t n_inputs = d->ops[i].n_inputs, n = n_inputs + (int64_t)n_actions;
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    uint32_t kind = 0;

    act->input = llb__wire_int(body, 1);
    act->second = llb__wire_int(body, 2);
    act->output = llb__wire_int(body, 3);
    while (llb__wire_next(&w, &f))
        if (f.number >= COPY && f.number <= SYMLINK)
            kind = f.number;
    if (!kind)
        return fail_action(d, i, a, err,
                           "it is no copy, mkfile, mkdir, rm or symlink");
    if (act->input < -1 || act->input >= n)
        return fail_action(d, i, a, err, "its input is out of range");
    if (act->second < -1 || act->second >= n)
        return fail_action(d, i, a, err, "its secondaryInput is out of range");
    if (!owner_in_range(body, kind, n))
        return fail_action(d, i, a, err,
                           "the input that its owner is looked up in is out "
                           "of range");
    if (act->input >= n_inputs)
        act->needs[0] = (uint32_t)(act->input - n_inputs + 1);
    /* An action that copies nothing has no second input, whatever it says. */
    if (kind == COPY && act->second >= n_inputs)
        act->needs[1] = (uint32_t)(act->second - n_inputs + 1);
    return LLB_OK;
}

/* Whether a walk from action a comes back to an action that it is still in.
 * stack has room for each action once. */
static bool loops_from(struct action *acts, uint32_t a, uint32_t *stack)
{
    size_t n = 0;

    stack[n++] = a;
    acts[a].open = true;
    while (n > 0) {
        struct action *act = &acts[stack[n - 1]];
        if (act->next_need == 2) {
            act->open = false;
            act->done = true;
            n--;
            continue;
        }
        uint32_t need = act->needs[act->next_need++];
        if (!need || acts[need - 1].done)
            continue;
        if (acts[need - 1].open)
            return true;
        acts[need - 1].open = true;
        stack[n++] = need - 1;
    }
    return false;
}

/* scratch: n zeroed numbers. */
static llb_status check_loops(const llb_def *d, size_t i, struct action *acts,
                              size_t n, uint32_t *scratch, llb_error *err)
{
    for (size_t a = 0; a < n; a++)
        if (!acts[a].done && loops_from(acts, (uint32_t)a, scratch))
            return fail_action(d, i, a, err,
                               "it needs its own result, by way of the "
                               "actions that it takes inputs from");
    return LLB_OK;
}

/* Outputs are 0, 1, 2.. in any order; taken: n zeroed flags. */
static llb_status check_outputs(const llb_def *d, size_t i,
                                const struct action *acts, size_t n,
                                uint32_t *taken, llb_error *err)
{
    int64_t n_outputs = 0;

    for (size_t a = 0; a < n; a++)
        n_outputs += acts[a].output != -1;
    if (n_outputs == 0)
        return llb__fail_op(d, i, err,
                            "file: no action has an output, so nobody sees "
                            "what it does");
    for (size_t a = 0; a < n; a++) {
        int64_t out = acts[a].output;
        if (out == -1)
            continue;
        if (out < -1 || out >= n_outputs)
            return fail_action(d, i, a, err,
                               "its output leaves a gap: outputs are 0, 1, 2 "
                               "and so on, or -1");
        if (taken[out]++)
            return fail_action(d, i, a, err,
                               "another action has the same output");
    }
    return LLB_OK;
}

static llb_status check_actions(const llb_def *d, size_t i, llb__bytes body,
                                struct action *acts, size_t n,
                                uint32_t *scratch, llb_error *err)
{
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    size_t a = 0;

    while (llb__wire_next(&w, &f)) {
        if (f.number != 2)
            continue;
        llb_status st = read_action(d, i, f.body, a, n, &acts[a], err);
        if (st != LLB_OK)
            return st;
        a++;
    }
    llb_status st = check_outputs(d, i, acts, n, scratch, err);
    if (st != LLB_OK)
        return st;
    return check_loops(d, i, acts, n, scratch, err);
}

llb_status llb__check_file(const llb_def *d, size_t i, llb__bytes body,
                           llb_error *err)
{
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    size_t n = 0;

    while (llb__wire_next(&w, &f))
        n += f.number == 2;
    if (n == 0)
        return llb__fail_op(d, i, err,
                            "file: it has no actions; it needs at least one");
    struct action *acts = calloc(n, sizeof *acts);
    uint32_t *scratch = calloc(n, sizeof *scratch);
    llb_status st = acts && scratch
                        ? check_actions(d, i, body, acts, n, scratch, err)
                        : llb__fail_nomem(err);
    free(acts);
    free(scratch);
    return st;
}
