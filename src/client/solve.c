/* Building a definition. */
#include <stdlib.h>

#include "error.h"
#include "gateway.h"

/* The build waits for its definition: hands it in and gives the result back
 * with the image's config beside it. */
static llb_status steer(bk_build *b, llb_def *def, bk_result **ret_result,
                        bk_failure **ret_failure, llb_error *err)
{
    char *ref;
    bk_pair config = {"containerimage.config", b->job.o.image_config};
    llb_status st = bk_build_solve(b, def, false, &ref, ret_failure, err);

    if (st != LLB_OK)
        return st;
    st = bk_build_return(b, ref, &config, config.value ? 1 : 0, ret_result,
                         ret_failure, err);
    free(ref);
    return st;
}

llb_status bk_solve(bk_client *c, llb_def *def, const bk_solve_opts *opts,
                    bk_result **ret_result, bk_failure **ret_failure,
                    llb_error *err)
{
    bk_build b = {.caps = NULL};
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    bool frontend = opts && opts->frontend;

    if (bk__in_callback)
        return bk__busy(err);
    if (!def == !frontend)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "bk_solve takes either a definition or a frontend");
    llb_status st = bk__solve_opts(&o, opts, err);
    if (st != LLB_OK)
        return st;
    if (o.failed)
        return bk__solve_watched(c, def, &o, ret_result, ret_failure, err);
    st = bk__job_start(&b.job, c, def, NULL, &o, err);
    if (st == LLB_OK && b.job.gateway)
        st = steer(&b, def, ret_result, ret_failure, err);
    else if (st == LLB_OK)
        st = bk__job_finish(&b.job, ret_result, ret_failure, err);
    bk__build_clear(&b);
    return st;
}
