/* Why two definitions have different digests: a walk over pairs of ops from
 * the results down. A pair is worth a line when the ops themselves differ; one
 * that differs by its inputs only is explained by them. */
#include "json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "print.h"

enum { MAX_LINES = 100, MAX_VALUE = 120, MAX_NAME = 60, MAX_PATH = 256 };

struct pair {
    uint32_t a, b;
    bool inputs_done;
};

struct differ {
    const llb_def *a, *b;
    llb__buf out;
    size_t n_lines;
    struct pair *stack; /* each op of a comes onto it once */
    bool *seen;
    bool failed; /* no memory */
};

/* Starts a line; false when there have been enough. */
static bool start_line(struct differ *df)
{
    if (df->n_lines == MAX_LINES)
        llb__buf_adds(&df->out, "more differences are not shown\n");
    return df->n_lines++ < MAX_LINES;
}

static void add_op(struct differ *df, const llb_def *d, size_t i)
{
    llb__buf name = LLB__BUF_INIT;

    llb__add_name(&name, d, i);
    llb__buf_printf(&df->out, "#%zu %s \"", i,
                    llb_op_kind_name((llb_op_kind)d->ops[i].kind));
    llb__add_escaped(&df->out, name.data, name.len, MAX_NAME);
    llb__buf_addc(&df->out, '"');
    df->failed |= name.failed;
    llb__buf_clear(&name);
}

static void add_pair(struct differ *df, size_t a, size_t b)
{
    add_op(df, df->a, a);
    llb__buf_adds(&df->out, " and ");
    add_op(df, df->b, b);
}

static void add_value(struct differ *df, const json_t *value)
{
    char *text =
        value
            ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY)
            : NULL;

    if (!value)
        llb__buf_adds(&df->out, "nothing");
    else if (!text)
        df->failed = true;
    else
        llb__add_escaped(&df->out, text, strlen(text), MAX_VALUE);
    free(text);
}

/* Where a difference is, and between which ops. */
struct place {
    size_t a, b;
    char path[MAX_PATH];
};

/* A place below another; a path that is too long is cut. */
__attribute__((format(printf, 2, 3))) static struct place
below(const struct place *at, const char *fmt, ...)
{
    struct place sub = *at;
    size_t len = strlen(sub.path);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(sub.path + len, sizeof sub.path - len, fmt, ap);
    va_end(ap);
    return sub;
}

static void add_place(struct differ *df, const struct place *at)
{
    add_pair(df, at->a, at->b);
    llb__buf_adds(&df->out, ": ");
    llb__add_escaped(&df->out, at->path, strlen(at->path), MAX_PATH);
}

static void add_difference(struct differ *df, const struct place *at,
                           const json_t *x, const json_t *y)
{
    if (!start_line(df))
        return;
    add_place(df, at);
    llb__buf_adds(&df->out, ": ");
    add_value(df, x);
    llb__buf_adds(&df->out, " and ");
    add_value(df, y);
    llb__buf_addc(&df->out, '\n');
}

static void compare_values(struct differ *df, const struct place *at, json_t *x,
                           json_t *y);

static void compare_members(struct differ *df, const struct place *at,
                            json_t *x, json_t *y)
{
    const char *key;
    json_t *v;

    json_object_foreach(x, key, v)
    {
        struct place sub = below(at, ".%s", key);
        compare_values(df, &sub, v, json_object_get(y, key));
    }
    json_object_foreach(y, key, v)
    {
        if (json_object_get(x, key))
            continue;
        struct place sub = below(at, ".%s", key);
        compare_values(df, &sub, NULL, v);
    }
}

/* The first element that differs says it; what follows may only have moved. */
static void compare_elements(struct differ *df, const struct place *at,
                             json_t *x, json_t *y)
{
    size_t n = json_array_size(x), m = json_array_size(y), i = 0;

    while (i < n && i < m &&
           json_equal(json_array_get(x, i), json_array_get(y, i)))
        i++;
    if (n != m && start_line(df)) {
        add_place(df, at);
        llb__buf_printf(&df->out, " has %zu and %zu elements\n", n, m);
    }
    struct place sub = below(at, "[%zu]", i);
    compare_values(df, &sub, json_array_get(x, i), json_array_get(y, i));
}

/* Recurses as deep as messages nest, which is bounded. */
static void compare_values(struct differ *df, const struct place *at, json_t *x,
                           json_t *y)
{
    if (df->n_lines > MAX_LINES || (x && y && json_equal(x, y)))
        return;
    if (json_is_object(x) && json_is_object(y))
        compare_members(df, at, x, y);
    else if (json_is_array(x) && json_is_array(y))
        compare_elements(df, at, x, y);
    else
        add_difference(df, at, x, y);
}

/* x and y are taken. */
static void compare_json(struct differ *df, const struct place *at, json_t *x,
                         json_t *y)
{
    if (x && y)
        compare_values(df, at, x, y);
    else
        df->failed = true;
    json_decref(x);
    json_decref(y);
}

