/* Talking to a BuildKit daemon: finding one, asking what it is, building a
 * definition on it, and the gateway calls that need its answer first.
 *
 * A bk_client is one daemon. Every call but bk_solve_start() waits for its
 * answer; calls may be made by many threads at once. Nothing here prints, exits
 * or installs signal handlers.
 */
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

/* ------------------------------------------------------------------------
 * Finding a daemon
 * --------------------------------------------------------------------- */

/** Which kind of program serves the BuildKit API. */
typedef enum bk_kind {
    BK_KIND_UNKNOWN = 0, /**< nobody has connected yet */
    BK_KIND_BUILDKITD,   /**< buildkitd: gRPC from the first byte */
    BK_KIND_DOCKER       /**< a Docker Engine: gRPC after POST /grpc */
} bk_kind;

/** Options of TLS, which is spoken when they are given. A file may also be
 *  given as its PEM text, which is told by its "-----BEGIN". */
typedef struct bk_tls {
    uint32_t size; /**< BK_TLS_INIT sets it */

    /** Certificates of the authorities that may have signed the daemon's.
     *  Default: those that this machine trusts. */
    const char *ca;

    /** The client's certificate, followed by those between it and the
     *  authority, and its key, which is not encrypted. Both or none.
     *  Default: none is shown. */
    const char *cert, *key;

    /** A folder with all three instead: ca.pem, cert.pem and key.pem, or
     *  ca.crt, tls.crt and tls.key. Default: none. */
    const char *dir;

    /** The name that the daemon's certificate must be for.
     *  Default: the host of the address. */
    const char *server_name;

    /** Takes any certificate, as Docker's contexts can say (SkipTLSVerify):
     *  no protection against somebody in between. Default: false. */
    bool skip_verify;
} bk_tls;
#define BK_TLS_INIT                                                            \
    {                                                                          \
        sizeof(bk_tls), 0, 0, 0, 0, 0, 0                                       \
    }

/** One place where bk_find_daemon() looked. */
typedef struct bk_tried {
    const char *source; /**< who named it: "--addr", "BUILDKIT_HOST", ... */
    const char *addr;   /**< the address, or the context when it has none */
    const char *why;    /**< why it was not taken; "" for the one taken */
} bk_tried;

/** What bk_find_daemon() found. Free it with bk_found_free(). */
typedef struct bk_found {
    const char *addr;   /**< for bk_client_new(); NULL when nothing was found */
    const char *source; /**< who named it; NULL when nothing was found */
    bool is_final;      /**< named by a flag, variable or context, not probed */
    const bk_tried *tried; /**< every place looked at, in order */
    size_t n_tried;
    const bk_tls *tls; /**< for bk_client_opts: what Docker's variables or
                            context say of TLS; NULL for none */
} bk_found;

/**
 * Looks for a daemon, in this order: @p addr, LLB_ADDR, BUILDKIT_HOST, the
 * system's and the user's buildkitd sockets, DOCKER_HOST, the Docker context
 * (DOCKER_CONTEXT, else currentContext of config.json), the Docker socket, a
 * running private engine (bk_engine_dir()).
 *
 * A flag, a variable or a context is final: it is taken as it is, and if it
 * does not work nothing else is tried. Only the default sockets are probed,
 * by connecting to them. Contexts and variables are defined by Docker's
 * docker/cli (cli/command/cli.go), BUILDKIT_HOST by BuildKit's cmd/buildctl.
 *
 * @param addr      what the user typed after --addr, borrowed; NULL or "" for
 *                  nothing
 * @param ret_found filled on success and also when nothing was found (then
 *                  addr is NULL and tried says what was looked at); the
 *                  caller frees it
 *
 * @return LLB_OK; LLB_EUNAVAILABLE when no daemon was found, or the context
 *         that is named does not exist; LLB_EINVAL when what a flag or variable
 *         says is no address (err names it and the way out); LLB_ENOMEM, and
 *         *ret_found is NULL.
 *
 * Threads: any; reads the environment.
 */
