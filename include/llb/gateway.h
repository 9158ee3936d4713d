/* More of the gateway (<llb/client.h> has its basic calls): results with
 * several file systems, frontends, files in results, containers.
 *
 * The words are those of BuildKit's frontend/gateway: a result holds refs, a
 * ref is a file system within a running build.
 */
#ifndef LLB_GATEWAY_H
#define LLB_GATEWAY_H

#include <llb/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------
 * Results and bundles
 * --------------------------------------------------------------------- */

/** One file system of a result. */
typedef struct bk_ref {
    const char *platform; /**< "linux/amd64", its key; "" for the only one */
    const char *id;       /**< within the running build; "" when there is none,
                               or when nothing is in it */
    llb_def *def;         /**< what it is made of; NULL when not known */
} bk_ref;

/** A member of a result's metadata, such as "containerimage.config", whose
 *  value is JSON in most cases; with a NUL behind len bytes. */
typedef struct bk_meta {
    const char *key;
    const char *value;
    size_t len;
} bk_meta;

/**
 * A result: moby.buildkit.v1.frontend.Result. Made by a frontend, by
 * bk_refs_new() or read from a bundle; freed with bk_refs_free().
 *
 * It never changes, so threads share it freely.
 */
typedef struct bk_refs {
    const bk_ref *list;
    size_t n;
    bool keyed; /**< each ref has a platform of its own, refs.platforms says
                     which; else there is one ref */
    const bk_meta *meta; /**< sorted by key */
    size_t n_meta;
} bk_refs;

/**
 * Makes a result of definitions. With platforms (keyed) the metadata
 * "refs.platforms", which exporters want, is made of them.
 *
 * @param list   copied; definitions are counted once more; ids may be NULL
 * @param n      1, or with @p keyed as many as there are platforms
 * @param meta   copied; exporters take "containerimage.config/PLATFORM" for
 *               one of several
 *
 * @return LLB_OK; LLB_EINVAL (no ref, a platform that is none or is there
 *         twice); LLB_ENOMEM. Threads: any.
 */
llb_status bk_refs_new(const bk_ref *list, size_t n, bool keyed,
                       const bk_meta *meta, size_t n_meta, bk_refs **ret_refs,
                       llb_error *err);

/** Frees a result; NULL is fine. */
void bk_refs_free(bk_refs *refs);

/** A member of the metadata, borrowed; NULL when it is not there. */
const bk_meta *bk_refs_meta(const bk_refs *refs, const char *key);

/**
 * Whether bytes look like a bundle, and not like a definition: by the first
 * one, which is the number of another field. Threads: any.
 */
bool bk_refs_is_bundle(const void *data, size_t len);

/**
 * Reads a bundle: a serialized moby.buildkit.v1.frontend.Result whose refs
 * have definitions and no ids. Each definition is checked as llb_def_parse()
 * does.
 *
 * @return LLB_OK and *ret_refs, which the caller frees; LLB_EINVAL (no bundle:
 *         the message says what is wrong); LLB_ELIMIT; LLB_ENOMEM. Threads:
 *         any.
 */
llb_status bk_refs_parse(const void *data, size_t len, bk_refs **ret_refs,
                         llb_error *err);

/**
 * Writes the bundle of a result: its definitions without sessions of
 * somebody (local.session, oci.session), so that the same build gives the same
 * bytes, and its metadata. Refs without definition cannot be written; an empty
 * file system has one of no bytes.
 *
 * @param ret_data for free()
 * @return LLB_OK; LLB_EINVAL (a ref has no definition, or there are
 *         attestations, which belong to one build); LLB_ENOMEM. Threads: any.
 */
llb_status bk_refs_marshal(const bk_refs *refs, char **ret_data,
                           size_t *ret_len, llb_error *err);

/**
 * Builds a result that was made before: bk_solve() for bundles and for several
 * platforms. Each ref is one LLBBridge.Solve, then LLBBridge.Return hands them
 * out with the metadata; a single ref with nothing but an image config is
 * spared that way and goes through bk_solve().
 *
 * Only folders, secrets and the like that the definitions name are offered.
 *
 * @param refs each with a definition; borrowed
 * @param opts without image_config, which is part of the metadata
 * @return as bk_solve()
 */
llb_status bk_solve_refs(bk_client *c, const bk_refs *refs,
                         const bk_solve_opts *opts, bk_result **ret_result,
                         bk_failure **ret_failure, llb_error *err);

/* ------------------------------------------------------------------------
 * Steering a build
 * --------------------------------------------------------------------- */

/** An input of a frontend: a file system by name. */
typedef struct bk_input {
    const char *name;
    llb_def *def;
} bk_input;

