/* The compiler: a project file of the llb language becomes definitions. */
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

/**
 * An open project file: read, parsed and checked, with the values of its
 * arguments. It owns every string that the calls below return as borrowed.
 *
 * Threads: one at a time for each project; projects are independent.
 */
typedef struct llbc_project llbc_project;

/** What a target compiles to. Owns its strings; does not point into the
 *  project. Threads: immutable, so any. */
typedef struct llbc_result llbc_result;

/** @name The world, as far as a compilation asks
 *
 * The compiler opens no socket. What it must know of images and of the daemon
 * it asks through these functions, which the caller implements with a client
 * or a lock file.
 * @{ */

/** What a resolver knows of an image. */
typedef struct llbc_image {
    uint32_t size; /**< set by the compiler before the call */
    /** Set to 1 when there is a lock file and the image is not in it: that
     *  draws a warning. */
    uint32_t unlocked;
    /** "sha256:...", or "" to leave the reference as it is written. */
    char digest[128];
    /** The OCI image config, JSON; made with malloc, the compiler frees it.
     *  NULL: not known, and nothing is inherited from the image. */
    char *config;
    size_t config_len;
} llbc_image;

/** What a resolver knows of a file or repository. */
typedef struct llbc_pin {
    uint32_t size;     /**< set by the compiler before the call */
    uint32_t unlocked; /**< as in llbc_image */
    /** The commit of a git ref, in hex, or the digest of a file, "sha256:...";
     *  "": not known, it stays as it is written. */
    char value[128];
} llbc_pin;

/** What a frontend is asked for. All is borrowed. */
typedef struct llbc_frontend {
    uint32_t size; /**< set by the compiler */
    uint32_t n_attrs;
    const char *frontend;            /**< "dockerfile.v0" or "gateway.v0" */
    const struct llbc_pair *attrs;   /**< FrontendOpt, by key */
    const struct llbc_input *inputs; /**< by name */
    size_t n_inputs;
    const struct llbc_local *locals; /**< folders that the inputs name */
    size_t n_locals;
} llbc_frontend;

/** A filesystem that a frontend works on. */
typedef struct llbc_input {
    const char *name;
    llb_def *def;
} llbc_input;

/** What a frontend answers. */
typedef struct llbc_frontend_result {
    uint32_t size;     /**< set by the compiler before the call */
    uint32_t unlocked; /**< as in llbc_image */
    /** Not 0: it comes from a lock file, or goes into one. A frontend that is
     *  named without a digest must. */
    uint32_t locked;
    /** Not 0: nothing is known, and def stands in for it, in a check. */
    uint32_t unknown;
    llb_def *def; /**< one owner more, which the compiler frees */
    /** The OCI image config, JSON; made with malloc, the compiler frees it.
     *  NULL: there is none. */
    char *config;
    size_t config_len;
} llbc_frontend_result;

/** Where images are looked up. */
typedef struct llbc_resolver {
    uint32_t size;     /**< LLBC_RESOLVER_INIT sets it; 0: first layout */
    uint32_t reserved; /**< 0 */
    void *ctx;         /**< given back to the functions */

    /**
     * Looks up an image for a platform.
     *
     * @param ref       normalized reference, "docker.io/library/alpine:latest"
     * @param platform  "linux/arm64"
     * @param mode      "default", "pull" or "local"
     * @param ret_image filled in on success
     * @param err       filled in on failure; its message becomes part of the
     *                  diagnostic at the place of the image
     *
     * Called at most once for each reference, platform and mode of a
     * project; the answer is kept until llbc_project_free().
     */
    llb_status (*resolve_image)(void *ctx, const char *ref,
                                const char *platform, const char *mode,
                                llbc_image *ret_image, llb_error *err);

    /**
     * Looks up the commit that a git ref stands for. NULL: refs stay as they
     * are written. Asked only where the file gives neither a checksum nor a
     * commit; called at most once for each remote and ref.
     *
     * @param remote  URL without its fragment
     * @param ref     branch, tag or ref; "": the default branch
     */
    llb_status (*resolve_git)(void *ctx, const char *remote, const char *ref,
                              llbc_pin *ret_pin, llb_error *err);

    /** The same for the digest of a file of the web without a checksum. */
    llb_status (*resolve_http)(void *ctx, const char *url, llbc_pin *ret_pin,
                               llb_error *err);

    /**
     * Reads a file of a git repository, for `import git(...)`; asked while a
     * project is opened, see llbc_open_opts. NULL: no such module can be had.
     *
     * @param path      of the file, from the top of the repository
     * @param ret_text  made with malloc, the compiler frees it
     */
    llb_status (*read_module)(void *ctx, const char *remote, const char *ref,
                              const char *path, char **ret_text,
                              size_t *ret_len, llb_error *err);

    /** Has a frontend make a definition for one platform. NULL: `dockerfile`
     *  and `frontend` are errors. */
    llb_status (*run_frontend)(void *ctx, const llbc_frontend *request,
                               llbc_frontend_result *ret_result,
                               llb_error *err);
} llbc_resolver;

