/* Statements that make sources. */
#include "driver.h"

#include <string.h>

static const llb_state *image(struct play *p, json_t *st)
{
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;
    const char *ref = need_text(p, st, "ref");
    const char *mode = take_text(p, st, "resolve_mode");
    json_t *resolver = take_object(p, st, "resolver");

    o.constraints = take_constraints(p, st);
    if (mode && strcmp(mode, "pull") == 0)
        o.resolve_mode = LLB_RESOLVE_PULL;
    else if (mode && strcmp(mode, "local") == 0)
        o.resolve_mode = LLB_RESOLVE_LOCAL;
    else if (mode && strcmp(mode, "default") != 0)
        play_fail(p, "resolve_mode: unknown word \"%s\"", mode);
    o.internal = take_bool(p, st, "internal");
    o.layer_limit = take_int_ptr(p, st, "layer_limit");
    o.checksum = take_text(p, st, "checksum");
    if (resolver) { /* its answers are given, as ours asks nobody */
        const char *digest = take_text(p, resolver, "digest");
        o.config = need_text(p, resolver, "config");
        o.config_len = strlen(o.config);
        if (take_bool(p, resolver, "resolve_digest"))
            o.resolved_digest = digest;
        done(p, resolver, "resolver");
    }
    return llb_image(p->graph, ref, &o);
}

static void take_differ(struct play *p, json_t *st, llb_local_opts *o)
{
    json_t *differ = take_object(p, st, "differ");

    if (!differ)
        return;
    const char *type = need_text(p, differ, "type");
    if (strcmp(type, "none") == 0)
        o->differ = LLB_DIFFER_NONE;
    else if (strcmp(type, "metadata") == 0)
        o->differ = LLB_DIFFER_METADATA;
    else
        play_fail(p, "differ: unknown type \"%s\"", type);
    o->differ_required = take_bool(p, differ, "required");
    done(p, differ, "differ");
}

static const llb_state *local(struct play *p, json_t *st)
{
    llb_local_opts o = LLB_LOCAL_OPTS_INIT;
    const char *name = need_text(p, st, "name");

    o.constraints = take_constraints(p, st);
    o.session_id = take_text(p, st, "session_id");
    o.include = take_texts(p, st, "include", &o.n_include);
    o.exclude = take_texts(p, st, "exclude", &o.n_exclude);
    o.follow = take_texts(p, st, "follow", &o.n_follow);
    o.shared_key_hint = take_text(p, st, "shared_key_hint");
    take_differ(p, st, &o);
    o.metadata_exceptions =
        take_texts(p, st, "metadata_only", &o.n_metadata_exceptions);
    o.metadata_only = o.metadata_exceptions != NULL;
    return llb_local(p->graph, name, &o);
}

static const llb_state *git(struct play *p, json_t *st)
{
    llb_git_opts o = LLB_GIT_OPTS_INIT;
    const char *remote = need_text(p, st, "remote");
    const char *ref = need_text(p, st, "ref");

    o.constraints = take_constraints(p, st);
    o.keep_git_dir = take_bool(p, st, "keep_git_dir");
    o.auth_token_secret = take_text(p, st, "auth_token_secret");
    o.auth_header_secret = take_text(p, st, "auth_header_secret");
    o.known_ssh_hosts =
        take_texts(p, st, "known_ssh_hosts", &o.n_known_ssh_hosts);
    o.mount_ssh_sock = take_text(p, st, "mount_ssh_sock");
    o.git_ref = take_text(p, st, "git_ref");
    o.sub_dir = take_text(p, st, "sub_dir");
    o.checksum = take_text(p, st, "checksum");
    o.mtime = take_text(p, st, "mtime");
    o.skip_submodules = take_bool(p, st, "skip_submodules");
    o.fetch_by_commit = take_bool(p, st, "fetch_by_commit");
    o.checkout_bundle = take_bool(p, st, "checkout_bundle");
    o.bundle = take_text(p, st, "bundle");
    o.bundle_session = take_text(p, st, "bundle_session");
    o.bundle_store = take_text(p, st, "bundle_store");
    o.advice = take_bool(p, st, "advice");
    return llb_git(p->graph, remote, ref, &o);
}

