/* Sources that are git repositories. */
#include <llb/git.h>

#include "giturl.h"
#include "path.h"
#include "source_int.h"

/* Ref and folder of the checkout; text with its length. */
struct checkout {
    const char *ref, *dir;
    size_t ref_len;
};

static bool given(const char *s) { return s && *s; }

/* Reads "ref:dir"; options win, and theirs are not cleaned. */
static bool read_checkout(llb__call *c, const char *fragment,
                          const llb_git_opts *o, struct checkout *ret)
{
    const char *colon = fragment ? strchr(fragment, ':') : NULL;

    *ret = (struct checkout){fragment ? fragment : "", "", 0};
    ret->ref_len = colon ? (size_t)(colon - fragment) : strlen(ret->ref);
    if (colon) {
        size_t len = strlen(colon + 1);
        char *dir = llb__alloc_array(c, len + 8, 1);
        if (!dir)
            return false;
        dir[llb__path_clean("/", colon + 1, len, dir)] = '\0';
        ret->dir = dir + 1;
    }
    if (given(o->git_ref)) {
        ret->ref = o->git_ref;
        ret->ref_len = strlen(o->git_ref);
    }
    if (given(o->sub_dir))
        ret->dir = o->sub_dir;
    return true;
}

/* "git://host/path#ref:dir"; of what is no URL the text as it is. */
static const char *identifier(llb__call *c, const llb__giturl *u,
                              const struct checkout *at)
{
    if (!u->ok)
        return llb__text_printf(c, "git://%s", u->remote.data);
    bool dir = *at->dir, mark = dir || at->ref_len;
    return llb__text_printf(c, "git://%.*s%.*s%s%.*s%s%s", (int)u->host.len,
                            u->host.data ? u->host.data : "", (int)u->path.len,
                            u->path.data, mark ? "#" : "", (int)at->ref_len,
                            at->ref, dir ? ":" : "", at->dir);
}

static void add_auth(llb__source *s, const llb_git_opts *o)
{
    const char *token = o->auth_token_secret, *header = o->auth_header_secret;

    bool sent = llb__source_attr_opt(s, "git.authtokensecret",
                                     token ? token : "GIT_AUTH_TOKEN");
    sent |= llb__source_attr_opt(s, "git.authheadersecret",
                                 header ? header : "GIT_AUTH_HEADER");
    if (sent && (token || header))
        s->caps |= LLB__CAP(GIT_HTTPAUTH);
}

/* Both caps are asked for with every ssh remote, attribute or not. */
static void add_ssh(llb__source *s, const llb_git_opts *o)
{
    llb__buf hosts = LLB__BUF_INIT;

    s->caps |= LLB__CAP(GIT_KNOWNHOSTS) | LLB__CAP(GIT_SSHSOCK);
    if (!llb__need_texts(s->c, "known_ssh_hosts", o->known_ssh_hosts,
                         o->n_known_ssh_hosts))
        return;
    for (size_t i = 0; i < o->n_known_ssh_hosts; i++) {
        size_t len = strlen(o->known_ssh_hosts[i]);
        if (len && o->known_ssh_hosts[i][len - 1] == '\n')
            len--;
        llb__buf_add(&hosts, o->known_ssh_hosts[i], len);
        llb__buf_addc(&hosts, '\n');
    }
    if (hosts.failed)
        llb__call_nomem(s->c);
    else if (hosts.len)
        llb__source_attr_opt(s, "git.knownsshhosts",
                             llb__copy_text(s->c, hosts.data));
    llb__buf_clear(&hosts);
    llb__source_attr(s, "git.mountsshsock",
                     given(o->mount_ssh_sock) ? o->mount_ssh_sock : "default");
}

static void add_attrs(llb__source *s, const llb_git_opts *o)
{
    const struct {
        const char *key, *value;
        llb__caps cap;
    } list[] = {
        {"git.keepgitdir", o->keep_git_dir ? "true" : NULL,
         LLB__CAP(GIT_KEEPGITDIR)},
        {"git.checksum", o->checksum, LLB__CAP(GIT_CHECKSUM)},
        {"git.skipsubmodules", o->skip_submodules ? "true" : NULL,
         LLB__CAP(GIT_SKIP_SUBMODULES)},
        {"git.mtime", o->mtime, LLB__CAP(GIT_MTIME)},
        {"git.fetchbycommit", o->fetch_by_commit ? "true" : NULL,
         LLB__CAP(GIT_FETCH_BY_COMMIT)},
        {"git.bundle", o->bundle, LLB__CAP(GIT_BUNDLE)},
        {"git.checkoutbundle", o->checkout_bundle ? "true" : NULL,
         LLB__CAP(GIT_CHECKOUT_BUNDLE)},
        {"oci.session", o->bundle_session, 0},
        {"oci.store", o->bundle_store, 0},
        {"git.advice", o->advice ? "true" : NULL, 0},
        {"git.sig.pubkey", o->sig_pubkey, LLB__CAP(GIT_SIGNATURE)},
        {"git.sig.rejectexpired", o->sig_reject_expired ? "true" : NULL,
         LLB__CAP(GIT_SIGNATURE)},
        {"git.sig.requiresignedtag", o->sig_require_signed_tag ? "true" : NULL,
         LLB__CAP(GIT_SIGNATURE)},
        {"git.sig.ignoresignedtag", o->sig_ignore_signed_tag ? "true" : NULL,
         LLB__CAP(GIT_SIGNATURE)},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (llb__source_attr_opt(s, list[i].key, list[i].value))
            s->caps |= list[i].cap;
}

static bool check(llb__call *c, const char *remote, const char *fragment,
                  const llb_git_opts *o)
{
    if (!llb__need_text(c, "remote", remote) ||
        !llb__opt_text(c, "fragment", fragment) ||
        !llb__opt_text(c, "git_ref", o->git_ref) ||
        !llb__opt_text(c, "sub_dir", o->sub_dir))
        return false;
    if (!*remote)
        llb__call_fail(c, LLB_EINVAL, "the remote is empty");
    return !c->error;
}

const llb_state *llb_git(llb_graph *g, const char *remote, const char *fragment,
                         const llb_git_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_git");
    llb__source s = {.c = &c, .caps = LLB__CAP(GIT) | LLB__CAP(GIT_FULLURL)};
    llb_git_opts o = LLB_GIT_OPTS_INIT;
    struct checkout at;
    llb__giturl u;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_git_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!check(&c, remote, fragment, &o) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &s.cons) ||
        !read_checkout(&c, fragment, &o, &at))
        return llb__failed(&c);
    llb__giturl_parse(remote, &u);
    if (u.remote.failed || u.host.failed || u.path.failed) {
        llb__call_nomem(&c);
    } else {
        s.identifier = identifier(&c, &u, &at);
        llb__source_attr(&s, "git.fullurl", u.remote.data);
        add_auth(&s, &o);
        if (u.ssh)
            add_ssh(&s, &o);
        add_attrs(&s, &o);
    }
    const llb_state *state = llb__source_state(&s);
    llb__giturl_clear(&u);
    return state;
}