/* Ops of one kind, whose inputs have been compared. */
static void compare_ops(struct differ *df, size_t a, size_t b)
{
    const llb__def_op *x = &df->a->ops[a], *y = &df->b->ops[b];
    struct place at = {a, b, "op"};

    compare_json(df, &at,
                 llb__json_message(llb__op_bytes(df->a, a), &llb__msg_op,
                                   LLB__OP_INPUTS),
                 llb__json_message(llb__op_bytes(df->b, b), &llb__msg_op,
                                   LLB__OP_INPUTS));
    if (x->n_inputs != y->n_inputs && start_line(df)) {
        add_pair(df, a, b);
        llb__buf_printf(&df->out, ": they have %u and %u inputs\n", x->n_inputs,
                        y->n_inputs);
    }
    for (uint32_t k = 0; k < x->n_inputs && k < y->n_inputs; k++) {
        int64_t n = df->a->inputs[x->first_input + k].output;
        int64_t m = df->b->inputs[y->first_input + k].output;
        if (n == m || !start_line(df))
            continue;
        add_pair(df, a, b);
        llb__buf_printf(&df->out, ": input %u is output %lld and %lld\n", k,
                        (long long)n, (long long)m);
    }
}

static bool same_op(const struct differ *df, uint32_t a, uint32_t b)
{
    return memcmp(df->a->ops[a].sum, df->b->ops[b].sum, LLB__SHA256_LEN) == 0;
}

static void push_inputs(struct differ *df, const struct pair *p, size_t *n)
{
    const llb__def_op *x = &df->a->ops[p->a], *y = &df->b->ops[p->b];

    for (uint32_t k = 0; k < x->n_inputs && k < y->n_inputs; k++) {
        uint32_t a = df->a->inputs[x->first_input + k].op;
        uint32_t b = df->b->inputs[y->first_input + k].op;
        if (df->seen[a] || same_op(df, a, b))
            continue;
        df->seen[a] = true;
        df->stack[(*n)++] = (struct pair){a, b, false};
    }
}

static void walk_pairs(struct differ *df)
{
    size_t n = 0;
    uint32_t a = (uint32_t)df->a->n_ops - 1, b = (uint32_t)df->b->n_ops - 1;

    df->seen[a] = true;
    if (!same_op(df, a, b))
        df->stack[n++] = (struct pair){a, b, false};
    while (n > 0 && !df->failed && df->n_lines <= MAX_LINES) {
        struct pair *p = &df->stack[n - 1];
        bool same_kind = df->a->ops[p->a].kind == df->b->ops[p->b].kind;
        if (!same_kind && start_line(df)) {
            add_pair(df, p->a, p->b);
            llb__buf_adds(&df->out, ": they do different things\n");
        }
        if (same_kind && !p->inputs_done) {
            struct pair now = *p;
            p->inputs_done = true;
            push_inputs(df, &now, &n);
            continue;
        }
        if (same_kind)
            compare_ops(df, p->a, p->b);
        n--;
    }
}

/* What belongs to an op but is no part of its digest. */
static void compare_beside(struct differ *df, size_t a, size_t b)
{
    const llb__def_op *x = &df->a->ops[a], *y = &df->b->ops[b];
    struct place meta = {a, b, "metadata"}, places = {a, b, "locations"};

    compare_json(df, &meta, llb__json_metadata(llb__op_metadata(df->a, a)),
                 llb__json_metadata(llb__op_metadata(df->b, b)));
    compare_json(df, &places,
                 llb__json_locations(
                     (llb__bytes){df->a->bytes + x->loc_offset, x->loc_len}),
                 llb__json_locations(
                     (llb__bytes){df->b->bytes + y->loc_offset, y->loc_len}));
}

static void compare_shared(struct differ *df)
{
    for (size_t i = 0; i < df->a->n_ops && !df->failed; i++) {
        size_t b = llb__lookup(df->b, df->a->ops[i].sum);
        if (b < df->b->n_ops && df->n_lines <= MAX_LINES)
            compare_beside(df, i, b);
    }
}

static void compare_all(struct differ *df)
{
    bool none_a = df->a->n_ops == 0, none_b = df->b->n_ops == 0;

    if (none_a != none_b)
        llb__buf_printf(&df->out, "%s is scratch\n",
                        none_a ? "only the first" : "only the second");
    if (none_a || none_b)
        return;
    walk_pairs(df);
    compare_shared(df);
}

llb_status llb_def_diff(const llb_def *a, const llb_def *b, char **ret_text,
                        llb_error *err)
{
    struct differ df = {.a = llb__indexed(a), .b = llb__indexed(b)};
    char *text = NULL;

    df.stack = calloc(a->n_ops + 1, sizeof *df.stack);
    df.seen = calloc(a->n_ops + 1, sizeof *df.seen);
    if (df.stack && df.seen) {
        compare_all(&df);
        if (!df.failed)
            text = llb__buf_take(&df.out, NULL);
    }
    llb__buf_clear(&df.out);
    free(df.stack);
    free(df.seen);
    if (!text)
        return llb__fail_nomem(err);
    *ret_text = text;
    return LLB_OK;
}
