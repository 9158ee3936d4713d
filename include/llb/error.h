/* Status codes, places and errors, as every public call of llb uses them. */
#ifndef LLB_ERROR_H
#define LLB_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a call ended. The numbers are part of the ABI and never change. */
typedef enum llb_status {
    LLB_OK = 0,
    LLB_ENOMEM = 1,       /**< the system or a limit gave no memory */
    LLB_EINVAL = 2,       /**< an argument or an input is wrong */
    LLB_ELIMIT = 3,       /**< an input is larger or deeper than a limit */
    LLB_ENOENT = 4,       /**< something named does not exist */
    LLB_EIO = 5,          /**< the system refused to read or write */
    LLB_EBUSY = 6,        /**< called from a callback that it would wait for */
    LLB_ECANCELED = 7,    /**< cancelled by the caller */
    LLB_EUNAVAILABLE = 8, /**< no daemon, or it was lost */
    LLB_EUNSUPPORTED = 9, /**< this daemon or build of llb cannot do it */
    LLB_EBUILD = 10       /**< the daemon ran the build, and it failed */
} llb_status;

/** Bytes [start, end) of source file number @c file; file 0 is "no place".
 *  Lines and columns are worked out only when a message is shown. */
typedef struct llb_span {
    uint32_t file, start, end;
} llb_span;

/** Why a call failed. A plain value: start from {0}, copy it, drop it. */
typedef struct llb_error {
    llb_status status;
    llb_span at;
    char message[512]; /**< one line, no final dot; cut at 511 bytes */
} llb_error;

/** The name of a status, such as "LLB_EINVAL"; static text. Threads: any. */
const char *llb_status_name(llb_status status);

#ifdef __cplusplus
}
#endif
#endif
