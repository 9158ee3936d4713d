/* The differences of two definitions as lines for people. */
#include "print.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { MAX_NAME = 60, MAX_PATH = 200, MAX_VALUE = 120, MAX_SAME = 40 };

static void add_op(llb__buf *out, const llb_def *d, size_t i)
{
    llb__buf name = LLB__BUF_INIT;

    llb__add_name(&name, d, i);
    llb__buf_printf(out, "#%zu %s", i,
                    llb_op_kind_name((llb_op_kind)d->index[i].kind));
    if (d->index[i].kind != LLB_OP_TERMINAL) {
        llb__buf_adds(out, " \"");
        llb__add_escaped(out, name.data, name.len, MAX_NAME);
        llb__buf_addc(out, '"');
    }
    out->failed |= name.failed;
    llb__buf_clear(&name);
}

static void add_file(llb__buf *out, const llb_def *d, size_t i)
{
    llb_def_info info = llb_def_info_at(d, i);

    llb__buf_printf(out, "source file %zu \"", i);
    llb__add_escaped(out, info.filename, info.filename_len, MAX_NAME);
    llb__buf_addc(out, '"');
}

/* What is there on one side only. */
static void add_alone(llb__buf *out, const llb_def *a, const llb_def *b,
                      const llb_def_change *c)
{
    bool first = c->b == LLB_DEF_NONE;
    const llb_def *d = first ? a : b;
    size_t i = first ? c->a : c->b;

    llb__buf_printf(out, "only in the %s: ", first ? "first" : "second");
    if (c->kind == LLB_CHANGE_FILE) {
        add_file(out, d, i);
    } else {
        add_op(out, d, i);
        if (d->index[i].is_unreached)
            llb__buf_adds(out, ", which the result does not use");
    }
    llb__buf_addc(out, '\n');
}

static void add_heading(llb__buf *out, const llb_def *a, const llb_def *b,
                        const llb_def_change *c)
{
    if (c->kind == LLB_CHANGE_FILE)
        add_file(out, a, c->a);
    else
        add_op(out, a, c->a);
    if (c->kind != LLB_CHANGE_FILE && c->a != c->b) {
        llb__buf_adds(out, " and ");
        add_op(out, b, c->b);
    }
    llb__buf_adds(out, ":\n");
}

/* A value from skip on, cut after some bytes. */
static void add_value(llb__buf *out, const char *value, size_t skip)
{
    if (!value) {
        llb__buf_adds(out, "nothing");
        return;
    }
    if (skip > 0)
        llb__buf_adds(out, "...");
    llb__add_escaped(out, value + skip, strlen(value) - skip, MAX_VALUE);
}

/* How much of two long values is not worth showing, since it is the same;
 * some of it stays, and no character is cut. */
static size_t same_start(const char *x, const char *y)
{
    size_t n = 0;

    while (x[n] && x[n] == y[n])
        n++;
    if (n <= MAX_SAME)
        return 0;
    n -= MAX_SAME / 2;
    while (n > 0 && ((unsigned char)x[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* An input is {"digest":"sha256:...","index":N}; people know it by name. */
static void add_input(llb__buf *out, const llb_def *d, const char *value)
{
    static const char before[] = "{\"digest\":\"", between[] = "\",\"index\":";
    const char *digest = value + sizeof before - 1;
    long long output =
        strtoll(digest + LLB__DIGEST_LEN + sizeof between - 1, NULL, 10);
    size_t i = 0;

    (void)llb_def_find(d, digest, LLB__DIGEST_LEN, &i);
    add_op(out, d, i);
    if (output > 0)
        llb__buf_printf(out, " [output %lld]", output);
}

static void add_change(llb__buf *out, const llb_def *a, const llb_def *b,
                       const llb_def_change *c)
{
    size_t skip =
        c->a_value && c->b_value ? same_start(c->a_value, c->b_value) : 0;

    llb__buf_adds(out, "  ");
    llb__add_escaped(out, c->field, strlen(c->field), MAX_PATH);
    llb__buf_adds(out, ": ");
    if (strncmp(c->field, "inputs[", 7) == 0) {
        add_input(out, a, c->a_value);
        llb__buf_adds(out, " -> ");
        add_input(out, b, c->b_value);
    } else {
        add_value(out, c->a_value, skip);
        llb__buf_adds(out, " -> ");
        add_value(out, c->b_value, skip);
    }
    llb__buf_addc(out, '\n');
}

static bool same_heading(const llb_def_change *x, const llb_def_change *y)
{
    return (x->kind == LLB_CHANGE_FILE) == (y->kind == LLB_CHANGE_FILE) &&
           x->a == y->a && x->b == y->b;
}

static void add_all(llb__buf *out, const llb_def *a, const llb_def *b,
                    const llb_def_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        const llb_def_change *c = &changes->list[i];
        if (c->a == LLB_DEF_NONE || c->b == LLB_DEF_NONE) {
            add_alone(out, a, b, c);
            continue;
        }
        if (i == 0 || !same_heading(c, c - 1))
            add_heading(out, a, b, c);
        add_change(out, a, b, c);
    }
    if (changes->n_more > 0)
        llb__buf_printf(out, "and %zu more\n", changes->n_more);
    if (changes->n > 0 && strcmp(a->digest, b->digest) == 0)
        llb__buf_printf(out, "The result is the same, %s.\n", a->digest);
}

llb_status llb_def_diff(const llb_def *a, const llb_def *b, char **ret_text,
                        llb_error *err)
{
    llb_def_changes *changes;
    llb__buf out = LLB__BUF_INIT;

    if (!a || !b || !ret_text)
        return llb__fail_null(err, "llb_def_diff",
                              !a  ? "a"
                              : b ? "ret_text"
                                  : "b");
    llb_status st = llb_def_changes_of(a, b, &changes, err);
    if (st != LLB_OK)
        return st;
    add_all(&out, llb__indexed(a), llb__indexed(b), changes);
    llb_def_changes_free(changes);
    char *text = llb__buf_take(&out, NULL);
    if (!text)
        return llb__fail_nomem(err);
    *ret_text = text;
    return LLB_OK;
}
