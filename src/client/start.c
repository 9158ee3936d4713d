/* bk_solve() on a thread of its own, for programs with something else to do
 * meanwhile, other builds for instance. */
#include <pthread.h>
#include <stdlib.h>

#include <llb/client.h>

#include "cancel.h"
#include "conn.h"
#include "connect.h"
#include "error.h"
#include "job.h"
#include "thread.h"

struct bk_solving {
    bk_client *client;
    llb_def *def;       /* counted once more */
    bk_solve_opts o;    /* with a cancel handle of our own, */
    bk_cancel *callers; /* which the caller's sets by this watch */
    bk__watch watch;
    void (*done)(void *ctx);
    void *ctx;
    pthread_t thread;
    bk_result *result;
    bk_failure *failure;
    llb_error err;
    llb_status status;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ended;
};

static void *run(void *arg)
{
    bk_solving *s = arg;

    s->status =
        bk_solve(s->client, s->def, &s->o, &s->result, &s->failure, &s->err);
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    bk__in_callback = true;
    if (s->done)
        s->done(s->ctx);
    return NULL;
}

static void cancel(void *arg) { bk_cancel_set(arg); }

static void solving_free(bk_solving *s)
{
    bk__cancel_unwatch(s->callers, &s->watch);
    bk_cancel_free(s->o.cancel);
    bk_result_free(s->result);
    bk_failure_free(s->failure);
    llb_def_free(s->def);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

llb_status bk_solve_start(bk_client *c, llb_def *def, const bk_solve_opts *opts,
                          void (*done)(void *ctx), void *ctx,
                          bk_solving **ret_solving, llb_error *err)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    llb_status st = bk__solve_opts(&o, opts, err);

    if (st != LLB_OK)
        return st;
    bk_solving *s = calloc(1, sizeof *s);
    bk_cancel *own = bk_cancel_new();
    if (!s || !own) {
        free(s);
        bk_cancel_free(own);
        return llb__fail_nomem(err);
    }
    *s = (bk_solving){.client = c,
                      .def = llb_def_ref(def),
                      .o = o,
                      .callers = o.cancel,
                      .watch = {.fn = cancel, .arg = own},
                      .done = done,
                      .ctx = ctx};
    s->o.cancel = own;
    pthread_mutex_init(&s->lock, NULL);
    bk__cond_init(&s->changed);
    bk__cancel_watch(s->callers, &s->watch);
    if (!bk__thread_start(&s->thread, run, s)) {
        solving_free(s);
        return llb__fail_nomem(err);
    }
    *ret_solving = s;
    return LLB_OK;
}

bool bk_solving_wait(bk_solving *s, uint32_t ms)
{
    int64_t deadline = bk__now_ms() + (bk__in_callback ? 0 : ms);

    pthread_mutex_lock(&s->lock);
    while (!s->ended && bk__cond_wait(&s->changed, &s->lock, deadline))
        ;
    bool ended = s->ended;
    pthread_mutex_unlock(&s->lock);
    return ended;
}

void bk_solving_cancel(bk_solving *s) { bk_cancel_set(s->o.cancel); }

llb_status bk_solving_finish(bk_solving *s, bk_result **ret_result,
                             bk_failure **ret_failure, llb_error *err)
{
    if (bk__in_callback)
        return bk__busy(err);
    pthread_join(s->thread, NULL);
    llb_status st = s->status;
    if (err && st != LLB_OK)
        *err = s->err;
    if (ret_result && st == LLB_OK) {
        *ret_result = s->result;
        s->result = NULL;
    }
    if (ret_failure && s->failure) {
        *ret_failure = s->failure;
        s->failure = NULL;
    }
    solving_free(s);
    return st;
}