/** What to ask of a frontend. */
typedef struct bk_frontend_opts {
    uint32_t size;        /**< BK_FRONTEND_OPTS_INIT sets it */
    const char *frontend; /**< "dockerfile.v0", "gateway.v0" */
    const bk_pair *attrs; /**< FrontendOpt, "filename" and so on. A "requestid"
                               asks a question (a subrequest) rather than for a
                               build; the answer is in the metadata, for people
                               in "result.txt". Default: none */
    size_t n_attrs;
    const bk_input *inputs; /**< Default: none */
    size_t n_inputs;
} bk_frontend_opts;
#define BK_FRONTEND_OPTS_INIT                                                  \
    {                                                                          \
        sizeof(bk_frontend_opts), NULL, NULL, 0, NULL, 0                       \
    }

/**
 * LLBBridge.Solve with a frontend. Refs are lazy: nothing but what the
 * frontend itself had to look at has been built.
 *
 * Definitions of the result are noted, so that failures of their steps have
 * places and names.
 *
 * @param ret_refs the caller frees it, before or after the build
 * @return as bk_build_solve(); LLB_EUNSUPPORTED when the frontend knows no
 *         subrequests or not this one
 */
llb_status bk_build_frontend(bk_build *b, const bk_frontend_opts *opts,
                             bk_refs **ret_refs, bk_failure **ret_failure,
                             llb_error *err);

/**
 * Builds what a ref is made of, if that has not been done: LLBBridge.Evaluate,
 * and StatFile of its root on daemons before v0.11.
 *
 * @return as bk_build_solve()
 */
llb_status bk_build_evaluate(bk_build *b, const char *ref,
                             bk_failure **ret_failure, llb_error *err);

/** A file in a result (fsutil.types.Stat). */
typedef struct bk_stat {
    const char *path; /**< its name in the folder, or as it was asked for */
    uint32_t mode;    /**< as in struct stat: type and permissions */
    uint32_t uid, gid;
    int64_t len;          /**< bytes */
    int64_t mtime_ns;     /**< since 1970 */
    const char *link;     /**< target of a symlink, else "" */
    int64_t major, minor; /**< of a device */
} bk_stat;

/** Files of a folder. Free it with bk_files_free(). */
typedef struct bk_files {
    const bk_stat *list; /**< by name, in byte order */
    size_t n;
} bk_files;
void bk_files_free(bk_files *files);

/**
 * LLBBridge.ReadDir: what is in a folder of a ref.
 *
 * @param pattern  of names, "*.txt"; NULL for all
 * @return as bk_build_read_file()
 */
llb_status bk_build_read_dir(bk_build *b, const char *ref, const char *path,
                             const char *pattern, bk_files **ret_files,
                             llb_error *err);

/** LLBBridge.StatFile: one file, as the only one of *ret_files. A symlink is
 *  followed. Else as bk_build_read_dir(). */
llb_status bk_build_stat_file(bk_build *b, const char *ref, const char *path,
                              bk_files **ret_files, llb_error *err);

/** What a daemon knows of a source without fetching it. Texts are "" where
 *  they do not apply. Free it with bk_source_meta_free(). */
typedef struct bk_source_meta {
    const char *identifier; /**< perhaps changed by a source policy */
    const bk_pair *attrs;
    size_t n_attrs;
    const char *image_digest;
    const char *image_config; /**< JSON */
    const char *git_checksum; /**< commit, or tag object */
    const char *git_ref;
    const char *git_commit; /**< commit, where the checksum is a tag's */
    const char *http_checksum;
    const char *http_filename;
    int64_t http_modified_ns; /**< 0: not said */
} bk_source_meta;
void bk_source_meta_free(bk_source_meta *meta);

/**
 * LLBBridge.ResolveSourceMeta of a SourceOp: "docker-image://...",
 * "git://...", "https://...".
 *
 * @param attrs    of the source op
 * @param platform "os/arch[/variant]"; NULL for the daemon's
 * @return LLB_OK; LLB_ENOENT (no such source, or no access: err has the
 *         daemon's words); LLB_EUNSUPPORTED (the daemon is older than v0.13);
 *         else as bk_build_resolve_image()
 */
llb_status bk_build_source_meta(bk_build *b, const char *identifier,
                                const bk_pair *attrs, size_t n_attrs,
                                const char *platform, bk_source_meta **ret_meta,
                                llb_error *err);

/**
 * LLBBridge.Return with all of a result: bk_build_return() for several refs
 * and for those of a frontend, whose attestations are kept.
 *
 * @param refs borrowed; with ids of this build
 */
llb_status bk_build_return_refs(bk_build *b, const bk_refs *refs,
                                bk_result **ret_result,
                                bk_failure **ret_failure, llb_error *err);

/* ------------------------------------------------------------------------
 * Containers: running programs on results, while the build runs
 * --------------------------------------------------------------------- */

/** The network of a container (pb.NetMode). */
typedef enum bk_network {
    BK_NETWORK_DEFAULT = 0, /**< as the daemon has it */
    BK_NETWORK_HOST = 1,    /**< needs the entitlement network.host */
    BK_NETWORK_NONE = 2
} bk_network;

