/* Which op a digest means, for inputs, metadata and locations. */
#include "def_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "bounds.h"

static uint32_t *slot_of(const llb_def *d, const uint8_t *sum)
{
    uint64_t hash;

    memcpy(&hash, sum, sizeof hash); /* a sum is as random as a hash can be */
    for (size_t i = (size_t)hash & d->mask;; i = (i + 1) & d->mask) {
        uint32_t *slot = &d->slots[i];
        if (!*slot || memcmp(d->ops[*slot - 1].sum, sum, LLB__SHA256_LEN) == 0)
            return slot;
    }
}

size_t llb__lookup(const llb_def *d, const uint8_t sum[LLB__SHA256_LEN])
{
    uint32_t slot = *slot_of(d, sum);

    return slot ? slot - 1 : d->n_ops;
}

size_t llb__lookup_text(const llb_def *d, llb__bytes digest)
{
    uint8_t sum[LLB__SHA256_LEN];

    if (!llb__digest_parse(digest.data, digest.len, sum))
        return d->n_ops;
    return llb__lookup(d, sum);
}

static void index_ops(llb_def *d)
{
    for (size_t i = 0; i < d->n_ops; i++) {
        llb__wire w = llb__wire_of(llb__op_bytes(d, i));
        llb__wire_field f;
        uint32_t *slot = slot_of(d, d->ops[i].sum);

        if (!*slot) /* equal ops are found as the first of them */
            *slot = (uint32_t)i + 1;
        while (llb__wire_next(&w, &f))
            if (f.number >= LLB_OP_EXEC && f.number <= LLB_OP_PASSTHROUGH)
                d->index[i].kind = (uint8_t)f.number;
    }
}

static llb_status fail_input(const llb_def *d, size_t i, uint32_t k,
                             llb__bytes digest, llb_error *err)
{
    uint8_t sum[LLB__SHA256_LEN];
    int len = digest.len > 80 ? 80 : (int)digest.len;

    if (digest.len == 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s: input %" PRIu32 " names no op: it needs the "
                         "digest of one",
                         llb__label(d, i).text, k);
    if (!llb__digest_parse(digest.data, digest.len, sum))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s: input %" PRIu32 " is \"%.*s\", which is no "
                         "digest: it must be sha256: and 64 lower-case hex "
                         "digits",
                         llb__label(d, i).text, k, len,
                         (const char *)digest.data);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "%s: input %" PRIu32 " is %.*s, and no op of the "
                     "definition has that digest: add the op, or write its "
                     "digest anew if its bytes were changed",
                     llb__label(d, i).text, k, len, (const char *)digest.data);
}

static llb_status read_input(llb_def *d, size_t i, uint32_t k, llb__bytes body,
                             llb__input *in, llb_error *err)
{
    llb__bytes digest = llb__wire_body(body, 1);
    size_t op = llb__lookup_text(d, digest);

    if (op == d->n_ops)
        return fail_input(d, i, k, digest, err);
    in->op = (uint32_t)op;
    in->offset = (uint32_t)(digest.data - d->bytes);
    in->output = llb__wire_int(body, 2);
    if (in->output < 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s: input %" PRIu32 " wants output %" PRId64
                         " of op %zu: outputs count from 0",
                         llb__label(d, i).text, k, in->output, op);
    return LLB_OK;
}

static llb_status index_inputs(llb_def *d, llb_error *err)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n_ops; i++) {
        llb__wire w = llb__wire_of(llb__op_bytes(d, i));
        llb__wire_field f;
        uint32_t k = 0;

        d->index[i].first_input = (uint32_t)n;
        while (k < d->ops[i].n_inputs && llb__wire_next(&w, &f)) {
            if (f.number != LLB__OP_INPUTS || f.type != LLB__LEN)
                continue;
            llb_status st = read_input(d, i, k, f.body, &d->inputs[n + k], err);
            if (st != LLB_OK)
                return st;
            k++;
        }
        n += d->ops[i].n_inputs;
    }
    return LLB_OK;
}

/* Where the value of a map entry stands; an absent one is empty. */
static llb__range value_of(const llb_def *d, llb__bytes entry)
{
    llb__bytes v = llb__wire_body(entry, LLB__VALUE);

    if (!v.data)
        v = (llb__bytes){entry.data + entry.len, 0};
    return (llb__range){(uint32_t)(v.data - d->bytes), (uint32_t)v.len};
}

static void index_source(llb_def *d, llb__bytes source)
{
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;
    size_t n = 0;

    d->source =
        (llb__range){(uint32_t)(source.data - d->bytes), (uint32_t)source.len};
    while (llb__wire_next(&w, &f)) {
        if (f.number == LLB__SOURCE_INFOS && n < d->n_infos) {
            d->infos[n++] = (llb__range){(uint32_t)(f.body.data - d->bytes),
                                         (uint32_t)f.body.len};
        } else if (f.number == LLB__SOURCE_LOCATIONS) {
            size_t i = llb__lookup_text(d, llb__wire_body(f.body, LLB__KEY));
            if (i < d->n_ops) /* one that is not there is harmless */
                d->index[i].locs = value_of(d, f.body);
        }
    }
}

static void index_metadata(llb_def *d, llb__bytes entry)
{
    size_t i = llb__lookup_text(d, llb__wire_body(entry, LLB__KEY));

    if (i < d->n_ops)
        d->index[i].meta = value_of(d, entry); /* as in maps, the last wins */
}

/* Metadata and locations are by digest, so equal ops share them. */
static void share_with_equal(llb_def *d)
{
    for (size_t i = 0; i < d->n_ops; i++) {
        const llb__op_index *first = &d->index[llb__lookup(d, d->ops[i].sum)];

        d->index[i].meta = first->meta;
        d->index[i].locs = first->locs;
    }
}

llb_status llb__index(llb_def *d, llb_error *err)
{
    llb__wire w = llb__wire_of((llb__bytes){d->bytes, d->len});
    llb__wire_field f;

    index_ops(d);
    llb_status st = index_inputs(d, err);
    if (st != LLB_OK)
        return st;
    while (llb__wire_next(&w, &f)) {
        if (f.number == LLB__DEF_METADATA)
            index_metadata(d, f.body);
        else if (f.number == LLB__DEF_SOURCE)
            index_source(d, f.body);
    }
    share_with_equal(d);
    return LLB_OK;
}

const llb_def *llb__indexed(const llb_def *d)
{
    /* The index is no part of what the definition says, and it is filled in
     * under a lock: to everybody else the object is constant. */
    llb_def *mut = (llb_def *)d;

    if (atomic_load_explicit(&mut->indexed, memory_order_acquire))
        return d;
    pthread_mutex_lock(&mut->lock);
    if (!atomic_load_explicit(&mut->indexed, memory_order_relaxed)) {
        (void)llb__index(mut, NULL); /* its maker vouches for the digests */
        atomic_store_explicit(&mut->indexed, true, memory_order_release);
    }
    pthread_mutex_unlock(&mut->lock);
    return d;
}

llb__op_label llb__label(const llb_def *d, size_t i)
{
    llb__op_label l;
    char digest[LLB__DIGEST_LEN + 1] = "";

    llb__digest_text(d->ops[i].sum, digest);
    snprintf(l.text, sizeof l.text, "op %zu (%s)", i, digest);
    return l;
}