llb_status bk_find_daemon(const char *addr, bk_found **ret_found,
                          llb_error *err);

/** Frees what bk_find_daemon() made; NULL is fine. */
void bk_found_free(bk_found *found);

/**
 * The folder of the private engine's sockets, "buildkitd.sock" or
 * "docker.sock": $XDG_RUNTIME_DIR/llb if that variable holds an absolute path,
 * else /run/llb.
 *
 * @return a string for free(); NULL: no memory. Threads: any.
 */
char *bk_engine_dir(void);

/* ------------------------------------------------------------------------
 * Clients
 * --------------------------------------------------------------------- */

typedef struct bk_client bk_client;

/** Options of bk_client_new(). */
typedef struct bk_client_opts {
    uint32_t size; /**< BK_CLIENT_OPTS_INIT sets it */

    /** Milliseconds that connecting may take, upgrade included.
     *  Default: 5000; 20000 through a helper program such as ssh. */
    uint32_t connect_ms;

    /** Milliseconds that a call with a short answer may take (info, ping).
     *  Default: 15000. */
    uint32_t call_ms;

    /** TLS, for tcp addresses only; borrowed for the call, its files are read
     *  then. Default: NULL, no TLS. */
    const bk_tls *tls;

    /** Registries (HOST[:PORT], copied) whose logins a daemon may ask for in
     *  any build beside those that the definition, the exports and the caches
     *  name, as mirrors need it. A frontend may ask for all.
     *  Default: none. */
    const char *const *auth_hosts;
    size_t n_auth_hosts;

    /** The folder (copied) with Docker's config.json, which has the logins, or
     *  names the programs that have them. It is read, and they are run, when a
     *  registry wants a login. Default: DOCKER_CONFIG, else ~/.docker. */
    const char *docker_config;
} bk_client_opts;
#define BK_CLIENT_OPTS_INIT                                                    \
    {                                                                          \
        sizeof(bk_client_opts), 0, 0, 0, 0, 0, 0                               \
    }

/**
 * Makes a client for one daemon. Nothing is sent yet: the first call
 * connects, and a call after a lost connection connects again.
 *
 * Addresses: unix:///PATH (or the path alone) and tcp://HOST:PORT; either may
 * be a buildkitd or a Docker Engine, which is found out by what answers.
 * docker:///PATH, docker+tcp://HOST[:PORT] and docker+ssh://[USER@]HOST[:PORT]
 * say that it is an engine.
 *
 * A buildkitd behind another program, as in BuildKit's client/connhelper:
 * docker-container://NAME[?context=], podman-container://NAME,
 * nerdctl-container://NAME[?namespace=],
 * kube-pod://POD[?context=&namespace=&container=] and
 * ssh://[USER@]HOST[:PORT][/SOCKET]. docker, podman, nerdctl, kubectl or ssh
 * is found on PATH, runs in a session of its own for as long as the
 * connection, and is ended with it. What it says on standard error becomes
 * part of the error when it fails.
 *
 * @param addr       copied
 * @param opts       borrowed; NULL for the defaults
 * @param ret_client the caller frees it with bk_client_free()
 *
 * @return LLB_OK, LLB_EINVAL (not an address; TLS for one that is not tcp; a
 *         file of TLS is missing or wrong), LLB_ENOMEM.
 *
 * Threads: any.
 */
llb_status bk_client_new(const char *addr, const bk_client_opts *opts,
                         bk_client **ret_client, llb_error *err);

/** Frees a client that no call uses any more and closes its connection; NULL
 *  is fine. Not from a callback. */
void bk_client_free(bk_client *c);

/** The address as it was given, borrowed from @p c. Threads: any. */
const char *bk_client_addr(const bk_client *c);

/**
 * Connects if there is no connection, and says what is at the other end.
 *
 * @return LLB_OK, or LLB_EUNAVAILABLE with the address and what is wrong:
 *         no such socket, nobody listens, no answer, not a daemon, a
 *         certificate that is not accepted, a helper program that failed.
 *
 * Threads: any.
 */
