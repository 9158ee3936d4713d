/* The functions behind the table of built-ins. Each gets its arguments checked
 * by the table; a step changes the block at hand (e->frame->block), a function
 * gives a value, unknown after an error that it reports itself. */
#ifndef LLB__COMPILER_BUILTINS_IMPL_H
#define LLB__COMPILER_BUILTINS_IMPL_H

#include "builtins.h"
#include "lower.h"

/* Steps. */
void llbc__do_from(llbc__eval *e, const llbc__actuals *a);
void llbc__do_run(llbc__eval *e, const llbc__actuals *a);
void llbc__do_copy(llbc__eval *e, const llbc__actuals *a);
void llbc__do_mkdir(llbc__eval *e, const llbc__actuals *a);
void llbc__do_mkfile(llbc__eval *e, const llbc__actuals *a);
void llbc__do_rm(llbc__eval *e, const llbc__actuals *a);
void llbc__do_symlink(llbc__eval *e, const llbc__actuals *a);
void llbc__do_env(llbc__eval *e, const llbc__actuals *a);
void llbc__do_workdir(llbc__eval *e, const llbc__actuals *a);
void llbc__do_user(llbc__eval *e, const llbc__actuals *a);
void llbc__do_shell(llbc__eval *e, const llbc__actuals *a);
void llbc__do_hostname(llbc__eval *e, const llbc__actuals *a);
void llbc__do_host(llbc__eval *e, const llbc__actuals *a);
void llbc__do_ulimit(llbc__eval *e, const llbc__actuals *a);
void llbc__do_network(llbc__eval *e, const llbc__actuals *a);
void llbc__do_security(llbc__eval *e, const llbc__actuals *a);
void llbc__do_cgroup_parent(llbc__eval *e, const llbc__actuals *a);
void llbc__do_option(llbc__eval *e, const llbc__actuals *a);
void llbc__do_entrypoint(llbc__eval *e, const llbc__actuals *a);
void llbc__do_cmd(llbc__eval *e, const llbc__actuals *a);
void llbc__do_label(llbc__eval *e, const llbc__actuals *a);
void llbc__do_expose(llbc__eval *e, const llbc__actuals *a);
void llbc__do_volume(llbc__eval *e, const llbc__actuals *a);
void llbc__do_stop_signal(llbc__eval *e, const llbc__actuals *a);
void llbc__do_healthcheck(llbc__eval *e, const llbc__actuals *a);
void llbc__do_onbuild(llbc__eval *e, const llbc__actuals *a);
void llbc__do_author(llbc__eval *e, const llbc__actuals *a);
void llbc__do_requires(llbc__eval *e, const llbc__actuals *a);
void llbc__do_export(llbc__eval *e, const llbc__actuals *a);
void llbc__do_cache_from(llbc__eval *e, const llbc__actuals *a);
void llbc__do_cache_to(llbc__eval *e, const llbc__actuals *a);
void llbc__do_fail(llbc__eval *e, const llbc__actuals *a);
void llbc__do_warn(llbc__eval *e, const llbc__actuals *a);

/* In the block of a run. */
void llbc__in_mount(llbc__eval *e, const llbc__actuals *a);
void llbc__in_cache(llbc__eval *e, const llbc__actuals *a);
void llbc__in_tmpfs(llbc__eval *e, const llbc__actuals *a);
void llbc__in_secret(llbc__eval *e, const llbc__actuals *a);
void llbc__in_ssh(llbc__eval *e, const llbc__actuals *a);
void llbc__in_env(llbc__eval *e, const llbc__actuals *a);
void llbc__in_host(llbc__eval *e, const llbc__actuals *a);
void llbc__in_ulimit(llbc__eval *e, const llbc__actuals *a);
void llbc__in_device(llbc__eval *e, const llbc__actuals *a);

