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

static bool ask(llbc__eval *e, llbc__known_image *k)
{
    const llbc_resolver *r = e->opts->resolver;
    llbc_image image = {.size = (uint32_t)sizeof(image)};
    llb_error err = {LLB_OK, {0, 0, 0}, ""};

    k->status =
        r->resolve_image(r->ctx, k->ref, k->platform, k->mode, &image, &err);
    bool kept = true;
    if (k->status == LLB_OK)
        kept = keep(e->project->arena, k, &image);
    else
        kept = (k->message = llb__arena_strdup(
                    e->project->arena,
                    err.message[0] ? err.message
                                   : llb_status_name(k->status))) != NULL;
    free(image.config);
    return kept;
}

const llbc__known_image *llbc__resolve(llbc__eval *e, const char *ref,
                                       const llbc__platform *p,
                                       const char *mode, llb_span at)
{
    llb__arena *a = e->project->arena;
    llbc__known_image *k = find(e->project, ref, p->text, mode);

    if (!k) {
        k = llb__arena_alloc(a, sizeof(*k));
        if (k) {
            k->ref = llb__arena_strdup(a, ref);
            k->platform = llb__arena_strdup(a, p->text);
            k->mode = llb__arena_strdup(a, mode);
        }
        if (!k || !k->ref || !k->platform || !k->mode || !ask(e, k)) {
            llbc__eval_nomem(e);
            return NULL;
        }
        k->next = e->project->images;
        e->project->images = k;
    }
    if (k->status == LLB_OK)
        return k;
    if (k->status == LLB_ENOMEM) {
        llbc__eval_nomem(e);
        return NULL;
    }
    llbc__report(e->diags, LLBC__E_IMAGE, at, "image \"%s\" for %s: %s", ref,
                 p->text, k->message);
    /* Without a daemon the next image will not be found either. */
    if (k->status == LLB_EUNAVAILABLE || k->status == LLB_ECANCELED) {
        e->status = k->status;
        llbc__eval_stop(e);
    }
    return NULL;
}
