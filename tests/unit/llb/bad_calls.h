/* The calls that test_bad.c makes, as lists of rows. */
#ifndef TEST_BAD_CALLS_H
#define TEST_BAD_CALLS_H

#include "helpers.h"

/* What the rows build with. */
struct world {
    llb_graph *g, *other;
    const llb_state *s;         /* a good state of g */
    const llb_actions *a;       /* one good action of g */
    const llb_bound_actions *b; /* it on s */
    const llb_source_map *map;
    llb_exec *e;           /* with a mount at /m */
    const llb_state *pass; /* a passthrough with one output */
    llb_def *def;
};

/* The file as an operation, so that a chain shows what it carries. */
static const llb_state *on(const struct world *w, const llb_actions *a)
{
    return llb_file(w->s, a, NULL);
}

static const llb_state *run(const struct world *w, const llb_run_opts *given)
{
    llb_run_opts o = *given;

    if (!o.args && !o.n_args && !o.shlex)
        o.shlex = "true";
    return llb_exec_root(llb_run(w->s, &o));
}

static const llb_state *mounted(const struct world *w, const llb_mount *m)
{
    llb_run_opts o = {.mounts = m, .n_mounts = 1};

    return run(w, &o);
}

static const llb_state *secret(const struct world *w, const llb_secret *s)
{
    llb_run_opts o = {.secrets = s, .n_secrets = 1};

    return run(w, &o);
}

static const llb_state *with(const struct world *w, const llb_constraints *c)
{
    return llb_file(w->s, w->a, c);
}

static const llb_state *placed(const struct world *w, const llb_source_map *m)
{
    static const llb_range line = {1, 0, 1, 1};
    llb_location l = {m, &line, 1};

    return with(w, &(llb_constraints){.locations = &l, .n_locations = 1});
}

static const llb_state *on_platform(const struct world *w, llb_platform p)
{
    return llb_state_with_platform(w->s, &p);
}

/* ---- Texts --------------------------------------------------------------- */

/* X(call, argument as messages name it, NULL is fine, expression of t) */
#define IMAGE(m) llb_image(w->g, "alpine", &(llb_image_opts){.m = t})
#define LOCAL(m) llb_local(w->g, "ctx", &(llb_local_opts){.m = t})
#define LIST(m) llb_local(w->g, "ctx", &(llb_local_opts){.m = &t, .n_##m = 1})
#define GIT(m) llb_git(w->g, "ssh://h/r", "", &(llb_git_opts){.m = t})
#define HTTP(m) llb_http(w->g, "https://h/f", &(llb_http_opts){.m = t})
#define OCI(m)                                                                 \
    llb_oci_layout(w->g, "x@sha256:0", &(llb_oci_layout_opts){.m = t})
#define BLOB                                                                   \
    "x@sha256:"                                                                \
    "0000000000000000000000000000000000000000000000000000000000000000"
#define RUN(...) run(w, &(llb_run_opts){__VA_ARGS__})
#define COPY(...)                                                              \
    on(w, llb_copy(w->a, w->s, "/a", "/b", &(llb_copy_opts){__VA_ARGS__}))
