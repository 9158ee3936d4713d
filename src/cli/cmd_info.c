/* llb info: which daemon there is, and what it says about itself. */
#include "commands.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "daemon.h"
#include "error.h"
#include "escape.h"
#include "progress.h"
#include "report.h"
#include "worker.h"

struct opts {
    cmd__daemon_opts daemon;
    bool json;
};

static const char *kind_name(bk_kind kind)
{
    switch (kind) {
    case BK_KIND_BUILDKITD:
        return "buildkitd";
    case BK_KIND_DOCKER:
        return "Docker Engine";
    case BK_KIND_UNKNOWN:
        break;
    }
    return "unknown";
}

static json_t *text(const char *s) { return cmd__json_text(s, strlen(s)); }

static json_t *tried_json(const bk_found *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->n_tried; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "source",
                                              text(f->tried[i].source),
                                              "address", text(f->tried[i].addr),
                                              "why", text(f->tried[i].why)));
    return list;
}

static json_t *daemon_json(const cmd__daemon *d, const bk_daemon_info *info)
{
    return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:b, s:o, s:o}", "address",
                     text(d->found->addr), "source", text(d->found->source),
                     "kind", kind_name(info->kind), "package",
                     text(info->package), "version", text(info->version),
                     "revision", text(info->revision), "graphdriver",
                     info->graphdriver, "workers", cmd__workers_json(info),
                     "tried", tried_json(d->found));
}

static void add(llb__buf *out, const char *name, const char *value)
{
    if (!*value)
        return;
    llb__buf_printf(out, "%-10s ", name);
    cmd__escape(out, value, strlen(value));
    llb__buf_addc(out, '\n');
}

static void as_text(const cmd__daemon *d, const bk_daemon_info *info,
                    llb__buf *out)
{
    add(out, "address", d->found->addr);
    add(out, "found by", d->found->source);
    add(out, "kind", kind_name(info->kind));
    add(out, "version", info->has_version ? info->version : "v0.8 to v0.10");
    add(out, "package", info->package);
    add(out, "revision", info->revision);
    if (info->graphdriver)
        add(out, "exporters", "local, tar and loading into the engine");
    for (size_t i = 0; i < info->n_workers; i++) {
        const bk_worker *w = &info->workers[i];
        add(out, "worker", w->id);
        for (size_t j = 0; j < w->n_platforms; j++)
            add(out, j ? "" : "platforms", w->platforms[j]);
    }
}

static int show(const struct opts *o, const cmd__daemon *d,
                const bk_daemon_info *info)
{
    llb__buf out = LLB__BUF_INIT;

    if (o->json) {
        json_t *object = daemon_json(d, info);
        char *dump = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
        llb__buf_adds(&out, dump ? dump : "");
        llb__buf_addc(&out, '\n');
        out.failed = out.failed || !dump;
        free(dump);
        json_decref(object);
    } else {
        as_text(d, info, &out);
    }
    if (out.failed)
        cmd__error("out of memory");
    int rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

/* Programs get an object in any case. */
static int show_none(const struct opts *o, const cmd__daemon *d,
                     const llb_error *err)
{
    int rc = err->status == LLB_EINVAL ? cmd__usage("info", "%s", err->message)
                                       : cmd__fail(err);

    if (!o->json)
        return rc;
    json_t *object =
        json_pack("{s:{s:o, s:s}, s:o}", "error", "message", text(err->message),
                  "status", llb_status_name(err->status), "tried",
                  d->found ? tried_json(d->found) : json_array());
    char *dump = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
    if (dump && cmd__print(dump, strlen(dump)) == CMD__DONE)
        cmd__print("\n", 1);
    free(dump);
    json_decref(object);
    return rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__daemon d = {0};
    bk_daemon_info *info = NULL;
    llb_error err = {0};
    int rc;

    if (cmd__daemon_open(&d, &o->daemon, &err) == LLB_OK &&
        bk_info(d.client, &info, &err) == LLB_OK)
        rc = show(o, &d, info);
    else
        rc = show_none(o, &d, &err);
    bk_info_free(info);
    cmd__daemon_close(&d);
    return rc;
}

static const cmd__option options[] = {
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon to ask (the one that llb build would "
                        "take)"),
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write one JSON object, with every place that was looked at"},
};

const cmd__command cmd_info = {
    .name = "info",
    .operands = "",
    .summary = "say which daemon there is and what it can do",
    .about = "Looks for a daemon as every command does, and shows its "
             "address, who named it, its version and its workers. When there "
             "is none, every place that was looked at is listed.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