llb_status bk_client_connect(bk_client *c, bk_kind *ret_kind, llb_error *err);

/** A key with its value; both NUL-terminated. */
typedef struct bk_pair {
    const char *key, *value;
} bk_pair;

/** One worker of the daemon (moby.buildkit.v1.types.WorkerRecord). */
typedef struct bk_worker {
    const char *id;
    const bk_pair *labels; /**< sorted by key */
    size_t n_labels;
    const char *const *platforms; /**< "linux/arm64/v8", default first */
    size_t n_platforms;
    const char *version; /**< of BuildKit in it; "" when it does not say */
} bk_worker;

/** What a daemon says about itself. Free it with bk_info_free(). */
typedef struct bk_daemon_info {
    bk_kind kind;
    bool has_version; /**< false: too old for Control.Info (v0.8 to v0.10) */
    const char *package, *version, *revision; /**< "" when unknown */
    const bk_worker *workers; /**< the first one is the default */
    size_t n_workers;
    /** A Docker Engine that keeps images itself (no containerd image store):
     *  it has the exporters moby, local and tar only. */
    bool graphdriver;
} bk_daemon_info;

/**
 * Asks the daemon for its version and workers: Control.Info and
 * Control.ListWorkers of BuildKit's api/services/control.
 *
 * @return LLB_OK and *ret_info, which the caller frees; LLB_EUNAVAILABLE (no
 *         daemon, or no answer in time), LLB_EBUSY (from a callback),
 *         LLB_ENOMEM, LLB_EINVAL (an answer that is not BuildKit's).
 *
 * Threads: any.
 */
llb_status bk_info(bk_client *c, bk_daemon_info **ret_info, llb_error *err);
void bk_info_free(bk_daemon_info *info);

/* ------------------------------------------------------------------------
 * Cancelling
 * --------------------------------------------------------------------- */

/** A switch that stops the calls it was given to. */
typedef struct bk_cancel bk_cancel;

/** NULL: no memory. */
bk_cancel *bk_cancel_new(void);

/** Frees a handle that no call uses any more; NULL is fine. */
void bk_cancel_free(bk_cancel *cancel);

/**
 * Stops every call that was given @p cancel, and those that will be: they
 * return LLB_ECANCELED once the daemon has wound down, at most some seconds
 * later. Calling it again changes nothing.
 *
 * Threads: any, such as one that waits for signals with sigwait(). It takes a
 * lock, so do not call it from a signal handler.
 */
void bk_cancel_set(bk_cancel *cancel);

/** Whether bk_cancel_set() was called. Threads: any. */
bool bk_cancel_is_set(bk_cancel *cancel);

/* ------------------------------------------------------------------------
 * Progress
 *
 * What Control.Status streams. All pointers are borrowed for the length of
 * the callback; times are nanoseconds since 1970 by the daemon's clock, 0
 * when not given. Texts come from the daemon or from the programs it runs:
 * escape control characters before they reach a terminal. Digests are those
 * of the definition that the caller gave, also where another was sent.
 * --------------------------------------------------------------------- */

/** The whole state of a step; a later one replaces an earlier one. */
typedef struct bk_vertex {
    const char *digest;
    const char *const *inputs; /**< digests */
    size_t n_inputs;
    const char *name;
    bool cached;
    int64_t started_ns, completed_ns;
    const char *error;                 /**< "" when it did not fail */
    const char *group_id, *group_name; /**< progress group; "" for none */
    bool group_weak;
} bk_vertex;

/** A transfer or another countable part of a step. */
typedef struct bk_vertex_status {
    const char *vertex;     /**< digest of the step */
    const char *id;         /**< the text that people see */
    const char *name;       /**< the action */
    int64_t current, total; /**< bytes; total 0 when unknown */
    int64_t timestamp_ns, started_ns, completed_ns;
} bk_vertex_status;

