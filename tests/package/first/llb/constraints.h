#ifndef LLB_CONSTRAINTS_H
#define LLB_CONSTRAINTS_H
#include <stdbool.h>
#include <llb/graph.h>
#include <llb/source_map.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_pair {
    const char *key;
    const char *value;
} llb_pair;
typedef struct llb_platform {
    uint32_t size;
    uint32_t reserved;
    const char *os;
    const char *arch;
    const char *variant;
    const char *os_version;
    const char *const *os_features;
    size_t n_os_features;
} llb_platform;
#define LLB_PLATFORM_INIT                                                      \
    {                                                                          \
        (uint32_t)sizeof(llb_platform), 0, NULL, NULL, NULL, NULL, NULL, 0     \
    }
typedef struct llb_progress_group {
    uint32_t size;
    bool weak;
    const char *id;
    const char *name;
} llb_progress_group;
typedef struct llb_linux_resources {
    uint32_t size;
    uint32_t reserved;
    int64_t memory;
    int64_t memory_swap;
    uint64_t cpu_shares;
    uint64_t cpu_period;
    int64_t cpu_quota;
    const char *cpuset_cpus;
    const char *cpuset_mems;
} llb_linux_resources;
typedef enum llb_export_cache {
    LLB_EXPORT_CACHE_UNSET = 0,
    LLB_EXPORT_CACHE_ON = 1,
    LLB_EXPORT_CACHE_OFF = 2
} llb_export_cache;
typedef struct llb_constraints {
    uint32_t size;
    llb_export_cache export_cache;
    uint32_t ignore_cache;
    uint32_t reserved;
    const llb_platform *platform;
    const char *custom_name;
    const llb_pair *description;
    size_t n_description;
    const llb_progress_group *progress_group;
    const char *const *require;
    size_t n_require;
    const llb_location *locations;
    size_t n_locations;
    const llb_linux_resources *linux_resources;
    const char *local_unique_id;
} llb_constraints;
#define LLB_CONSTRAINTS_INIT                                                   \
    {                                                                          \
        (uint32_t)sizeof(llb_constraints), LLB_EXPORT_CACHE_UNSET, 0, 0, NULL, \
            NULL, NULL, 0, NULL, NULL, 0, NULL, 0, NULL, NULL                  \
    }
#ifdef __cplusplus
}
#endif
#endif