/* Functions. */
llbc__value llbc__fn_image(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_local(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_scratch(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_http(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_git(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_oci_layout(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_blob(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_definition(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_llb_build(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_dockerfile(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_frontend(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_merge(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_diff(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_join(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_split(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_replace(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_trim(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_upper(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_lower(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_contains(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_starts_with(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_ends_with(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_match(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_format(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_sh(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_basename(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_dirname(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_len(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_range(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_sort(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_unique(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_keys(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_values(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_has(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_get(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_env_of(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_read(llbc__eval *e, const llbc__actuals *a);
llbc__value llbc__fn_glob(llbc__eval *e, const llbc__actuals *a);

/* Absolute path of a file or folder of the project, and its path from the root;
 * NULL after a reported error. */
const char *llbc__inner_path(llbc__eval *e, const char *rel, llb_span at,
                             const char **ret_name);

/* The same for a folder that may lie outside, where that is allowed: then its
 * name is "external/N". */
const char *llbc__folder_path(llbc__eval *e, const char *rel, llb_span at,
                              const char **ret_name);

/* Offers a folder to the daemon under a name; false, and reported, when another
 * one has it already. */
bool llbc__add_local(llbc__eval *e, const char *name, const char *path,
                     llb_span at);

/* Reports a URL (argument URL of the call a) that holds a password or a token,
 * and returns false: what is in an op is no secret. A user of ssh is none. */
bool llbc__url_is_public(llbc__eval *e, const llbc__actuals *a,
                         const char *url);

/* A filesystem that nothing in the build made. platform: NULL for any. */
llbc__value llbc__source_fs(llbc__eval *e, const llb_state *state,
                            const llbc__config *config,
                            const llbc__platform *platform);

/* What an image config gives to those who start from the image, and its user.
 * NULL after a reported error. */
const llbc__config *llbc__image_config(llbc__eval *e, const char *json,
                                       size_t len, llb_span at,
                                       const char **ret_user);

/* Reads a file of the project that a parameter names: at most limit bytes,
 * freed by the caller. False after a reported error. */
bool llbc__project_read(llbc__eval *e, const llbc__actuals *a,
                        const char *param, size_t limit, char **ret_data,
                        size_t *ret_len);

/* Whether all of s matches the pattern p, as `match` has it. */
bool llbc__match(llbc__eval *e, const char *p, const char *s);

/* above laid on top of below, which gives everything but files. NULL after a
 * reported error. */
const llbc__fs *llbc__layered(llbc__eval *e, const llbc__fs *below,
                              const llbc__fs *above);

/* The filesystem at hand becomes fs, unless it is NULL. */
void llbc__set_here(llbc__eval *e, const llbc__fs *fs);

/* s with the variables of an `env` statement; what is wrong with their
 * names. */
const llb_state *llbc__with_env(llbc__eval *e, const llbc__actuals *a,
                                const llb_state *s);
bool llbc__check_env_names(llbc__eval *e, const llbc__actuals *a);

/* Modes by their words; false, and reported, when that is more than the caller
 * of the function at hand has. */
bool llbc__network_mode(llbc__eval *e, const char *mode, llb_span at,
                        int *ret_mode);
bool llbc__security_mode(llbc__eval *e, const char *mode, llb_span at,
                         int *ret_mode);

/* The state at hand with what the command sees and later steps do not: settings
 * of the block and options of the run. NULL after a reported error. */
const llb_state *llbc__with_settings(llbc__eval *e, const llbc__actuals *a);

/* "run " and the first line of a command's text, for people. NULL after an
 * error of memory, which stops e. */
const char *llbc__step_name(llbc__eval *e, const char *text, size_t len);

/* argv of a command: a list as it is, text behind the shell. NULL after a
 * reported error. */
const char *const *llbc__command(llbc__eval *e, const llbc__actuals *a,
                                 const char *param, llbc__texts shell,
                                 size_t *ret_n);

/* What runs text on the filesystem at hand. */
llbc__texts llbc__shell_of(const llbc__fs *fs);

#endif
