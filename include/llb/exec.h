/* Running a command in a container. */
#ifndef LLB_EXEC_H
#define LLB_EXEC_H

#include <llb/state.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A command: makes new filesystems of those it is given. Belongs to its graph.
 *
 *  Threads: one at a time for each graph. */
typedef struct llb_exec llb_exec;

/** Who may use a cache mount at the same time. Wire: pb.CacheSharingOpt. */
typedef enum llb_cache_sharing {
    LLB_CACHE_SHARED = 0,  /**< anybody */
    LLB_CACHE_PRIVATE = 1, /**< another user gets another cache */
    LLB_CACHE_LOCKED = 2   /**< another user waits */
} llb_cache_sharing;

/** Whether contents of a mount, rather than its history, decide what is
 *  cached. Wire: pb.MountContentCache. */
typedef enum llb_content_cache {
    LLB_CONTENT_CACHE_DEFAULT = 0,
    LLB_CONTENT_CACHE_ON = 1,
    LLB_CONTENT_CACHE_OFF = 2
} llb_content_cache;

/**
 * A filesystem that a command sees. Wire: pb.Mount.
 *
 * An output: what the command leaves in a mount that is neither read-only,
 * no_output, tmpfs nor a cache; llb_exec_mount() gives it.
 *
 * Elements of one list have one size.
 */
typedef struct llb_mount {
    uint32_t size;     /**< LLB_MOUNT_INIT sets it; 0: first layout */
    uint8_t readonly;  /**< not 0: the command cannot write */
    uint8_t no_output; /**< not 0: what is written is thrown away */
    uint8_t tmpfs;     /**< not 0: memory; must not have a source */
    uint8_t reserved;  /**< 0 */
    const char *dest;  /**< where, not cleaned; unique in one command */

    /** Filesystem mounted; NULL and scratch are the empty one. */
    const llb_state *source;

    /** Path in the source. Default: all of it. */
    const char *selector;

    /** A persistent cache of this id. NULL and "": no cache. */
    const char *cache_id;
    llb_cache_sharing sharing;       /**< Default: LLB_CACHE_SHARED */
    llb_content_cache content_cache; /**< Default: as the daemon does it */
    int64_t tmpfs_size; /**< bytes. Default: 0, no limit of its own */
} llb_mount;

#define LLB_MOUNT_INIT                                                         \
    {                                                                          \
        (uint32_t)sizeof(llb_mount), 0, 0, 0, 0, NULL, NULL, NULL, NULL,       \
            LLB_CACHE_SHARED, LLB_CONTENT_CACHE_DEFAULT, 0                     \
    }

/**
 * A secret that a command sees as a file, as a variable, or both.
 * Wire: pb.SecretOpt, pb.SecretEnv; cap exec.mount.secret, and for a variable
 * exec.secretenv.
 */
typedef struct llb_secret {
    uint32_t size;        /**< LLB_SECRET_INIT sets it; 0: first layout */
    uint32_t optional;    /**< not 0: a missing secret is no error */
    const char *dest;     /**< path of the file; NULL: no file */
    const char *env;      /**< name of the variable; NULL: no variable */
    const char *id;       /**< Default: dest, else env */
    uint32_t uid, gid;    /**< owner of the file. Default: 0 and 0 */
    const uint32_t *mode; /**< permissions of the file. Default: 0400 */
} llb_secret;

#define LLB_SECRET_INIT                                                        \
    {                                                                          \
        (uint32_t)sizeof(llb_secret), 0, NULL, NULL, NULL, 0, 0, NULL          \
    }

/**
 * A socket to an ssh agent of the client. The first one's path is put into
 * SSH_AUTH_SOCK unless that is set. Wire: pb.SSHOpt; cap exec.mount.ssh.
 */
typedef struct llb_ssh {
    uint32_t size;        /**< LLB_SSH_INIT sets it; 0: first layout */
    uint32_t optional;    /**< not 0: a missing agent is no error */
    const char *id;       /**< Default: "", which means "default" */
    const char *target;   /**< Default: /run/buildkit/ssh_agent.N, N the place
                             in the list from 0 */
    uint32_t uid, gid;    /**< owner of the socket. Default: 0 and 0 */
    const uint32_t *mode; /**< permissions of the socket. Default: 0600 */
} llb_ssh;

#define LLB_SSH_INIT                                                           \
    {                                                                          \
        (uint32_t)sizeof(llb_ssh), 0, NULL, NULL, 0, 0, NULL                   \
    }

/** Proxy variables, upper and lower case, that do not count for the cache.
 *  NULL is empty. Wire: pb.ProxyEnv. */