#define CONS(...) with(w, &(llb_constraints){__VA_ARGS__})
#define TEXTS(X)                                                               \
    X(llb_env, "key", 0, llb_env(w->s, t, "v"))                                \
    X(llb_env, "value", 0, llb_env(w->s, "K", t))                              \
    X(llb_env_unset, "key", 0, llb_env_unset(w->s, t))                         \
    X(llb_dir, "path", 0, llb_dir(w->s, t))                                    \
    X(llb_args, "args", 0, llb_args(w->s, &t, 1))                              \
    X(llb_user, "user", 0, llb_user(w->s, t))                                  \
    X(llb_hostname, "hostname", 0, llb_hostname(w->s, t))                      \
    X(llb_cgroup_parent, "path", 0, llb_cgroup_parent(w->s, t))                \
    X(llb_extra_host, "host", 0, llb_extra_host(w->s, t, "::1"))               \
    X(llb_extra_host, "ip", 0, llb_extra_host(w->s, "h", t))                   \
    X(llb_ulimit, "name", 0, llb_ulimit(w->s, t, 1, 2))                        \
    X(llb_state_with_platform, "os", 1,                                        \
      on_platform(w, (llb_platform){.os = t}))                                 \
    X(llb_state_with_platform, "arch", 1,                                      \
      on_platform(w, (llb_platform){.arch = t}))                               \
    X(llb_state_with_platform, "variant", 1,                                   \
      on_platform(w, (llb_platform){.variant = t}))                            \
    X(llb_state_with_platform, "os_version", 1,                                \
      on_platform(w, (llb_platform){.os_version = t}))                         \
    X(llb_state_with_platform, "os_features", 0,                               \
      on_platform(w, (llb_platform){.os_features = &t, .n_os_features = 1}))   \
    X(llb_image, "ref", 0, llb_image(w->g, t, NULL))                           \
    X(llb_image, "checksum", 1, IMAGE(checksum))                               \
    X(llb_image, "resolved_digest", 1, IMAGE(resolved_digest))                 \
    X(llb_image_blob, "ref", 0, llb_image_blob(w->g, t, NULL))                 \
    X(llb_image_blob, "filename", 1,                                           \
      llb_image_blob(w->g, BLOB, &(llb_blob_opts){.filename = t}))             \
    X(llb_oci_layout, "ref", 0, llb_oci_layout(w->g, t, NULL))                 \
    X(llb_oci_layout, "session", 1, OCI(session_id))                           \
    X(llb_oci_layout, "store", 1, OCI(store_id))                               \
    X(llb_oci_layout, "checksum", 1, OCI(checksum))                            \
    X(llb_oci_layout_blob, "ref", 0, llb_oci_layout_blob(w->g, t, NULL))       \
    X(llb_local, "name", 0, llb_local(w->g, t, NULL))                          \
    X(llb_local, "include", 0, LIST(include))                                  \
    X(llb_local, "exclude", 0, LIST(exclude))                                  \
    X(llb_local, "follow", 0, LIST(follow))                                    \
    X(llb_local, "sharedkeyhint", 1, LOCAL(shared_key_hint))                   \
    X(llb_local, "session", 1, LOCAL(session_id))                              \
    X(llb_git, "remote", 0, llb_git(w->g, t, NULL, NULL))                      \
    X(llb_git, "fragment", 1, llb_git(w->g, "h/r", t, NULL))                   \
    X(llb_git, "auth", 1, GIT(auth_token_secret))                              \
    X(llb_git, "auth", 1, GIT(auth_header_secret))                             \
    X(llb_git, "known", 0,                                                     \
      llb_git(w->g, "ssh://h/r", "",                                           \
              &(llb_git_opts){.known_ssh_hosts = &t, .n_known_ssh_hosts = 1})) \
    X(llb_git, "ssh", 1, GIT(mount_ssh_sock))                                  \
    X(llb_git, "git_ref", 1, GIT(git_ref))                                     \
    X(llb_git, "sub_dir", 1, GIT(sub_dir))                                     \
    X(llb_git, "checksum", 1, GIT(checksum))                                   \
    X(llb_git, "mtime", 1, GIT(mtime))                                         \
    X(llb_git, "bundle", 1, GIT(bundle))                                       \
    X(llb_git, "git.sig", 1,                                                   \
      llb_git(w->g, "h/r", NULL,                                               \
              &(llb_git_opts){.size = sizeof(llb_git_opts), .sig_pubkey = t})) \
    X(llb_http, "url", 0, llb_http(w->g, t, NULL))                             \
    X(llb_http, "checksum", 1, HTTP(checksum))                                 \
    X(llb_http, "filename", 1, HTTP(filename))                                 \
    X(llb_http, "auth", 1, HTTP(auth_header_secret))                           \
    X(llb_http, "accept", 1, HTTP(accept))                                     \
    X(llb_http, "agent", 1, HTTP(user_agent))                                  \
    X(llb_http, "pubkey", 1, HTTP(sig_pubkey))                                 \
    X(llb_http, "signature", 1, HTTP(signature))                               \
    X(llb_source, "identifier", 0, llb_source(w->g, t, NULL))                  \
    X(llb_source, "attribute", 0,                                              \
      llb_source(                                                              \
          w->g, "x://y",                                                       \
          &(llb_source_opts){.attrs = &(llb_pair){t, "v"}, .n_attrs = 1}))     \
    X(llb_source, "attribute", 0,                                              \
      llb_source(                                                              \
          w->g, "x://y",                                                       \
          &(llb_source_opts){.attrs = &(llb_pair){"k", t}, .n_attrs = 1}))     \
    X(llb_run, "args", 0, RUN(.args = &t, .n_args = 1))                        \
    X(llb_run, "shlex", 1, RUN(.shlex = t))                                    \
    X(llb_run, "dest of a mount", 0, mounted(w, &(llb_mount){.dest = t}))      \
    X(llb_run, "selector of a mount", 1,                                       \
      mounted(w, &(llb_mount){.dest = "/n", .selector = t}))                   \
    X(llb_run, "cache_id of a mount", 1,                                       \
      mounted(w, &(llb_mount){.dest = "/n", .cache_id = t}))                   \
    X(llb_run, "id of a secret", 1,                                            \
      secret(w, &(llb_secret){.dest = "/s", .id = t}))                         \
    X(llb_run, "secret", 0, secret(w, &(llb_secret){.dest = t}))               \
    X(llb_run, "secret", 0, secret(w, &(llb_secret){.env = t}))                \
    X(llb_run, "ssh", 1, RUN(.ssh = &(llb_ssh){.id = t}, .n_ssh = 1))          \
    X(llb_run, "ssh", 1, RUN(.ssh = &(llb_ssh){.target = t}, .n_ssh = 1))      \
    X(llb_run, "proxy", 1, RUN(.proxy = &(llb_proxy){.http_proxy = t}))        \
    X(llb_run, "device", 0,                                                    \
      RUN(.cdi_devices = &(llb_cdi_device){.name = t}, .n_cdi_devices = 1))    \
    X(llb_exec_mount, "dest", 0, llb_exec_mount(w->e, t))                      \
    X(llb_mkdir, "path", 0, on(w, llb_mkdir(w->a, t, 0755, NULL)))             \
    X(llb_mkdir, "user", 1,                                                    \
      on(w, llb_mkdir(w->a, "/d", 0755,                                        \
                      &(llb_mkdir_opts){.owner = &(llb_owner){.user = t}})))   \
    X(llb_mkfile, "path", 0, on(w, llb_mkfile(w->a, t, 0644, "", 0, NULL)))    \
    X(llb_symlink, "oldpath", 0, on(w, llb_symlink(w->a, t, "/l", NULL)))      \
    X(llb_symlink, "newpath", 0, on(w, llb_symlink(w->a, "/o", t, NULL)))      \
    X(llb_rm, "path", 0, on(w, llb_rm(w->a, t, NULL)))                         \
    X(llb_copy, "src", 0, on(w, llb_copy(w->a, w->s, t, "/d", NULL)))          \
    X(llb_copy, "dest", 0, on(w, llb_copy(w->a, w->s, "/s", t, NULL)))         \
    X(llb_copy, "include", 0, COPY(.include = &t, .n_include = 1))             \
    X(llb_copy, "exclude", 0, COPY(.exclude = &t, .n_exclude = 1))             \
    X(llb_copy, "required_paths", 0,                                           \
      COPY(.required_paths = &t, .n_required_paths = 1))                       \
    X(llb_copy, "mode_str", 1, COPY(.mode_str = t))                            \
    X(llb_copy_from_actions, "src", 0,                                         \
      on(w, llb_copy_from_actions(w->a, w->b, t, "/d", NULL)))                 \
    X(llb_copy_from_actions, "dest", 0,                                        \
      on(w, llb_copy_from_actions(w->a, w->b, "/s", t, NULL)))                 \
    X(llb_build, "filename", 1,                                                \
      llb_build(w->s, &(llb_build_opts){.filename = t}))                       \
    X(llb_passthrough, "id", 0,                                                \
      llb_passthrough(w->g, t, &(llb_pass_input){w->s, 1}, 1, NULL))           \
    X(llb_requires, "id", 0, llb_requires(w->s, t, &w->s, 1))                  \
    X(llb_source_map_new, "filename", 0,                                       \
      placed(w, llb_source_map_new(w->g, NULL, t, "", "", 0)))                 \
    X(llb_source_map_new, "language", 1,                                       \
      placed(w, llb_source_map_new(w->g, NULL, "f", t, "", 0)))                \
    X(llb_file, "custom_name", 1, CONS(.custom_name = t))                      \
    X(llb_file, "local_unique_id", 1, CONS(.local_unique_id = t))              \
    X(llb_file, "description key", 0,                                          \
      CONS(.description = &(llb_pair){t, "v"}, .n_description = 1))            \
    X(llb_file, "description", 0,                                              \
      CONS(.description = &(llb_pair){"k", t}, .n_description = 1))            \
    X(llb_file, "require", 0, CONS(.require = &t, .n_require = 1))             \
    X(llb_file, "progress group", 1,                                           \
      CONS(.progress_group = &(llb_progress_group){.id = t}))                  \
    X(llb_file, "progress group", 1,                                           \
      CONS(.progress_group = &(llb_progress_group){.name = t}))                \
    X(llb_file, "cpuset_cpus", 1,                                              \
      CONS(.linux_resources = &(llb_linux_resources){.cpuset_cpus = t}))       \
    X(llb_file, "cpuset_mems", 1,                                              \
      CONS(.linux_resources = &(llb_linux_resources){.cpuset_mems = t}))

