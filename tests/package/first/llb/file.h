#ifndef LLB_FILE_H
#define LLB_FILE_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_actions llb_actions;
typedef struct llb_bound_actions llb_bound_actions;
typedef struct llb_owner {
    uint32_t size;
    uint32_t uid, gid;
    uint32_t reserved;
    const char *user;
} llb_owner;
#define LLB_OWNER_INIT                                                         \
    {                                                                          \
        (uint32_t)sizeof(llb_owner), 0, 0, 0, NULL                             \
    }
typedef struct llb_time {
    int64_t sec;
    int64_t nsec;
} llb_time;
typedef struct llb_mkdir_opts {
    uint32_t size;
    uint32_t parents;
    const llb_owner *owner;
    const llb_time *created;
} llb_mkdir_opts;
#define LLB_MKDIR_OPTS_INIT                                                    \
    {                                                                          \
        (uint32_t)sizeof(llb_mkdir_opts), 0, NULL, NULL                        \
    }
typedef struct llb_mkfile_opts {
    uint32_t size;
    uint32_t reserved;
    const llb_owner *owner;
    const llb_time *created;
} llb_mkfile_opts;
#define LLB_MKFILE_OPTS_INIT                                                   \
    {                                                                          \
        (uint32_t)sizeof(llb_mkfile_opts), 0, NULL, NULL                       \
    }
typedef llb_mkfile_opts llb_symlink_opts;
#define LLB_SYMLINK_OPTS_INIT LLB_MKFILE_OPTS_INIT
typedef struct llb_rm_opts {
    uint32_t size;
    uint8_t allow_not_found;
    uint8_t allow_wildcard;
    uint16_t reserved;
} llb_rm_opts;
#define LLB_RM_OPTS_INIT                                                       \
    {                                                                          \
        (uint32_t)sizeof(llb_rm_opts), 0, 0, 0                                 \
    }
typedef struct llb_copy_opts {
    uint32_t size;
    uint8_t follow_symlinks;
    uint8_t dir_contents_only;
    uint8_t attempt_unpack;
    uint8_t create_dest_path;
    uint8_t allow_wildcard;
    uint8_t allow_empty_wildcard;
    uint8_t always_replace;
    uint8_t reserved;
    uint32_t reserved2;
    const int32_t *mode;
    const char *mode_str;
    const char *const *include;
    size_t n_include;
    const char *const *exclude;
    size_t n_exclude;
    const char *const *required_paths;
    size_t n_required_paths;
    const llb_owner *owner;
    const llb_time *created;
} llb_copy_opts;
#define LLB_COPY_OPTS_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llb_copy_opts), 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL,      \
            NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL                        \
    }
const llb_actions *llb_actions_new(llb_graph *g);
const llb_actions *llb_mkdir(const llb_actions *a, const char *path,
                             uint32_t mode, const llb_mkdir_opts *opts);
const llb_actions *llb_mkfile(const llb_actions *a, const char *path,
                              uint32_t mode, const void *data, size_t len,
                              const llb_mkfile_opts *opts);
const llb_actions *llb_symlink(const llb_actions *a, const char *oldpath,
                               const char *newpath,
                               const llb_symlink_opts *opts);
const llb_actions *llb_rm(const llb_actions *a, const char *path,
                          const llb_rm_opts *opts);
const llb_actions *llb_copy(const llb_actions *a, const llb_state *from,
                            const char *src, const char *dest,
                            const llb_copy_opts *opts);
const llb_actions *llb_copy_from_actions(const llb_actions *a,
                                         const llb_bound_actions *from,
                                         const char *src, const char *dest,
                                         const llb_copy_opts *opts);
const llb_bound_actions *llb_actions_bind(const llb_actions *a,
                                          const llb_state *base);
const llb_state *llb_file(const llb_state *base, const llb_actions *a,
                          const llb_constraints *constraints);
#ifdef __cplusplus
}
#endif
#endif
