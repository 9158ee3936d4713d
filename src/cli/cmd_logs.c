/* llb logs: what a build wrote. */
#include "commands.h"

#include <string.h>
#include <unistd.h>

#include "error.h"
#include "history.h"
#include "interrupt.h"
#include "progress.h"
#include "report.h"
#include "show.h"

struct opts {
    cmd__daemon_opts daemon;
    int progress;
};

/* The build that was named, or the newest one. */
static llb_status find(cmd__daemon *d, const char *ref, bk_history **ret,
                       llb_error *err)
{
    bk_history_opts h = BK_HISTORY_OPTS_INIT;

    h.ref = ref;
    llb_status st = bk_history_get(d->client, &h, ret, err);
    if (st != LLB_OK || (*ret)->n > 0)
        return st;
    bk_history_free(*ret);
    return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                     "the daemon remembers no build");
}

/* How it ended: what a program reads last. */
static json_t *end_json(const bk_past *p)
{
    return json_pack("{s:{s:s, s:s, s:o}}", "build", "ref", p->ref, "status",
                     cmd__past_status(p), "error",
                     *p->error ? cmd__json_text(p->error, strlen(p->error))
                               : json_null());
}

static int play(const struct opts *o, cmd__daemon *d, const bk_past *past)
{
    bool json = o->progress == CMD__PROGRESS_JSON;
    cmd__progress *progress =
        cmd__progress_new((cmd__progress_mode)o->progress, STDOUT_FILENO);
    bk_cancel *cancel = bk_cancel_new();
    llb_error err = {0};
    llb_status st = progress && cancel ? LLB_OK : llb__fail_nomem(&err);

    cmd__interrupt_cancels(cancel, false);
    if (st == LLB_OK)
        st = bk_history_play(d->client, past->ref,
                             cmd__progress_events(progress), cancel, &err);
    cmd__interrupt_cancels(NULL, false);
    if (progress)
        cmd__progress_end(progress);
    int rc = st == LLB_OK ? CMD__DONE : cmd__fail(&err);
    if (progress && st == LLB_OK && json)
        cmd__progress_object(progress, end_json(past));
    else if (st == LLB_OK && *past->error && o->progress != CMD__PROGRESS_QUIET)
        cmd__say("%s: %s", cmd__past_status(past), past->error);
    cmd__progress_free(progress);
    bk_cancel_free(cancel);
    return rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__daemon d = {0};
    bk_history *h;
    llb_error err = {0};

    cmd__interrupt_begin(NULL);
    int rc = cmd__show_open(&d, "logs", &o->daemon);
    if (rc == CMD__DONE) {
        const char *ref = args->n_operands ? args->operands[0] : NULL;
        if (find(&d, ref, &h, &err) == LLB_OK) {
            rc = play(o, &d, &h->list[0]);
            bk_history_free(h);
        } else {
            rc = cmd__fail(&err);
        }
    }
    cmd__daemon_close(&d);
    cmd__interrupt_end();
    return rc;
}

static const cmd__option options[] = {
    {.name = "progress",
     .kind = CMD__CHOICE,
     .offset = offsetof(struct opts, progress),
     .value = "WORD",
     .choices = cmd__progress_words,
     .help = "auto, tty, plain, json or quiet, on standard output (auto)"},
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon to ask (the one that llb build would "
                        "take)"),
};

const cmd__command cmd_logs = {
    .name = "logs",
    .operands = "[REF]",
    .max_operands = 1,
    .summary = "show what a build wrote",
    .about = "Plays the progress of a build that the daemon remembers (the "
             "newest one, or that of REF), or follows one that still runs. "
             "The exit code is that of the showing, not of the build.",
    .examples = "    llb logs\n"
                "    llb logs k3n0sh5n6xu3bbmoj7fbl7z4f --progress json\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
