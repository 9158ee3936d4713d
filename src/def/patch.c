/* A copy of a definition for one solve: session attributes out of sources,
 * local.unique into local ones, and all digests above them anew. Digests have
 * one length, so only the ops themselves change size: metadata, places and
 * unknown fields are copied and the digests in them written over. */
#include "def_int.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"
#include "bounds.h"
#include "utf8.h"

enum { SOURCE_IDENTIFIER = 1, SOURCE_ATTRS = 2 };

static const char unique_key[] = "local.unique";

struct patch {
    const llb_def *d;
    llb__bytes unique; /* data NULL: leave it as it is */
    llb__sha256 *sha;
    uint32_t *order;
    llb__def_op *ops; /* of the copy; offset is into changed if changed[i] */
    bool *is_changed;
    llb__buf changed; /* bytes of the changed ops, one after the other */
};

static void add_varint(llb__buf *b, uint64_t v)
{
    while (v >= 0x80) {
        llb__buf_addc(b, (char)(v | 0x80));
        v >>= 7;
    }
    llb__buf_addc(b, (char)v);
}

/* Tag and length of a field of len bytes. */
static void add_head(llb__buf *b, uint32_t number, size_t len)
{
    add_varint(b, (uint64_t)number << 3 | LLB__LEN);
    add_varint(b, len);
}

static void add_raw(llb__buf *b, const llb__wire *w, const llb__wire_field *f)
{
    llb__buf_add(b, f->start, (size_t)(w->p - f->start));
}

static bool key_is(llb__bytes entry, const char *key)
{
    return llb__bytes_are(llb__wire_body(entry, LLB__KEY), key, strlen(key));
}

/* Whether key stands behind local.unique in a sorted map. */
static bool behind_unique(llb__bytes entry)
{
    llb__bytes key = llb__wire_body(entry, LLB__KEY);
    size_t len = sizeof unique_key - 1;
    size_t n = key.len < len ? key.len : len;
    int c = n ? memcmp(key.data, unique_key, n) : 0;

    return c > 0 || (c == 0 && key.len > len);
}

static void add_unique(llb__buf *b, llb__bytes value)
{
    llb__buf entry = LLB__BUF_INIT;

    add_head(&entry, LLB__KEY, sizeof unique_key - 1);
    llb__buf_adds(&entry, unique_key);
    add_head(&entry, LLB__VALUE, value.len);
    llb__buf_add(&entry, value.data, value.len);
    add_head(b, SOURCE_ATTRS, entry.len);
    llb__buf_add(b, entry.data, entry.len);
    b->failed |= entry.failed;
    llb__buf_clear(&entry);
}

/* The SourceOp with its attributes patched; map keys stay sorted, which is
 * the order in which the daemon hashes them. */
static void patch_source(const struct patch *p, llb__bytes source, llb__buf *b)
{
    static const char scheme[] = "local://";
    llb__bytes id = llb__wire_body(source, SOURCE_IDENTIFIER);
    bool want = p->unique.data && id.len >= sizeof scheme - 1 &&
                memcmp(id.data, scheme, sizeof scheme - 1) == 0;
    bool replaces = want;
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        bool attr = f.number == SOURCE_ATTRS;
        if (attr &&
            (key_is(f.body, "local.session") || key_is(f.body, "oci.session") ||
             (replaces && key_is(f.body, unique_key))))
            continue;
        if (want &&
            (f.number > SOURCE_ATTRS || (attr && behind_unique(f.body)))) {
            add_unique(b, p->unique);
            want = false;
        }
        add_raw(b, &w, &f);
    }
    if (want)
        add_unique(b, p->unique);
}

static void write_source_op(struct patch *p, size_t i, llb__buf *source)
{
    llb__wire w = llb__wire_of(llb__op_bytes(p->d, i));
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        if (f.number != LLB_OP_SOURCE) {
            add_raw(&p->changed, &w, &f);
            continue;
        }
        patch_source(p, f.body, source);
        add_head(&p->changed, LLB_OP_SOURCE, source->len);
        llb__buf_add(&p->changed, source->data, source->len);
    }
    p->changed.failed |= source->failed;
}

