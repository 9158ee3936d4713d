/* Files of git repositories. */
#include <string.h>

#include <llb/git.h>

#include "builtins_impl.h"
#include "eval.h"

/* What "URL#REF:SUBDIR" says, and the options that say the same. */
typedef struct remote {
    const char *url, *ref, *subdir;
} remote;

static const char *or_null(const char *s) { return s && *s ? s : NULL; }

/* Takes apart the fragment of the URL; "" for what it does not say. */
static bool split_url(llbc__eval *e, const char *text, remote *r)
{
    size_t len = strcspn(text, "#");
    const char *fragment = text[len] ? text + len + 1 : "";
    size_t ref_len = strcspn(fragment, ":");

    r->url = llbc__eval_strndup(e, text, len);
    r->ref = llbc__eval_strndup(e, fragment, ref_len);
    r->subdir = fragment[ref_len] ? fragment + ref_len + 1 : "";
    return r->url && r->ref;
}

/* An option, or the same part of the URL; saying both is a mistake. */
static bool take_option(llbc__eval *e, const llbc__actuals *a, const char *name,
                        const char **part)
{
    const char *given = or_null(llbc__str_of(a, name));

    if (given && **part) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, name),
                     "the URL names \"%s\" already", *part);
        return false;
    }
    *part = given ? given : or_null(*part);
    return true;
}

/* BuildKit reads no query; a name after "?" would be dropped in silence. */
static bool check_remote(llbc__eval *e, const llbc__actuals *a, const remote *r)
{
    llbc__note *n;

    if (!*r->url) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "URL"),
                     "the URL is empty");
        return false;
    }
    if (!llbc__url_is_public(e, a, r->url))
        return false;
    if (strchr(r->url, '?')) {
        n = llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "URL"),
                         "a git URL has no \"?\" part");
        llbc__help(n, "use the options ref=, subdir=, checksum=");
        return false;
    }
    if (r->ref && *r->ref == '-') {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "URL"),
                     "\"%s\" is no git ref: it starts with \"-\"", r->ref);
        return false;
    }
    return true;
}

static bool is_commit(const char *s)
{
    size_t n = strspn(s, "0123456789abcdef");

    return !s[n] && n >= 7 && n <= 64;
}

/* What belongs together, and what excludes each other. */
static bool check_git_opts(llbc__eval *e, const llbc__actuals *a,
                           const llb_git_opts *o)
{
    llbc__note *n;

    if (o->checksum && !is_commit(o->checksum)) {
        n = llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "checksum"),
                         "\"%s\" is no commit", o->checksum);
        llbc__help(n, "write the commit in hex, at least 7 digits");
        return false;
    }
    if (!o->sig_pubkey && (o->sig_reject_expired || o->sig_require_signed_tag ||
                           o->sig_ignore_signed_tag)) {
        n = llbc__report(e->diags, LLBC__E_VALUE, a->whole,
                         "no signature is looked at without a key");
        llbc__help(n, "say whose it must be: sig_pubkey=read(\"KEY.pub\")");
        return false;
    }
    if (o->fetch_by_commit && !o->checksum) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "fetch_by_commit"),
                     "fetch_by_commit needs checksum=");
        return false;
    }
    if (o->checkout_bundle && (o->keep_git_dir || o->sub_dir)) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "checkout_bundle"),
                     "a bundle has neither a .git folder nor a subdir");
        return false;
    }
    return true;
}

llbc__value llbc__fn_git(llbc__eval *e, const llbc__actuals *a)
{
    llb_git_opts o = LLB_GIT_OPTS_INIT;
    llbc__op_places places;
    remote r;

    if (!split_url(e, llbc__str_of(a, "URL"), &r) ||
        !take_option(e, a, "ref", &r.ref) ||
        !take_option(e, a, "subdir", &r.subdir) || !check_remote(e, a, &r))
        return llbc__no_value();
    const char *hosts = or_null(llbc__str_of(a, "known_hosts"));
    o.git_ref = r.ref;
    o.sub_dir = r.subdir;
    o.keep_git_dir = llbc__bool_of(a, "keep_git_dir", false);
    o.skip_submodules = !llbc__bool_of(a, "submodules", true);
    o.fetch_by_commit = llbc__bool_of(a, "fetch_by_commit", false);
    o.checkout_bundle = llbc__bool_of(a, "checkout_bundle", false);
    o.checksum = or_null(llbc__str_of(a, "checksum"));
    o.mtime = llbc__str_of(a, "mtime");
    o.auth_token_secret = llbc__str_of(a, "auth_secret");
    o.auth_header_secret = llbc__str_of(a, "auth_header_secret");
    o.mount_ssh_sock = or_null(llbc__str_of(a, "ssh"));
    o.sig_pubkey = or_null(llbc__str_of(a, "sig_pubkey"));
    o.sig_reject_expired = llbc__bool_of(a, "sig_reject_expired", false);
    o.sig_require_signed_tag =
        llbc__bool_of(a, "sig_require_signed_tag", false);
    o.sig_ignore_signed_tag = llbc__bool_of(a, "sig_ignore_signed_tag", false);
    o.advice = llbc__bool_of(a, "advice", false);
    o.known_ssh_hosts = &hosts;
    o.n_known_ssh_hosts = hosts ? 1 : 0;
    if (!check_git_opts(e, a, &o))
        return llbc__no_value();
    /* A commit in the place of the ref: branches move, and every daemon can
     * fetch one. */
    if (!o.checksum && !(r.ref && is_commit(r.ref) && strlen(r.ref) >= 40)) {
        const char *commit = llbc__resolve_pin(e, r.url, r.ref ? r.ref : "",
                                               llbc__at_of(a, "URL"));
        if (!commit)
            return llbc__no_value();
        if (*commit)
            o.git_ref = commit;
    }
    llb_constraints c = llbc__constraints(e, &places);
    o.constraints = &c;
    return llbc__source_fs(e, llb_git(e->graph, r.url, NULL, &o),
                           &llbc__no_config, NULL);
}
