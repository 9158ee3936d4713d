/* llb workers: who does the work in a daemon. */
#include "commands.h"

#include <string.h>

#include "escape.h"
#include "report.h"
#include "show.h"
#include "worker.h"

struct opts {
    cmd__daemon_opts daemon;
    bool json;
};

static void add_row(llb__buf *out, const char *name, const char *value)
{
    llb__buf_printf(out, "  %-10s ", name);
    cmd__escape(out, value, strlen(value));
    llb__buf_addc(out, '\n');
}

static void add_worker(llb__buf *out, const bk_worker *w, bool is_default)
{
    cmd__escape(out, w->id, strlen(w->id));
    llb__buf_adds(out, is_default ? " (default)\n" : "\n");
    if (*w->version)
        add_row(out, "version", w->version);
    for (size_t i = 0; i < w->n_platforms; i++)
        add_row(out, i ? "" : "platforms", w->platforms[i]);
    for (size_t i = 0; i < w->n_labels; i++) {
        llb__buf_printf(out, "  %-10s ", i ? "" : "labels");
        cmd__escape(out, w->labels[i].key, strlen(w->labels[i].key));
        llb__buf_addc(out, '=');
        cmd__escape(out, w->labels[i].value, strlen(w->labels[i].value));
        llb__buf_addc(out, '\n');
    }
}

static int show(const struct opts *o, const bk_daemon_info *info)
{
    llb__buf out = LLB__BUF_INIT;

    if (o->json)
        return cmd__show_json(cmd__workers_json(info));
    for (size_t i = 0; i < info->n_workers; i++)
        add_worker(&out, &info->workers[i], i == 0);
    return cmd__show_text(&out);
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__daemon d = {0};
    bk_daemon_info *info;
    llb_error err = {0};
    int rc = cmd__show_open(&d, "workers", &o->daemon);

    if (rc == CMD__DONE && bk_info(d.client, &info, &err) != LLB_OK) {
        rc = cmd__fail(&err);
    } else if (rc == CMD__DONE) {
        rc = show(o, info);
        bk_info_free(info);
    }
    cmd__daemon_close(&d);
    return rc;
}

static const cmd__option options[] = {
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write a JSON list"},
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon to ask (the one that llb build would "
                        "take)"),
};

const cmd__command cmd_workers = {
    .name = "workers",
    .operands = "",
    .summary = "show the workers of a daemon",
    .about = "Lists a daemon's workers with their platforms and labels; the "
             "first one is what builds use.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
