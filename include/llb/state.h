/* States: where they start, what later operations inherit from them. */
#ifndef LLB_STATE_H
#define LLB_STATE_H

#include <stdbool.h>

#include <llb/constraints.h>
#include <llb/graph.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Network of a step. Wire: pb.NetMode. */
typedef enum llb_network_mode {
    LLB_NETWORK_SANDBOX = 0,
    LLB_NETWORK_HOST = 1, /**< needs entitlement network.host */
    LLB_NETWORK_NONE = 2
} llb_network_mode;

/** Security of a step. Wire: pb.SecurityMode. */
typedef enum llb_security_mode {
    LLB_SECURITY_SANDBOX = 0,
    LLB_SECURITY_INSECURE = 1 /**< needs entitlement security.insecure */
} llb_security_mode;

/**
 * The empty filesystem. Fresh: directory "/", nothing else set, as
 * client/llb/source.go (Scratch). No operation stands for it.
 *
 * @return the state, which belongs to @p g; failed only when @p g is NULL
 *         (LLB_EINVAL) or has no memory (LLB_ENOMEM).
 *
 * Threads: one at a time for each graph.
 */
const llb_state *llb_scratch(llb_graph *g);

/**
 * Why a state failed: the message begins with the call that went wrong,
 * "llb_copy (call 17): ...", counted from the start of the graph, or with the
 * place that its constraints give, "app.plan:7: llb_copy: ...".
 *
 * @return borrowed, valid as long as the graph; NULL if @p s did not fail.
 *
 * Threads: one at a time for each graph.
 */
const llb_error *llb_state_error(const llb_state *s);

/** Whether @p s is the empty filesystem. A failed state is not. Threads: one at
 *  a time for each graph. */
bool llb_state_is_scratch(const llb_state *s);

/** @name Changing what later operations inherit
 *
 * Each returns a new state with the same filesystem, which belongs to the graph
 * of @p s; @p s stays as it was. No operation comes of it: the values are part
 * of the commands that are run later. Text is UTF-8 and copied.
 *
 * The new state has failed if @p s has, if an argument is NULL, no UTF-8 or out
 * of its range (LLB_EINVAL), or without memory (LLB_ENOMEM). As defined by
 * BuildKit's client/llb/meta.go.
 *
 * Threads: one at a time for each graph.
 * @{ */

/** Sets a variable. Setting it again moves it to the end of the list. Names
 *  are not checked. */
const llb_state *llb_env(const llb_state *s, const char *key,
                         const char *value);

/** Removes a variable; one that is not there is no error. */
const llb_state *llb_env_unset(const llb_state *s, const char *key);

/** Sets the working directory. An absolute path is kept byte for byte; a
 *  relative or empty one is joined to the directory at hand, and the result
 *  cleaned ("." and ".." resolved, at most up to "/"). */
const llb_state *llb_dir(const llb_state *s, const char *path);

/** Sets the arguments that llb_run() takes when it is given none. */
const llb_state *llb_args(const llb_state *s, const char *const *args,
                          size_t n_args);

/** Sets user and perhaps group, "user[:group]" by name or number; not
 *  checked. */
const llb_state *llb_user(const llb_state *s, const char *user);

/** Sets the name of the host that a step sees. */
const llb_state *llb_hostname(const llb_state *s, const char *hostname);

/** Sets the cgroup below which a step runs. */
const llb_state *llb_cgroup_parent(const llb_state *s, const char *path);

/** Adds a line to /etc/hosts. @p ip is an IPv4 or IPv6 address in text form
 *  and is sent as Go's net.IP.String() writes it; anything else is
 *  LLB_EINVAL. */
const llb_state *llb_extra_host(const llb_state *s, const char *host,
                                const char *ip);

/** Adds a resource limit, for example "nofile". Cap exec.meta.ulimit. */
const llb_state *llb_ulimit(const llb_state *s, const char *name, int64_t soft,
                            int64_t hard);

/** Sets the network of steps. Cap exec.meta.network unless sandbox. */
const llb_state *llb_network(const llb_state *s, llb_network_mode mode);

/** Sets the security mode of steps. Cap exec.meta.security if insecure. */
const llb_state *llb_security(const llb_state *s, llb_security_mode mode);

/** Sets the platform of later execs, normalized as containerd/platforms does
 *  (aarch64 becomes arm64 and so on); an empty os is "linux". */
const llb_state *llb_state_with_platform(const llb_state *s,
                                         const llb_platform *platform);

/**
 * Applies the config of an OCI image: its environment, its working directory
 * and, if it names os and architecture, its platform (normalized). Nothing
 * else of it is read, as in client/llb/state.go (WithImageConfig).
 *
 * @param json  the config, copied; JSON null and {} are fine. Anything but an
 *              object, or JSON that does not parse, is LLB_EINVAL.
 */
const llb_state *llb_image_config(const llb_state *s, const char *json,
                                  size_t len);

/** The filesystem of @p s with everything inherited from @p values, except
 *  that the directory is "/" and the platform that of @p values; if the
 *  filesystem has a platform of its own, it is the platform that stays and
 *  the directory that is taken. As client/llb/state.go (Reset). */
const llb_state *llb_reset(const llb_state *s, const llb_state *values);

/** @} */

/** @name Reading a state
 *
 * What is returned is borrowed and valid as long as the graph. On a failed
 * state, and on NULL, all of it is empty.
 *
 * Threads: one at a time for each graph.
 * @{ */

/** Value of a variable; NULL if it is not set. */
const char *llb_state_env(const llb_state *s, const char *key);

/** Number of variables. */
size_t llb_state_n_env(const llb_state *s);

/** Variable @p i (0 is the first in the list); {NULL, NULL} past the end. Walks
 *  the list: cost grows with llb_state_n_env(). */
llb_pair llb_state_env_at(const llb_state *s, size_t i);

/** All variables at once, the first one set first, in time that is linear in
 *  their number.
 *
 *  @param ret_list  set on success, also when there is none; the list is the
 *                   caller's and freed with free(), its texts are borrowed
 *  @param ret_n     set on success
 *
 *  @return LLB_OK, LLB_EINVAL (a ret_ is NULL) or LLB_ENOMEM. */
llb_status llb_state_env_list(const llb_state *s, llb_pair **ret_list,
                              size_t *ret_n);

/** The working directory; "/" if none was set, "" on a failed state. */
const char *llb_state_dir(const llb_state *s);

/** The user; NULL if none was set. */
const char *llb_state_user(const llb_state *s);

/** The hostname; NULL if none was set. */
const char *llb_state_hostname(const llb_state *s);

/** Platform of later execs; NULL if it is left to llb_marshal(). */
const llb_platform *llb_state_platform(const llb_state *s);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
