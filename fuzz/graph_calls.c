/* The calls themselves, in a table, and what must hold after each. */
#include "graph_program.h"

#include <stdlib.h>
#include <string.h>

typedef const llb_state *(*call)(struct program *p);

static const int64_t *layer_limit(struct program *p)
{
    int64_t *limit = temp(p, sizeof *limit);

    *limit = (int64_t)number(p);
    return byte(p) % 4 ? NULL : limit;
}

static const llb_state *call_image(struct program *p)
{
    llb_image_opts *o = options(p, sizeof *o);

    o->resolve_mode = (llb_resolve_mode)(byte(p) % 5);
    o->internal = byte(p) % 2;
    o->layer_limit = layer_limit(p);
    o->checksum = opt_text(p);
    o->config = opt_text(p);
    o->config_len = o->config ? strlen(o->config) : 0;
    o->resolved_digest = opt_text(p);
    o->constraints = constraints(p);
    return llb_image(pick_graph(p), text(p), byte(p) % 4 ? NULL : o);
}

static const llb_state *call_local(struct program *p)
{
    llb_local_opts *o = options(p, sizeof *o);

    o->differ = (llb_local_differ)(byte(p) % 5);
    o->differ_required = byte(p) % 2;
    o->metadata_only = byte(p) % 2;
    o->metadata_exceptions = texts(p, &o->n_metadata_exceptions);
    o->include = texts(p, &o->n_include);
    o->exclude = texts(p, &o->n_exclude);
    o->follow = texts(p, &o->n_follow);
    o->shared_key_hint = opt_text(p);
    o->session_id = opt_text(p);
    o->constraints = constraints(p);
    return llb_local(pick_graph(p), text(p), o);
}

static const llb_state *call_git(struct program *p)
{
    llb_git_opts *o = options(p, sizeof *o);
    uint8_t b = byte(p);

    o->keep_git_dir = b & 1;
    o->skip_submodules = b & 2;
    o->fetch_by_commit = b & 4;
    o->checkout_bundle = b & 8;
    o->auth_token_secret = opt_text(p);
    o->known_ssh_hosts = texts(p, &o->n_known_ssh_hosts);
    o->mount_ssh_sock = opt_text(p);
    o->git_ref = opt_text(p);
    o->sub_dir = opt_text(p);
    o->checksum = opt_text(p);
    o->mtime = opt_text(p);
    o->bundle = opt_text(p);
    o->constraints = constraints(p);
    const char *remote = text(p);
    return llb_git(pick_graph(p), remote, opt_text(p), o);
}

static const llb_state *call_http(struct program *p)
{
    llb_http_opts *o = options(p, sizeof *o);

    o->chmod = (uint32_t)number(p);
    o->uid = (int32_t)number(p);
    o->checksum = opt_text(p);
    o->filename = opt_text(p);
    o->auth_header_secret = opt_text(p);
    o->accept = opt_text(p);
    o->sig_pubkey = opt_text(p);
    o->constraints = constraints(p);
    return llb_http(pick_graph(p), text(p), o);
}

static const llb_state *call_oci(struct program *p)
{
    llb_oci_layout_opts *o = options(p, sizeof *o);
    llb_blob_opts *blob = options(p, sizeof *blob);

    o->session_id = blob->session_id = opt_text(p);
    o->store_id = blob->store_id = opt_text(p);
    o->layer_limit = layer_limit(p);
    blob->chmod = (uint32_t)number(p);
    blob->filename = opt_text(p);
    o->constraints = blob->constraints = constraints(p);
    switch (byte(p) % 3) {
    case 0:
        return llb_oci_layout(pick_graph(p), text(p), o);
    case 1:
        return llb_oci_layout_blob(pick_graph(p), text(p), blob);
    default:
        return llb_image_blob(pick_graph(p), text(p), blob);
    }
}

static const llb_state *call_source(struct program *p)
{
    llb_source_opts *o = options(p, sizeof *o);
    size_t n = byte(p) % 4;
    llb_pair *attrs = temp(p, n * sizeof *attrs);

    for (size_t i = 0; i < n; i++)
        attrs[i] = (llb_pair){text(p), text(p)};
    o->attrs = attrs;
    o->n_attrs = n;
    o->constraints = constraints(p);
    return llb_source(pick_graph(p), text(p), o);
}

static const llb_state *call_text_value(struct program *p)
{
    const llb_state *s = pick_state(p);
    const char *t = text(p);

    switch (byte(p) % 8) {
    case 0:
        return llb_env(s, t, text(p));
    case 1:
        return llb_env_unset(s, t);
    case 2:
        return llb_dir(s, t);
    case 3:
        return llb_user(s, t);
    case 4:
        return llb_hostname(s, t);
    case 5:
        return llb_cgroup_parent(s, t);
    case 6:
        return llb_extra_host(s, t, text(p));
    default:
        return llb_image_config(s, t, t ? strlen(t) : byte(p) % 2);
    }
}