#define LLBC_RESOLVER_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llbc_resolver), 0, NULL, NULL, NULL, NULL, NULL, NULL \
    }
/** @} */

/** @name Opening a project
 * @{ */

/** Options of llbc_open(). */
typedef struct llbc_open_opts {
    uint32_t size; /**< LLBC_OPEN_OPTS_INIT sets it; 0: first layout */
    /** Not 0: warn of what compiles and is most often a mistake all the same:
     *  unused names, secrets, unquoted arguments. Default: only of what a
     *  compilation does not do as written. */
    uint32_t lint;
    /** The folder below which everything local lies. Default: the folder of
     *  the file. */
    const char *root;
    /** Folders outside of the root that the files may name, too; relative ones
     *  start at the current folder. Default: none. */
    const char *const *allow;
    size_t n_allow;
    /** Where modules of repositories are read; borrowed until llbc_open()
     *  returns. Default: they are an error. */
    const struct llbc_resolver *resolver;
} llbc_open_opts;

#define LLBC_OPEN_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llbc_open_opts), 0, NULL, NULL, 0, NULL               \
    }

/**
 * Reads a project file, parses it and checks names and types of all that it
 * declares, used or not.
 *
 * @param path   the file, "-" for standard input (its folder is then the
 *               current one)
 * @param opts   borrowed; NULL for the defaults
 * @param diags  borrowed until llbc_project_free(): errors and warnings of
 *               this and of later calls are added to it, and it shows the
 *               text of the files
 * @param ret_project  set on success; freed with llbc_project_free()
 *
 * Default: the root is the folder of the file.
 *
 * @return LLB_OK; LLB_EINVAL: the file has errors, each of them is in
 *         @p diags and @p err counts them; the status of the resolver when
 *         that was LLB_EUNAVAILABLE or LLB_ECANCELED; LLB_ENOENT, LLB_EIO or
 * LLB_ELIMIT: it cannot be read; LLB_ENOMEM.
 *
 * Threads: any.
 */
llb_status llbc_open(const char *path, const llbc_open_opts *opts,
                     llbc_diags *diags, llbc_project **ret_project,
                     llb_error *err);

/**
 * The same for a text that is already in memory.
 *
 * @param name  shown in messages and in source maps; its folder is where
 *              local paths start
 * @param text  copied
 */
llb_status llbc_open_text(const char *name, const char *text, size_t len,
                          const llbc_open_opts *opts, llbc_diags *diags,
                          llbc_project **ret_project, llb_error *err);

/** Frees a project; results of it stay valid. NULL is fine. */
void llbc_project_free(llbc_project *p);

/** @} */

/** @name What a project declares
 * @{ */

/** A target; borrowed from the project. */
typedef struct llbc_target {
    const char *name;
    const char *doc; /**< text of its `##` lines, "" without any */
    llb_span at;     /**< its declaration */
    /** Platforms that its `platforms=` names, "linux/arm64"; none: it is made
     *  for the platform of the daemon. */
    const char *const *platforms;
    size_t n_platforms;
} llbc_target;

/** A group of targets; borrowed from the project. */
typedef struct llbc_group {
    const char *name;
    const char *doc;
    llb_span at;
    const size_t *members; /**< numbers of targets, each once, in order */
    size_t n_members;
} llbc_group;

