/* Changing files without running anything. */
#ifndef LLB_FILE_H
#define LLB_FILE_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A chain of file actions: immutable, like a state. Each call returns a longer
 * chain and leaves the old one as it was. Belongs to its graph.
 *
 * Threads: one at a time for each graph.
 *
 *     const llb_actions *a = llb_actions_new(g);
 *     a = llb_mkdir(a, "/etc/app", 0755, NULL);
 *     a = llb_copy(a, llb_local(g, "ctx", NULL), "app.conf", "/etc/app/",
 *                  NULL);
 *     s = llb_file(s, a, NULL);
 */
typedef struct llb_actions llb_actions;

/** A chain with the state that it changes; what a copy can take from. */
typedef struct llb_bound_actions llb_bound_actions;

/** Owner of new files. Wire: pb.ChownOpt. */
typedef struct llb_owner {
    uint32_t size;     /**< LLB_OWNER_INIT sets it; 0: first layout */
    uint32_t uid, gid; /**< used if user is NULL; 0 and 0 are root */
    uint32_t reserved; /**< 0 */

    /** "user[:group]". Decimal numbers are ids, an empty part is 0 (Go's client
     *  of BuildKit v0.34 leaves an empty group out), other text is a name that
     *  the daemon looks up in the state the action changes. */
    const char *user;
} llb_owner;

#define LLB_OWNER_INIT                                                         \
    {                                                                          \
        (uint32_t)sizeof(llb_owner), 0, 0, 0, NULL                             \
    }

/** A time: seconds since 1970 and nanoseconds. */
typedef struct llb_time {
    int64_t sec;
    int64_t nsec;
} llb_time;

/** Options of llb_mkdir(). */
typedef struct llb_mkdir_opts {
    uint32_t size;    /**< LLB_MKDIR_OPTS_INIT sets it; 0: first layout */
    uint32_t parents; /**< not 0: make parents too; existing ones are fine */
    const llb_owner *owner;  /**< Default: root */
    const llb_time *created; /**< Default: now */
} llb_mkdir_opts;

#define LLB_MKDIR_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_mkdir_opts), 0, NULL, NULL                        \
    }

/** Options of llb_mkfile() and llb_symlink(). */
typedef struct llb_mkfile_opts {
    uint32_t size;     /**< LLB_MKFILE_OPTS_INIT sets it; 0: first layout */
    uint32_t reserved; /**< 0 */
    const llb_owner *owner;  /**< Default: root */
    const llb_time *created; /**< Default: now */
} llb_mkfile_opts;

#define LLB_MKFILE_OPTS_INIT                                                   \
    {                                                                          \
        (uint32_t)sizeof(llb_mkfile_opts), 0, NULL, NULL                       \
    }

/** Options of llb_symlink(). */
typedef llb_mkfile_opts llb_symlink_opts;

#define LLB_SYMLINK_OPTS_INIT LLB_MKFILE_OPTS_INIT

/** Options of llb_rm(). */
typedef struct llb_rm_opts {
    uint32_t size;           /**< LLB_RM_OPTS_INIT sets it; 0: first layout */
    uint8_t allow_not_found; /**< not 0: no file is no error */
    uint8_t allow_wildcard;  /**< not 0: * ? [ ] in the last path part */
    uint16_t reserved;       /**< 0 */
} llb_rm_opts;

#define LLB_RM_OPTS_INIT                                                       \
    {                                                                          \
        (uint32_t)sizeof(llb_rm_opts), 0, 0, 0                                 \
    }

/** Options of llb_copy(). All flags: not 0 is on. Default: all off. */
typedef struct llb_copy_opts {
    uint32_t size;           /**< LLB_COPY_OPTS_INIT sets it; 0: first layout */
    uint8_t follow_symlinks; /**< copy what a link at src points to */
    uint8_t dir_contents_only;    /**< of a folder, copy what is in it */
    uint8_t attempt_unpack;       /**< unpack src if it is a tar archive */
    uint8_t create_dest_path;     /**< make the parents of dest */
    uint8_t allow_wildcard;       /**< * ? [ ] in src */
    uint8_t allow_empty_wildcard; /**< a pattern without match is no error */
    uint8_t always_replace;       /**< replace folders by files and so on */
    uint8_t reserved;             /**< 0 */
    uint32_t reserved2;           /**< 0 */

    const int32_t *mode;  /**< permissions of the copies. Default: as in src */
    const char *mode_str; /**< the same in chmod's words ("u=rwX,go=rX"); wins
                             over mode */

    const char *const *include; /**< patterns. Default: everything */
    size_t n_include;
    const char *const *exclude; /**< patterns. Default: nothing */
    size_t n_exclude;
    /** Paths from the root of the source, something of which must be copied;
     *  no patterns. Without any nothing must. */
    const char *const *required_paths;
    size_t n_required_paths;

    const llb_owner *owner;  /**< Default: as in src */
    const llb_time *created; /**< Default: as in src */
} llb_copy_opts;

