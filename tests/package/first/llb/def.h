#ifndef LLB_DEF_H
#define LLB_DEF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <llb/error.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_def llb_def;
typedef enum llb_op_kind {
    LLB_OP_TERMINAL = 0,
    LLB_OP_EXEC = 2,
    LLB_OP_SOURCE = 3,
    LLB_OP_FILE = 4,
    LLB_OP_BUILD = 5,
    LLB_OP_MERGE = 6,
    LLB_OP_DIFF = 7,
    LLB_OP_PASSTHROUGH = 8
} llb_op_kind;
const char *llb_op_kind_name(llb_op_kind kind);
enum { LLB_DEF_TAKE = 1 << 0, LLB_DEF_EMPTY_OK = 1 << 1 };
llb_status llb_def_parse(const void *data, size_t len, unsigned flags,
                         llb_def **ret_def, llb_error *err);
llb_def *llb_def_ref(llb_def *def);
void llb_def_free(llb_def *def);
const uint8_t *llb_def_bytes(const llb_def *def, size_t *ret_len);
const char *llb_def_digest(const llb_def *def);
#define LLB_DEF_MAX_SEND ((size_t)16 * 1024 * 1024 - 64 * 1024)
size_t llb_def_n_ops(const llb_def *def);
typedef struct llb_def_op {
    llb_op_kind kind;
    char digest[72];
    const uint8_t *data;
    size_t len;
    size_t n_inputs;
    const uint8_t *metadata;
    size_t metadata_len;
} llb_def_op;
llb_def_op llb_def_op_at(const llb_def *def, size_t i);
bool llb_def_find(const llb_def *def, const char *digest, size_t len,
                  size_t *ret_i);
size_t llb_def_op_input(const llb_def *def, size_t i, size_t k,
                        int64_t *ret_output);
typedef struct llb_def_platform {
    const char *os, *arch, *variant, *os_version;
    size_t os_len, arch_len, variant_len, os_version_len;
} llb_def_platform;
bool llb_def_op_platform(const llb_def *def, size_t i,
                         llb_def_platform *ret_platform);
const char *llb_def_op_description(const llb_def *def, size_t i,
                                   const char *key, size_t *ret_len);
char *llb_def_op_name(const llb_def *def, size_t i);
typedef struct llb_def_place {
    uint32_t location;
    uint32_t info;
    int32_t start_line, start_char, end_line, end_char;
} llb_def_place;
size_t llb_def_op_places(const llb_def *def, size_t i, llb_def_place *places,
                         size_t max);
typedef struct llb_def_info {
    const char *filename, *language;
    const uint8_t *data;
    size_t filename_len, language_len, data_len;
    size_t definition_ops;
} llb_def_info;
size_t llb_def_n_infos(const llb_def *def);
llb_def_info llb_def_info_at(const llb_def *def, size_t i);
typedef enum llb_need_kind {
    LLB_NEED_LOCAL = 0,
    LLB_NEED_SECRET = 1,
    LLB_NEED_SSH = 2,
    LLB_NEED_OCI_STORE = 3,
    LLB_NEED_REGISTRY = 4,
    LLB_NEED_ENTITLEMENT = 5,
    LLB_NEED_CAP = 6
} llb_need_kind;
typedef struct llb_def_need {
    llb_need_kind kind;
    bool optional;
    const char *name;
    size_t name_len;
    size_t op;
} llb_def_need;
typedef struct llb_def_needs {
    llb_def_need *list;
    size_t n;
} llb_def_needs;
llb_status llb_def_needs_of(const llb_def *def, llb_def_needs **ret_needs,
                            llb_error *err);
void llb_def_needs_free(llb_def_needs *needs);
const llb_def_need *llb_def_needs_find(const llb_def_needs *needs,
                                       llb_need_kind kind, const char *name,
                                       size_t name_len);
bool llb_def_needs_session(const llb_def *def);
typedef enum llb_def_format {
    LLB_DEF_JSON = 0,
    LLB_DEF_TREE = 1,
    LLB_DEF_DOT = 2
} llb_def_format;
llb_status llb_def_print(const llb_def *def, llb_def_format format,
                         char **ret_text, size_t *ret_len, llb_error *err);
llb_status llb_def_diff(const llb_def *a, const llb_def *b, char **ret_text,
                        llb_error *err);
llb_status llb_def_patch_locals(llb_def *def, const char *unique,
                                llb_def **ret_def, llb_error *err);
#ifdef __cplusplus
}
#endif
#endif