typedef struct llb_proxy {
    uint32_t size;     /**< LLB_PROXY_INIT sets it; 0: first layout */
    uint32_t reserved; /**< 0 */
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

/** A device by its CDI name. Wire: pb.CDIDevice; cap exec.meta.cdi. */
typedef struct llb_cdi_device {
    uint32_t size;     /**< LLB_CDI_DEVICE_INIT sets it; 0: first layout */
    uint32_t optional; /**< not 0: a missing device is no error */
    const char *name;  /**< "vendor.com/class=name" */
} llb_cdi_device;

#define LLB_CDI_DEVICE_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_cdi_device), 0, NULL                              \
    }

/** Options of llb_run(). */
typedef struct llb_run_opts {
    uint32_t size; /**< LLB_RUN_OPTS_INIT sets it; 0: first layout */

    /** Not 0: the command cannot write to "/", and the root after it is the
     *  root before it. */
    uint32_t readonly_root;

    /** The command, not run by a shell. Default: shlex, else the arguments of
     *  the state (llb_args()). None at all is LLB_EINVAL, and so is giving
     *  args and shlex. */
    const char *const *args;
    size_t n_args;

    /** The command as text that is split into words as google/shlex does:
     *  quotes, backslash, comments; nothing is expanded. An open quote is
     *  LLB_EINVAL (Go's client drops the last word in silence). */
    const char *shlex;

    /** The state whose values (environment, directory, user, network, ...)
     *  this command sees, for values that later operations must not inherit:
     *  `.with = llb_env(base, "STEP", "1")`. Its filesystem is not used.
     *  Default: base. */
    const llb_state *with;

    const llb_mount *mounts; /**< beside the root */
    size_t n_mounts;
    const llb_secret *secrets;
    size_t n_secrets;
    const llb_ssh *ssh;
    size_t n_ssh;

    /** One that is not NULL, even if empty, asks for cap
     *  exec.meta.proxyenv. */
    const llb_proxy *proxy;

    /** Exit codes that are success. NULL: only 0. A list that is empty but
     *  not NULL asks for cap exec.validexitcode and lists none. */
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

/**
 * Runs a command on the filesystem of a state.
 *
 * Wire: pb.ExecOp with cap exec.meta.base, as defined by BuildKit's
 * client/llb/exec.go and state.go (Run). Its mounts are sorted by dest, byte
 * by byte, and outputs numbered in that order at llb_marshal().
 *
 * @param base  the root filesystem, and what the result inherits
 * @param opts  borrowed, contents copied; NULL for the defaults
 *
 * Default: the arguments of the state, a writable root, nothing else mounted.
 *
 * @return the command, never NULL, which belongs to the graph of @p base. If
 *         it failed with LLB_EINVAL (no arguments, a mount that contradicts
 *         itself, two mounts with one dest, two graphs) or LLB_ENOMEM, or
 *         because a state that it is given has failed, all states that come
 *         from it have failed.
 */
llb_exec *llb_run(const llb_state *base, const llb_run_opts *opts);

/**
 * The root filesystem after a command, as client/llb/exec.go (Root). Goes on
 * with the values of the base state; with a read-only root it is the base
 * state.
 *
 * @return the state, never NULL, which belongs to the graph; failed as @p e is,
 *         or with LLB_EINVAL when @p e is NULL.
 */
const llb_state *llb_exec_root(llb_exec *e);

/**
 * What a command left in its mount at @p dest. Fresh: directory "/", nothing
 * inherited but the platform given in the constraints of the exec, as
 * client/llb/exec.go (GetMount).
 *
 * @param dest  where it is mounted, as it was given to llb_run(); borrowed
 *
 * @return the state, never NULL, which belongs to the graph. A read-only mount
 *         gives its source. No mount at @p dest gives a failed state
 *         (LLB_ENOENT), and so does one without an output: cache, tmpfs,
 *         no_output (LLB_EINVAL).
 */
const llb_state *llb_exec_mount(llb_exec *e, const char *dest);

/**
 * Adds a mount to a command that exists; everything that comes from the
 * command sees it. As client/llb/exec.go (AddMount).
 *
 * @param mount  borrowed, contents copied
 *
 * @return what the command leaves in it, going on with the values of the
 *         mount's source; failed as llb_run() is for a mount, and then the
 *         command fails with all that comes from it; failed with LLB_EINVAL,
 *         and nothing else changes, after llb_marshal() has reached the
 *         command.
 */
const llb_state *llb_exec_add_mount(llb_exec *e, const llb_mount *mount);

#ifdef __cplusplus
}
#endif
#endif
