/* The rules for a definition as a whole and for its simple ops. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

llb_status llb__fail_op(const llb_def *d, size_t i, llb_error *err,
                        const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s: %s",
                     llb__label(d, i).text, text);
}

llb_status llb__check_input_index(const llb_def *d, size_t i, const char *what,
                                  int64_t index, int64_t least, llb_error *err)
{
    int64_t n = d->ops[i].n_inputs;

    if (index >= least && index < n)
        return LLB_OK;
    return llb__fail_op(d, i, err,
                        "%s takes input %" PRId64 ", but the op has %" PRId64
                        " inputs, which count from 0%s",
                        what, index, n, least < 0 ? " (-1 is scratch)" : "");
}

llb__bytes llb__op_body(const llb_def *d, size_t i)
{
    uint8_t kind = d->index[i].kind;

    if (kind == LLB_OP_TERMINAL)
        return (llb__bytes){NULL, 0};
    return llb__wire_body(llb__op_bytes(d, i), kind);
}

static bool two_different(const llb_def *d)
{
    for (size_t i = 1; i < d->n_ops; i++)
        if (memcmp(d->ops[i].sum, d->ops[0].sum, LLB__SHA256_LEN) != 0)
            return true;
    return false;
}

llb_status llb__check_terminal(const llb_def *d, llb_error *err)
{
    const llb__def_op *last = &d->ops[d->n_ops - 1];

    if (!two_different(d))
        return llb__fail_op(d, d->n_ops - 1, err,
                            "it is the only op: a terminal op is missing, "
                            "which comes last and has the result as its input");
    if (d->index[d->n_ops - 1].kind != LLB_OP_TERMINAL)
        return llb__fail_op(d, d->n_ops - 1, err,
                            "the last op must be the terminal one, which does "
                            "nothing and has the result as its only input");
    if (last->n_inputs != 1)
        return llb__fail_op(d, d->n_ops - 1, err,
                            "the terminal op has %" PRIu32 " inputs and must "
                            "have exactly one, the result%s",
                            last->n_inputs,
                            last->n_inputs ? "; join several with a merge op"
                                           : "");
    return LLB_OK;
}

static llb_status check_merge(const llb_def *d, size_t i, llb__bytes body,
                              llb_error *err)
{
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    size_t n = 0;

    while (llb__wire_next(&w, &f)) {
        if (f.number != 1)
            continue;
        llb_status st = llb__check_input_index(
            d, i, "merge", llb__wire_int(f.body, 1), 0, err);
        if (st != LLB_OK)
            return st;
        n++;
    }
    if (n == 0)
        return llb__fail_op(d, i, err,
                            "merge: it merges nothing; give it two "
                            "inputs or more");
    return LLB_OK;
}

static llb_status check_diff(const llb_def *d, size_t i, llb__bytes body,
                             llb_error *err)
{
    llb__bytes lower = llb__wire_body(body, 1), upper = llb__wire_body(body, 2);

    if (!lower.data || !upper.data)
        return llb__fail_op(d, i, err,
                            "diff: it has no %s side (scratch is "
                            "input -1)",
                            lower.data ? "upper" : "lower");
    llb_status st = llb__check_input_index(d, i, "the lower side of diff",
                                           llb__wire_int(lower, 1), -1, err);
    if (st != LLB_OK)
        return st;
    return llb__check_input_index(d, i, "the upper side of diff",
                                  llb__wire_int(upper, 1), -1, err);
}

static llb_status check_build(const llb_def *d, size_t i, llb__bytes body,
                              llb_error *err)
{
    static const char key[] = "buildkit.llb.definition";
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;

    if (llb__wire_int(body, 1) != -1)
        return llb__fail_op(d, i, err,
                            "build: builder is %" PRId64 ", and BuildKit only "
                            "has its own, -1",
                            llb__wire_int(body, 1));
    while (llb__wire_next(&w, &f)) {
        llb__bytes k =
            f.number == 2 ? llb__wire_body(f.body, LLB__KEY) : (llb__bytes){0};
        if (llb__bytes_are(k, key, sizeof key - 1))
            return llb__check_input_index(
                d, i, "build",
                llb__wire_int(llb__wire_body(f.body, LLB__VALUE), 1), 0, err);
    }
    return llb__fail_op(d, i, err,
                        "build: it has no input named %s to read the "
                        "definition from",
                        key);
}

static llb_status check_passed(const llb_def *d, size_t i, int64_t index,
                               llb_error *err)
{
    return llb__check_input_index(d, i, "an output of passthrough", index, 0,
                                  err);
}

static llb_status check_passthrough(const llb_def *d, size_t i, llb__bytes body,
                                    llb_error *err)
{
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    llb_status st = LLB_OK;
    uint64_t v;

    if (llb__wire_body(body, 1).len == 0)
        return llb__fail_op(d, i, err, "passthrough: it has no id");
    if (llb__n_outputs(d, i) == 0)
        return llb__fail_op(d, i, err, "passthrough: it has no output");
    while (st == LLB_OK && llb__wire_next(&w, &f)) {
        if (f.number == 2 && f.type == LLB__VARINT)
            st = check_passed(d, i, (int64_t)f.value, err);
        if (f.number != 2 || f.type != LLB__LEN)
            continue;
        llb__wire packed = llb__wire_of(f.body);
        while (st == LLB_OK && packed.p != packed.end &&
               llb__wire_varint(&packed, &v))
            st = check_passed(d, i, (int64_t)v, err);
    }
    return st;
}

/* Which schemes and attributes there are is the daemon's business. */
static llb_status check_source(const llb_def *d, size_t i, llb__bytes body,
                               llb_error *err)
{
    llb__bytes id = llb__wire_body(body, 1);

    if (id.len > 0 && memmem(id.data, id.len, "://", 3))
        return LLB_OK;
    return llb__fail_op(d, i, err,
                        "source: the identifier \"%.*s\" has no scheme, such "
                        "as docker-image:// or local://",
                        id.len > 80 ? 80 : (int)id.len, (const char *)id.data);
}

