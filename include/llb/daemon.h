/* The daemon's side: what it holds, what it did, and tidying up. Control's
 * calls of BuildKit's api/services/control beside those of <llb/client.h>. */
#ifndef LLB_DAEMON_H
#define LLB_DAEMON_H

#include <llb/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * The cache
 * --------------------------------------------------------------------- */

/** One record of the cache (moby.buildkit.v1.UsageRecord). */
typedef struct bk_usage {
    const char *id;
    bool is_mutable, in_use, shared;
    int64_t len; /**< bytes */
    const char *const *parents;
    size_t n_parents;
    int64_t created_ns, last_used_ns; /**< since 1970; 0: not said */
    int64_t n_uses;
    const char *description;
    const char *type; /**< "regular", "source.local", "exec.cachemount",
                           "internal", "frontend"; "" on old daemons */
} bk_usage;

/** Records of the cache. Free it with bk_usages_free(). */
typedef struct bk_usages {
    const bk_usage *list; /**< largest first, then by id */
    size_t n;
} bk_usages;
void bk_usages_free(bk_usages *u);

/**
 * Control.DiskUsage: what is in the cache.
 *
 * @param filters  BuildKit's: "type==regular", "inuse", "description~=RE", with
 *                 commas for "and"; one of several has to match. NULL with 0
 *                 for all
 *
 * @return as bk_info(); LLB_EBUILD: the daemon refused, such as a filter
 *
 * Threads: any.
 */
llb_status bk_disk_usage(bk_client *c, const char *const *filters,
                         size_t n_filters, bk_usages **ret_usages,
                         llb_error *err);

/** Options of bk_prune(). */
typedef struct bk_prune_opts {
    uint32_t size; /**< BK_PRUNE_OPTS_INIT sets it */
    uint32_t all;  /**< 1: internal, frontend and shared records, too */
    const char *const *filters; /**< as bk_disk_usage(). Default: none */
    size_t n_filters;
    int64_t keep_ns; /**< keep what was used within that time. Default: 0 */
    /** Keep that many bytes, those last used. Default: 0, nothing */
    int64_t keep_len;
    int64_t min_free_len; /**< stop at so many free bytes of the disk; daemons
                               before v0.17 ignore it. Default: 0 */
    /** Called for each record that was removed, by the calling thread; what it
     *  is given is borrowed. Default: NULL */
    void (*removed)(void *ctx, const bk_usage *u);
    void *ctx;
    bk_cancel *cancel; /**< Default: none */
} bk_prune_opts;
#define BK_PRUNE_OPTS_INIT                                                     \
    {                                                                          \
        sizeof(bk_prune_opts), 0, NULL, 0, 0, 0, 0, NULL, NULL, NULL           \
    }

/**
 * Control.Prune: removes records of the cache that nothing uses.
 *
 * @param opts borrowed; NULL for the defaults
 * @return as bk_disk_usage(); LLB_ECANCELED
 *
 * Threads: any.
 */
llb_status bk_prune(bk_client *c, const bk_prune_opts *opts, llb_error *err);

/* ------------------------------------------------------------------------
 * History
 * --------------------------------------------------------------------- */

/** A build that the daemon remembers, or runs (BuildHistoryRecord). */
typedef struct bk_past {
    const char *ref;
    const char *frontend; /**< "" for a definition */
    const bk_pair *attrs; /**< of the frontend, sorted */
    size_t n_attrs;
    const char *const *exporters; /**< types */
    size_t n_exporters;
    const bk_pair *response; /**< of the exporters, sorted */
    size_t n_response;
    int64_t created_ns, completed_ns; /**< since 1970; 0: it still runs */
    const char *error;                /**< "" when it did not fail */
    int error_code;                   /**< gRPC status code, 0 for none */
    bool pinned;                      /**< is kept for ever */
    int n_steps, n_completed, n_cached, n_warnings;
} bk_past;

/** Builds that the daemon remembers. Free it with bk_history_free(). */
typedef struct bk_history {
    const bk_past *list; /**< newest first */
    size_t n;
} bk_history;
void bk_history_free(bk_history *h);

/** Options of bk_history_get(). */
typedef struct bk_history_opts {
    uint32_t size;              /**< BK_HISTORY_OPTS_INIT sets it */
    uint32_t active_only;       /**< 1: only what runs. Default: 0 */
    const char *ref;            /**< only that build. Default: all */
    const char *const *filters; /**< BuildKit's: "status==error", "ref~=RE";
                                     daemons before v0.20 ignore them. Default:
                                     none */
    size_t n_filters;
    uint32_t limit; /**< the newest so many; 0 for all. Default: 0 */
    uint32_t reserved;
    bk_cancel *cancel; /**< Default: none */
} bk_history_opts;
#define BK_HISTORY_OPTS_INIT                                                   \
    {                                                                          \
        sizeof(bk_history_opts), 0, NULL, NULL, 0, 0, 0, NULL                  \
    }

/**
 * Control.ListenBuildHistory, as far as it is history: what the daemon
 * remembers and what it runs now.
 *
 * @param opts borrowed; NULL for the defaults
 * @return as bk_disk_usage(); LLB_EUNSUPPORTED: the daemon keeps no history
 *         (needs BuildKit v0.11); LLB_ENOENT: it does not know that ref
 *
 * Threads: any.
 */
llb_status bk_history_get(bk_client *c, const bk_history_opts *opts,
                          bk_history **ret_history, llb_error *err);

/** What to do with a record of the history. */
typedef enum bk_history_change {
    BK_HISTORY_DELETE = 0,
    BK_HISTORY_PIN = 1, /**< keep it, whatever the daemon's limits are */
    BK_HISTORY_UNPIN = 2
} bk_history_change;

/**
 * Control.UpdateBuildHistory.
 *
 * @return as bk_history_get()
 */
llb_status bk_history_update(bk_client *c, const char *ref,
                             bk_history_change change, llb_error *err);

/**
 * Plays the progress of a build that the daemon remembers, or follows one that
 * runs: Control.Status.
 *
 * @param progress called by the calling thread, as during a build
 * @return as bk_history_get()
 */
llb_status bk_history_play(bk_client *c, const char *ref,
                           const bk_progress *progress, bk_cancel *cancel,
                           llb_error *err);

#ifdef __cplusplus
}
#endif
#endif
