#ifndef LLB_EXEC_H
#define LLB_EXEC_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_exec llb_exec;
typedef enum llb_cache_sharing {
    LLB_CACHE_SHARED = 0,
    LLB_CACHE_PRIVATE = 1,
    LLB_CACHE_LOCKED = 2
} llb_cache_sharing;
typedef enum llb_content_cache {
    LLB_CONTENT_CACHE_DEFAULT = 0,
    LLB_CONTENT_CACHE_ON = 1,
    LLB_CONTENT_CACHE_OFF = 2
} llb_content_cache;
typedef struct llb_mount {
    uint32_t size;
    uint8_t readonly;
    uint8_t no_output;
    uint8_t tmpfs;
    uint8_t reserved;
    const char *dest;
    const llb_state *source;
    const char *selector;
    const char *cache_id;
    llb_cache_sharing sharing;
    llb_content_cache content_cache;
    int64_t tmpfs_size;
} llb_mount;
#define LLB_MOUNT_INIT                                                         \
    {                                                                          \
        (uint32_t)sizeof(llb_mount), 0, 0, 0, 0, NULL, NULL, NULL, NULL,       \
            LLB_CACHE_SHARED, LLB_CONTENT_CACHE_DEFAULT, 0                     \
    }
typedef struct llb_secret {
    uint32_t size;
    uint32_t optional;
    const char *dest;
    const char *env;
    const char *id;
    uint32_t uid, gid;
    const uint32_t *mode;
} llb_secret;
#define LLB_SECRET_INIT                                                        \
    {                                                                          \
        (uint32_t)sizeof(llb_secret), 0, NULL, NULL, NULL, 0, 0, NULL          \
    }
typedef struct llb_ssh {
    uint32_t size;
    uint32_t optional;
    const char *id;
    const char *target;
    uint32_t uid, gid;
    const uint32_t *mode;
} llb_ssh;
#define LLB_SSH_INIT                                                           \
    {                                                                          \
        (uint32_t)sizeof(llb_ssh), 0, NULL, NULL, 0, 0, NULL                   \
    }
typedef struct llb_proxy {
    uint32_t size;
    uint32_t reserved;
    const char *http_proxy;
    const char *https_proxy;
    const char *ftp_proxy;
    const char *no_proxy;
    const char *all_proxy;
} llb_proxy;
#define LLB_PROXY_INIT                                                         \
    {                                                                          \
        (uint32_t)sizeof(llb_proxy), 0, NULL, NULL, NULL, NULL, NULL           \
    }
typedef struct llb_cdi_device {
    uint32_t size;
    uint32_t optional;
    const char *name;
} llb_cdi_device;
#define LLB_CDI_DEVICE_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_cdi_device), 0, NULL                              \
    }
typedef struct llb_run_opts {
    uint32_t size;
    uint32_t readonly_root;
    const char *const *args;
    size_t n_args;
    const char *shlex;
    const llb_state *with;
    const llb_mount *mounts;
    size_t n_mounts;
    const llb_secret *secrets;
    size_t n_secrets;
    const llb_ssh *ssh;
    size_t n_ssh;
    const llb_proxy *proxy;
    const int32_t *valid_exit_codes;
    size_t n_valid_exit_codes;
    const llb_cdi_device *cdi_devices;
    size_t n_cdi_devices;
    const llb_constraints *constraints;
} llb_run_opts;
#define LLB_RUN_OPTS_INIT                                                      \
    {                                                                          \
        (uint32_t)sizeof(llb_run_opts), 0, NULL, 0, NULL, NULL, NULL, 0, NULL, \
            0, NULL, 0, NULL, NULL, 0, NULL, 0, NULL                           \
    }
llb_exec *llb_run(const llb_state *base, const llb_run_opts *opts);
const llb_state *llb_exec_root(llb_exec *e);
const llb_state *llb_exec_mount(llb_exec *e, const char *dest);
const llb_state *llb_exec_add_mount(llb_exec *e, const llb_mount *mount);
#ifdef __cplusplus
}
#endif
#endif
