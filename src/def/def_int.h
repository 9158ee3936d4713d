/* What a definition is made of, for the sources of this folder. */
#ifndef LLB__DEF_INT_H
#define LLB__DEF_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include <llb/def.h>

#include "def_make.h"
#include "wire.h"

/* Field numbers that more than one source needs; schema.c has them all. */
enum {
    LLB__DEF_OPS = 1,
    LLB__DEF_METADATA = 2,
    LLB__DEF_SOURCE = 3,
    LLB__SOURCE_LOCATIONS = 1,
    LLB__SOURCE_INFOS = 2,
    LLB__OP_INPUTS = 1,
    LLB__OP_PLATFORM = 10,
    LLB__KEY = 1, /* of map entries */
    LLB__VALUE = 2,
    LLB__META_DESCRIPTION = 2,
    LLB__META_CAPS = 5,
};

typedef struct llb__input {
    uint32_t op;     /* number of the op that it comes from */
    uint32_t offset; /* of the digest's text in the definition */
    int64_t output;
} llb__input;

typedef struct llb__range {
    uint32_t offset, len;
} llb__range;

/* What the index adds to an op. */
typedef struct llb__op_index {
    uint32_t first_input;  /* in llb_def.inputs */
    llb__range meta, locs; /* OpMetadata, Locations; offset 0: none */
    uint8_t kind;          /* llb_op_kind */
    bool is_unreached; /* from the terminal. Of what is read; a walk from the
                        * terminal made all others. */
} llb__op_index;

struct llb_def {
    atomic_uint refs;
    uint8_t *bytes; /* never NULL */
    size_t len;
    llb__def_op *ops;
    size_t n_ops;
    size_t n_inputs; /* of all ops */
    llb__range *infos;
    size_t n_infos;
    char digest[LLB__DIGEST_LEN + 1];

    /* Filled in by llb__index, for a made definition only when somebody asks;
     * the memory is there from the start, so that asking cannot fail. Nobody
     * writes to it until then, so it takes none of the machine's. */
    llb__op_index *index; /* of each op */
    llb__input *inputs;
    uint32_t *slots; /* number of an op + 1, by the first bytes of its sum */
    size_t mask;
    llb__range source; /* the Source message; offset 0: none */
    atomic_bool indexed;
    pthread_mutex_t lock;
};

/* A definition that owns bytes and ops, with memory for an index of that many
 * inputs and infos. On failure both still belong to the caller. */
llb_status llb__def_alloc(uint8_t *bytes, size_t len, llb__def_op *ops,
                          size_t n_ops, size_t n_inputs, size_t n_infos,
                          llb_def **ret_def, llb_error *err);

/* Frees a definition that nobody shares, but for its bytes, which are the
 * caller's again. NULL is fine. */
void llb__def_drop(llb_def *d);

/* Looks up all digests. For a definition just read: checks them too. */
llb_status llb__index(llb_def *d, llb_error *err);

/* The same for a definition that is shared, at first use. */
const llb_def *llb__indexed(const llb_def *d);

/* Number of the op with that sum, or n_ops. */
size_t llb__lookup(const llb_def *d, const uint8_t sum[LLB__SHA256_LEN]);

/* Number of the op of a digest as text, or n_ops. */
size_t llb__lookup_text(const llb_def *d, llb__bytes digest);

static inline llb__bytes llb__op_bytes(const llb_def *d, size_t i)
{
    return (llb__bytes){d->bytes + d->ops[i].offset, d->ops[i].len};
}

/* No bytes, data NULL, of a range that is none. */
static inline llb__bytes llb__range_bytes(const llb_def *d, llb__range r)
{
    return (llb__bytes){r.offset ? d->bytes + r.offset : NULL, r.len};
}

static inline llb__bytes llb__op_metadata(const llb_def *d, size_t i)
{
    return llb__range_bytes(d, d->index[i].meta);
}

static inline llb__bytes llb__op_locations(const llb_def *d, size_t i)
{
    return llb__range_bytes(d, d->index[i].locs);
}

/* Input k of op i, which has more than that. */
static inline const llb__input *llb__op_input(const llb_def *d, size_t i,
                                              size_t k)
{
    return &d->inputs[d->index[i].first_input + k];
}

/* The one member of the op's oneof: ExecOp, SourceOp and so on; data NULL for
 * a terminal. */
llb__bytes llb__op_body(const llb_def *d, size_t i);

/* "op 3 (sha256:...)" for messages. */
typedef struct llb__op_label {
    char text[96];
} llb__op_label;
llb__op_label llb__label(const llb_def *d, size_t i);

/* Marks the ops that the terminal reaches. False: no memory. */
bool llb__mark_reached(llb_def *d);

/* All op numbers so that inputs come before the ops that use them: n_ops
 * numbers, freed with free(). NULL: no memory. */
uint32_t *llb__input_order(const llb_def *d);

#endif
