/* llb targets: what a build file offers. */
#include "commands.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"
#include "project.h"
#include "report.h"

struct opts {
    const char *file;
    bool json;
};

static json_t *target_json(const llbc_target *t)
{
    json_t *platforms = json_array();

    for (size_t i = 0; i < t->n_platforms; i++)
        json_array_append_new(platforms, json_string(t->platforms[i]));
    return json_pack("{s:s, s:s, s:o}", "name", t->name, "doc", t->doc,
                     "platforms", platforms);
}

static json_t *group_json(const llbc_project *p, const llbc_group *g)
{
    json_t *members = json_array();

    for (size_t i = 0; i < g->n_members; i++)
        json_array_append_new(
            members, json_string(llbc_target_at(p, g->members[i])->name));
    return json_pack("{s:s, s:s, s:o}", "name", g->name, "doc", g->doc,
                     "targets", members);
}

static json_t *arg_json(const llbc_arg *a)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "name", a->name, "doc",
                     a->doc, "type", a->type, "env", a->env, "default",
                     a->default_text);
}

static char *as_json(const llbc_project *p)
{
    json_t *targets = json_array(), *groups = json_array(),
           *args = json_array();

    for (size_t i = 0; i < llbc_n_targets(p); i++)
        json_array_append_new(targets, target_json(llbc_target_at(p, i)));
    for (size_t i = 0; i < llbc_n_groups(p); i++)
        json_array_append_new(groups, group_json(p, llbc_group_at(p, i)));
    for (size_t i = 0; i < llbc_n_args(p); i++)
        json_array_append_new(args, arg_json(llbc_arg_at(p, i)));
    json_t *o = json_pack("{s:o, s:o, s:o}", "targets", targets, "groups",
                          groups, "args", args);
    char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
    json_decref(o);
    return text;
}

/* One line, and the lines of its text below it. */
static void item(llb__buf *out, const char *name, const char *after,
                 const char *doc)
{
    llb__buf_printf(out, "  %s%s\n", name, after);
    while (*doc) {
        size_t len = strcspn(doc, "\n");
        llb__buf_printf(out, "      %.*s\n", (int)len, doc);
        doc += len + (doc[len] == '\n');
    }
}

static void arg_item(llb__buf *out, llb__arena *a, const llbc_arg *arg)
{
    const char *after = llb__arena_printf(
        a, ": %s%s%s%s%s%s", arg->type, arg->default_text ? " = " : "",
        arg->default_text ? arg->default_text : ", required",
        arg->env ? " (or $" : "", arg->env ? arg->env : "",
        arg->env ? ")" : "");

    item(out, arg->name, after ? after : "", arg->doc);
}

static void as_text(const llbc_project *p, llb__arena *a, llb__buf *out)
{
    llb__buf_adds(out,
                  llbc_n_targets(p) ? "targets:\n" : "there are no targets\n");
    for (size_t i = 0; i < llbc_n_targets(p); i++) {
        const llbc_target *t = llbc_target_at(p, i);
        item(out, t->name, "", t->doc);
    }
    if (llbc_n_groups(p))
        llb__buf_adds(out, "groups:\n");
    for (size_t i = 0; i < llbc_n_groups(p); i++) {
        const llbc_group *g = llbc_group_at(p, i);
        llb__buf names = LLB__BUF_INIT;
        for (size_t j = 0; j < g->n_members; j++)
            llb__buf_printf(&names, "%s%s", j ? ", " : ": ",
                            llbc_target_at(p, g->members[j])->name);
        item(out, g->name, names.data ? names.data : "", g->doc);
        llb__buf_clear(&names);
    }
    if (llbc_n_args(p))
        llb__buf_adds(out, "args:\n");
    for (size_t i = 0; i < llbc_n_args(p); i++)
        arg_item(out, a, llbc_arg_at(p, i));
}

static int print_targets(const cmd__args *args, const llbc_project *p)
{
    const struct opts *o = args->opts;
    llb__buf out = LLB__BUF_INIT;

    if (o->json) {
        char *text = as_json(p);
        llb__buf_adds(&out, text ? text : "");
        llb__buf_addc(&out, '\n');
        out.failed = out.failed || !text;
        free(text);
    } else {
        as_text(p, args->arena, &out);
    }
    if (out.failed)
        cmd__error("out of memory");
    int rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__resolver asks = {.offline = true};
    cmd__file_opts file = {.file = o->file, .resolver = &asks};
    cmd__project p;
    llb_error err = {0};
    int rc = cmd__project_open(&p, "targets", &file, &err);

    if (rc == CMD__DONE)
        rc = print_targets(args, p.project);
    cmd__project_close(&p);
    return rc;
}

static const cmd__option options[] = {
    {.name = "file",
     .letter = 'f',
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, file),
     .value = "FILE",
     .help = "the build file, - for standard input (" CMD__DEFAULT_FILE ")"},
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write one JSON object"},
};

const cmd__command cmd_targets = {
    .name = "targets",
    .operands = "",
    .summary = "list what a build file offers",
    .about = "Lists the targets, groups and args of a build file with the ## "
             "lines that document them.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
