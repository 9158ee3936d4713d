/* llb help: the texts that are made from the tables. */
#include "commands.h"

#include <stdlib.h>

#include <llb/reference.h>

#include "help.h"
#include "report.h"

struct opts {
    bool man, markdown, completion, reference, json;
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
    {.name = "reference",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, reference),
     .help = "write the reference of the language's built-ins as Markdown"},
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write the same for editors"},
};

/* What the compiler has to say of a built-in (NULL: of all). */
static int write_builtins(const struct opts *o, const char *name, llb__buf *out)
{
    llb_error err = {0};
    char *text;
    llb_status st = name      ? llbc_explain(name, &text, NULL, &err)
                    : o->json ? llbc_reference_json(&text, NULL, &err)
                              : llbc_reference(&text, NULL, &err);

    if (st == LLB_ENOENT)
        return cmd__usage(NULL, "there is no command \"%s\", and %s", name,
                          err.message);
    if (st != LLB_OK)
        return cmd__fail(&err);
    llb__buf_adds(out, text);
    free(text);
    return CMD__DONE;
}

static int write_for(const struct opts *o, const cmd__command *c, llb__buf *out)
{
    if (o->man + o->markdown + o->completion + o->reference + o->json > 1)
        return cmd__usage("help", "--man, --markdown, --completion, "
                                  "--reference and --json are different "
                                  "texts: give one");
    if (c && (o->markdown || o->completion || o->reference || o->json))
        return cmd__usage("help", "only --man is about one command");
    if (o->reference || o->json)
        return write_builtins(o, NULL, out);
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
    bool built_in =
        args->n_operands == 1 && !cmd__is_command(args->operands[0]);
    int used;

    if (args->n_operands > 0 && !built_in) {
        c = cmd__command_named((int)args->n_operands,
                               (char *const *)args->operands, &used);
        if (!c)
            return CMD__USAGE;
    }
    int rc = built_in ? write_builtins(args->opts, args->operands[0], &out)
                      : write_for(args->opts, c, &out);
    if (rc == CMD__DONE)
        rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

const cmd__command cmd_help = {
    .name = "help",
    .operands = "[COMMAND | BUILT-IN]",
    .max_operands = 2,
    .summary = "explain a command or a built-in of the language",
    .about = "Shows what a command does and takes, as --help does, or what a "
             "built-in of the language does. The manual pages, the references "
             "and the completion script come from the same tables.",
    .examples = "    llb help build\n"
                "    llb help copy\n"
                "    llb help --man build | man -l -\n"
                "    llb help --completion > "
                "/usr/share/bash-completion/completions/llb\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
