/* Results with several refs. */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "failure.h"
#include "interrupt.h"
#include "report.h"

llb_status cmd__refs_of(const cmd__set *set, bk_refs **ret_refs, llb_error *err)
{
    llb__arena *a = llb__arena_new(1 << 20);
    bk_ref *list = a ? llb__arena_array(a, set->n, sizeof(*list)) : NULL;
    bk_meta *meta = a ? llb__arena_array(a, set->n, sizeof(*meta)) : NULL;
    bool keyed = set->n > 1, good = list && meta;

    for (size_t i = 0; i < set->n && good; i++) {
        const llbc_result *r = set->list[i];
        const char *platform = llbc_result_platform(r);
        list[i] = (bk_ref){platform, NULL, llbc_result_def(r)};
        meta[i].key =
            llb__arena_printf(a, "containerimage.config%s%s", keyed ? "/" : "",
                              keyed ? platform : "");
        meta[i].value = llbc_result_config(r, &meta[i].len);
        good = meta[i].key != NULL;
    }
    llb_status st =
        good ? bk_refs_new(list, set->n, keyed, meta, set->n, ret_refs, err)
             : llb__fail_nomem(err);
    llb__arena_free(a);
    return st;
}

/* ---- capturing ---- */

static int say_why(const cmd__daemon *d, const llb_error *err,
                   bk_failure *failure)
{
    if (failure)
        cmd__failure_show(failure, d->kind);
    else if (err->status == LLB_ECANCELED)
        cmd__error("cancelled");
    else
        cmd__fail(err);
    bk_failure_free(failure);
    return cmd__exit_code(err->status);
}

/* What outlives the build: as a bundle would have it. */
static llb_status keep(const bk_refs *made, bk_refs **ret_refs, llb_error *err)
{
    char *data;
    size_t len;
    llb_status st = bk_refs_marshal(made, &data, &len, err);

    if (st != LLB_OK)
        return st;
    st = bk_refs_parse(data, len, ret_refs, err);
    free(data);
    return st;
}

int cmd__capture(cmd__daemon *d, const cmd__dockerfile *file,
                 bk_refs **ret_refs)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    bk_frontend_opts f = BK_FRONTEND_OPTS_INIT;
    bk_failure *failure = NULL;
    bk_build *build;
    bk_refs *made = NULL;
    llb_error err = {0};

    o.locals = file->locals;
    o.n_locals = file->n_locals;
    o.internal = true; /* nothing is built: no history of it */
    o.cancel = bk_cancel_new();
    f.frontend = CMD__DOCKERFILE_FRONTEND;
    f.attrs = file->attrs;
    f.n_attrs = file->n_attrs;
    *ret_refs = NULL;
    llb_status st = o.cancel ? LLB_OK : llb__fail_nomem(&err);
    cmd__interrupt_cancels(o.cancel, true);
    if (st == LLB_OK)
        st = bk_build_new(d->client, &o, &build, &err);
    if (st == LLB_OK) {
        st = bk_build_frontend(build, &f, &made, &failure, &err);
        bk_build_free(build);
    }
    if (st == LLB_OK)
        st = keep(made, ret_refs, &err);
    bk_refs_free(made);
    cmd__interrupt_cancels(NULL, true);
    bk_cancel_free(o.cancel);
    return st == LLB_OK ? CMD__DONE : say_why(d, &err, failure);
}
