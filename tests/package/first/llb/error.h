#ifndef LLB_ERROR_H
#define LLB_ERROR_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum llb_status {
    LLB_OK = 0,
    LLB_ENOMEM = 1,
    LLB_EINVAL = 2,
    LLB_ELIMIT = 3,
    LLB_ENOENT = 4,
    LLB_EIO = 5,
    LLB_EBUSY = 6,
    LLB_ECANCELED = 7,
    LLB_EUNAVAILABLE = 8,
    LLB_EUNSUPPORTED = 9,
    LLB_EBUILD = 10
} llb_status;
typedef struct llb_span {
    uint32_t file, start, end;
} llb_span;
typedef struct llb_error {
    llb_status status;
    llb_span at;
    char message[512];
} llb_error;
const char *llb_status_name(llb_status status);
#ifdef __cplusplus
}
#endif
#endif
