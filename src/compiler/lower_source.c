/* Where filesystems come from: images and files of the web. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <llb/http.h>
#include <llb/image.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"

llbc__value llbc__source_fs(llbc__eval *e, const llb_state *state,
                            const llbc__config *config,
                            const llbc__platform *platform)
{
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    llbc__node *node = llbc__node_new(e, 0);

    if (!fs || !node || !llbc__state_ok(e, state, e->frame->stmt))
        return llbc__no_value();
    *fs = (llbc__fs){
        .state = state, .config = config, .platform = platform, .node = node};
    return llbc__fs_value(fs);
}

llbc__value llbc__fn_scratch(llbc__eval *e, const llbc__actuals *a)
{
    (void)a;
    return llbc__fs_value(llbc__fs_scratch(e));
}

/* --- images --------------------------------------------------------- */

static const char *normal_ref(llbc__eval *e, const llbc__actuals *a)
{
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    char *ref = NULL;

    llb_status st = llb_image_ref_normalize(llbc__str_of(a, "REF"), &ref, &err);
    if (st == LLB_ENOMEM) {
        llbc__eval_nomem(e);
        return NULL;
    }
    if (st != LLB_OK) {
        llbc__report(e->diags, LLBC__E_IMAGE, llbc__at_of(a, "REF"), "%s",
                     err.message);
        return NULL;
    }
    const char *copy = llbc__eval_strndup(e, ref, strlen(ref));
    free(ref);
    return copy;
}

static void note_unresolved(llbc__eval *e, const llbc__actuals *a,
                            const char *ref)
{
    llbc__found *f = &e->found;

    llbc__eval_charge(e, f->n_unresolved);
    for (size_t i = 0; i < f->n_unresolved; i++) {
        if (strcmp(f->unresolved[i], ref) == 0)
            return;
    }
    const char **slot =
        LLBC__PUSH(e, f->unresolved, f->n_unresolved, f->cap_unresolved);
    if (slot)
        *slot = ref;
    llbc__note *n = llbc__report(
        e->diags, LLBC__W_UNRESOLVED, llbc__at_of(a, "REF"),
        "the config of \"%s\" is not known, and nothing is inherited from it",
        ref);
    llbc__help(n, "compile with a daemon to inherit environment, user and "
                  "command of the image");
}

static void warn_onbuild(llbc__eval *e, llb_span at, const llbc__config *config)
{
    if (!config->onbuild.n)
        return;
    llbc__note *n =
        llbc__report(e->diags, LLBC__W_ONBUILD, at,
                     "the image has %zu ONBUILD trigger%s, which only a "
                     "Dockerfile runs",
                     config->onbuild.n, config->onbuild.n == 1 ? "" : "s");
    for (size_t i = 0; i < config->onbuild.n && i < 8; i++)
        llbc__related(n, at, "%s", config->onbuild.items[i]);
}

const llbc__config *llbc__image_config(llbc__eval *e, const char *json,
                                       size_t len, llb_span at,
                                       const char **ret_user)
{
    llbc__config *config = llbc__eval_alloc(e, 1, sizeof(*config));
    llb_error err = {LLB_OK, {0, 0, 0}, ""};

    *ret_user = NULL;
    if (!config)
        return NULL;
    llb_status st =
        llbc__config_read(e->arena, json, len, config, ret_user, &err);
    if (st == LLB_OK) {
        warn_onbuild(e, at, config);
        return config;
    }
    if (st == LLB_ENOMEM)
        llbc__eval_nomem(e);
    else
        llbc__report(e->diags, LLBC__E_IMAGE_CONFIG, at,
                     "the config of the image: %s", err.message);
    return NULL;
}

static llb_resolve_mode mode_of(const char *mode)
{
    return strcmp(mode, "pull") == 0    ? LLB_RESOLVE_PULL
           : strcmp(mode, "local") == 0 ? LLB_RESOLVE_LOCAL
                                        : LLB_RESOLVE_DEFAULT;
}

static llbc__value make_image(llbc__eval *e, const llbc__actuals *a,
                              const char *ref, const llbc__platform *platform,
                              const llbc__known_image *known)
{
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;
    llbc__op_places places;
    llb_constraints c = llbc__constraints(e, &places);
    llb_platform p = llbc__platform_llb(platform);
    int64_t limit = llbc__bounded_of(e, a, "layer_limit", 1, INT32_MAX, 0);
    const llbc__config *config = &llbc__no_config;
    const char *user = NULL;
    const char *mode = llbc__str_of(a, "resolve");

    if (known && known->config) {
        config = llbc__image_config(e, known->config, known->config_len,
                                    llbc__at_of(a, "REF"), &user);
        if (!config)
            return llbc__no_value();
        o.config = known->config;
        o.config_len = known->config_len;
    }
    if (known)
        o.resolved_digest = known->digest;
    if (strcmp(platform->text, e->target_platform->text) != 0)
        c.platform = &p;
    o.constraints = &c;
    o.resolve_mode = mode_of(mode ? mode : "default");
    o.checksum = llbc__str_of(a, "checksum");
    o.layer_limit = limit ? &limit : NULL;
    const llb_state *s = llb_image(e->graph, ref, &o);
    if (user)
        s = llb_user(s, user);
    return llbc__source_fs(e, s, config, platform);
}

