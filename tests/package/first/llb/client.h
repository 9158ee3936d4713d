#ifndef LLB_CLIENT_H
#define LLB_CLIENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <llb/def.h>
#include <llb/error.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum bk_kind {
    BK_KIND_UNKNOWN = 0,
    BK_KIND_BUILDKITD,
    BK_KIND_DOCKER
} bk_kind;
typedef struct bk_tried {
    const char *source;
    const char *addr;
    const char *why;
} bk_tried;
typedef struct bk_found {
    const char *addr;
    const char *source;
    bool is_final;
    const bk_tried *tried;
    size_t n_tried;
} bk_found;
llb_status bk_find_daemon(const char *addr, bk_found **ret_found,
                          llb_error *err);
void bk_found_free(bk_found *found);
char *bk_engine_dir(void);
typedef struct bk_client bk_client;
typedef struct bk_client_opts {
    uint32_t size;
    uint32_t connect_ms;
    uint32_t call_ms;
} bk_client_opts;
#define BK_CLIENT_OPTS_INIT                                                    \
    {                                                                          \
        sizeof(bk_client_opts), 0, 0                                           \
    }
llb_status bk_client_new(const char *addr, const bk_client_opts *opts,
                         bk_client **ret_client, llb_error *err);
void bk_client_free(bk_client *c);
const char *bk_client_addr(const bk_client *c);
llb_status bk_client_connect(bk_client *c, bk_kind *ret_kind, llb_error *err);
typedef struct bk_pair {
    const char *key, *value;
} bk_pair;
typedef struct bk_worker {
    const char *id;
    const bk_pair *labels;
    size_t n_labels;
    const char *const *platforms;
    size_t n_platforms;
    const char *version;
} bk_worker;
typedef struct bk_daemon_info {
    bk_kind kind;
    bool has_version;
    const char *package, *version, *revision;
    const bk_worker *workers;
    size_t n_workers;
    bool graphdriver;
} bk_daemon_info;
llb_status bk_info(bk_client *c, bk_daemon_info **ret_info, llb_error *err);
void bk_info_free(bk_daemon_info *info);
typedef struct bk_cancel bk_cancel;
bk_cancel *bk_cancel_new(void);
void bk_cancel_free(bk_cancel *cancel);
void bk_cancel_set(bk_cancel *cancel);
bool bk_cancel_is_set(bk_cancel *cancel);
typedef struct bk_vertex {
    const char *digest;
    const char *const *inputs;
    size_t n_inputs;
    const char *name;
    bool cached;
    int64_t started_ns, completed_ns;
    const char *error;
    const char *group_id, *group_name;
    bool group_weak;
} bk_vertex;
typedef struct bk_vertex_status {
    const char *vertex;
    const char *id;
    const char *name;
    int64_t current, total;
    int64_t timestamp_ns, started_ns, completed_ns;
} bk_vertex_status;
typedef struct bk_vertex_log {
    const char *vertex;
    int stream;
    const char *data;
    size_t len;
    int64_t timestamp_ns;
} bk_vertex_log;
typedef struct bk_range {
    int start_line, start_column, end_line, end_column;
} bk_range;
typedef struct bk_place {
    const char *file;
    const char *text;
    size_t text_len;
    const bk_range *ranges;
    size_t n_ranges;
} bk_place;
typedef struct bk_vertex_warning {
    const char *vertex;
    int level;
    const char *text;
    const char *const *details;
    size_t n_details;
    const char *url;
    bk_place place;
} bk_vertex_warning;
typedef struct bk_progress {
    void *ctx;
    void (*vertex)(void *ctx, const bk_vertex *v);
    void (*status)(void *ctx, const bk_vertex_status *s);
    void (*log)(void *ctx, const bk_vertex_log *l);
    void (*warning)(void *ctx, const bk_vertex_warning *w);
    void (*waiting)(void *ctx, const char *what, unsigned seconds);
} bk_progress;
typedef struct bk_local {
    const char *name, *path;
} bk_local;
typedef struct bk_secret {
    const char *id;
    const char *file;
    const char *env;
    const void *data;
    size_t data_len;
} bk_secret;
typedef struct bk_export {
    const char *type;
    const bk_pair *attrs;
    size_t n_attrs;
    const char *dest;
    int fd;
} bk_export;
typedef struct bk_cache {
    const char *type;
    const bk_pair *attrs;
    size_t n_attrs;
} bk_cache;
typedef struct bk_solve_opts {
    uint32_t size;
    const bk_local *locals;
    size_t n_locals;
    const bk_secret *secrets;
    size_t n_secrets;
    const bk_export *exports;
    size_t n_exports;
    const char *image_config;
    const bk_cache *cache_from;
    size_t n_cache_from;
    const bk_cache *cache_to;
    size_t n_cache_to;
    const char *const *entitlements;
    size_t n_entitlements;
    const char *frontend;
    const bk_pair *frontend_attrs;
    size_t n_frontend_attrs;
    const char *project_root;
    const char *ref;
    bool internal;
    bool no_patch;
    bk_cancel *cancel;
    const bk_progress *progress;
} bk_solve_opts;
#ifdef __cplusplus
#define BK_SOLVE_OPTS_INIT                                                     \
    [] {                                                                       \
        bk_solve_opts o = {};                                                  \
        o.size = sizeof(o);                                                    \
        return o;                                                              \
    }()
