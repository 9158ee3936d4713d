/* Building a definition. */
#include <llb/client.h>

#include "error.h"
#include "job.h"

llb_status bk_solve(bk_client *c, llb_def *def, const bk_solve_opts *opts,
                    bk_result **ret_result, bk_failure **ret_failure,
                    llb_error *err)
{
    bk__job j;
    bool frontend = opts && opts->frontend;

    if (bk__in_callback)
        return bk__busy(err);
    if (!def == !frontend)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "bk_solve takes either a definition or a frontend");
    llb_status st = bk__job_start(&j, c, def, opts, err);
    if (st == LLB_OK)
        st = bk__job_finish(&j, ret_result, ret_failure, err);
    bk__job_clear(&j);
    return st;
}