/* ---- Objects: of another graph, failed, NULL ----------------------------- */

/* X(call, argument, flags, type, expression of t); N: NULL is fine, M: with an
 * object of another graph two graphs meet. */
enum { N = 1, M = 2 };

#define OBJECTS(X)                                                             \
    X(llb_env, "s", 0, llb_state, llb_env(t, "K", "v"))                        \
    X(llb_env_unset, "s", 0, llb_state, llb_env_unset(t, "K"))                 \
    X(llb_dir, "s", 0, llb_state, llb_dir(t, "/"))                             \
    X(llb_args, "s", 0, llb_state, llb_args(t, NULL, 0))                       \
    X(llb_user, "s", 0, llb_state, llb_user(t, "u"))                           \
    X(llb_hostname, "s", 0, llb_state, llb_hostname(t, "h"))                   \
    X(llb_cgroup_parent, "s", 0, llb_state, llb_cgroup_parent(t, "c"))         \
    X(llb_extra_host, "s", 0, llb_state, llb_extra_host(t, "h", "::1"))        \
    X(llb_ulimit, "s", 0, llb_state, llb_ulimit(t, "nofile", 1, 1))            \
    X(llb_network, "s", 0, llb_state, llb_network(t, LLB_NETWORK_NONE))        \
    X(llb_security, "s", 0, llb_state, llb_security(t, LLB_SECURITY_SANDBOX))  \
    X(llb_state_with_platform, "s", 0, llb_state,                              \
      llb_state_with_platform(t, &amd64))                                      \
    X(llb_image_config, "s", 0, llb_state, llb_image_config(t, "{}", 2))       \
    X(llb_reset, "s", M, llb_state, llb_reset(t, w->s))                        \
    X(llb_reset, "values", M, llb_state, llb_reset(w->s, t))                   \
    X(llb_run, "base", 0, llb_state,                                           \
      llb_exec_root(llb_run(t, &(llb_run_opts){.shlex = "x"})))                \
    X(llb_run, "with", N | M, llb_state, RUN(.with = t))                       \
    X(llb_run, "source of a mount", N | M, llb_state,                          \
      mounted(w, &(llb_mount){.dest = "/n", .source = t}))                     \
    X(llb_exec_add_mount, "source of a mount", N | M, llb_state,               \
      llb_exec_add_mount(w->e, &(llb_mount){.dest = "/n", .source = t}))       \
    X(llb_exec_add_mount, "mount", 0, llb_mount, llb_exec_add_mount(w->e, t))  \
    X(llb_exec_root, "e", 0, llb_exec, llb_exec_root(t))                       \
    X(llb_exec_mount, "e", 0, llb_exec, llb_exec_mount(t, "/m"))               \
    X(llb_exec_add_mount, "e", 0, llb_exec,                                    \
      llb_exec_add_mount(t, &(llb_mount){.dest = "/n"}))                       \
    X(llb_file, "base", M, llb_state, llb_file(t, w->a, NULL))                 \
    X(llb_file, "actions", M, llb_actions, on(w, t))                           \
    X(llb_actions_bind, "base", M, llb_state,                                  \
      on(w, llb_copy_from_actions(w->a, llb_actions_bind(w->a, t), "/", "/",   \
                                  NULL)))                                      \
    X(llb_actions_bind, "actions", M, llb_actions,                             \
      on(w, llb_copy_from_actions(w->a, llb_actions_bind(t, w->s), "/", "/",   \
                                  NULL)))                                      \
    X(llb_copy, "from", M, llb_state,                                          \
      on(w, llb_copy(w->a, t, "/", "/", NULL)))                                \
    X(llb_copy_from_actions, "from", M, llb_bound_actions,                     \
      on(w, llb_copy_from_actions(w->a, t, "/", "/", NULL)))                   \
    X(llb_mkdir, "a", M, llb_actions, on(w, llb_mkdir(t, "/", 0, NULL)))       \
    X(llb_mkfile, "a", M, llb_actions,                                         \
      on(w, llb_mkfile(t, "/f", 0, "", 0, NULL)))                              \
    X(llb_symlink, "a", M, llb_actions, on(w, llb_symlink(t, "o", "n", NULL))) \
    X(llb_rm, "a", M, llb_actions, on(w, llb_rm(t, "/f", NULL)))               \
    X(llb_copy, "a", M, llb_actions, on(w, llb_copy(t, w->s, "/", "/", NULL))) \
    X(llb_copy_from_actions, "a", M, llb_actions,                              \
      on(w, llb_copy_from_actions(t, w->b, "/", "/", NULL)))                   \
    X(llb_merge, "input", M, llb_state,                                        \
      llb_merge(w->g, (const llb_state *[]){w->s, t}, 2, NULL))                \
    X(llb_diff, "lower", M, llb_state, llb_diff(t, w->s, NULL))                \
    X(llb_diff, "upper", M, llb_state, llb_diff(w->s, t, NULL))                \
    X(llb_build, "source", 0, llb_state, llb_build(t, NULL))                   \
    X(llb_passthrough, "input", M, llb_state,                                  \
      llb_passthrough(w->g, "i", (llb_pass_input[]){{w->s, 1}, {t, 0}}, 2,     \
                      NULL))                                                   \
    X(llb_passthrough_output, "s", 0, llb_state, llb_passthrough_output(t, 0)) \
    X(llb_requires, "s", M, llb_state, llb_requires(t, "i", &w->s, 1))         \
    X(llb_requires, "input", M, llb_state,                                     \
      llb_requires(w->s, "i", (const llb_state *const[]){t}, 1))               \
    X(llb_source_map_new, "state", N | M, llb_state,                           \
      placed(w, llb_source_map_new(w->g, t, "f", NULL, "", 0)))                \
    X(llb_file, "map", N | M, llb_source_map, placed(w, t))                    \
    X(llb_scratch, "g", 0, llb_graph, llb_scratch(t))                          \
    X(llb_image, "g", 0, llb_graph, llb_image(t, "x", NULL))                   \
    X(llb_image_blob, "g", 0, llb_graph, llb_image_blob(t, BLOB, NULL))        \
    X(llb_oci_layout, "g", 0, llb_graph, llb_oci_layout(t, BLOB, NULL))        \
    X(llb_oci_layout_blob, "g", 0, llb_graph,                                  \
      llb_oci_layout_blob(t, BLOB, NULL))                                      \
    X(llb_local, "g", 0, llb_graph, llb_local(t, "n", NULL))                   \
    X(llb_git, "g", 0, llb_graph, llb_git(t, "h/r", NULL, NULL))               \
    X(llb_http, "g", 0, llb_graph, llb_http(t, "https://h", NULL))             \
    X(llb_source, "g", 0, llb_graph, llb_source(t, "x://y", NULL))             \
    X(llb_merge, "g", 0, llb_graph, llb_merge(t, NULL, 0, NULL))               \
    X(llb_passthrough, "g", 0, llb_graph,                                      \
      llb_passthrough(t, "i", NULL, 0, NULL))                                  \
    X(llb_actions_new, "g", M, llb_graph,                                      \
      llb_file(w->s, llb_mkdir(llb_actions_new(t), "/", 0, NULL), NULL))       \
    X(llb_source_map_new, "g", M, llb_graph,                                   \
      placed(w, llb_source_map_new(t, NULL, "f", NULL, "", 0)))                \
    X(llb_state_from_def, "g", 0, llb_graph, llb_state_from_def(t, w->def))    \
    X(llb_state_from_def, "def", 0, llb_def, llb_state_from_def(w->g, t))

