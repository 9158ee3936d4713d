/* Failures without a graph: static, since there is nothing to free them. */
#include "nowhere.h"

/* Each call that begins with an object, and what that is called. */
#define CALLS(X)                                                               \
    X(llb_actions_bind, "base")                                                \
    X(llb_actions_new, "g")                                                    \
    X(llb_args, "s")                                                           \
    X(llb_build, "source")                                                     \
    X(llb_cgroup_parent, "s")                                                  \
    X(llb_copy, "a")                                                           \
    X(llb_copy_from_actions, "a")                                              \
    X(llb_diff, "lower")                                                       \
    X(llb_dir, "s")                                                            \
    X(llb_env, "s")                                                            \
    X(llb_env_unset, "s")                                                      \
    X(llb_exec_add_mount, "e")                                                 \
    X(llb_exec_mount, "e")                                                     \
    X(llb_exec_root, "e")                                                      \
    X(llb_extra_host, "s")                                                     \
    X(llb_file, "base")                                                        \
    X(llb_git, "g")                                                            \
    X(llb_graph_error, "g")                                                    \
    X(llb_hostname, "s")                                                       \
    X(llb_http, "g")                                                           \
    X(llb_image, "g")                                                          \
    X(llb_image_blob, "g")                                                     \
    X(llb_image_config, "s")                                                   \
    X(llb_local, "g")                                                          \
    X(llb_merge, "g")                                                          \
    X(llb_mkdir, "a")                                                          \
    X(llb_mkfile, "a")                                                         \
    X(llb_network, "s")                                                        \
    X(llb_oci_layout, "g")                                                     \
    X(llb_oci_layout_blob, "g")                                                \
    X(llb_passthrough, "g")                                                    \
    X(llb_passthrough_output, "s")                                             \
    X(llb_requires, "s")                                                       \
    X(llb_reset, "s")                                                          \
    X(llb_rm, "a")                                                             \
    X(llb_run, "base")                                                         \
    X(llb_scratch, "g")                                                        \
    X(llb_security, "s")                                                       \
    X(llb_source, "g")                                                         \
    X(llb_source_map_new, "g")                                                 \
    X(llb_state_error, "s")                                                    \
    X(llb_state_from_def, "g")                                                 \
    X(llb_state_with_platform, "s")                                            \
    X(llb_symlink, "a")                                                        \
    X(llb_ulimit, "s")                                                         \
    X(llb_user, "s")

#define NUMBER(name, what) NUMBER_##name,
enum { NO_MEMORY, CALLS(NUMBER) N_FAILURES };

static llb__nowhere failures[N_FAILURES];

#define FAILURE(i, name, status, text)                                         \
    [i] = {name,                                                               \
           {status, {0, 0, 0}, text},                                          \
           {.error = &failures[i].error},                                      \
           {.error = &failures[i].error, .from.failed = &failures[i].state},   \
           {.error = &failures[i].error, .failed = &failures[i].state},        \
           {.error = &failures[i].error, .filename = ""},                      \
           {.root.error = &failures[i].error, .failed = &failures[i].state}},
#define NULL_CALL(name, what)                                                  \
    FAILURE(NUMBER_##name, #name, LLB_EINVAL, #name ": " what " is NULL")

static llb__nowhere failures[N_FAILURES] = {
    FAILURE(NO_MEMORY, "", LLB_ENOMEM,
            "out of memory, or over the limit that the graph was given "
            "(max_bytes of llb_graph_opts, 8 GiB if it says nothing)")
        CALLS(NULL_CALL)};

const llb_error *llb__no_memory(void) { return &failures[NO_MEMORY].error; }

const llb_error *llb__null_error(const char *call)
{
    for (size_t i = NO_MEMORY + 1; i < N_FAILURES; i++)
        if (strcmp(failures[i].call, call) == 0)
            return &failures[i].error;
    return &failures[NO_MEMORY].error;
}

llb__nowhere *llb__nowhere_of(const llb_error *error)
{
    for (size_t i = 0; i < N_FAILURES; i++)
        if (&failures[i].error == error)
            return &failures[i];
    return &failures[NO_MEMORY];
}