/* Writes the new digest of op over its old one, if it has one. */
static void write_digest(const struct patch *p, size_t op, char *at)
{
    if (op < p->d->n_ops)
        llb__digest_text(p->ops[op].sum, at);
}

/* Appends the op with the inputs' new digests. */
static void write_user(struct patch *p, size_t i)
{
    const llb__def_op *op = &p->d->ops[i];
    size_t start = p->changed.len;

    llb__buf_add(&p->changed, p->d->bytes + op->offset, op->len);
    if (p->changed.failed)
        return;
    for (uint32_t k = 0; k < op->n_inputs; k++) {
        const llb__input *in = llb__op_input(p->d, i, k);
        write_digest(p, in->op,
                     p->changed.data + start + (in->offset - op->offset));
    }
}

static bool input_changed(const struct patch *p, size_t i)
{
    for (uint32_t k = 0; k < p->d->ops[i].n_inputs; k++)
        if (p->is_changed[llb__op_input(p->d, i, k)->op])
            return true;
    return false;
}

/* Appends the new bytes of op i, all of whose inputs are done, if they are
 * other than before; false: no memory, or too much. */
static bool patch_op(struct patch *p, size_t i)
{
    llb__def_op *op = &p->ops[i];
    llb__bytes old = llb__op_bytes(p->d, i);
    size_t start = p->changed.len;
    llb__buf source = LLB__BUF_INIT;

    if (p->d->index[i].kind == LLB_OP_SOURCE)
        write_source_op(p, i, &source);
    else if (input_changed(p, i))
        write_user(p, i);
    llb__buf_clear(&source);
    if (p->changed.failed)
        return false;
    size_t len = p->changed.len - start;
    if (len == 0)
        return true;
    if (len == old.len && memcmp(p->changed.data + start, old.data, len) == 0) {
        p->changed.len = start; /* a source that has nothing to lose */
        return true;
    }
    if (p->changed.len > LLB__MAX_DEFINITION)
        return false;
    op->offset = (uint32_t)start;
    op->len = (uint32_t)len;
    p->is_changed[i] = true;
    return llb__sha256_sum(p->sha, p->changed.data + start, len, op->sum);
}

/* Copies a field and writes over the digest that is the key of its entry. */
static void add_rekeyed(const struct patch *p, llb__buf *b, const uint8_t *from,
                        size_t len, llb__bytes entry)
{
    llb__bytes key = llb__wire_body(entry, LLB__KEY);
    size_t start = b->len;

    llb__buf_add(b, from, len);
    if (!b->failed && key.data)
        write_digest(p, llb__lookup_text(p->d, key),
                     b->data + start + (key.data - from));
}

static void add_source(const struct patch *p, llb__buf *b, llb__bytes source)
{
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;

    add_head(b, LLB__DEF_SOURCE, source.len);
    while (llb__wire_next(&w, &f)) {
        if (f.number == LLB__SOURCE_LOCATIONS)
            add_rekeyed(p, b, f.start, (size_t)(w.p - f.start), f.body);
        else
            add_raw(b, &w, &f);
    }
}

/* Op i of the copy, which moves to where it now stands. */
static void add_op(const struct patch *p, llb__buf *b, size_t i)
{
    llb__def_op *op = &p->ops[i];
    const void *data = p->is_changed[i]
                           ? (const void *)(p->changed.data + op->offset)
                           : p->d->bytes + op->offset;

    add_head(b, LLB__DEF_OPS, op->len);
    op->offset = (uint32_t)b->len; /* below 1 GiB, or the copy is refused */
    llb__buf_add(b, data, op->len);
}

