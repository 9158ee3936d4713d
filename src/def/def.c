/* The definition as an object: made, counted, freed, asked for its bytes. */
#include "def_int.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "bounds.h"

/* Half full at most, so that a search ends soon. */
static size_t table_size(size_t n_ops)
{
    size_t size = 4;

    while (size < 2 * n_ops)
        size *= 2;
    return size;
}

static void free_index(llb_def *d)
{
    free(d->index);
    free(d->inputs);
    free(d->slots);
    free(d->infos);
    free(d);
}

llb_status llb__def_alloc(uint8_t *bytes, size_t len, llb__def_op *ops,
                          size_t n_ops, size_t n_inputs, size_t n_infos,
                          llb_def **ret_def, llb_error *err)
{
    llb_def *d = calloc(1, sizeof *d);

    if (!d)
        return llb__fail_nomem(err);
    size_t size = table_size(n_ops);
    d->index = calloc(n_ops + 1, sizeof *d->index);
    d->inputs = calloc(n_inputs + 1, sizeof *d->inputs);
    d->slots = calloc(size, sizeof *d->slots);
    d->infos = calloc(n_infos + 1, sizeof *d->infos);
    if (!d->index || !d->inputs || !d->slots || !d->infos ||
        pthread_mutex_init(&d->lock, NULL) != 0) {
        free_index(d);
        return llb__fail_nomem(err);
    }
    atomic_init(&d->refs, 1);
    atomic_init(&d->indexed, false);
    d->bytes = bytes;
    d->len = len;
    d->ops = ops;
    d->n_ops = n_ops;
    d->n_inputs = n_inputs;
    d->n_infos = n_infos;
    d->mask = size - 1;
    if (n_ops > 0)
        llb__digest_text(ops[n_ops - 1].sum, d->digest);
    *ret_def = d;
    return LLB_OK;
}

void llb__def_drop(llb_def *d)
{
    if (!d)
        return;
    pthread_mutex_destroy(&d->lock);
    free(d->ops);
    free_index(d);
}

llb_status llb__def_take(uint8_t *bytes, size_t len, llb__def_op *ops,
                         size_t n_ops, size_t n_infos, llb_def **ret_def,
                         llb_error *err)
{
    llb_status st = LLB_OK;
    size_t n_inputs = 0;

    for (size_t i = 0; i < n_ops; i++)
        n_inputs += ops[i].n_inputs;
    if (!bytes && !(bytes = malloc(1)))
        st = llb__fail_nomem(err);
    else if (len > LLB__MAX_DEFINITION)
        st = llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                       "the definition has %zu bytes, more than the %zu that "
                       "one may have",
                       len, LLB__MAX_DEFINITION);
    else
        st = llb__def_alloc(bytes, len, ops, n_ops, n_inputs, n_infos, ret_def,
                            err);
    if (st != LLB_OK) {
        free(ops);
        free(bytes);
        return st;
    }
    return LLB_OK;
}

llb_def *llb_def_ref(llb_def *def)
{
    if (def)
        atomic_fetch_add_explicit(&def->refs, 1, memory_order_relaxed);
    return def;
}

void llb_def_free(llb_def *def)
{
    if (!def)
        return;
    /* The last owner must see all that the others did before they let go. */
    if (atomic_fetch_sub_explicit(&def->refs, 1, memory_order_acq_rel) != 1)
        return;
    free(def->bytes);
    llb__def_drop(def);
}

const uint8_t *llb_def_bytes(const llb_def *def, size_t *ret_len)
{
    static const uint8_t none[1];

    if (ret_len)
        *ret_len = def ? def->len : 0;
    return def ? def->bytes : none;
}

const char *llb_def_digest(const llb_def *def)
{
    return def ? def->digest : "";
}

size_t llb_def_n_ops(const llb_def *def) { return def ? def->n_ops : 0; }
