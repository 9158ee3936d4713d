/* llb history: which builds a daemon remembers. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "error.h"
#include "escape.h"
#include "history.h"
#include "progress.h"
#include "report.h"
#include "show.h"

struct opts {
    cmd__daemon_opts daemon;
    cmd__list filters;
    long limit;
    bool json, remove, pin, unpin;
};

static json_t *text(const char *s) { return cmd__json_text(s, strlen(s)); }

static json_t *pairs_json(const bk_pair *list, size_t n)
{
    json_t *o = json_object();

    for (size_t i = 0; i < n; i++)
        json_object_set_new(o, list[i].key, text(list[i].value));
    return o;
}

const char *cmd__past_status(const bk_past *p)
{
    if (!p->completed_ns)
        return "running";
    if (!*p->error && !p->error_code)
        return "completed";
    return p->error_code == 1 ? "canceled" : "error";
}

const char *cmd__past_name(const bk_past *p)
{
    static const char *const keys[] = {"target", "filename"};

    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < p->n_attrs; i++)
            if (strcmp(p->attrs[i].key, keys[k]) == 0)
                return p->attrs[i].value;
    return *p->frontend ? p->frontend : "a definition";
}

static json_t *past_json(const bk_past *p)
{
    json_t *exporters = json_array();

    for (size_t i = 0; i < p->n_exporters; i++)
        json_array_append_new(exporters, text(p->exporters[i]));
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:i, s:i, s:i, "
        "s:i}",
        "ref", text(p->ref), "status", cmd__past_status(p), "created",
        cmd__time_json(p->created_ns), "completed",
        cmd__time_json(p->completed_ns), "frontend", text(p->frontend),
        "attributes", pairs_json(p->attrs, p->n_attrs), "exporters", exporters,
        "response", pairs_json(p->response, p->n_response), "error",
        *p->error ? text(p->error) : json_null(), "pinned", p->pinned, "steps",
        p->n_steps, "steps_completed", p->n_completed, "steps_cached",
        p->n_cached, "warnings", p->n_warnings);
}

static void add_row(llb__buf *out, const bk_past *p, int64_t now)
{
    char ago[24], took[24];
    int64_t end = p->completed_ns ? p->completed_ns : now;

    cmd__ago_text(now - p->created_ns, ago);
    snprintf(took, sizeof(took), "%.1fs", (double)(end - p->created_ns) / 1e9);
    cmd__escape(out, p->ref, strlen(p->ref));
    llb__buf_printf(out, "  %-12s %8s  %-9s %3d/%-3d  %s", ago, took,
                    cmd__past_status(p), p->n_cached, p->n_steps,
                    p->pinned ? "pinned, " : "");
    const char *name = cmd__past_name(p);
    cmd__escape(out, name, strlen(name));
    llb__buf_addc(out, '\n');
}

static int show(const struct opts *o, const bk_history *h)
{
    llb__buf out = LLB__BUF_INIT;
    int64_t now = cmd__now_ns();

    if (o->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < h->n; i++)
            json_array_append_new(list, past_json(&h->list[i]));
        return cmd__show_json(list);
    }
    llb__buf_printf(&out, "%-25s  %-12s %8s  %-9s %7s  %s\n", "REF", "STARTED",
                    "TOOK", "STATUS", "CACHED", "WHAT");
    for (size_t i = 0; i < h->n; i++)
        add_row(&out, &h->list[i], now);
    if (h->n == 1 && *h->list[0].error) {
        llb__buf_adds(&out, "error: ");
        cmd__escape(&out, h->list[0].error, strlen(h->list[0].error));
        llb__buf_addc(&out, '\n');
    }
    return cmd__show_text(&out);
}

static int list(const struct opts *o, const cmd__args *args, cmd__daemon *d)
{
    bk_history_opts h = BK_HISTORY_OPTS_INIT;
    bk_history *found;
    llb_error err = {0};

    h.filters = o->filters.items;
    h.n_filters = o->filters.n;
    h.limit = (uint32_t)o->limit;
    h.ref = args->n_operands ? args->operands[0] : NULL;
    if (bk_history_get(d->client, &h, &found, &err) != LLB_OK)
        return cmd__fail(&err);
    int rc = show(o, found);
    bk_history_free(found);
    return rc;
}

/* A daemon says yes to any ref, so it is looked for first. */
static int change(const struct opts *o, const cmd__args *args, cmd__daemon *d)
{
    bk_history_change what = o->remove ? BK_HISTORY_DELETE
                             : o->pin  ? BK_HISTORY_PIN
                                       : BK_HISTORY_UNPIN;
    llb_error err = {0};
    int rc = CMD__DONE;

    for (size_t i = 0; i < args->n_operands && rc == CMD__DONE; i++) {
        bk_history_opts h = BK_HISTORY_OPTS_INIT;
        bk_history *found = NULL;
        h.ref = args->operands[i];
        llb_status st = bk_history_get(d->client, &h, &found, &err);
        bk_history_free(found);
        if (st == LLB_OK)
            st = bk_history_update(d->client, h.ref, what, &err);
        if (st != LLB_OK)
            rc = cmd__fail(&err);
    }
    return rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__daemon d = {0};
    bool changes = o->remove || o->pin || o->unpin;

    if (o->remove + o->pin + o->unpin > 1)
        return cmd__usage("history", "--delete, --pin and --unpin: one of them "
                                     "at a time");
    if (changes && args->n_operands == 0)
        return cmd__usage("history", "which build? name its ref");
    if (!changes && args->n_operands > 1)
        return cmd__usage("history", "one build is shown at a time");
    int rc = cmd__show_open(&d, "history", &o->daemon);
    if (rc == CMD__DONE)
        rc = changes ? change(o, args, &d) : list(o, args, &d);
    cmd__daemon_close(&d);
    return rc;
}

static const cmd__option options[] = {
    {.name = "filter",
     .kind = CMD__LIST,
     .offset = offsetof(struct opts, filters),
     .value = "FILTER",
     .help = "only these builds: status==error, ref~=REGEX, startedAt>24h, "
             "duration>1m; daemons before v0.20 show all"},
    {.name = "limit",
     .kind = CMD__NUMBER,
     .offset = offsetof(struct opts, limit),
     .value = "N",
     .help = "the newest N (0, all)"},
    {.name = "delete",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, remove),
     .help = "forget the builds that are named"},
    {.name = "pin",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, pin),
     .help = "keep their records for good"},
    {.name = "unpin",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, unpin),
     .help = "no longer keep them for good"},
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write a JSON list, with all that is known of each"},
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon to ask (the one that llb build would "
                        "take)"),
};

const cmd__command cmd_history = {
    .name = "history",
    .operands = "[REF...]",
    .max_operands = CMD__ANY_NUMBER,
    .summary = "show the builds that a daemon remembers",
    .about = "Lists the builds that a daemon runs or remembers, newest first; "
             "with a REF, that one. llb logs shows what one wrote. Daemons "
             "before BuildKit v0.11, and Docker Engines before 23, remember "
             "nothing.",
    .examples = "    llb history --limit 10\n"
                "    llb history --filter status==error --json\n"
                "    llb history --delete k3n0sh5n6xu3bbmoj7fbl7z4f\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
