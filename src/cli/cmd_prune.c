/* llb prune: makes room in a daemon's cache. */
#include "commands.h"

#include <string.h>

#include "amount.h"
#include "error.h"
#include "filter.h"
#include "interrupt.h"
#include "report.h"
#include "show.h"
#include "usage.h"

struct opts {
    cmd__daemon_opts daemon;
    cmd__list filters;
    const char *keep_duration, *keep_storage, *free_storage;
    bool all, json;
};

/* What has been removed so far; rows are printed as they come. */
struct removed {
    bool json, started;
    json_t *records;
    cmd__sums sums;
    int64_t now;
    int rc;
};

static void show_one(void *ctx, const bk_usage *u)
{
    struct removed *r = ctx;
    llb__buf out = LLB__BUF_INIT;

    cmd__sums_add(&r->sums, u);
    if (r->json) {
        json_array_append_new(r->records, cmd__usage_json(u));
        return;
    }
    if (!r->started)
        cmd__usage_heading(&out);
    r->started = true;
    cmd__usage_row(&out, u, r->now);
    int rc = cmd__show_text(&out);
    if (r->rc == CMD__DONE)
        r->rc = rc;
}

static llb_status read_size(const char *option, const char *text, int64_t *ret,
                            llb_error *err)
{
    if (!text || cmd__size_parse(text, ret))
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "--%s %s: that is no size, such as 10GB, 512MiB or a "
                     "number of bytes",
                     option, text);
}

static llb_status read_opts(const struct opts *o, llb__arena *a,
                            bk_prune_opts *p, llb_error *err)
{
    cmd__filters f;
    llb_status st = cmd__filters_read(a, &o->filters, &f, err);

    if (st == LLB_OK)
        st = read_size("keep-storage", o->keep_storage, &p->keep_len, err);
    if (st == LLB_OK)
        st = read_size("free-storage", o->free_storage, &p->min_free_len, err);
    if (st == LLB_OK && o->keep_duration &&
        !cmd__duration_parse(o->keep_duration, &p->keep_ns))
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "--keep-duration %s: that is no duration, such as 24h, "
                       "1h30m or 7d",
                       o->keep_duration);
    if (st == LLB_OK && o->keep_duration && f.age_ns >= 0)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "--keep-duration and --filter until= say the same");
    if (st != LLB_OK)
        return st;
    if (f.age_ns >= 0)
        p->keep_ns = f.age_ns;
    p->all = o->all;
    p->filters = f.items;
    p->n_filters = f.n;
    return LLB_OK;
}

static int show_end(struct removed *r)
{
    char total[16];

    if (r->json)
        return cmd__show_json(json_pack("{s:o, s:I}", "records",
                                        json_incref(r->records), "total",
                                        (json_int_t)r->sums.total));
    if (r->rc != CMD__DONE)
        return r->rc;
    cmd__size_text(r->sums.total, total);
    llb__buf out = LLB__BUF_INIT;
    llb__buf_printf(&out, "removed %s\n", r->started ? total : "nothing");
    return cmd__show_text(&out);
}

static int prune(cmd__daemon *d, bk_prune_opts *p, bool json)
{
    struct removed r = {.json = json,
                        .records = json_array(),
                        .now = cmd__now_ns(),
                        .rc = CMD__DONE};
    llb_error err = {0};

    p->cancel = bk_cancel_new();
    p->removed = show_one;
    p->ctx = &r;
    cmd__interrupt_cancels(p->cancel, false);
    llb_status st =
        p->cancel ? bk_prune(d->client, p, &err) : llb__fail_nomem(&err);
    cmd__interrupt_cancels(NULL, false);
    bk_cancel_free(p->cancel);
    int rc = st == LLB_OK ? show_end(&r) : cmd__fail(&err);
    json_decref(r.records);
    return rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    bk_prune_opts p = BK_PRUNE_OPTS_INIT;
    cmd__daemon d = {0};
    llb_error err = {0};

    if (read_opts(o, args->arena, &p, &err) != LLB_OK)
        return cmd__usage("prune", "%s", err.message);
    cmd__interrupt_begin(NULL);
    int rc = cmd__show_open(&d, "prune", &o->daemon);
    if (rc == CMD__DONE)
        rc = prune(&d, &p, o->json);
    cmd__daemon_close(&d);
    cmd__interrupt_end();
    return rc;
}

static const cmd__option options[] = {
    {.name = "all",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, all),
     .help = "remove internal, frontend and shared records, too"},
    {.name = "filter",
     .kind = CMD__LIST,
     .offset = offsetof(struct opts, filters),
     .value = "FILTER",
     .help = "only these records, as llb du has it; until=24h keeps what was "
             "used within a day"},
    {.name = "keep-duration",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, keep_duration),
     .value = "TIME",
     .help = "keep what was used within this time: 24h, 1h30m, 7d (0)"},
    {.name = "keep-storage",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, keep_storage),
     .value = "SIZE",
     .help = "keep so much of what was used last: 10GB, 10GiB, or bytes (0)"},
    {.name = "free-storage",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, free_storage),
     .value = "SIZE",
     .help = "remove until so much of the disk is free; daemons before v0.17 "
             "ignore it (0, no bound)"},
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write one JSON object of what was removed; sizes are bytes"},
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon to ask (the one that llb build would "
                        "take)"),
};

const cmd__command cmd_prune = {
    .name = "prune",
    .operands = "",
    .summary = "remove from a daemon's cache what nothing uses",
    .about = "Removes records of the cache. What is in use stays, and without "
             "--all what is internal, of a frontend or shared. Nothing is "
             "asked: all that goes can be built or fetched again, but for "
             "the contents of cache mounts.",
    .examples = "    llb prune --keep-storage 10GB\n"
                "    llb prune --filter type==source.local --json\n"
                "    llb prune --filter until=7d\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
