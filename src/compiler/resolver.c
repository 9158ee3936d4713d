/* Asking what images are: each question once, and the answer kept for all
 * compilations of the project. */
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "eval.h"

static llbc__known_image *find(llbc_project *p, const char *ref,
                               const char *platform, const char *mode)
{
    for (llbc__known_image *k = p->images; k; k = k->next) {
        if (strcmp(k->ref, ref) == 0 && strcmp(k->platform, platform) == 0 &&
            strcmp(k->mode, mode) == 0)
            return k;
    }
    return NULL;
}

/* A copy of the answer that lives as long as the project. */
static bool keep(llb__arena *a, llbc__known_image *k, const llbc_image *image)
{
    if (image->digest[0]) {
        size_t len = strnlen(image->digest, sizeof(image->digest));
        k->digest = llb__arena_strndup(a, image->digest, len);
        if (!k->digest)
            return false;
    }
    if (!image->config)
        return true;
    k->config = llb__arena_strndup(a, image->config, image->config_len);
    k->config_len = image->config_len;
    return k->config != NULL;
}

/* The answer, or why there is none, kept; false: no memory. */
static bool ask_image(llbc__eval *e, llbc__known_image *k, llb_error *err)
{
    const llbc_resolver *r = e->opts->resolver;
    llbc_image image = {.size = (uint32_t)sizeof(image)};

    k->status =
        r->resolve_image(r->ctx, k->ref, k->platform, k->mode, &image, err);
    k->unlocked = image.unlocked != 0;
    bool kept = k->status != LLB_OK || keep(e->project->arena, k, &image);
    free(image.config);
    return kept;
}

static const char git_mode[] = "git", http_mode[] = "http";

static bool ask_pin(llbc__eval *e, llbc__known_image *k, llb_error *err)
{
    const llbc_resolver *r = e->opts->resolver;
    llbc_pin pin = {.size = (uint32_t)sizeof(pin)};

    k->status = k->mode == git_mode
                    ? r->resolve_git(r->ctx, k->ref, k->platform, &pin, err)
                    : r->resolve_http(r->ctx, k->ref, &pin, err);
    k->unlocked = pin.unlocked != 0;
    k->digest = llb__arena_strndup(e->project->arena, pin.value,
                                   strnlen(pin.value, sizeof(pin.value)));
    return k->digest != NULL;
}

static bool ask(llbc__eval *e, llbc__known_image *k)
{
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    bool pin = k->mode == git_mode || k->mode == http_mode;

    if (!(pin ? ask_pin : ask_image)(e, k, &err))
        return false;
    if (k->status == LLB_OK)
        return true;
    k->message = llb__arena_strdup(e->project->arena,
                                   err.message[0] ? err.message
                                                  : llb_status_name(k->status));
    return k->message != NULL;
}

/* The answer to a question, asked when it is new; NULL: stopped. */
static const llbc__known_image *answer(llbc__eval *e, const char *ref,
                                       const char *platform, const char *mode)
{
    llb__arena *a = e->project->arena;
    llbc__known_image *k = find(e->project, ref, platform, mode);

    if (k)
        return k;
    k = llb__arena_alloc(a, sizeof(*k));
    if (k) {
        k->ref = llb__arena_strdup(a, ref);
        k->platform = llb__arena_strdup(a, platform);
        k->mode = mode == git_mode || mode == http_mode
                      ? mode
                      : llb__arena_strdup(a, mode);
    }
    if (!k || !k->ref || !k->platform || !k->mode || !ask(e, k)) {
        llbc__eval_nomem(e);
        return NULL;
    }
    k->next = e->project->images;
    e->project->images = k;
    return k;
}

/* Whether the answer is one; what is to be said about it is said. */
static bool judge(llbc__eval *e, const llbc__known_image *k, const char *what,
                  llb_span at)
{
    if (k->status == LLB_OK) {
        if (k->unlocked) {
            llbc__note *n = llbc__report(e->diags, LLBC__W_UNLOCKED, at,
                                         "%s is not in the lock file", what);
            llbc__help(n, "write it down with llb lock");
        }
        return true;
    }
    if (k->status == LLB_ENOMEM) {
        llbc__eval_nomem(e);
        return false;
    }
    llbc__report(e->diags, LLBC__E_IMAGE, at, "%s: %s", what, k->message);
    /* Without a daemon the next one will not be found either. */
    if (k->status == LLB_EUNAVAILABLE || k->status == LLB_ECANCELED) {
        e->status = k->status;
        llbc__eval_stop(e);
    }
    return false;
}

const llbc__known_image *llbc__resolve(llbc__eval *e, const char *ref,
                                       const llbc__platform *p,
                                       const char *mode, llb_span at)
{
    const llbc__known_image *k = answer(e, ref, p->text, mode);
    const char *what =
        k ? llbc__eval_printf(e, "image \"%s\" for %s", ref, p->text) : NULL;

    return what && judge(e, k, what, at) ? k : NULL;
}

const char *llbc__resolve_pin(llbc__eval *e, const char *url, const char *ref,
                              llb_span at)
{
    const llbc_resolver *r = e->opts->resolver;

    if (!r || e->opts->no_resolve ||
        !(ref ? (void *)r->resolve_git : (void *)r->resolve_http))
        return "";
    const llbc__known_image *k =
        answer(e, url, ref ? ref : "", ref ? git_mode : http_mode);
    const char *what = !k    ? NULL
                       : ref ? llbc__eval_printf(e, "repository \"%s\"%s%s",
                                                 url, *ref ? ", ref " : "", ref)
                             : llbc__eval_printf(e, "file \"%s\"", url);
    return what && judge(e, k, what, at) ? k->digest : NULL;
}