/** Output of a step: a piece of a stream, not a line. */
typedef struct bk_vertex_log {
    const char *vertex;
    int stream; /**< 1 standard output, 2 standard error */
    const char *data;
    size_t len;
    int64_t timestamp_ns;
} bk_vertex_log;

/** Lines and columns as in pb.Range, from 1; an end of 0 is unknown. */
typedef struct bk_range {
    int start_line, start_column, end_line, end_column;
} bk_range;

/** A place in a source file, with the file's text when the daemon has it. */
typedef struct bk_place {
    const char *file;
    const char *text; /**< NULL when not known; may hold any bytes */
    size_t text_len;
    const bk_range *ranges;
    size_t n_ranges;
} bk_place;

typedef struct bk_vertex_warning {
    const char *vertex; /**< digest; "": the client's own, about the build */
    int level;
    const char *text; /**< one line */
    const char *const *details;
    size_t n_details;
    const char *url; /**< "" for none */
    bk_place place;  /**< file is "" when there is none */
} bk_vertex_warning;

/**
 * Functions that take progress; any of them may be NULL.
 *
 * Threads: they are called by a thread of the library, never two at once, and
 * never after the call that they were given to has returned. Calls of this
 * header that wait return LLB_EBUSY inside them.
 */
typedef struct bk_progress {
    void *ctx; /**< passed to each of them */
    void (*vertex)(void *ctx, const bk_vertex *v);
    void (*status)(void *ctx, const bk_vertex_status *s);
    void (*log)(void *ctx, const bk_vertex_log *l);
    void (*warning)(void *ctx, const bk_vertex_warning *w);
    /** Said once a second while the daemon has not said anything of the build
     *  yet, and later while it is silent in every way for 15 seconds: what
     *  the call waits for, and for how long it has. A step that is quiet is
     *  not told, as long as the daemon looks after the session. */
    void (*waiting)(void *ctx, const char *what, unsigned seconds);
} bk_progress;

/* ------------------------------------------------------------------------
 * Building
 * --------------------------------------------------------------------- */

/** A folder that the daemon may read as local source @c name. */
typedef struct bk_local {
    const char *name, *path;
} bk_local;

/** A file that the daemon may fetch from the client as
 *  http://buildkit-session/NAME. */
typedef struct bk_upload {
    const char *name; /**< one part of a URL's path */
    const char *path; /**< "-" is standard input; a pipe can be read once */
} bk_upload;

/** A secret. Exactly one of file, env and data is set. */
typedef struct bk_secret {
    const char *id;
    const char *file; /**< a regular file, which must exist before and is read
                           each time that the daemon asks */
    const char *env;  /**< name of an environment variable */
    const void *data; /**< data_len bytes, borrowed until the call returns */
    size_t data_len;
} bk_secret;

/**
 * An ssh agent that steps may speak to, by listing its keys and signing with
 * them; other requests are answered with a failure.
 *
 * paths are either one socket or private key files (RSA, ECDSA or Ed25519, in
 * OpenSSH's form or PEM, without passphrase), for which the client is the
 * agent. No path at all is the agent of SSH_AUTH_SOCK.
 */
typedef struct bk_ssh {
    const char *id; /**< NULL or "" is "default" */
    const char *const *paths;
    size_t n_paths;
    bool raw; /**< the one path is a socket of any kind, and all bytes pass */
} bk_ssh;

/**
 * Looks at what an ssh agent is made of, as bk_solve() does before it sends
 * anything: sockets are connected to, keys are read.
 *
 * @return LLB_OK, LLB_EINVAL (no agent, a locked key, no key at all),
 *         LLB_ENOENT, LLB_EIO (nobody listens), LLB_ELIMIT, LLB_ENOMEM; the
 *         message names the id, the path and the way out.
 *
 * Threads: any; reads the environment.
 */
llb_status bk_ssh_check(const bk_ssh *ssh, llb_error *err);

