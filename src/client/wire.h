/* Messages of BuildKit: to bytes and back, with a bound on what the bytes may
 * make us allocate. */
#ifndef LLB__CLIENT_WIRE_H
#define LLB__CLIENT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include <llb/error.h>

#include "arena.h"

/* Whether protobuf-c may unpack these bytes as desc: well-formed as far as it
 * matters to it, at most LLB__MAX_NESTING messages deep, no singular message
 * given twice (it merges those by copying, again and again), and no more than
 * sixteen times LLB__MAX_MESSAGE of memory in the end. NULL: yes; otherwise
 * what is wrong, in static words. */
const char *bk__wire_check(const ProtobufCMessageDescriptor *desc,
                           llb__bytes bytes);

/* The message in bytes, checked first; what names it in the error. The caller
 * frees *ret with protobuf_c_message_free_unpacked(). LLB_EINVAL, LLB_ENOMEM.
 */
llb_status bk__unpack(const ProtobufCMessageDescriptor *desc, llb__bytes bytes,
                      const char *what, ProtobufCMessage **ret, llb_error *err);

/* Frees an unpacked message; NULL is fine. Give &m->base. */
void bk__free(ProtobufCMessage *m);

/* The bytes of m, for free(); *ret_data is never NULL on success.
 * LLB_ENOMEM. */
llb_status bk__pack(const ProtobufCMessage *m, uint8_t **ret_data,
                    size_t *ret_len, llb_error *err);

/* Writes v as a varint into out and returns its length. */
size_t bk__varint(uint64_t v, uint8_t out[10]);

/* The data of a BytesMessage, in place; empty when it has none. False: it is
 * no BytesMessage. Tunnels move all their bytes in such messages, so they are
 * not copied as protobuf-c would. */
bool bk__wire_bytes_message(llb__bytes message, llb__bytes *ret);

/* protobuf-c has no const in its structs, though it only reads them when it
 * packs. */
static inline char *bk__mutable(const char *s)
{
    union {
        const char *in;
        char *out;
    } u = {s};

    return u.out;
}

/* The text of a protobuf-c string, "" for one that is not there. */
static inline const char *bk__text(const char *s) { return s ? s : ""; }

#endif
