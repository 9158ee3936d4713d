/* What can be said about any operation: platform, name, caching, place. */
#ifndef LLB_CONSTRAINTS_H
#define LLB_CONSTRAINTS_H

#include <stdbool.h>

#include <llb/graph.h>
#include <llb/source_map.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A name and its value; both borrowed for the call. */
typedef struct llb_pair {
    const char *key;
    const char *value;
} llb_pair;

/** A platform, in the words of the OCI image specification. Wire: pb.Platform.
 */
typedef struct llb_platform {
    uint32_t size;       /**< LLB_PLATFORM_INIT sets it; 0: first layout */
    uint32_t reserved;   /**< 0 */
    const char *os;      /**< "linux"; NULL is empty */
    const char *arch;    /**< "amd64"; NULL is empty */
    const char *variant; /**< "v7"; NULL for none */
    const char *os_version;
    const char *const *os_features;
    size_t n_os_features;
} llb_platform;

#define LLB_PLATFORM_INIT                                                      \
    {                                                                          \
        (uint32_t)sizeof(llb_platform), 0, NULL, NULL, NULL, NULL, NULL, 0     \
    }

/** Steps that progress output shows as one. Wire: pb.ProgressGroup. */
typedef struct llb_progress_group {
    uint32_t size; /**< 0: first layout */
    bool weak;     /**< another group of the same step wins */
    const char *id;
    const char *name;
} llb_progress_group;

/**
 * Limits of a step's container; zero and NULL members are left out. They never
 * change what is cached. Wire: pb.LinuxResources, cap
 * exec.meta.linux.resources.
 */
typedef struct llb_linux_resources {
    uint32_t size;       /**< 0: first layout */
    uint32_t reserved;   /**< 0 */
    int64_t memory;      /**< bytes */
    int64_t memory_swap; /**< bytes, memory included; -1: no limit */
    uint64_t cpu_shares;
    uint64_t cpu_period; /**< microseconds */
    int64_t cpu_quota;   /**< microseconds per period; -1: no limit */
    const char *cpuset_cpus;
    const char *cpuset_mems;
} llb_linux_resources;

/** Whether the result of an operation goes into an exported cache. */
typedef enum llb_export_cache {
    LLB_EXPORT_CACHE_UNSET = 0, /**< as the exporter decides */
    LLB_EXPORT_CACHE_ON = 1,
    LLB_EXPORT_CACHE_OFF = 2
} llb_export_cache;

/**
 * What can be said about any operation, and at llb_marshal() about all of
 * them. As defined by BuildKit's client/llb/state.go (Constraints): platform
 * and filters are part of the operation, the rest is metadata beside it and
 * changes no digest.
 *
 * Everything is copied. Of an operation's own constraints and those of the
 * llb_marshal() call: platform, export cache, progress group and resources of
 * the operation win, each as a whole; ignore_cache counts from either side;
 * filters of the call come first.
 *
 * Default: no platform of its own, cached, exported as the exporter decides,
 * no name, no group, no filter, no location, no limits.
 */
typedef struct llb_constraints {
    uint32_t size;                 /**< LLB_CONSTRAINTS_INIT sets it */
    llb_export_cache export_cache; /**< Default: unset */
    uint32_t ignore_cache;         /**< 1: always run. Default: 0 */
    uint32_t reserved;             /**< 0 */

    /** Goes into the operation letter for letter, without normalizing. Sources
     *  other than images and OCI layouts, file operations, merge, diff and
     *  passthrough send none. Default: that of the state (for an exec), else
     *  that of llb_marshal(). */
    const llb_platform *platform;

    /** The step's name in progress output: description key
     *  "llb.customname", and wins over one given there. Default: the daemon
     *  makes a name from the operation. */
    const char *custom_name;

    /** Free text by key; of two equal keys the later wins.
     *
     *  A description given to llb_marshal() reaches every operation, and in
     *  visiting order each operation also carries the keys of those before it:
     *  Go's client shares one map, and the metadata is equal to Go's. */
    const llb_pair *description;
    size_t n_description;

    /** Default: none. */
    const llb_progress_group *progress_group;

    /** Filters for workers. Wire: pb.WorkerConstraints. BuildKit's daemon
     *  stores them and looks at none. */
    const char *const *require;
    size_t n_require;

    /** Places that the operation comes from, innermost first. Not allowed at
     *  llb_marshal(). */
    const llb_location *locations;
    size_t n_locations;

    /** Default: none. On an exec's own constraints they ask for cap
     *  exec.meta.linux.resources. */
    const llb_linux_resources *linux_resources;

    /** For local sources without a session: attribute local.unique, which
     *  keeps apart the folders of two builds. On a source NULL and "" mean
     *  "that of llb_marshal()". At llb_marshal() "" is a value, and NULL
     *  leaves the attribute and its cap out, so that a definition is
     *  reproducible (Go's client takes a random text).
     *  Default: NULL. */
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
