/* Option structs that grow: each begins with the size that it had when the
 * caller was compiled, and only gains members at its end. */
#ifndef LLB__BASE_OPTS_H
#define LLB__BASE_OPTS_H

#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

/* A kind of option struct: its name in messages, and the bytes of its first
 * layout, padding included, which is what a size of 0 stands for. */
typedef struct llb__opts_kind {
    const char *name;
    size_t first;
} llb__opts_kind;

/* The kind of a struct whose first layout ended with that member. It stays the
 * same for ever, whatever members come later. */
#define LLB__FIRST(type, member)                                               \
    ((llb__opts_kind){#type,                                                   \
                      (offsetof(type, member) + sizeof(((type *)0)->member) +  \
                       _Alignof(type) - 1) /                                   \
                          _Alignof(type) * _Alignof(type)})

/* No layout is larger: a size above it was never set. */
#define LLB__MAX_OPTS ((size_t)4096)

/* Bytes from one element to the next of a list (borrowed) of option structs,
 * by the size that its first element says. LLB_EINVAL: that is no size. */
llb_status llb__opts_stride(const void *list, llb__opts_kind kind,
                            size_t *ret_stride, llb_error *err);

/* Copies a caller's options (borrowed) over the own_size bytes of our defaults
 * at own: as much as both know. NULL changes nothing. LLB_EINVAL, and own is
 * as it was: no layout has that size, or a member is not zero that this
 * library does not know. Threads: any. */
llb_status llb__opts_read(void *own, size_t own_size, const void *given,
                          llb__opts_kind kind, llb_error *err);

#endif