llbc__value llbc__fn_image(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value asked = llbc__value_of(a, "platform");
    const llbc__platform *platform =
        asked.kind == LLBC__PLATFORM ? asked.u.platform : e->frame->platform;
    const llbc__known_image *known = NULL;
    const char *mode = llbc__str_of(a, "resolve");
    const char *ref = normal_ref(e, a);

    if (!ref)
        return llbc__no_value();
    if (e->opts->resolver && !e->opts->no_resolve) {
        known = llbc__resolve(e, ref, platform, mode ? mode : "default",
                              llbc__at_of(a, "REF"));
        if (!known)
            return llbc__no_value();
    }
    llbc__value v = make_image(e, a, ref, platform, known);
    if (!known || !known->config) {
        note_unresolved(e, a, ref);
        if (v.kind == LLBC__FS)
            ((llbc__fs *)v.u.fs)->unknown = true;
    }
    return v;
}

/* --- files of the web ----------------------------------------------- */

/* The last part of the URL's path; NULL when it has none. */
static const char *url_name(llbc__eval *e, const char *url)
{
    const char *start = strstr(url, "://");

    start = start ? start + 3 : url;
    size_t len = strcspn(start, "?#");
    const char *name = NULL;
    for (size_t i = 0; i < len; i++) {
        if (start[i] == '/')
            name = start + i + 1;
    }
    if (!name || name >= start + len)
        return NULL;
    return llbc__eval_strndup(e, name, (size_t)(start + len - name));
}

/* BuildKit passes on these two and drops all others in silence. */
static bool set_headers(llbc__eval *e, const llbc__actuals *a, llb_http_opts *o)
{
    llbc__value headers = llbc__value_of(a, "headers");

    for (size_t i = 0; headers.kind == LLBC__MAP && i < headers.n; i++) {
        const char *key = headers.u.map[i].key;
        const char *value = headers.u.map[i].value.u.str;
        if (strcasecmp(key, "accept") == 0) {
            o->accept = value;
        } else if (strcasecmp(key, "user-agent") == 0) {
            o->user_agent = value;
        } else {
            llbc__note *n =
                llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "headers"),
                             "BuildKit sends no header \"%s\"", key);
            llbc__help(n, "it knows \"accept\" and \"user-agent\"; for "
                          "\"authorization\" use auth_secret=");
            return false;
        }
    }
    return true;
}

bool llbc__url_is_public(llbc__eval *e, const llbc__actuals *a, const char *url)
{
    const char *host = strstr(url, "://");
    size_t len = host ? strcspn(host += 3, "/?#") : 0;
    const char *at = len ? memrchr(host, '@', len) : NULL;

    if (!at || (strncmp(url, "ssh://", 6) == 0 &&
                !memchr(host, ':', (size_t)(at - host))))
        return true;
    llbc__note *n =
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "URL"),
                     "the URL holds a login, and everybody may read what is "
                     "in a definition");
    llbc__help(n, "take it out; say auth_secret=\"NAME\" here and --secret "
                  "id=NAME to llb build");
    return false;
}

static bool is_url(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

llbc__value llbc__fn_http(llbc__eval *e, const llbc__actuals *a)
{
    llb_http_opts o = LLB_HTTP_OPTS_INIT;
    llbc__op_places places;
    const char *url = llbc__str_of(a, "URL");

    if (!is_url(url)) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "URL"),
                     "\"%s\" starts with neither http:// nor https://", url);
        return llbc__no_value();
    }
    if (!llbc__url_is_public(e, a, url))
        return llbc__no_value();
    o.filename = llbc__str_of(a, "filename");
    if (!o.filename)
        o.filename = url_name(e, url);
    if (!o.filename) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "URL"),
                         "the URL names no file");
        llbc__help(n, "give the file a name: filename=\"...\"");
        return llbc__no_value();
    }
    o.checksum = llbc__str_of(a, "checksum");
    if (!o.checksum) {
        const char *pin =
            llbc__resolve_pin(e, url, NULL, llbc__at_of(a, "URL"));
        if (!pin)
            return llbc__no_value();
        o.checksum = *pin ? pin : NULL;
    }
    o.chmod = (uint32_t)llbc__bounded_of(e, a, "chmod", 0, 0777, 0);
    o.uid = (int32_t)llbc__bounded_of(e, a, "uid", 0, INT32_MAX, 0);
    o.gid = (int32_t)llbc__bounded_of(e, a, "gid", 0, INT32_MAX, 0);
    o.auth_header_secret = llbc__str_of(a, "auth_secret");
    o.sig_pubkey = llbc__str_of(a, "sig_pubkey");
    o.signature = llbc__str_of(a, "signature");
    if (!set_headers(e, a, &o))
        return llbc__no_value();
    llb_constraints c = llbc__constraints(e, &places);
    o.constraints = &c;
    return llbc__source_fs(e, llb_http(e->graph, url, &o), &llbc__no_config,
                           NULL);
}
