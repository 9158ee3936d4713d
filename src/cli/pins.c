#include "pins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llb/git.h>
#include <llb/http.h>
#include <llb/marshal.h>

#include "error.h"
#include "giturl.h"
#include "sha256.h"

/* ---- asking -------------------------------------------------------- */

static llb_status copy_text(const char *text, char **ret, llb_error *err)
{
    *ret = strdup(text);
    return *ret ? LLB_OK : llb__fail_nomem(err);
}

/* The daemon's word for a source; LLB_OK and NULL when it has none for this
 * kind of source. */
static llb_status ask(bk_build *b, const char *identifier, const bk_pair *attrs,
                      size_t n, bk_source_meta **ret, llb_error *err)
{
    llb_error why = {0};
    llb_status st =
        bk_build_source_meta(b, identifier, attrs, n, NULL, ret, &why);

    if (st == LLB_EUNSUPPORTED) {
        *ret = NULL;
        return LLB_OK;
    }
    if (st != LLB_OK)
        *err = why;
    return st;
}

/* "git://HOST/PATH#REF", as the definition has it. */
static char *git_identifier(const llb__giturl *u, const char *ref)
{
    char *text = NULL;

    if (asprintf(&text, "git://%.*s%.*s%s%s", (int)u->host.len, u->host.data,
                 (int)u->path.len, u->path.data, *ref ? "#" : "", ref) < 0)
        return NULL;
    return text;
}

static llb_status ask_git(bk_build *b, const char *remote, const char *ref,
                          char **ret_commit, llb_error *err)
{
    llb__giturl u;
    bk_source_meta *meta = NULL;

    *ret_commit = NULL;
    llb__giturl_parse(remote, &u);
    char *identifier = git_identifier(&u, ref);
    bk_pair attrs[] = {
        {"git.fullurl", u.remote.data ? u.remote.data : remote},
        {"git.authtokensecret", "GIT_AUTH_TOKEN"},
        {"git.authheadersecret", "GIT_AUTH_HEADER"},
        {"git.mountsshsock", "default"},
    };
    llb_status st = identifier
                        ? ask(b, identifier, attrs, u.ssh ? 4 : 3, &meta, err)
                        : llb__fail_nomem(err);
    /* A tag has an object of its own; what is pinned is the commit. */
    if (st == LLB_OK && meta && *meta->git_commit)
        st = copy_text(meta->git_commit, ret_commit, err);
    else if (st == LLB_OK && meta && *meta->git_checksum)
        st = copy_text(meta->git_checksum, ret_commit, err);
    bk_source_meta_free(meta);
    llb__giturl_clear(&u);
    free(identifier);
    return st;
}

static llb_status ask_http(bk_build *b, const char *url, char **ret_digest,
                           llb_error *err)
{
    bk_source_meta *meta = NULL;
    llb_status st = ask(b, url, NULL, 0, &meta, err);

    *ret_digest = NULL;
    if (st == LLB_OK && meta && *meta->http_checksum)
        st = copy_text(meta->http_checksum, ret_digest, err);
    bk_source_meta_free(meta);
    return st;
}

/* ---- fetching, for daemons that know no answer ---------------------- */

/* Has the daemon make a state of g, and reads a file of it. */
static llb_status fetch(bk_build *b, const llb_state *s, const char *path,
                        char **ret_data, size_t *ret_len, llb_error *err)
{
    bk_failure *failure = NULL;
    llb_def *def = NULL;
    char *ref = NULL;
    llb_status st = llb_marshal(s, NULL, &def, err);

    if (st == LLB_OK)
        st = bk_build_solve(b, def, false, &ref, &failure, err);
    if (st == LLB_OK)
        st = bk_build_read_file(b, ref, path, 0, 0, ret_data, ret_len, err);
    bk_failure_free(failure);
    free(ref);
    llb_def_free(def);
    return st;
}

/* The commit in the text of HEAD, which BuildKit's checkout leaves detached. */
static llb_status read_head(char *head, char **ret_commit, llb_error *err)
{
    head[strcspn(head, "\r\n")] = '\0';
    if (strspn(head, "0123456789abcdef") == strlen(head) && strlen(head) >= 40)
        return copy_text(head, ret_commit, err);
    return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                     "this daemon cannot say what commit a ref is (needs "
                     "v0.26): give checksum=");
}

llb_status cmd__read_git(bk_build *b, const char *remote, const char *ref,
                         const char *path, char **ret_data, size_t *ret_len,
                         llb_error *err)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_git_opts o = LLB_GIT_OPTS_INIT;

    if (!g)
        return llb__fail_nomem(err);
    o.keep_git_dir = 1;
    o.git_ref = *ref ? ref : NULL;
    llb_status st =
        fetch(b, llb_git(g, remote, NULL, &o), path, ret_data, ret_len, err);
    llb_graph_free(g);
    return st;
}

static llb_status fetch_git(bk_build *b, const char *remote, const char *ref,
                            char **ret_commit, llb_error *err)
{
    char *head = NULL;
    size_t len;
    llb_status st =
        cmd__read_git(b, remote, ref, "/.git/HEAD", &head, &len, err);

    if (st == LLB_OK)
        st = read_head(head, ret_commit, err);
    free(head);
    return st;
}

static llb_status sum(const char *data, size_t len, char **ret_digest,
                      llb_error *err)
{
    uint8_t bytes[LLB__SHA256_LEN];
    llb__sha256 *h = llb__sha256_new();
    char text[LLB__DIGEST_LEN + 1] = "";
    bool good = h && llb__sha256_sum(h, data, len, bytes);

    llb__sha256_free(h);
    if (!good)
        return llb__fail_nomem(err);
    llb__digest_text(bytes, text);
    return copy_text(text, ret_digest, err);
}

static llb_status fetch_http(bk_build *b, const char *url, char **ret_digest,
                             llb_error *err)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_http_opts o = LLB_HTTP_OPTS_INIT;
    char *data = NULL;
    size_t len;

    if (!g)
        return llb__fail_nomem(err);
    o.filename = "file";
    llb_status st = fetch(b, llb_http(g, url, &o), "/file", &data, &len, err);
    if (st == LLB_OK)
        st = sum(data, len, ret_digest, err);
    free(data);
    llb_graph_free(g);
    return st;
}

llb_status cmd__pin_git(bk_build *b, const char *remote, const char *ref,
                        char **ret_commit, llb_error *err)
{
    llb_status st = ask_git(b, remote, ref, ret_commit, err);

    return st == LLB_OK && !*ret_commit
               ? fetch_git(b, remote, ref, ret_commit, err)
               : st;
}

llb_status cmd__pin_http(bk_build *b, const char *url, char **ret_digest,
                         llb_error *err)
{
    llb_status st = ask_http(b, url, ret_digest, err);

    return st == LLB_OK && !*ret_digest ? fetch_http(b, url, ret_digest, err)
                                        : st;
}