/**
 * One exporter (SolveRequest.Exporters).
 *
 * type "local" writes the result into the folder dest; "tar", and "oci" and
 * "docker" as archives, write one file, or to fd; with tar=false these two add
 * the image to the image layout in the folder dest, and to its index.json.
 * Folders above dest that are missing are made, with the modes that the umask
 * leaves. mode=delete of "local" removes what the result does not have, at the
 * end of a build that succeeded; LLB_EINVAL for a folder that should not be
 * emptied (one of the system, the home or current folder, a repository, what
 * the build reads), LLB_EUNSUPPORTED on a daemon older than v0.31. "image"
 * pushes or stores in the daemon. On a Docker Engine "image", and "docker"
 * without dest, load into the engine (BuildKit's exporter moby); asking such an
 * engine for "oci" or a push, which it has not, is LLB_EUNSUPPORTED.
 */
typedef struct bk_export {
    const char *type;
    const bk_pair *attrs; /**< as in BuildKit's exporter; without dest */
    size_t n_attrs;
    const char *dest; /**< path; "-" is standard output; NULL for none */
    int fd;           /**< open for writing, borrowed; 0 for none */
} bk_export;

/**
 * A cache to import from or export to (CacheOptionsEntry): "registry" with
 * ref=, "inline" (export only), "gha", "s3", "azblob", or "local": the folder
 * src= or dest=, an OCI image layout whose index.json names the cache by tag=
 * ("latest").
 *
 * A local cache that cannot be imported (no folder, no such tag, a blob is
 * gone) is left out, and bk_progress.warning says so. A folder that is missing
 * is made by an export, with those above it. reset=true removes the blobs of
 * earlier caches that the new index does not need.
 */
typedef struct bk_cache {
    const char *type;
    const bk_pair *attrs;
    size_t n_attrs;
} bk_cache;

/**
 * Holds the attributes of an exporter or a cache against those that BuildKit
 * has, as bk_solve() does before it sends anything. A daemon ignores what it
 * does not know.
 *
 * @param to  the cache is exported, not imported
 * @return LLB_OK, or LLB_EINVAL: a type or an attribute is not known, lacks, or
 *         has a value that it cannot have. The message names it and what there
 *         is instead.
 *
 * Threads: any.
 */
llb_status bk_export_check(const bk_export *e, llb_error *err);
llb_status bk_cache_check(const bk_cache *c, bool to, llb_error *err);

struct bk_build;
struct bk_failure;

/** Options of bk_solve() and bk_build_new(). All is borrowed until the call,
 *  for a bk_build until bk_build_free(), is over. */
