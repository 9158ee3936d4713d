#ifndef LLB_DIAG_H
#define LLB_DIAG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <llb/error.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llbc_diags llbc_diags;
typedef enum llbc_severity { LLBC_ERROR = 0, LLBC_WARNING = 1 } llbc_severity;
typedef struct llbc_related {
    llb_span at;
    const char *message;
} llbc_related;
typedef struct llbc_diag {
    llbc_severity severity;
    const char *code;
    const char *title;
    llb_span at;
    const char *message;
    const char *help;
    const llbc_related *related;
    size_t n_related;
} llbc_diag;
llbc_diags *llbc_diags_new(void);
void llbc_diags_free(llbc_diags *d);
llb_status llbc_diags_add_file(llbc_diags *d, const char *name,
                               const char *text, size_t len,
                               uint32_t *ret_file);
const char *llbc_diags_file_name(const llbc_diags *d, uint32_t file);
const char *llbc_diags_file_text(const llbc_diags *d, uint32_t file,
                                 size_t *ret_len);
bool llbc_diags_place(const llbc_diags *d, uint32_t file, uint32_t offset,
                      uint32_t *ret_line, uint32_t *ret_column);
llb_status llbc_diags_status(const llbc_diags *d);
size_t llbc_diags_count(const llbc_diags *d);
size_t llbc_diags_n_errors(const llbc_diags *d);
size_t llbc_diags_n_warnings(const llbc_diags *d);
const llbc_diag *llbc_diags_get(const llbc_diags *d, size_t i);
typedef enum llbc_render_flags {
    LLBC_RENDER_PLAIN = 0,
    LLBC_RENDER_COLOR = 1
} llbc_render_flags;
llb_status llbc_diags_render(const llbc_diags *d, unsigned flags,
                             char **ret_text, size_t *ret_len);
llb_status llbc_diags_json(const llbc_diags *d, char **ret_text,
                           size_t *ret_len);
#ifdef __cplusplus
}
#endif
#endif