/** An argument of the project; borrowed from it. */
typedef struct llbc_arg {
    const char *name;
    const char *doc;
    llb_span at;
    const char *type;         /**< "string", "[int]" */
    const char *env;          /**< variable that sets it; NULL: none */
    const char *default_text; /**< as written in the file; NULL: required */
    bool is_set;              /**< llbc_set_arg() gave a value */
} llbc_arg;

/** Targets, in the order of the file; @p i must be below the number. */
size_t llbc_n_targets(const llbc_project *p);
const llbc_target *llbc_target_at(const llbc_project *p, size_t i);

/** Groups, in the order of the file; @p i must be below the number. */
size_t llbc_n_groups(const llbc_project *p);
const llbc_group *llbc_group_at(const llbc_project *p, size_t i);

/** Arguments, in the order of the file; @p i must be below the number. */
size_t llbc_n_args(const llbc_project *p);
const llbc_arg *llbc_arg_at(const llbc_project *p, size_t i);

/**
 * The targets that names mean: a target is itself, a group its members, no
 * name at all the target or group `default`, else the only target.
 *
 * @param names        n_names names; an element is borrowed
 * @param ret_targets  set on success to an array of numbers for
 *                     llbc_target_at(), each once, in order; freed with free()
 *
 * @return LLB_OK; LLB_ENOENT: no such target, or no name and no default; the
 *         message lists what there is; LLB_ENOMEM.
 */
llb_status llbc_select(const llbc_project *p, const char *const *names,
                       size_t n_names, size_t **ret_targets, size_t *ret_n,
                       llb_error *err);

/**
 * Gives an argument a value, as `--arg NAME=VALUE` does: text for a string,
 * decimal for an int, "true" or "false" for a bool, os/arch for a platform;
 * for a list each call adds one element; for an fs what `--context` takes: a
 * folder, which may lie outside of the project, "docker-image://REF",
 * "oci-layout://FOLDER:TAG", a git or http URL. Call it before llbc_compile().
 *
 * @param name   an argument of the file
 * @param value  copied
 *
 * @return LLB_OK; LLB_ENOENT: no such argument, the message names the nearest;
 *         LLB_EINVAL: the value is none of its type, or set twice;
 *         LLB_EBUSY: the project has been compiled already; LLB_ENOMEM.
 */
llb_status llbc_set_arg(llbc_project *p, const char *name, const char *value,
                        llb_error *err);

/** @} */

/** @name Compiling
 * @{ */

/** The network of a `run` that says nothing about it. */
typedef enum llbc_network {
    LLBC_NETWORK_DEFAULT = 0, /**< what the daemon gives a step */
    LLBC_NETWORK_HOST = 1,
    LLBC_NETWORK_NONE = 2
} llbc_network;

/** Options of llbc_compile(). */
typedef struct llbc_compile_opts {
    uint32_t size;       /**< LLBC_COMPILE_OPTS_INIT sets it; 0: first layout */
    uint32_t no_resolve; /**< 1: ask for no image, see llbc_resolver */
    uint32_t no_source;  /**< 1: no source text and places in the definition */
    uint32_t no_env;     /**< 1: `arg ... env=` reads no environment */
    llbc_network network_default;
    uint32_t no_cache; /**< 1: every operation ignores the cache */
    /** Platform of the daemon, which is the value `build_platform`, and the
     *  platform to compile for when nothing else says one. Default: that of
     *  this machine, with a warning when that decides what is built, and an
     *  error where the file reads `build_platform`. */
    const char *build_platform;
    /** Platform to compile for. Default: the first of the target's
     *  `platforms=`, else build_platform. */
    const char *platform;
    const llbc_resolver *resolver; /**< NULL is like no_resolve */
} llbc_compile_opts;

#define LLBC_COMPILE_OPTS_INIT                                                 \
    {                                                                          \
        (uint32_t)sizeof(llbc_compile_opts), 0, 0, 0, LLBC_NETWORK_DEFAULT, 0, \
            NULL, NULL, NULL                                                   \
    }

/** The platform of this machine, "linux/x86_64": what llbc_compile() takes for
 *  the daemon's when nobody says it. Threads: any. */