typedef struct bk_solve_opts {
    uint32_t size; /**< BK_SOLVE_OPTS_INIT sets it */

    /** Folders for local sources. Only names that the definition uses are
     *  served, and each of them must be here. Default: none. */
    const bk_local *locals;
    size_t n_locals;

    /** Secrets; only ids that the definition uses are served. Default: none;
     *  a step that asks for another secret fails unless it is optional. */
    const bk_secret *secrets;
    size_t n_secrets;

    /** Exporters. Default: none, the result stays in the daemon's cache. */
    const bk_export *exports;
    size_t n_exports;

    /** OCI image config, JSON: the attribute containerimage.config of each
     *  image, oci, docker and moby exporter that has none. Default: none. */
    const char *image_config;

    const bk_cache *cache_from; /**< Default: none */
    size_t n_cache_from;
    const bk_cache *cache_to; /**< Default: none */
    size_t n_cache_to;

    /** "network.host", "security.insecure", "device". Default: none. */
    const char *const *entitlements;
    size_t n_entitlements;

    /** A frontend to run instead of a definition, such as "dockerfile.v0";
     *  then all locals and secrets are served. Default: none. */
    const char *frontend;
    const bk_pair *frontend_attrs; /**< Default: none; without a frontend the
                                        daemon takes attest:provenance,
                                        attest:sbom and
                                        build-arg:SOURCE_DATE_EPOCH from it */
    size_t n_frontend_attrs;

    /** A folder that tells projects apart: sessions with the same one let the
     *  daemon reuse what it has of a local source. Default: the first local. */
    const char *project_root;

    /** Id of the build in the daemon, new for each. Default: a random one. */
    const char *ref;

    /** No record in the daemon's history. Default: false. */
    bool internal;

    /** Send the definition as it is: no local.unique is set, nothing dropped.
     *  Default: false. */
    bool no_patch;

    bk_cancel *cancel;           /**< Default: none */
    const bk_progress *progress; /**< Default: none */

    /** Agents; only ids that the definition uses are served. Default: none; a
     *  step that asks for another one fails unless it is optional. */
    const bk_ssh *ssh;
    size_t n_ssh;

    /** Folders with OCI image layouts that oci-layout sources read, by the name
     *  of their store (attribute oci.store). Default: none. */
    const bk_local *stores;
    size_t n_stores;

    /** A source policy as JSON (BuildKit's sourcepolicy): which sources may be
     *  used, and what is used in their place. What BuildKit would not know in
     *  it is LLB_EINVAL. Default: none. */
    const char *source_policy;

    /** Files that http sources read as http://buildkit-session/NAME.
     *  Default: none. */
    const bk_upload *uploads;
    size_t n_uploads;

    /** Called by the thread of the call when a step has failed, while what it
     *  left is still there for bk_container_of_failure(); what it is given is
     *  borrowed, and the call fails afterwards all the same. Each definition is
     *  then built to its end before the result is made. Calls on this build,
     *  but for its end, may be made in it. Default: none. */
    void (*failed)(void *ctx, struct bk_build *b, const struct bk_failure *f);
    void *failed_ctx;
} bk_solve_opts;
#ifdef __cplusplus
/* C++ before 20 cannot name the only member that is not zero. */
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

/** What a finished build gives. Free it with bk_result_free(). */
typedef struct bk_result {
    const char *ref;         /**< id of the build in the daemon */
    const bk_pair *response; /**< ExporterResponse, sorted by key */
    size_t n_response;
} bk_result;

/** The value of a key of the response, borrowed; NULL when not there. */
const char *bk_result_get(const bk_result *r, const char *key);
void bk_result_free(bk_result *r);

/** One line of what a step wrote before it failed. */
typedef struct bk_log_line {
    int stream;        /**< 1 standard output, 2 standard error */
    int64_t offset_ns; /**< since the step started */
    const char *text;  /**< without the newline; may hold any bytes */
    size_t len;
} bk_log_line;

/** Why a build failed. Free it with bk_failure_free(). */
typedef struct bk_failure {
    const char *message;    /**< the daemon's words */
    int code;               /**< gRPC status code */
    const char *vertex;     /**< digest of the step; "" when no step failed */
    const char *step;       /**< its name; "" when not known */
    const char *error;      /**< the step's own, shorter error; "" if none */
    const bk_place *places; /**< the statement first, then from where it was
                                 called, from inside out */
    size_t n_places;
    bool has_exit_code;
    unsigned exit_code;     /**< of the process that failed */
    const bk_log_line *log; /**< the last lines of the step, at most 64 */
    size_t n_log;
    /** Refs of the step's mounts as it left them, for
     *  bk_container_of_failure(); "" for one that has none. */
    const char *const *mount_refs;
    size_t n_mount_refs;
} bk_failure;
void bk_failure_free(bk_failure *f);

