/* Option structs that grow: each starts with the size it had when the caller
 * was compiled. */
#ifndef LLB__CLIENT_OPTS_H
#define LLB__CLIENT_OPTS_H

#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

/* Copies a caller's options over *own (zeroed by the caller): as much as both
 * know. given NULL is all defaults. LLB_EINVAL: the caller's struct is larger
 * and says something that this library does not know; call names it. */
llb_status bk__opts_copy(void *own, size_t own_size, const void *given,
                         const char *call, llb_error *err);
#define BK__OPTS(own, given, call, err)                                        \
    bk__opts_copy((own), sizeof *(own), (given), (call), (err))

#endif
