/* From bytes to a checked definition. */
#include "def_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "error.h"
#include "bounds.h"
#include "check_message.h"

/* An op can have two bytes, and takes a hundred times as much in memory. */
enum { MAX_OPS = 1 << 22 };

/* How much there is of what is counted before memory is asked for. */
struct counts {
    size_t n_ops, n_inputs, n_infos;
};

/* What people feed to a reader of definitions by mistake. */
static const char *mistaken_for(llb__bytes b)
{
    size_t i = 0, n = b.len < 64 ? b.len : 64;

    if (b.len >= 2 && b.data[0] == 0x1f && b.data[1] == 0x8b)
        return ": this is gzip, unpack it first";
    while (i < n && (b.data[i] == ' ' || b.data[i] == '\n'))
        i++;
    if (i < n && (b.data[i] == '{' || b.data[i] == '['))
        return ": this is JSON, and a definition is binary";
    while (i < n && (b.data[i] == '\n' || b.data[i] == '\t' ||
                     (b.data[i] >= ' ' && b.data[i] < 0x7f)))
        i++;
    if (n > 0 && i == n)
        return ": this is text, and a definition is binary (llb compile makes "
               "one)";
    return "";
}

/* A message of the definition is broken; op: which one, or SIZE_MAX. */
static llb_status fail_walk(llb__bytes all, size_t op, const uint8_t *at,
                            const char *text, llb_error *err)
{
    char place[32] = "";

    if (op != SIZE_MAX)
        snprintf(place, sizeof place, "op %zu, ", op);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "no definition, or one that was cut or damaged: %sbyte "
                     "%zu: %s%s",
                     place, (size_t)(at - all.data), text, mistaken_for(all));
}

static void count_source(llb__bytes source, struct counts *n)
{
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;

    while (llb__wire_next(&w, &f))
        n->n_infos += f.number == LLB__SOURCE_INFOS;
}

/* Checks one field of the definition; unknown ones pass. */
static llb_status check_field(llb__bytes all, const llb__wire_field *f,
                              struct counts *n, llb_error *err)
{
    const llb__message *m = f->number == LLB__DEF_OPS ? &llb__msg_op
                            : f->number == LLB__DEF_METADATA
                                ? &llb__msg_meta_entry
                            : f->number == LLB__DEF_SOURCE ? &llb__msg_source
                                                           : NULL;
    size_t op = f->number == LLB__DEF_OPS ? n->n_ops : SIZE_MAX;
    llb__message_error e;

    if (!m)
        return LLB_OK;
    if (f->type != LLB__LEN)
        return fail_walk(all, op, f->start,
                         "Definition: a field has the wrong wire type", err);
    /* Descriptions and file names come from people; BuildKit takes any bytes
     * there, but none that are not UTF-8 in an op. */
    if (!llb__check_message(f->body, m, m == &llb__msg_op, &e))
        return fail_walk(all, op, e.at, e.text, err);
    n->n_ops += m == &llb__msg_op;
    if (m == &llb__msg_source)
        count_source(f->body, n);
    return LLB_OK;
}

static llb_status check_bytes(llb__bytes all, struct counts *n, llb_error *err)
{
    llb__wire w = llb__wire_of(all);
    const uint8_t *source = NULL;
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        llb_status st = check_field(all, &f, n, err);
        if (st != LLB_OK)
            return st;
        if (f.number == LLB__DEF_SOURCE && source)
            return fail_walk(all, SIZE_MAX, f.start,
                             "Definition.Source: it is there twice", err);
        if (f.number == LLB__DEF_SOURCE)
            source = f.start;
    }
    if (w.error)
        return fail_walk(all, SIZE_MAX, w.p, w.error, err);
    return LLB_OK;
}