/* ---- Option structs ------------------------------------------------------ */

/* X(call, struct, expression of t) */
#define OWNER on(w, llb_mkdir(w->a, "/d", 0, &(llb_mkdir_opts){.owner = t}))
#define OPTIONS(X)                                                             \
    X(llb_image, llb_image_opts, llb_image(w->g, "x", t))                      \
    X(llb_image_blob, llb_blob_opts, llb_image_blob(w->g, BLOB, t))            \
    X(llb_oci_layout_blob, llb_blob_opts, llb_oci_layout_blob(w->g, BLOB, t))  \
    X(llb_oci_layout, llb_oci_layout_opts, llb_oci_layout(w->g, BLOB, t))      \
    X(llb_local, llb_local_opts, llb_local(w->g, "n", t))                      \
    X(llb_git, llb_git_opts, llb_git(w->g, "h/r", NULL, t))                    \
    X(llb_http, llb_http_opts, llb_http(w->g, "https://h", t))                 \
    X(llb_source, llb_source_opts, llb_source(w->g, "x://y", t))               \
    X(llb_run, llb_run_opts, llb_exec_root(llb_run(w->s, t)))                  \
    X(llb_run, llb_mount, mounted(w, t))                                       \
    X(llb_run, llb_secret, secret(w, t))                                       \
    X(llb_run, llb_ssh, RUN(.ssh = t, .n_ssh = 1))                             \
    X(llb_run, llb_proxy, RUN(.proxy = t))                                     \
    X(llb_run, llb_cdi_device, RUN(.cdi_devices = t, .n_cdi_devices = 1))      \
    X(llb_exec_add_mount, llb_mount, llb_exec_add_mount(w->e, t))              \
    X(llb_mkdir, llb_mkdir_opts, on(w, llb_mkdir(w->a, "/d", 0, t)))           \
    X(llb_mkdir, llb_owner, OWNER)                                             \
    X(llb_mkfile, llb_mkfile_opts, on(w, llb_mkfile(w->a, "/f", 0, "", 0, t))) \
    X(llb_symlink, llb_symlink_opts, on(w, llb_symlink(w->a, "o", "n", t)))    \
    X(llb_rm, llb_rm_opts, on(w, llb_rm(w->a, "/f", t)))                       \
    X(llb_copy, llb_copy_opts, on(w, llb_copy(w->a, w->s, "a", "b", t)))       \
    X(llb_copy_from_actions, llb_copy_opts,                                    \
      on(w, llb_copy_from_actions(w->a, w->b, "a", "b", t)))                   \
    X(llb_build, llb_build_opts, llb_build(w->s, t))                           \
    X(llb_state_with_platform, llb_platform, llb_state_with_platform(w->s, t)) \
    X(llb_file, llb_constraints, with(w, t))                                   \
    X(llb_file, llb_platform, CONS(.platform = t))                             \
    X(llb_file, llb_progress_group, CONS(.progress_group = t))                 \
    X(llb_file, llb_linux_resources, CONS(.linux_resources = t))               \
    X(llb_merge, llb_constraints,                                              \
      llb_merge(w->g, (const llb_state *[]){w->s, w->s}, 2, t))                \
    X(llb_diff, llb_constraints, llb_diff(w->s, w->s, t))                      \
    X(llb_passthrough, llb_constraints,                                        \
      llb_passthrough(w->g, "i", &(llb_pass_input){w->s, 1}, 1, t))