void llbc_machine_platform(char out[64]);

/**
 * Compiles a target for one platform. The same file, arguments, platform and
 * answers of the resolver give the same bytes on every machine.
 *
 * @param target  below llbc_n_targets()
 * @param opts    borrowed; NULL for the defaults
 * @param ret_result  set on success; freed with llbc_result_free()
 *
 * Default: no resolver, source places included, the network that the daemon
 * gives, platforms as llbc_compile_opts says.
 *
 * @return LLB_OK, perhaps with warnings in the diagnostics of the project;
 *         LLB_EINVAL: it does not compile, the diagnostics say why (or @p opts
 *         are wrong, then only @p err does); the status of the resolver when
 *         that was LLB_EUNAVAILABLE or LLB_ECANCELED; LLB_ELIMIT; LLB_ENOMEM.
 */
llb_status llbc_compile(llbc_project *p, size_t target,
                        const llbc_compile_opts *opts, llbc_result **ret_result,
                        llb_error *err);

/** Frees a result. NULL is fine. Takes back nothing that was ref'ed. */
void llbc_result_free(llbc_result *r);

/** @} */

/** @name What comes out
 *
 * All that these return is borrowed from the result.
 * @{ */

/** The definition; one more owner by llb_def_ref() keeps it. The empty one
 *  when the target is an empty filesystem. */
llb_def *llbc_result_def(const llbc_result *r);

/** Config of the image, JSON, without a newline: the exporter attribute
 *  "containerimage.config". */
const char *llbc_result_config(const llbc_result *r, size_t *ret_len);

/** The platform it was compiled for, "linux/arm/v7". */
const char *llbc_result_platform(const llbc_result *r);

/** What a solve of the definition asks of a session and of the daemon:
 *  folders, secrets, ssh agents, entitlements, hosts. Found out at the first
 *  call; NULL: no memory for it. Threads: any. */
const llb_def_needs *llbc_result_needs(const llbc_result *r);

/** A name and a value. */
typedef struct llbc_pair {
    const char *key;
    const char *value;
} llbc_pair;

/** A folder that the session offers. */
typedef struct llbc_local {
    const char *name; /**< on the wire: the path from the root, "." or "a/b" */
    const char *path; /**< absolute path on this machine */
    llb_span at;      /**< the first `local` that names it */
} llbc_local;

/** Folders that the session offers; @p i must be below the number. */
size_t llbc_result_n_locals(const llbc_result *r);
const llbc_local *llbc_result_local(const llbc_result *r, size_t i);

/** OCI layouts that the session offers as content stores: name is the id of
 *  the store (attribute oci.store), path the folder. */
size_t llbc_result_n_stores(const llbc_result *r);
const llbc_local *llbc_result_store(const llbc_result *r, size_t i);

/** An `export` of the target. */
typedef struct llbc_export {
    const char *type; /**< BuildKit's: "image", "oci", "docker", "local",
                       *   "tar" */
    /** Attributes by BuildKit's names: "name", "push", ... */
    const llbc_pair *attrs;
    size_t n_attrs;
    const char *dest;  /**< absolute path; NULL: it goes to no file */
    bool outside_root; /**< dest is not below the root of the project */
    llb_span at;
} llbc_export;

/** Exports of the target, in the order of the file; @p i must be below the
 * number. */
size_t llbc_result_n_exports(const llbc_result *r);
const llbc_export *llbc_result_export(const llbc_result *r, size_t i);

/** A `cache_from` or `cache_to` of the target. */
typedef struct llbc_cache {
    bool to;          /**< cache_to */
    const char *type; /**< "registry", "inline", "local", "gha", ... */
    const llbc_pair *attrs;
    size_t n_attrs;
    llb_span at;
} llbc_cache;

/** Caches of the target, in the order of the file; @p i must be below the
 * number. */
size_t llbc_result_n_caches(const llbc_result *r);
const llbc_cache *llbc_result_cache(const llbc_result *r, size_t i);

/** References of images that were left unresolved; the result inherits no
 *  config from them. */
size_t llbc_result_n_unresolved(const llbc_result *r);
const char *llbc_result_unresolved(const llbc_result *r, size_t i);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