static void take_chown(struct play *p, json_t *st, int32_t *uid, int32_t *gid)
{
    json_t *chown = take_list(p, st, "chown");

    if (!chown)
        return;
    *uid = (int32_t)int_of(p, json_array_get(chown, 0));
    *gid = (int32_t)int_of(p, json_array_get(chown, 1));
}

static const llb_state *http(struct play *p, json_t *st)
{
    llb_http_opts o = LLB_HTTP_OPTS_INIT;
    const char *url = need_text(p, st, "url");

    o.constraints = take_constraints(p, st);
    o.checksum = take_text(p, st, "checksum");
    o.filename = take_text(p, st, "filename");
    o.chmod = (uint32_t)take_int(p, st, "chmod");
    take_chown(p, st, &o.uid, &o.gid);
    o.auth_header_secret = take_text(p, st, "auth_header_secret");
    o.accept = take_text(p, st, "accept");
    o.user_agent = take_text(p, st, "user_agent");
    o.sig_pubkey = take_text(p, st, "sig_pubkey");
    o.signature = take_text(p, st, "signature");
    return llb_http(p->graph, url, &o);
}

static const llb_state *oci_layout(struct play *p, json_t *st)
{
    llb_oci_layout_opts o = LLB_OCI_LAYOUT_OPTS_INIT;
    const char *ref = need_text(p, st, "ref");

    o.constraints = take_constraints(p, st);
    o.session_id = take_text(p, st, "session_id");
    o.store_id = take_text(p, st, "store_id");
    o.layer_limit = take_int_ptr(p, st, "layer_limit");
    o.checksum = take_text(p, st, "checksum");
    return llb_oci_layout(p->graph, ref, &o);
}

static const llb_state *blob(struct play *p, json_t *st,
                             const llb_state *make(llb_graph *, const char *,
                                                   const llb_blob_opts *))
{
    llb_blob_opts o = LLB_BLOB_OPTS_INIT;
    const char *ref = need_text(p, st, "ref");

    o.constraints = take_constraints(p, st);
    o.filename = take_text(p, st, "filename");
    o.chmod = (uint32_t)take_int(p, st, "chmod");
    take_chown(p, st, &o.uid, &o.gid);
    o.session_id = take_text(p, st, "session_id");
    o.store_id = take_text(p, st, "store_id");
    return make(p->graph, ref, &o);
}

static const llb_state *source(struct play *p, json_t *st)
{
    llb_source_opts o = LLB_SOURCE_OPTS_INIT;
    const char *identifier = need_text(p, st, "identifier"), *key;
    json_t *attrs = take_object(p, st, "attrs"), *value;
    llb_pair *pairs = play_alloc(p, json_object_size(attrs), sizeof *pairs);

    o.constraints = take_constraints(p, st);
    json_object_foreach(attrs, key, value) pairs[o.n_attrs++] =
        (llb_pair){raw_text(p, key), text_of(p, value)};
    o.attrs = pairs;
    return llb_source(p->graph, identifier, &o);
}

bool play_source(struct play *p, const char *op, json_t *st, struct value *v)
{
    if (strcmp(op, "scratch") == 0)
        v->state = llb_scratch(p->graph);
    else if (strcmp(op, "image") == 0)
        v->state = image(p, st);
    else if (strcmp(op, "local") == 0)
        v->state = local(p, st);
    else if (strcmp(op, "git") == 0)
        v->state = git(p, st);
    else if (strcmp(op, "http") == 0)
        v->state = http(p, st);
    else if (strcmp(op, "oci_layout") == 0)
        v->state = oci_layout(p, st);
    else if (strcmp(op, "image_blob") == 0)
        v->state = blob(p, st, llb_image_blob);
    else if (strcmp(op, "oci_layout_blob") == 0)
        v->state = blob(p, st, llb_oci_layout_blob);
    else if (strcmp(op, "source") == 0)
        v->state = source(p, st);
    else
        return false;
    return true;
}
