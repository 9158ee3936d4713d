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
                              const bk_solve_opts *opts, bk_result **ret_result,
                              bk_failure **ret_failure, llb_error *err)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    llb_status st = bk__solve_opts(&o, opts, err);

    if (st != LLB_OK)
        return st;
    const bk_meta *config = bk_refs_meta(refs, "containerimage.config");
    o.image_config = config ? config->value : NULL;
    return bk_solve(c, refs->list[0].def, &o, ret_result, ret_failure, err);
}

/* Each ref of the result within the build, and all of them handed back. */
static llb_status steer(bk_build *b, const bk_refs *refs, bk_ref *made,
                        bk_result **ret_result, bk_failure **ret_failure,
                        llb_error *err)
{
    bk_refs *result;
    llb_status st = LLB_OK;

    for (size_t i = 0; i < refs->n && st == LLB_OK; i++) {
        char *id = NULL;
        st = bk_build_solve(b, refs->list[i].def, false, &id, ret_failure, err);
        made[i] = (bk_ref){refs->list[i].platform, id, NULL};
    }
    if (st == LLB_OK)
        st = bk_refs_new(made, refs->n, refs->keyed, refs->meta, refs->n_meta,
                         &result, err);
    if (st != LLB_OK)
        return st;
    st = bk_build_return_refs(b, result, ret_result, ret_failure, err);
    bk_refs_free(result);
    return st;
}

static llb_status solve_steered(bk_client *c, const bk_refs *refs,
                                const bk_solve_opts *opts,
                                bk_result **ret_result,
                                bk_failure **ret_failure, llb_error *err)
{
    bk_build b = {.caps = NULL};
    bk_ref *made = calloc(refs->n, sizeof *made);
    llb_status st = made ? bk__job_start(&b.job, c, NULL, refs, opts, err)
                         : llb__fail_nomem(err);

    if (st == LLB_OK)
        st = steer(&b, refs, made, ret_result, ret_failure, err);
    for (size_t i = 0; made && i < refs->n; i++)
        free((void *)(uintptr_t)made[i].id);
    free(made);
    bk__build_clear(&b);
    return st;
}

llb_status bk_solve_refs(bk_client *c, const bk_refs *refs,
                         const bk_solve_opts *opts, bk_result **ret_result,
                         bk_failure **ret_failure, llb_error *err)
{
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
    return is_plain(refs)
               ? solve_plain(c, refs, opts, ret_result, ret_failure, err)
               : solve_steered(c, refs, opts, ret_result, ret_failure, err);
}
