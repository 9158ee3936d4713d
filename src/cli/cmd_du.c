/* llb du: what a daemon's cache holds. */
#include "commands.h"

#include "amount.h"
#include "filter.h"
#include "report.h"
#include "show.h"
#include "usage.h"

struct opts {
    cmd__daemon_opts daemon;
    cmd__list filters;
    bool json;
};

static bool is_old(const bk_usage *u, const cmd__filters *f, int64_t now)
{
    int64_t at = u->last_used_ns ? u->last_used_ns : u->created_ns;

    return f->age_ns < 0 || now - at >= f->age_ns;
}

static int show(const struct opts *o, const bk_usages *list,
                const cmd__filters *f)
{
    llb__buf out = LLB__BUF_INIT;
    int64_t now = cmd__now_ns();
    json_t *records = json_array();
    cmd__sums sums = {0};
    char total[16], reclaimable[16];

    cmd__usage_heading(&out);
    for (size_t i = 0; i < list->n; i++) {
        const bk_usage *u = &list->list[i];
        if (!is_old(u, f, now))
            continue;
        cmd__sums_add(&sums, u);
        if (o->json)
            json_array_append_new(records, cmd__usage_json(u));
        else
            cmd__usage_row(&out, u, now);
    }
    if (o->json) {
        llb__buf_clear(&out);
        return cmd__show_json(json_pack(
            "{s:o, s:I, s:I, s:I}", "records", records, "total",
            (json_int_t)sums.total, "reclaimable", (json_int_t)sums.reclaimable,
            "shared", (json_int_t)sums.shared));
    }
    json_decref(records);
    cmd__size_text(sums.total, total);
    cmd__size_text(sums.reclaimable, reclaimable);
    llb__buf_printf(&out, "%s, of which %s can be pruned\n", total,
                    reclaimable);
    return cmd__show_text(&out);
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__daemon d = {0};
    cmd__filters f;
    bk_usages *list;
    llb_error err = {0};

    if (cmd__filters_read(args->arena, &o->filters, &f, &err) != LLB_OK)
        return cmd__usage("du", "%s", err.message);
    int rc = cmd__show_open(&d, "du", &o->daemon);
    if (rc == CMD__DONE &&
        bk_disk_usage(d.client, f.items, f.n, &list, &err) != LLB_OK)
        rc = cmd__fail(&err);
    else if (rc == CMD__DONE) {
        rc = show(o, list, &f);
        bk_usages_free(list);
    }
    cmd__daemon_close(&d);
    return rc;
}

static const cmd__option options[] = {
    {.name = "filter",
     .kind = CMD__LIST,
     .offset = offsetof(struct opts, filters),
     .value = "FILTER",
     .help = "only these records: KEY, KEY==VALUE, KEY!=VALUE or KEY~=REGEX, a "
             "comma is \"and\", another --filter \"or\"; until=24h for those "
             "not used for a day"},
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write one JSON object; sizes are bytes"},
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon to ask (the one that llb build would "
                        "take)"),
};

const cmd__command cmd_du = {
    .name = "du",
    .operands = "",
    .summary = "show what a daemon's cache holds",
    .about = "Lists the records of a daemon's cache, largest first. Keys of a "
             "filter are id, parents, description, inuse, mutable, immutable, "
             "type, shared and private; types are regular, source.local, "
             "source.git.checkout, exec.cachemount, internal and frontend.",
    .examples = "    llb du\n"
                "    llb du --filter type==exec.cachemount --json\n"
                "    llb du --filter until=24h\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
