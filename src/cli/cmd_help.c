/* llb help: the texts that are made from the tables. */
#include "commands.h"
#include "help.h"
#include "report.h"

struct opts {
    bool man, markdown, completion;
};

static const cmd__option options[] = {
    {.name = "man",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, man),
     .help = "write a manual page (mdoc)"},
    {.name = "markdown",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, markdown),
     .help = "write the reference of all commands as Markdown"},
    {.name = "completion",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, completion),
     .help = "write a completion script for bash"},
};

static int write_for(const struct opts *o, const cmd__command *c, llb__buf *out)
{
    if (o->man + o->markdown + o->completion > 1)
        return cmd__usage("help", "--man, --markdown and --completion are "
                                  "three different texts: give one");
    if (c && (o->markdown || o->completion))
        return cmd__usage("help", "--%s is about all commands",
                          o->markdown ? "markdown" : "completion");
    if (o->markdown)
        cmd__markdown(out);
    else if (o->completion)
        cmd__completion(out);
    else if (o->man && c)
        cmd__man_one(out, c);
    else if (o->man)
        cmd__man_all(out);
    else if (c)
        cmd__help_one(out, c);
    else
        cmd__help_all(out);
    return CMD__DONE;
}

static int run(const cmd__args *args)
{
    const cmd__command *c = NULL;
    llb__buf out = LLB__BUF_INIT;
    int used;

    if (args->n_operands > 0) {
        c = cmd__command_named((int)args->n_operands,
                               (char *const *)args->operands, &used);
        if (!c)
            return CMD__USAGE;
    }
    int rc = write_for(args->opts, c, &out);
    if (rc == CMD__DONE)
        rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

const cmd__command cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .max_operands = 2,
    .summary = "show help, manual pages or a completion script",
    .about = "Shows what a command does and takes, as --help does. The manual "
             "pages, the reference and the completion script come from the "
             "same tables.",
    .examples = "    llb help build\n"
                "    llb help --man build | man -l -\n"
                "    llb help --completion > "
                "/usr/share/bash-completion/completions/llb\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
