/* The messages of a definition as tables, for checking and for printing. */
#ifndef LLB__DEF_SCHEMA_H
#define LLB__DEF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum llb__ftype {
    LLB__F_INT32, /* varints up to LLB__F_ENUM: see llb__is_varint */
    LLB__F_INT64,
    LLB__F_UINT32,
    LLB__F_UINT64,
    LLB__F_BOOL,
    LLB__F_ENUM,
    LLB__F_STRING,
    LLB__F_BYTES,
    LLB__F_MESSAGE,
} llb__ftype;

enum { LLB__REPEATED = 1, LLB__ONEOF = 2, LLB__MAP = 4 };

typedef struct llb__field {
    uint16_t number;
    uint8_t type;  /* llb__ftype */
    uint8_t flags; /* a map is repeated entries of key 1 and value 2 */
    const char *name;
    const struct llb__message *message; /* of LLB__F_MESSAGE */
    const char *const *words;           /* of LLB__F_ENUM, NULL at the end */
} llb__field;

typedef struct llb__message {
    const char *name;
    const llb__field *fields;
    size_t n_fields;
} llb__message;

extern const llb__message llb__msg_op;
extern const llb__message llb__msg_metadata;   /* OpMetadata */
extern const llb__message llb__msg_meta_entry; /* of Definition.metadata */
extern const llb__message llb__msg_source;     /* Source, not SourceOp */
extern const llb__message llb__msg_definition;

/* NULL: the message knows no such field. */
static inline const llb__field *llb__field_of(const llb__message *m,
                                              uint32_t number)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (m->fields[i].number == number)
            return &m->fields[i];
    return NULL;
}

static inline bool llb__is_varint(const llb__field *f)
{
    return f->type <= LLB__F_ENUM;
}

#endif