/**
 * Builds a definition: Control.Solve with Control.Status beside it, and a
 * session when the definition or an exporter needs one.
 *
 * Before it is sent, the definition is patched (llb_def_patch_locals): foreign
 * session ids are dropped and local sources get a value of this build, since
 * BuildKit would else take the files of an earlier build for ours. The
 * caller's definition never changes, and digests are shown as it has them.
 *
 * Files appear under their names only when the whole build has succeeded.
 *
 * @param def         borrowed; NULL with opts->frontend
 * @param opts        borrowed; NULL for the defaults
 * @param ret_result  the caller frees it; may be NULL
 * @param ret_failure set with LLB_EBUILD only, the caller frees it; may be NULL
 *
 * @return LLB_OK; LLB_EBUILD (the daemon refused or failed the build);
 *         LLB_EINVAL (options that contradict each other or the definition: a
 *         local source or folder that is missing, a secret's file that is not
 *         there); LLB_ELIMIT (the definition is larger than the 16 MiB that a
 *         request may have, 4 MiB on an old engine); LLB_EUNSUPPORTED (this
 *         daemon has not what is asked for); LLB_EIO (an output cannot be
 *         written); LLB_ECANCELED; LLB_EUNAVAILABLE (no daemon, or it was lost
 *         during the build); LLB_EBUSY (from a callback); LLB_ENOMEM.
 *
 * Threads: any, also at once with one client: each build is its own.
 */
llb_status bk_solve(bk_client *c, llb_def *def, const bk_solve_opts *opts,
                    bk_result **ret_result, bk_failure **ret_failure,
                    llb_error *err);

/** A build that bk_solve_start() has started. */
typedef struct bk_solving bk_solving;

/**
 * bk_solve() on a thread of the library, for a program that has other things
 * to do meanwhile, or many builds at once.
 *
 * @param def   counted once more, so that the caller may free its own
 * @param opts  borrowed for the call; what its members point to, the client
 *              and the cancel handle until bk_solving_finish() has returned
 * @param done  called once by that thread when the build has ended, such as to
 *              write to an eventfd; NULL for none. It may start other builds,
 *              but bk_solving_finish() is LLB_EBUSY in it.
 * @param ret_solving exactly one bk_solving_finish() must follow
 *
 * @return LLB_OK, and whatever bk_solve() has to say comes later; LLB_EINVAL
 *         (options of another version of the library); LLB_ENOMEM.
 *
 * Threads: any, also callbacks.
 */
llb_status bk_solve_start(bk_client *c, llb_def *def, const bk_solve_opts *opts,
                          void (*done)(void *ctx), void *ctx,
                          bk_solving **ret_solving, llb_error *err);

/**
 * Waits up to @p ms milliseconds for the end; 0, and any number in a callback,
 * only asks.
 *
 * @return whether the build has ended, so that bk_solving_finish() will not
 *         wait for it. Threads: any.
 */
bool bk_solving_wait(bk_solving *s, uint32_t ms);

/** Stops the build as bk_cancel_set() does, without touching others that have
 *  the same handle in their options. Threads: any. */
void bk_solving_cancel(bk_solving *s);

/**
 * Waits for the end and frees @p s, whatever is returned but LLB_EBUSY.
 *
 * @param ret_result, ret_failure  as of bk_solve(); each may be NULL
 * @return as bk_solve(); LLB_EBUSY, and nothing has happened, in a callback.
 *
 * Threads: one, once.
 */
llb_status bk_solving_finish(bk_solving *s, bk_result **ret_result,
                             bk_failure **ret_failure, llb_error *err);

/* ------------------------------------------------------------------------
 * The gateway: a build that we steer
 * --------------------------------------------------------------------- */

/** A running build in which we play the frontend (BuildKit's
 *  moby.buildkit.v1.frontend.LLBBridge). One thread at a time. */
typedef struct bk_build bk_build;

/**
 * Starts such a build: Control.Solve without definition and frontend, its
 * session and its status. Exporters and the like of @p opts apply to what
 * bk_build_return() hands back.
 *
 * @return as bk_solve(), without LLB_EBUILD; on success exactly one
 *         bk_build_free() must follow.
 */
llb_status bk_build_new(bk_client *c, const bk_solve_opts *opts,
                        bk_build **ret_build, llb_error *err);

/** Ends a build; if it has not returned, it is cancelled. NULL is fine. */
void bk_build_free(bk_build *b);

/** What the daemon can do. Free it with bk_caps_free(). */
typedef struct bk_caps {
    const char *const *frontend; /**< enabled gateway caps, sorted */
    size_t n_frontend;
    const char *const *llb; /**< enabled caps of definitions, sorted */
    size_t n_llb;
} bk_caps;
void bk_caps_free(bk_caps *caps);