#define LLB_COPY_OPTS_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llb_copy_opts), 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL,      \
            NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL                        \
    }

/** The empty chain, where client/llb/fileop.go begins with a first action.
 *  Never NULL; it belongs to @p g, and has failed when that is NULL
 *  (LLB_EINVAL) or has no memory (LLB_ENOMEM). */
const llb_actions *llb_actions_new(llb_graph *g);

/** @name Actions
 *
 * Each returns the chain @p a with one more action, which belongs to the graph
 * of @p a; a failed chain if @p a has
 * failed, an argument is NULL where that is not allowed, an option is out of
 * range (LLB_EINVAL) or memory is short (LLB_ENOMEM). Paths are copied; a
 * relative one starts at the working directory of the state that the chain
 * is applied to. Wire: pb.FileAction, as defined by BuildKit's
 * client/llb/fileop.go. opts are borrowed; NULL for the defaults.
 * @{ */

/** Makes a folder; mode & 0777 counts. Default: without parents, root, now. */
const llb_actions *llb_mkdir(const llb_actions *a, const char *path,
                             uint32_t mode, const llb_mkdir_opts *opts);

/** Makes a file of @p len bytes, which are copied; mode & 0777 counts.
 *  Default: root, now. */
const llb_actions *llb_mkfile(const llb_actions *a, const char *path,
                              uint32_t mode, const void *data, size_t len,
                              const llb_mkfile_opts *opts);

/** Makes a symbolic link @p newpath that says @p oldpath; both are taken
 *  letter for letter, newpath from the root. Default: root, now. */
const llb_actions *llb_symlink(const llb_actions *a, const char *oldpath,
                               const char *newpath,
                               const llb_symlink_opts *opts);

/** Removes a file or folder. Default: it must exist, no wildcards. */
const llb_actions *llb_rm(const llb_actions *a, const char *path,
                          const llb_rm_opts *opts);

/** Copies @p src of the state @p from to @p dest. A relative src starts at the
 *  working directory of @p from. A dest that ends in "/" or "/." is a folder
 *  to copy into. Default: modes, owners and times as they are, all flags off.
 */
const llb_actions *llb_copy(const llb_actions *a, const llb_state *from,
                            const char *src, const char *dest,
                            const llb_copy_opts *opts);

/** The same from the result of other actions, which become part of the
 *  operation, once each. */
const llb_actions *llb_copy_from_actions(const llb_actions *a,
                                         const llb_bound_actions *from,
                                         const char *src, const char *dest,
                                         const llb_copy_opts *opts);

/** @} */

/**
 * The chain applied to @p base, for llb_copy_from_actions(). As
 * client/llb/fileop.go (WithState).
 *
 * @param a     at least one action
 * @param base  the state that they change, of the same graph
 *
 * Both are borrowed and shared with what comes of it.
 *
 * @return never NULL, and belongs to the graph; failed with LLB_EINVAL (an
 *         empty chain, two graphs) or LLB_ENOMEM.
 */
const llb_bound_actions *llb_actions_bind(const llb_actions *a,
                                          const llb_state *base);

/**
 * Applies a chain of actions to a state, as one operation.
 *
 * Wire: pb.FileOp with cap file.base, as defined by BuildKit's
 * client/llb/state.go (File) and fileop.go. The operation has no platform.
 *
 * @param base         goes on with its values
 * @param a            at least one action
 * @param constraints  copied; NULL for none
 *
 * @return the state, never NULL, which belongs to the graph; failed with
 *         LLB_EINVAL (no action, two graphs) or LLB_ENOMEM.
 */
const llb_state *llb_file(const llb_state *base, const llb_actions *a,
                          const llb_constraints *constraints);

#ifdef __cplusplus
}
#endif
#endif
