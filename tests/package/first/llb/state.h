#ifndef LLB_STATE_H
#define LLB_STATE_H
#include <stdbool.h>
#include <llb/constraints.h>
#include <llb/graph.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum llb_network_mode {
    LLB_NETWORK_SANDBOX = 0,
    LLB_NETWORK_HOST = 1,
    LLB_NETWORK_NONE = 2
} llb_network_mode;
typedef enum llb_security_mode {
    LLB_SECURITY_SANDBOX = 0,
    LLB_SECURITY_INSECURE = 1
} llb_security_mode;
const llb_state *llb_scratch(llb_graph *g);
const llb_error *llb_state_error(const llb_state *s);
bool llb_state_is_scratch(const llb_state *s);
const llb_state *llb_env(const llb_state *s, const char *key,
                         const char *value);
const llb_state *llb_env_unset(const llb_state *s, const char *key);
const llb_state *llb_dir(const llb_state *s, const char *path);
const llb_state *llb_args(const llb_state *s, const char *const *args,
                          size_t n_args);
const llb_state *llb_user(const llb_state *s, const char *user);
const llb_state *llb_hostname(const llb_state *s, const char *hostname);
const llb_state *llb_cgroup_parent(const llb_state *s, const char *path);
const llb_state *llb_extra_host(const llb_state *s, const char *host,
                                const char *ip);
const llb_state *llb_ulimit(const llb_state *s, const char *name, int64_t soft,
                            int64_t hard);
const llb_state *llb_network(const llb_state *s, llb_network_mode mode);
const llb_state *llb_security(const llb_state *s, llb_security_mode mode);
const llb_state *llb_state_with_platform(const llb_state *s,
                                         const llb_platform *platform);
const llb_state *llb_image_config(const llb_state *s, const char *json,
                                  size_t len);
const llb_state *llb_reset(const llb_state *s, const llb_state *values);
const char *llb_state_env(const llb_state *s, const char *key);
size_t llb_state_n_env(const llb_state *s);
llb_pair llb_state_env_at(const llb_state *s, size_t i);
llb_status llb_state_env_list(const llb_state *s, llb_pair **ret_list,
                              size_t *ret_n);
const char *llb_state_dir(const llb_state *s);
const char *llb_state_user(const llb_state *s);
const char *llb_state_hostname(const llb_state *s);
const llb_platform *llb_state_platform(const llb_state *s);
#ifdef __cplusplus
}
#endif
#endif
