#ifndef LLB_COMPILER_H
#define LLB_COMPILER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <llb/def.h>
#include <llb/diag.h>
#include <llb/error.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llbc_project llbc_project;
typedef struct llbc_result llbc_result;
typedef struct llbc_image {
    uint32_t size;
    uint32_t reserved;
    char digest[128];
    char *config;
    size_t config_len;
} llbc_image;
typedef struct llbc_resolver {
    uint32_t size;
    uint32_t reserved;
    void *ctx;
    llb_status (*resolve_image)(void *ctx, const char *ref,
                                const char *platform, const char *mode,
                                llbc_image *ret_image, llb_error *err);
} llbc_resolver;
#define LLBC_RESOLVER_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llbc_resolver), 0, NULL, NULL                         \
    }
typedef struct llbc_open_opts {
    uint32_t size;
    uint32_t reserved;
    const char *root;
} llbc_open_opts;
#define LLBC_OPEN_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llbc_open_opts), 0, NULL                              \
    }
llb_status llbc_open(const char *path, const llbc_open_opts *opts,
                     llbc_diags *diags, llbc_project **ret_project,
                     llb_error *err);
llb_status llbc_open_text(const char *name, const char *text, size_t len,
                          const llbc_open_opts *opts, llbc_diags *diags,
                          llbc_project **ret_project, llb_error *err);
void llbc_project_free(llbc_project *p);
typedef struct llbc_target {
    const char *name;
    const char *doc;
    llb_span at;
    const char *const *platforms;
    size_t n_platforms;
} llbc_target;
typedef struct llbc_group {
    const char *name;
    const char *doc;
    llb_span at;
    const size_t *members;
    size_t n_members;
} llbc_group;
typedef struct llbc_arg {
    const char *name;
    const char *doc;
    llb_span at;
    const char *type;
    const char *env;
    const char *default_text;
    bool is_set;
} llbc_arg;
size_t llbc_n_targets(const llbc_project *p);
const llbc_target *llbc_target_at(const llbc_project *p, size_t i);
size_t llbc_n_groups(const llbc_project *p);
const llbc_group *llbc_group_at(const llbc_project *p, size_t i);
size_t llbc_n_args(const llbc_project *p);
const llbc_arg *llbc_arg_at(const llbc_project *p, size_t i);
llb_status llbc_select(const llbc_project *p, const char *const *names,
                       size_t n_names, size_t **ret_targets, size_t *ret_n,
                       llb_error *err);
llb_status llbc_set_arg(llbc_project *p, const char *name, const char *value,
                        llb_error *err);
typedef enum llbc_network {
    LLBC_NETWORK_DEFAULT = 0,
    LLBC_NETWORK_HOST = 1,
    LLBC_NETWORK_NONE = 2
} llbc_network;
typedef struct llbc_compile_opts {
    uint32_t size;
    uint32_t no_resolve;
    uint32_t no_source;
    uint32_t no_env;
    llbc_network network_default;
    uint32_t no_cache;
    const char *build_platform;
    const char *platform;
    const llbc_resolver *resolver;
} llbc_compile_opts;
#define LLBC_COMPILE_OPTS_INIT                                                 \
    {                                                                          \
        (uint32_t)sizeof(llbc_compile_opts), 0, 0, 0, LLBC_NETWORK_DEFAULT, 0, \
            NULL, NULL, NULL                                                   \
    }
llb_status llbc_compile(llbc_project *p, size_t target,
                        const llbc_compile_opts *opts, llbc_result **ret_result,
                        llb_error *err);
void llbc_result_free(llbc_result *r);
llb_def *llbc_result_def(const llbc_result *r);
const char *llbc_result_config(const llbc_result *r, size_t *ret_len);
const char *llbc_result_platform(const llbc_result *r);
const llb_def_needs *llbc_result_needs(const llbc_result *r);
typedef struct llbc_pair {
    const char *key;
    const char *value;
} llbc_pair;
typedef struct llbc_local {
    const char *name;
    const char *path;
    llb_span at;
} llbc_local;
size_t llbc_result_n_locals(const llbc_result *r);
const llbc_local *llbc_result_local(const llbc_result *r, size_t i);
typedef struct llbc_export {
    const char *type;
    const llbc_pair *attrs;
    size_t n_attrs;
    const char *dest;
    bool outside_root;
    llb_span at;
} llbc_export;
size_t llbc_result_n_exports(const llbc_result *r);
const llbc_export *llbc_result_export(const llbc_result *r, size_t i);
typedef struct llbc_cache {
    bool to;
    const char *type;
    const llbc_pair *attrs;
    size_t n_attrs;
    llb_span at;
} llbc_cache;
size_t llbc_result_n_caches(const llbc_result *r);
const llbc_cache *llbc_result_cache(const llbc_result *r, size_t i);
size_t llbc_result_n_unresolved(const llbc_result *r);
const char *llbc_result_unresolved(const llbc_result *r, size_t i);
#ifdef __cplusplus
}
#endif
#endif
