/* Manual pages and the reference in docs/cli.md. */
#include "help.h"

#include <ctype.h>
#include <string.h>

/* Text for mdoc: a backslash is \e, a dash \-, and no line starts with a dot
 * or a quote. An empty line becomes .Pp. */
static void mdoc_text(llb__buf *out, const char *text)
{
    bool start = true;

    for (; *text; text++) {
        if (text[0] == '\n' && text[1] == '\n') {
            llb__buf_adds(out, "\n.Pp\n");
            text++;
            start = true;
            continue;
        }
        if (start && (*text == '.' || *text == '\''))
            llb__buf_adds(out, "\\&");
        if (*text == '\\')
            llb__buf_adds(out, "\\e");
        else if (*text == '-')
            llb__buf_adds(out, "\\-");
        else
            llb__buf_addc(out, *text);
        start = *text == '\n';
    }
    llb__buf_addc(out, '\n');
}

/* "engine start" as "engine-start", in capitals on request. */
static void page_name(llb__buf *out, const char *name, bool capitals)
{
    for (; *name; name++)
        llb__buf_addc(out, *name == ' ' ? '-'
                           : capitals   ? (char)toupper((unsigned char)*name)
                                        : *name);
}

static void mdoc_option(llb__buf *out, const cmd__option *o)
{
    llb__buf_adds(out, ".It ");
    if (o->letter)
        llb__buf_printf(out, "Fl %c , ", o->letter);
    llb__buf_printf(out, "Fl Fl %s", o->name);
    if (o->value)
        llb__buf_printf(out, " Ar %s", o->value);
    llb__buf_addc(out, '\n');
    mdoc_text(out, o->help);
}

void cmd__man_one(llb__buf *out, const cmd__command *c)
{
    llb__buf_adds(out, ".Dd $Mdocdate$\n.Dt LLB-");
    page_name(out, c->name, true);
    llb__buf_adds(out, " 1\n.Os\n.Sh NAME\n.Nm llb-");
    page_name(out, c->name, false);
    llb__buf_printf(out, "\n.Nd %s\n.Sh SYNOPSIS\n.Nm llb %s\n", c->summary,
                    c->name);
    llb__buf_adds(out, ".Op Ar OPTIONS\n");
    if (*c->operands)
        llb__buf_printf(out, ".Ar %s\n", c->operands);
    llb__buf_adds(out, ".Sh DESCRIPTION\n");
    mdoc_text(out, c->about);
    if (c->n_options)
        llb__buf_adds(out, ".Pp\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < c->n_options; i++)
        mdoc_option(out, &c->options[i]);
    if (c->n_options)
        llb__buf_adds(out, ".El\n");
    if (c->examples) {
        llb__buf_adds(out, ".Sh EXAMPLES\n.Bd -literal\n");
        mdoc_text(out, c->examples);
        llb__buf_adds(out, ".Ed\n");
    }
    llb__buf_adds(out, ".Sh SEE ALSO\n.Xr llb 1\n");
}

void cmd__man_all(llb__buf *out)
{
    llb__buf_adds(out, ".Dd $Mdocdate$\n.Dt LLB 1\n.Os\n.Sh NAME\n.Nm llb\n"
                       ".Nd build containers with BuildKit\n"
                       ".Sh SYNOPSIS\n.Nm\n.Ar COMMAND\n.Op Ar OPTIONS\n"
                       ".Sh DESCRIPTION\n"
                       "The commands, each with a page of its own:\n"
                       ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < cmd__n_commands; i++) {
        llb__buf_printf(out, ".It Ic %s\n", cmd__commands[i]->name);
        mdoc_text(out, cmd__commands[i]->summary);
    }
    llb__buf_adds(out, ".El\n.Sh EXIT STATUS\n.Bl -tag -width Ds\n"
                       ".It 0\nDone.\n"
                       ".It 1\nA build, compile or check failed, or an input "
                       "file is wrong.\n"
                       ".It 2\nWrong usage.\n"
                       ".It 3\nThere is no daemon, or it was lost.\n"
                       ".It 130\nInterrupted.\n.El\n");
}

/* A cell of a table must not end early. */
static void cell(llb__buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            llb__buf_addc(out, '\\');
        llb__buf_addc(out, *text == '\n' ? ' ' : *text);
    }
}

static void markdown_one(llb__buf *out, const cmd__command *c)
{
    llb__buf_printf(out, "\n### llb %s\n\n    llb %s [OPTIONS]%s%s\n\n",
                    c->name, c->name, *c->operands ? " " : "", c->operands);
    cmd__wrap(out, c->about, 0, 0);
    if (c->n_options)
        llb__buf_adds(out, "\n| option | meaning |\n| --- | --- |\n");
    for (size_t i = 0; i < c->n_options; i++) {
        const cmd__option *o = &c->options[i];
        llb__buf_adds(out, "| `");
        if (o->letter)
            llb__buf_printf(out, "-%c`, `", o->letter);
        llb__buf_printf(out, "--%s%s", o->name, o->value ? " " : "");
        cell(out, o->value ? o->value : "");
        llb__buf_adds(out, "` | ");
        cell(out, o->help);
        llb__buf_adds(out, " |\n");
    }
    if (c->examples)
        llb__buf_printf(out, "\n```sh\n%s```\n", c->examples);
}

void cmd__markdown(llb__buf *out)
{
    llb__buf_adds(out, "## Commands\n");
    for (size_t i = 0; i < cmd__n_commands; i++)
        markdown_one(out, cmd__commands[i]);
}