/** Whether a cap of a definition ("source.image") is there. */
bool bk_caps_has_llb(const bk_caps *caps, const char *id);
/** Whether a gateway cap ("readfile") is there. */
bool bk_caps_has_frontend(const bk_caps *caps, const char *id);

/**
 * LLBBridge.Ping. The answer is kept: later calls of the same build are free.
 *
 * @param ret_caps borrowed from @p b
 * @return as bk_info()
 */
llb_status bk_build_ping(bk_build *b, const bk_caps **ret_caps, llb_error *err);

/** How an image is looked up (attribute image.resolvemode). */
typedef enum bk_resolve_mode {
    BK_RESOLVE_DEFAULT = 0, /**< as the daemon sees fit */
    BK_RESOLVE_PULL,        /**< ask the registry */
    BK_RESOLVE_LOCAL        /**< prefer what the daemon has */
} bk_resolve_mode;

/**
 * Asks for an image's digest and config: LLBBridge.ResolveSourceMeta, and
 * ResolveImageConfig on daemons without it.
 *
 * @param ref        image reference, borrowed
 * @param platform   "os/arch[/variant]", borrowed; NULL for the daemon's
 * @param ret_digest for free(); "" when the daemon has none (an image that was
 *                   loaded into a Docker Engine)
 * @param ret_config OCI image config, JSON with a NUL behind it, for free()
 *
 * @return LLB_OK; LLB_ENOENT (no such image, or no access to it: err has the
 *         daemon's words); LLB_EINVAL; LLB_ECANCELED; LLB_EUNAVAILABLE;
 *         LLB_ENOMEM; LLB_EBUSY.
 */
llb_status bk_build_resolve_image(bk_build *b, const char *ref,
                                  const char *platform, bk_resolve_mode mode,
                                  char **ret_digest, char **ret_config,
                                  llb_error *err);

/**
 * LLBBridge.Solve: makes a result of a definition within the build.
 *
 * The result is lazy: a step that fails may show only when its files are read
 * or at bk_build_return(), unless @p evaluate is set.
 *
 * @param def     borrowed; patched as bk_solve() does
 * @param ret_ref id of the result, for free(); "" is an empty file system
 * @return as bk_solve()
 */
llb_status bk_build_solve(bk_build *b, llb_def *def, bool evaluate,
                          char **ret_ref, bk_failure **ret_failure,
                          llb_error *err);

/**
 * LLBBridge.ReadFile: bytes of a file in a result.
 *
 * @param offset  first byte
 * @param len     at most that many, 0 for all (up to 16 MiB)
 * @param ret_data for free(), with a NUL behind it
 * @return LLB_OK; LLB_EBUILD with the daemon's words (no such file, or the
 *         step that makes it failed); else as bk_info()
 */
llb_status bk_build_read_file(bk_build *b, const char *ref, const char *path,
                              int64_t offset, int64_t len, char **ret_data,
                              size_t *ret_len, llb_error *err);

/**
 * LLBBridge.Return: ends the build with a result, exports it and waits for
 * the end. After it only bk_build_free() is left to call.
 *
 * @param ref      of bk_build_solve(); NULL or "" for an empty result
 * @param metadata of the result, such as containerimage.config; borrowed
 * @return as bk_solve()
 */
llb_status bk_build_return(bk_build *b, const char *ref,
                           const bk_pair *metadata, size_t n_metadata,
                           bk_result **ret_result, bk_failure **ret_failure,
                           llb_error *err);

/**
 * bk_build_resolve_image() in a build of the client's own, which is kept for
 * the next image until bk_client_free().
 *
 * Threads: any; one image at a time.
 */
llb_status bk_resolve_image(bk_client *c, const char *ref, const char *platform,
                            bk_resolve_mode mode, bk_cancel *cancel,
                            char **ret_digest, char **ret_config,
                            llb_error *err);

#ifdef __cplusplus
}
#endif
#endif