static llb_status check_op(const llb_def *d, size_t i, llb_error *err)
{
    llb__bytes body = llb__op_body(d, i);

    switch ((llb_op_kind)d->index[i].kind) {
    case LLB_OP_EXEC:
        return llb__check_exec(d, i, body, err);
    case LLB_OP_FILE:
        return llb__check_file(d, i, body, err);
    case LLB_OP_BUILD:
        return check_build(d, i, body, err);
    case LLB_OP_MERGE:
        return check_merge(d, i, body, err);
    case LLB_OP_DIFF:
        return check_diff(d, i, body, err);
    case LLB_OP_PASSTHROUGH:
        return check_passthrough(d, i, body, err);
    case LLB_OP_SOURCE:
        return check_source(d, i, body, err);
    case LLB_OP_TERMINAL:
        if (i == d->n_ops - 1)
            return LLB_OK;
        return llb__fail_op(d, i, err,
                            "it does nothing that this llb knows (it is no "
                            "exec, source, file, build, merge, diff or "
                            "passthrough), and other ops build on it");
    }
    return LLB_OK;
}

/* counts: outputs + 1 of each op, once somebody asked. */
static llb_status check_outputs(const llb_def *d, size_t i, uint64_t *counts,
                                llb_error *err)
{
    for (uint32_t k = 0; k < d->ops[i].n_inputs; k++) {
        const llb__input *in = llb__op_input(d, i, k);
        if (!counts[in->op])
            counts[in->op] = llb__n_outputs(d, in->op) + 1;
        if ((uint64_t)in->output < counts[in->op] - 1)
            continue;
        return llb__fail_op(d, i, err,
                            "input %" PRIu32 " wants output %" PRId64
                            " of op %" PRIu32 ", which has %" PRIu64,
                            k, in->output, in->op, counts[in->op] - 1);
    }
    return LLB_OK;
}

llb_status llb__check_ops(const llb_def *d, llb_error *err)
{
    uint64_t *counts = calloc(d->n_ops, sizeof *counts);
    llb_status st = LLB_OK;

    if (!counts)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < d->n_ops && st == LLB_OK; i++)
        if (!d->index[i].is_unreached)
            st = check_op(d, i, err);
    for (size_t i = 0; i < d->n_ops && st == LLB_OK; i++)
        if (!d->index[i].is_unreached)
            st = check_outputs(d, i, counts, err);
    free(counts);
    return st;
}

static llb_status check_location(const llb_def *d, llb__bytes digest,
                                 llb__bytes location, llb_error *err)
{
    int64_t index = llb__wire_int(location, 1);
    int len = digest.len > 80 ? 80 : (int)digest.len;

    if (index >= 0 && (uint64_t)index < d->n_infos)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "a location of op %.*s names source file %" PRId64
                     ", and the definition has %zu: BuildKit would crash when "
                     "that op fails",
                     len, (const char *)digest.data, index, d->n_infos);
}

llb_status llb__check_places(const llb_def *d, llb_error *err)
{
    llb__wire w =
        llb__wire_of((llb__bytes){d->bytes + d->source.offset, d->source.len});
    llb__wire_field f, loc;

    while (llb__wire_next(&w, &f)) {
        if (f.number != LLB__SOURCE_LOCATIONS)
            continue;
        llb__bytes key = llb__wire_body(f.body, LLB__KEY);
        llb__wire lw = llb__wire_of(llb__wire_body(f.body, LLB__VALUE));
        while (llb__wire_next(&lw, &loc)) {
            if (loc.number != 1)
                continue;
            llb_status st = check_location(d, key, loc.body, err);
            if (st != LLB_OK)
                return st;
        }
    }
    return LLB_OK;
}