/* ---- Numbers ------------------------------------------------------------- */

/* X(call, argument, expression of v), where no v but 0 to 2 is good */
#define NUMBERS(X)                                                             \
    X(llb_network, "mode", llb_network(w->s, (llb_network_mode)v))             \
    X(llb_security, "mode", llb_security(w->s, (llb_security_mode)v))          \
    X(llb_image, "resolve_mode",                                               \
      llb_image(w->g, "x",                                                     \
                &(llb_image_opts){.resolve_mode = (llb_resolve_mode)v}))       \
    X(llb_local, "differ",                                                     \
      llb_local(w->g, "n", &(llb_local_opts){.differ = (llb_local_differ)v}))  \
    X(llb_run, "sharing",                                                      \
      mounted(w, &(llb_mount){.dest = "/n", .sharing = (llb_cache_sharing)v})) \
    X(llb_run, "content_cache",                                                \
      mounted(w, &(llb_mount){.dest = "/n",                                    \
                              .content_cache = (llb_content_cache)v}))         \
    X(llb_file, "export_cache", CONS(.export_cache = (llb_export_cache)v))     \
    X(llb_mkdir, "created",                                                    \
      on(w,                                                                    \
         llb_mkdir(w->a, "/d", 0,                                              \
                   &(llb_mkdir_opts){.created = &(llb_time){                   \
                                         v < 0 ? INT64_MIN : INT64_MAX, 0}}))) \
    X(llb_passthrough_output, "output",                                        \
      llb_passthrough_output(w->pass, (size_t)(int64_t)v))

