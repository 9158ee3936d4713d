/* Builds whose failed steps are looked into: they go through the gateway,
 * which keeps what a step left as long as the build runs. */
#include <string.h>

#include "error.h"
#include "gateway.h"
#include "refs.h"

static llb_status solve_def(bk_client *c, llb_def *def, bk_solve_opts o,
                            bk_result **ret_result, bk_failure **ret_failure,
                            llb_error *err)
{
    bk_ref one = {"", NULL, def};
    bk_meta config = {"containerimage.config", o.image_config,
                      o.image_config ? strlen(o.image_config) : 0};
    bk_refs *refs;
    llb_status st = bk_refs_new(&one, 1, false, &config, o.image_config ? 1 : 0,
                                &refs, err);

    if (st != LLB_OK)
        return st;
    o.image_config = NULL;
    st = bk__solve_steered(c, refs, &o, ret_result, ret_failure, err);
    bk_refs_free(refs);
    return st;
}

/* Asks the frontend, then builds what it made step by step. */
static llb_status solve_frontend(bk_client *c, bk_solve_opts o,
                                 bk_result **ret_result,
                                 bk_failure **ret_failure, llb_error *err)
{
    bk_frontend_opts f = BK_FRONTEND_OPTS_INIT;
    bk_build b = {.caps = NULL};
    bk_refs *made = NULL;

    f.frontend = o.frontend;
    f.attrs = o.frontend_attrs;
    f.n_attrs = o.n_frontend_attrs;
    o.frontend = NULL; /* we are, for the daemon; it reads its attributes */
    llb_status st = bk__job_start(&b.job, c, NULL, NULL, &o, err);
    if (st == LLB_OK)
        st = bk_build_frontend(&b, &f, &made, ret_failure, err);
    if (st == LLB_OK)
        st = bk__build_refs(&b, made, ret_result, ret_failure, err);
    bk_refs_free(made);
    bk__build_clear(&b);
    return st;
}

llb_status bk__solve_watched(bk_client *c, llb_def *def, const bk_solve_opts *o,
                             bk_result **ret_result, bk_failure **ret_failure,
                             llb_error *err)
{
    return def ? solve_def(c, def, *o, ret_result, ret_failure, err)
               : solve_frontend(c, *o, ret_result, ret_failure, err);
}