static const llb_state *call_value(struct program *p)
{
    const llb_state *s = pick_state(p);
    llb_platform *platform = options(p, sizeof *platform);
    const char *const *list;
    size_t n;

    switch (byte(p) % 6) {
    case 0:
        list = texts(p, &n);
        return llb_args(s, list, n);
    case 1:
        return llb_ulimit(s, text(p), (int64_t)number(p), (int64_t)number(p));
    case 2:
        return llb_network(s, (llb_network_mode)(byte(p) % 5));
    case 3:
        return llb_security(s, (llb_security_mode)(byte(p) % 4));
    case 4:
        platform->os = opt_text(p);
        platform->arch = opt_text(p);
        platform->variant = opt_text(p);
        return llb_state_with_platform(s, byte(p) == 255 ? NULL : platform);
    default:
        return llb_reset(s, pick_state(p));
    }
}

static const llb_state *call_merge(struct program *p)
{
    size_t n = byte(p) % 6;
    const llb_state **inputs = temp(p, n * sizeof *inputs);

    for (size_t i = 0; i < n; i++)
        inputs[i] = pick_state(p);
    if (byte(p) % 2)
        return llb_requires(pick_state(p), text(p), inputs, n);
    return llb_merge(pick_graph(p), inputs, n, constraints(p));
}

static const llb_state *call_diff(struct program *p)
{
    llb_build_opts *o = options(p, sizeof *o);
    const llb_state *s = pick_state(p);

    if (byte(p) % 2)
        return llb_diff(s, pick_state(p), constraints(p));
    o->filename = opt_text(p);
    o->constraints = constraints(p);
    return llb_build(s, byte(p) % 4 ? o : NULL);
}

static const llb_state *call_passthrough(struct program *p)
{
    size_t n = byte(p) % 5;
    llb_pass_input *inputs = temp(p, n * sizeof *inputs);

    if (byte(p) % 2)
        return llb_passthrough_output(pick_state(p), byte(p) % 6);
    for (size_t i = 0; i < n; i++) {
        inputs[i].state = pick_state(p);
        inputs[i].output = byte(p) % 2;
    }
    return llb_passthrough(pick_graph(p), text(p), inputs, n, constraints(p));
}

static const llb_state *call_source_map(struct program *p)
{
    const llb_state *s = byte(p) % 2 ? pick_state(p) : NULL;
    const char *name = text(p), *language = opt_text(p), *data = text(p);

    p->maps[p->n_maps++ % MAX_OTHERS] =
        llb_source_map_new(pick_graph(p), s, name, language, data,
                           data ? strlen(data) : byte(p) % 2);
    return llb_scratch(pick_graph(p));
}

static const llb_state *call_from_def(struct program *p)
{
    return llb_state_from_def(pick_graph(p), p->defs[byte(p) % MAX_OTHERS]);
}

/* All of the graph goes, and its memory is used again. */
static const llb_state *call_clear(struct program *p)
{
    if (byte(p) % 4 == 0) {
        llb_graph_clear(p->g);
        check(llb_graph_error(p->g) == NULL);
        memset(p->states, 0, sizeof p->states);
        memset(p->actions, 0, sizeof p->actions);
        memset(p->bound, 0, sizeof p->bound);
        memset(p->execs, 0, sizeof p->execs);
        memset(p->maps, 0, sizeof p->maps);
        p->n_states = 0;
    }
    return llb_scratch(p->g);
}

/* The reading side, on good states and bad ones. */
static void look_at(const llb_state *s)
{
    llb_pair *list = NULL;
    size_t n = 0;

    check(llb_state_env_list(s, &list, &n) == LLB_OK);
    check(n == llb_state_n_env(s));
    for (size_t i = 0; i < n; i++) {
        llb_pair pair = llb_state_env_at(s, i);
        check(pair.key == list[i].key && pair.value == list[i].value);
        check(llb_state_env(s, pair.key) == pair.value);
    }
    free(list);
    check(llb_state_error(s) || llb_state_dir(s)[0] != '\0');
    (void)llb_state_user(s);
    (void)llb_state_hostname(s);
    (void)llb_state_platform(s);
    check(!llb_state_is_scratch(s) || !llb_state_error(s));
}

static const call calls[] = {
    call_image,      call_local,          call_git,        call_http,
    call_oci,        call_source,         call_value,      call_text_value,
    call_merge,      call_diff,           call_run,        call_run,
    call_exec_mount, call_exec_add_mount, call_action,     call_action,
    call_file,       call_passthrough,    call_source_map, call_from_def,
    call_clear,
};

int program_step(struct program *p)
{
    if (p->at >= p->len || p->n_steps++ >= MAX_STEPS)
        return 0;
    const llb_state *s = calls[byte(p) % (sizeof calls / sizeof *calls)](p);
    temps_free(p);
    check(s != NULL);
    const llb_error *err = llb_state_error(s);
    if (err)
        check(err->status != LLB_OK && err->message[0] != '\0');
    look_at(s);
    p->states[p->n_states++ % MAX_STATES] = s;
    return 1;
}
