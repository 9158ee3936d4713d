/* Building results that were made before: bundles, and what a language gives
 * for several platforms. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "gateway.h"
#include "refs.h"

/* Whether all that a result says can be said in Control.Solve itself: nothing,
 * or an image's config. Of one ref the platform is that of its config. */
static bool is_plain(const bk_refs *refs)
{
    bool plain = !refs->keyed;

    for (size_t i = 0; i < refs->n_meta && plain; i++) {
        const bk_meta *m = &refs->meta[i];
        bool config = strcmp(m->key, "containerimage.config") == 0;
        plain = (config || strcmp(m->key, "refs.platforms") == 0) &&
                !memchr(m->value, '\0', m->len);
    }
    return plain;
}

static llb_status solve_plain(bk_client *c, const bk_refs *refs,
                              bk_solve_opts o, bk_result **ret_result,
                              bk_failure **ret_failure, llb_error *err)
{
    const bk_meta *config = bk_refs_meta(refs, "containerimage.config");

    o.image_config = config ? config->value : NULL;
    return bk_solve(c, refs->list[0].def, &o, ret_result, ret_failure, err);
}

/* One definition within the build. Who wants to look into failures gets them
 * here: a lazy result would show them only at the end. */
static llb_status build_one(bk_build *b, llb_def *def, char **ret_id,
                            bk_failure **ret_failure, llb_error *err)
{
    const bk_solve_opts *o = &b->job.o;
    bk_failure *f = NULL;
    llb_status st = bk_build_solve(b, def, o->failed != NULL, ret_id, &f, err);

    if (st == LLB_OK && o->failed)
        st = bk_build_evaluate(b, *ret_id, &f, err);
    if (f && o->failed)
        o->failed(o->failed_ctx, b, f);
    if (f && ret_failure)
        *ret_failure = f;
    else
        bk_failure_free(f);
    return st;
}

llb_status bk__build_refs(bk_build *b, const bk_refs *refs,
                          bk_result **ret_result, bk_failure **ret_failure,
                          llb_error *err)
{
    bk_ref *made = calloc(refs->n, sizeof *made);
    char **ids = calloc(refs->n, sizeof *ids);
    llb_status st = made && ids ? LLB_OK : llb__fail_nomem(err);
    bk_refs *result = NULL;

    for (size_t i = 0; i < refs->n && st == LLB_OK; i++) {
        st = build_one(b, refs->list[i].def, &ids[i], ret_failure, err);
        made[i] = (bk_ref){refs->list[i].platform, ids[i], NULL};
    }
    if (st == LLB_OK)
        st = bk_refs_new(made, refs->n, refs->keyed, refs->meta, refs->n_meta,
                         &result, err);
    if (st == LLB_OK)
        st = bk_build_return_refs(b, result, ret_result, ret_failure, err);
    bk_refs_free(result);
    for (size_t i = 0; ids && i < refs->n; i++)
        free(ids[i]);
    free(ids);
    free(made);
    return st;
}

llb_status bk__solve_steered(bk_client *c, const bk_refs *refs,
                             const bk_solve_opts *opts, bk_result **ret_result,
                             bk_failure **ret_failure, llb_error *err)
{
    bk_build b = {.caps = NULL};
    llb_status st = bk__job_start(&b.job, c, NULL, refs, opts, err);

    if (st == LLB_OK)
        st = bk__build_refs(&b, refs, ret_result, ret_failure, err);
    bk__build_clear(&b);
    return st;
}

llb_status bk_solve_refs(bk_client *c, const bk_refs *refs,
                         const bk_solve_opts *opts, bk_result **ret_result,
                         bk_failure **ret_failure, llb_error *err)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;

    if (bk__in_callback)
        return bk__busy(err);
    if (opts && (opts->frontend || opts->image_config))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "bk_solve_refs takes neither a frontend nor an image "
                         "config: the result has its own");
    for (size_t i = 0; i < refs->n; i++)
        if (!refs->list[i].def)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "bk_solve_refs: a ref has no definition");
    llb_status st = bk__solve_opts(&o, opts, err);
    if (st != LLB_OK)
        return st;
    return is_plain(refs) && !o.failed
               ? solve_plain(c, refs, o, ret_result, ret_failure, err)
               : bk__solve_steered(c, refs, &o, ret_result, ret_failure, err);
}
