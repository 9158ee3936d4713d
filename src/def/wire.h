/* The protobuf wire format, one field after the other, without copies. */
#ifndef LLB__DEF_WIRE_H
#define LLB__DEF_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h" /* llb__bytes */

enum { LLB__VARINT = 0, LLB__FIXED64 = 1, LLB__LEN = 2, LLB__FIXED32 = 5 };

/* A message being read: start from llb__wire_of. */
typedef struct llb__wire {
    const uint8_t *p, *end;
    const char *error; /* what is wrong at p; NULL: nothing so far */
} llb__wire;

typedef struct llb__wire_field {
    uint32_t number;
    uint32_t type;
    uint64_t value;       /* of varints and fixed numbers */
    llb__bytes body;      /* of LLB__LEN fields */
    const uint8_t *start; /* of the tag; the field ends where w->p is */
} llb__wire_field;

static inline llb__wire llb__wire_of(llb__bytes b)
{
    return (llb__wire){b.data, b.data ? b.data + b.len : NULL, NULL};
}

/* The next field. False at the end and at an error, which w->error tells
 * apart; then w->p is where the bad field starts. */
bool llb__wire_next(llb__wire *w, llb__wire_field *ret_field);

/* Reads a varint at w->p; false and w->error if there is none. */
bool llb__wire_varint(llb__wire *w, uint64_t *ret_value);

/* The only field of that number and type (the last, if there are more) in a
 * message that has been checked; false when it is not there. */
bool llb__wire_find(llb__bytes message, uint32_t number, uint32_t type,
                    llb__wire_field *ret_field);

/* Shorter forms: a body (data NULL: absent), a number (0: absent). */
llb__bytes llb__wire_body(llb__bytes message, uint32_t number);
int64_t llb__wire_int(llb__bytes message, uint32_t number);

static inline bool llb__bytes_are(llb__bytes b, const char *s, size_t len)
{
    return b.len == len && (len == 0 || __builtin_memcmp(b.data, s, len) == 0);
}

#endif