/* Offsets and lengths, the number of inputs, and the sums. */
static llb_status read_ops(llb__bytes all, llb__def_op *ops, struct counts *n,
                           llb_error *err)
{
    llb__sha256 *sha = llb__sha256_new();
    llb__wire w = llb__wire_of(all);
    llb__wire_field f, in;
    bool good = sha != NULL;

    for (llb__def_op *op = ops; good && llb__wire_next(&w, &f);) {
        if (f.number != LLB__DEF_OPS)
            continue;
        op->offset = (uint32_t)(f.body.data - all.data);
        op->len = (uint32_t)f.body.len;
        for (llb__wire ow = llb__wire_of(f.body); llb__wire_next(&ow, &in);)
            op->n_inputs += in.number == LLB__OP_INPUTS;
        n->n_inputs += op->n_inputs;
        good = llb__sha256_sum(sha, f.body.data, f.body.len, op->sum);
        op++;
    }
    llb__sha256_free(sha);
    return good ? LLB_OK : llb__fail_nomem(err);
}

/* The rules for the definition as a whole, then those for each op. */
static llb_status check_def(llb_def *d, llb_error *err)
{
    llb_status st = llb__index(d, err);

    if (st == LLB_OK)
        st = llb__check_terminal(d, err);
    if (st == LLB_OK && !llb__mark_reached(d))
        st = llb__fail_nomem(err);
    if (st == LLB_OK)
        st = llb__check_ops(d, err);
    if (st == LLB_OK)
        st = llb__check_places(d, err);
    if (st == LLB_OK)
        atomic_store(&d->indexed, true);
    return st;
}

static llb_status check_size(llb__bytes all, const struct counts *n,
                             unsigned flags, llb_error *err)
{
    if (n->n_ops > MAX_OPS)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "the definition has %zu ops, more than the %d that "
                         "one may have",
                         n->n_ops, MAX_OPS);
    if (n->n_ops > 0 || (all.len == 0 && flags & LLB_DEF_EMPTY_OK))
        return LLB_OK;
    if (all.len == 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the definition is empty, it holds no ops: llb "
                         "compile makes one, and a Go client writes it with "
                         "llb.WriteTo");
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "the definition holds no ops (only metadata or source "
                     "files)%s",
                     mistaken_for(all));
}

/* bytes stay the caller's on failure. */
static llb_status parse(uint8_t *bytes, size_t len, unsigned flags,
                        llb_def **ret_def, llb_error *err)
{
    llb__bytes all = {bytes, len};
    struct counts n = {0, 0, 0};
    llb_def *d = NULL;

    llb_status st = check_bytes(all, &n, err);
    if (st == LLB_OK)
        st = check_size(all, &n, flags, err);
    if (st != LLB_OK)
        return st;
    llb__def_op *ops = calloc(n.n_ops + 1, sizeof *ops);
    if (!ops)
        return llb__fail_nomem(err);
    st = read_ops(all, ops, &n, err);
    if (st == LLB_OK)
        st = llb__def_alloc(bytes, len, ops, n.n_ops, n.n_inputs, n.n_infos, &d,
                            err);
    if (st != LLB_OK) {
        free(ops);
        return st;
    }
    if (n.n_ops > 0)
        st = check_def(d, err);
    if (st != LLB_OK) {
        llb__def_drop(d);
        return st;
    }
    *ret_def = d;
    return LLB_OK;
}

llb_status llb_def_parse(const void *data, size_t len, unsigned flags,
                         llb_def **ret_def, llb_error *err)
{
    bool take = flags & LLB_DEF_TAKE && data;
    uint8_t *bytes = take ? (uint8_t *)(uintptr_t)data : NULL;

    if ((!data && len) || !ret_def)
        return llb__fail_null(err, "llb_def_parse",
                              ret_def ? "data" : "ret_def");
    if (flags & ~(unsigned)(LLB_DEF_TAKE | LLB_DEF_EMPTY_OK))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "llb_def_parse: flags cannot be 0x%x: LLB_DEF_TAKE "
                         "and LLB_DEF_EMPTY_OK are known",
                         flags);
    if (len > LLB__MAX_DEFINITION)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "%zu bytes are more than the %zu that a definition "
                         "may have",
                         len, LLB__MAX_DEFINITION);
    if (!take) {
        bytes = malloc(len + 1);
        if (!bytes)
            return llb__fail_nomem(err);
        if (len)
            memcpy(bytes, data, len);
    }
    llb_status st = parse(bytes, len, flags, ret_def, err);
    if (st != LLB_OK && !take)
        free(bytes);
    return st;
}