/** A ref at a path of a container. */
typedef struct bk_mount {
    const char *dest;     /**< "/" for the root */
    const char *ref;      /**< "" for an empty file system */
    const char *selector; /**< a path within it; NULL for all of it */
    bool readonly;
} bk_mount;

/** Options of bk_container_new(). */
typedef struct bk_container_opts {
    uint32_t size;          /**< BK_CONTAINER_OPTS_INIT sets it */
    bk_network network;     /**< Default: BK_NETWORK_DEFAULT */
    const bk_mount *mounts; /**< one of them at "/" */
    size_t n_mounts;
    const char *hostname; /**< Default: the daemon's choice */
    const char *platform; /**< "os/arch[/variant]". Default: the daemon's */
} bk_container_opts;
#define BK_CONTAINER_OPTS_INIT                                                 \
    {                                                                          \
        sizeof(bk_container_opts), BK_NETWORK_DEFAULT, NULL, 0, NULL, NULL     \
    }

/** A container within a running build. */
typedef struct bk_container bk_container;

/**
 * LLBBridge.NewContainer: a container of refs. What programs write into it is
 * lost with it.
 *
 * @param opts borrowed
 * @param ret_container freed with bk_container_free() before the build is
 *
 * @return as bk_build_solve(); LLB_EUNSUPPORTED (this daemon has no
 * gateway.exec)
 */
llb_status bk_container_new(bk_build *b, const bk_container_opts *opts,
                            bk_container **ret_container, llb_error *err);

/**
 * The container in which a step failed, as it left it: its mounts, caches and
 * secrets, its network and host name. Programs start with its environment,
 * folder and user.
 *
 * @param f of bk_build_solve() with evaluate, in this build and before the
 *          next call of it; borrowed
 *
 * @return as bk_container_new(); LLB_ENOENT: the failure is of no step that
 * runs a program, or the daemon did not keep what it left
 */
llb_status bk_container_of_failure(bk_build *b, const bk_failure *f,
                                   bk_container **ret_container,
                                   llb_error *err);

/** LLBBridge.ReleaseContainer, which ends what runs in it; NULL is fine. */
void bk_container_free(bk_container *c);

/** Options of bk_process_start(). Strings are copied. */
typedef struct bk_process_opts {
    uint32_t size; /**< BK_PROCESS_OPTS_INIT sets it */
    uint32_t tty;  /**< 1: on a terminal of its own. Default: 0 */
    const char *const *args;
    size_t n_args;
    /** "NAME=value". Default (NULL): those of the failed step. */
    const char *const *env;
    size_t n_env;
    const char *cwd;        /**< Default: the failed step's, else "/" */
    const char *user;       /**< Default: the failed step's, else root */
    uint32_t rows, columns; /**< of the terminal. Default: not said */
    /** Called for what it writes: fd is 1 or 2, data is borrowed. By the thread
     *  that waits in bk_process_wait(). Default: NULL */
    void (*output)(void *ctx, int fd, const void *data, size_t len);
    void *ctx;
} bk_process_opts;
#define BK_PROCESS_OPTS_INIT                                                   \
    {                                                                          \
        sizeof(bk_process_opts), 0, NULL, 0, NULL, 0, NULL, NULL, 0, 0, NULL,  \
            NULL                                                               \
    }

/** A program in a container. */
typedef struct bk_process bk_process;

/**
 * LLBBridge.ExecProcess: starts a program. It may turn out only in
 * bk_process_wait() that it cannot run.
 *
 * @return as bk_container_new(); LLB_ENOENT: there is no such file
 */
llb_status bk_process_start(bk_container *c, const bk_process_opts *opts,
                            bk_process **ret_process, llb_error *err);

/** @name While it runs
 * One thread at a time, beside one in bk_process_wait(). False: it has ended,
 * or the daemon is gone.
 * @{ */
/** Writes to its standard input. */
bool bk_process_write(bk_process *p, const void *data, size_t len);
/** Ends its standard input. */
bool bk_process_close_input(bk_process *p);
/** Tells it the size of its terminal. */
bool bk_process_resize(bk_process *p, uint32_t rows, uint32_t columns);
/** Sends it a signal: "SIGTERM". */
bool bk_process_signal(bk_process *p, const char *name);
/** Makes bk_process_wait() return LLB_ECANCELED. Any thread. */
void bk_process_cancel(bk_process *p);
/** @} */

/**
 * Hands out what the program writes until it ends.
 *
 * @param ret_code its exit code
 * @return LLB_OK; LLB_EBUILD (the daemon could not run it: err has its words);
 *         LLB_ECANCELED; LLB_EUNAVAILABLE; LLB_ENOMEM
 */
llb_status bk_process_wait(bk_process *p, unsigned *ret_code, llb_error *err);

/** Frees a process that nobody waits for; one that runs is ended. NULL is
 *  fine. */
void bk_process_free(bk_process *p);

#ifdef __cplusplus
}
#endif
#endif