/* ---- Lists --------------------------------------------------------------- */

/* X(call, argument, expression of p and n) */
#define LISTS(X)                                                               \
    X(llb_args, "args", llb_args(w->s, p, n))                                  \
    X(llb_run, "args", RUN(.args = p, .n_args = n))                            \
    X(llb_run, "mounts", RUN(.mounts = p, .n_mounts = n))                      \
    X(llb_run, "secrets", RUN(.secrets = p, .n_secrets = n))                   \
    X(llb_run, "ssh", RUN(.ssh = p, .n_ssh = n))                               \
    X(llb_run, "cdi_devices", RUN(.cdi_devices = p, .n_cdi_devices = n))       \
    X(llb_run, "valid_exit_codes",                                             \
      RUN(.valid_exit_codes = p, .n_valid_exit_codes = n))                     \
    X(llb_local, "include",                                                    \
      llb_local(w->g, "n", &(llb_local_opts){.include = p, .n_include = n}))   \
    X(llb_local, "exclude",                                                    \
      llb_local(w->g, "n", &(llb_local_opts){.exclude = p, .n_exclude = n}))   \
    X(llb_local, "follow",                                                     \
      llb_local(w->g, "n", &(llb_local_opts){.follow = p, .n_follow = n}))     \
    X(llb_local, "metadata",                                                   \
      llb_local(w->g, "n",                                                     \
                &(llb_local_opts){.metadata_only = 1,                          \
                                  .metadata_exceptions = p,                    \
                                  .n_metadata_exceptions = n}))                \
    X(llb_git, "known_ssh_hosts",                                              \
      llb_git(w->g, "ssh://h/r", NULL,                                         \
              &(llb_git_opts){.known_ssh_hosts = p, .n_known_ssh_hosts = n}))  \
    X(llb_source, "attrs",                                                     \
      llb_source(w->g, "x://y", &(llb_source_opts){.attrs = p, .n_attrs = n})) \
    X(llb_copy, "include", COPY(.include = p, .n_include = n))                 \
    X(llb_copy, "exclude", COPY(.exclude = p, .n_exclude = n))                 \
    X(llb_copy, "required_paths",                                              \
      COPY(.required_paths = p, .n_required_paths = n))                        \
    X(llb_mkfile, "data", on(w, llb_mkfile(w->a, "/f", 0, p, n, NULL)))        \
    X(llb_merge, "inputs", llb_merge(w->g, p, n, NULL))                        \
    X(llb_passthrough, "inputs", llb_passthrough(w->g, "i", p, n, NULL))       \
    X(llb_requires, "deps", llb_requires(w->s, "i", p, n))                     \
    X(llb_source_map_new, "data",                                              \
      placed(w, llb_source_map_new(w->g, NULL, "f", NULL, p, n)))              \
    X(llb_file, "description", CONS(.description = p, .n_description = n))     \
    X(llb_file, "require", CONS(.require = p, .n_require = n))                 \
    X(llb_file, "locations", CONS(.locations = p, .n_locations = n))           \
    X(llb_file, "ranges",                                                      \
      CONS(.n_locations = 1, .locations = &(llb_location){w->map, p, n}))      \
    X(llb_state_with_platform, "os_features",                                  \
      on_platform(w, (llb_platform){.os_features = p, .n_os_features = n}))    \
    X(llb_image_config, "config", llb_image_config(w->s, p, n))                \
    X(llb_image, "config",                                                     \
      llb_image(w->g, "x", &(llb_image_opts){.config = p, .config_len = n}))

#endif