static void write_copy(const struct patch *p, llb__buf *b)
{
    llb__wire w = llb__wire_of((llb__bytes){p->d->bytes, p->d->len});
    llb__wire_field f;
    size_t i = 0;

    while (llb__wire_next(&w, &f) && !b->failed &&
           b->len <= LLB__MAX_DEFINITION) {
        if (f.number == LLB__DEF_OPS)
            add_op(p, b, i++);
        else if (f.number == LLB__DEF_METADATA)
            add_rekeyed(p, b, f.start, (size_t)(w.p - f.start), f.body);
        else if (f.number == LLB__DEF_SOURCE)
            add_source(p, b, f.body);
        else
            add_raw(b, &w, &f);
    }
}

static llb_status fail_too_large(llb_error *err)
{
    return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                     "with local.unique the definition would have more than "
                     "the %zu bytes that one may have",
                     LLB__MAX_DEFINITION);
}

/* The copy as a definition; p->ops goes with it. */
static llb_status finish(struct patch *p, llb_def **ret_def, llb_error *err)
{
    llb__buf b = LLB__BUF_INIT;
    llb_def *copy;
    size_t len;

    write_copy(p, &b);
    if (!b.failed && b.len > LLB__MAX_DEFINITION) {
        llb__buf_clear(&b);
        return fail_too_large(err);
    }
    uint8_t *bytes = (uint8_t *)llb__buf_take(&b, &len);
    if (!bytes)
        return llb__fail_nomem(err);
    llb__def_op *ops = p->ops;
    p->ops = NULL;
    llb_status st =
        llb__def_take(bytes, len, ops, p->d->n_ops, p->d->n_infos, &copy, err);
    if (st != LLB_OK)
        return st;
    for (size_t i = 0; i < p->d->n_ops; i++)
        copy->index[i].is_unreached = p->d->index[i].is_unreached;
    *ret_def = copy;
    return LLB_OK;
}

static bool prepare(struct patch *p)
{
    size_t n = p->d->n_ops;

    p->sha = llb__sha256_new();
    p->order = llb__input_order(p->d);
    p->ops = calloc(n + 1, sizeof *p->ops);
    p->is_changed = calloc(n + 1, sizeof *p->is_changed);
    if (!p->sha || !p->order || !p->ops || !p->is_changed)
        return false;
    if (n)
        memcpy(p->ops, p->d->ops, n * sizeof *p->ops);
    return true;
}

static llb_status patch(struct patch *p, llb_def **ret_def, llb_error *err)
{
    if (!prepare(p))
        return llb__fail_nomem(err);
    for (size_t i = 0; i < p->d->n_ops; i++) {
        if (patch_op(p, p->order[i]))
            continue;
        return p->changed.failed || p->changed.len <= LLB__MAX_DEFINITION
                   ? llb__fail_nomem(err)
                   : fail_too_large(err);
    }
    if (p->changed.len == 0) {
        *ret_def = NULL;
        return LLB_OK;
    }
    return finish(p, ret_def, err);
}

llb_status llb_def_patch_locals(llb_def *def, const char *unique,
                                llb_def **ret_def, llb_error *err)
{
    struct patch p = {.changed = LLB__BUF_INIT};
    llb_def *copy = NULL;

    if (!def || !ret_def)
        return llb__fail_null(err, "llb_def_patch_locals",
                              def ? "ret_def" : "def");
    p.d = llb__indexed(def);
    if (unique) {
        p.unique = (llb__bytes){(const uint8_t *)unique, strlen(unique)};
        if (!llb__utf8_valid(unique, p.unique.len))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "local.unique must be UTF-8");
    }
    llb_status st = patch(&p, &copy, err);
    llb__buf_clear(&p.changed);
    free(p.is_changed);
    free(p.ops);
    free(p.order);
    llb__sha256_free(p.sha);
    if (st == LLB_OK)
        *ret_def = copy ? copy : llb_def_ref(def);
    return st;
}
