/* A definition made by the marshaller, which knows all about it: nothing is
 * checked or hashed again. */
#ifndef LLB__DEF_MAKE_H
#define LLB__DEF_MAKE_H

#include <stddef.h>
#include <stdint.h>

#include <llb/def.h>

#include "sha256.h"

/* One op of a definition. Offsets fit in 32 bits, since a definition is below
 * 1 GiB. */
typedef struct llb__def_op {
    uint8_t sum[LLB__SHA256_LEN]; /* of its bytes */
    uint32_t offset, len;         /* of the serialized Op in the definition */
    uint32_t n_inputs;
} llb__def_op;

/* The definition of bytes[0..len), whose entries of field 1 are the n_ops ops
 * in order, the terminal last, and whose Source has n_infos infos.
 *
 * bytes and ops are malloc'ed; both are taken, on failure too. n_ops 0 is the
 * empty definition; then both may be NULL.
 *
 * LLB_ELIMIT: len is above LLB__MAX_DEFINITION (base/bounds.h); LLB_ENOMEM. */
llb_status llb__def_take(uint8_t *bytes, size_t len, llb__def_op *ops,
                         size_t n_ops, size_t n_infos, llb_def **ret_def,
                         llb_error *err);

#endif
