#ifndef LLB_FORMAT_H
#define LLB_FORMAT_H
#include <stddef.h>
#include <llb/diag.h>
#include <llb/error.h>
#ifdef __cplusplus
extern "C" {
#endif
llb_status llbc_format(const char *name, const char *text, size_t len,
                       char **ret_text, size_t *ret_len, llbc_diags *diags);
#ifdef __cplusplus
}
#endif
#endif