#else
#define BK_SOLVE_OPTS_INIT                                                     \
    {                                                                          \
        .size = sizeof(bk_solve_opts)                                          \
    }
#endif
typedef struct bk_result {
    const char *ref;
    const bk_pair *response;
    size_t n_response;
} bk_result;
const char *bk_result_get(const bk_result *r, const char *key);
void bk_result_free(bk_result *r);
typedef struct bk_log_line {
    int stream;
    int64_t offset_ns;
    const char *text;
    size_t len;
} bk_log_line;
typedef struct bk_failure {
    const char *message;
    int code;
    const char *vertex;
    const char *step;
    const char *error;
    const bk_place *places;
    size_t n_places;
    bool has_exit_code;
    unsigned exit_code;
    const bk_log_line *log;
    size_t n_log;
} bk_failure;
void bk_failure_free(bk_failure *f);
llb_status bk_solve(bk_client *c, llb_def *def, const bk_solve_opts *opts,
                    bk_result **ret_result, bk_failure **ret_failure,
                    llb_error *err);
typedef struct bk_build bk_build;
llb_status bk_build_new(bk_client *c, const bk_solve_opts *opts,
                        bk_build **ret_build, llb_error *err);
void bk_build_free(bk_build *b);
typedef struct bk_caps {
    const char *const *frontend;
    size_t n_frontend;
    const char *const *llb;
    size_t n_llb;
} bk_caps;
void bk_caps_free(bk_caps *caps);
bool bk_caps_has_llb(const bk_caps *caps, const char *id);
bool bk_caps_has_frontend(const bk_caps *caps, const char *id);
llb_status bk_build_ping(bk_build *b, const bk_caps **ret_caps, llb_error *err);
typedef enum bk_resolve_mode {
    BK_RESOLVE_DEFAULT = 0,
    BK_RESOLVE_PULL,
    BK_RESOLVE_LOCAL
} bk_resolve_mode;
llb_status bk_build_resolve_image(bk_build *b, const char *ref,
                                  const char *platform, bk_resolve_mode mode,
                                  char **ret_digest, char **ret_config,
                                  llb_error *err);
llb_status bk_build_solve(bk_build *b, llb_def *def, bool evaluate,
                          char **ret_ref, bk_failure **ret_failure,
                          llb_error *err);
llb_status bk_build_read_file(bk_build *b, const char *ref, const char *path,
                              int64_t offset, int64_t len, char **ret_data,
                              size_t *ret_len, llb_error *err);
llb_status bk_build_return(bk_build *b, const char *ref,
                           const bk_pair *metadata, size_t n_metadata,
                           bk_result **ret_result, bk_failure **ret_failure,
                           llb_error *err);
llb_status bk_resolve_image(bk_client *c, const char *ref, const char *platform,
                            bk_resolve_mode mode, bk_cancel *cancel,
                            char **ret_digest, char **ret_config,
                            llb_error *err);
#ifdef __cplusplus
}
#endif
#endif
