/* What people read on a terminal about a command, and bash about all. */
#include "help.h"

#include <string.h>

enum { WIDTH = 78, COLUMN = 26 };

void cmd__wrap(llb__buf *out, const char *text, size_t indent, size_t at)
{
    while (*text) {
        size_t len = strcspn(text, " \n");
        if (at > indent && at + len > WIDTH) {
            llb__buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
        }
        llb__buf_add(out, text, len);
        at += len;
        text += len;
        if (*text == '\n') {
            llb__buf_printf(out, "\n%*s", text[1] == '\n' ? 0 : (int)indent,
                            "");
            at = indent;
            text++;
        } else if (*text == ' ') {
            if (at + 1 + strcspn(text + 1, " \n") <= WIDTH) {
                llb__buf_addc(out, ' ');
                at++;
            } else {
                llb__buf_printf(out, "\n%*s", (int)indent, "");
                at = indent;
            }
            text++;
        }
    }
    llb__buf_addc(out, '\n');
}

static void option_line(llb__buf *out, const cmd__option *o)
{
    llb__buf line = LLB__BUF_INIT;

    if (o->letter)
        llb__buf_printf(&line, "  -%c, --%s", o->letter, o->name);
    else
        llb__buf_printf(&line, "      --%s", o->name);
    if (o->value)
        llb__buf_printf(&line, " %s", o->value);
    llb__buf_add(out, line.data, line.len);
    if (line.len + 2 > COLUMN)
        llb__buf_printf(out, "\n%*s", COLUMN, "");
    else
        llb__buf_printf(out, "%*s", (int)(COLUMN - line.len), "");
    llb__buf_clear(&line);
    cmd__wrap(out, o->help, COLUMN, COLUMN);
}

void cmd__help_one(llb__buf *out, const cmd__command *c)
{
    static const cmd__option help = {.name = "help",
                                     .letter = 'h',
                                     .kind = CMD__FLAG,
                                     .help = "show this text"};

    llb__buf_printf(out, "usage: llb %s [OPTIONS]%s%s\n\n", c->name,
                    *c->operands ? " " : "", c->operands);
    cmd__wrap(out, c->about, 0, 0);
    llb__buf_adds(out, "\noptions:\n");
    for (size_t i = 0; i < c->n_options; i++)
        option_line(out, &c->options[i]);
    option_line(out, &help);
    if (c->examples)
        llb__buf_printf(out, "\nexamples:\n%s", c->examples);
}

void cmd__help_all(llb__buf *out)
{
    llb__buf_adds(out, "usage: llb COMMAND [OPTIONS] [OPERANDS]\n\n"
                       "Describes container builds and has BuildKit run "
                       "them.\n\ncommands:\n");
    for (size_t i = 0; i < cmd__n_commands; i++) {
        const cmd__command *c = cmd__commands[i];
        llb__buf_printf(out, "  %-16s", c->name);
        cmd__wrap(out, c->summary, 18, 18);
    }
    llb__buf_adds(out, "\nllb COMMAND --help says more; llb --version says "
                       "which llb this is.\n");
}

/* A choice completes its words, what is called FILE, PATH or DIR files. */
static void complete_values(llb__buf *out, const cmd__command *c)
{
    for (size_t i = 0; i < c->n_options; i++) {
        const cmd__option *o = &c->options[i];
        if (o->kind != CMD__CHOICE)
            continue;
        llb__buf_printf(out, "    '%s':--%s) words='", c->name, o->name);
        for (size_t j = 0; o->choices[j]; j++)
            llb__buf_printf(out, "%s%s", j ? " " : "", o->choices[j]);
        llb__buf_adds(out, "' ;;\n");
    }
    llb__buf_printf(out, "    '%s':*) words='", c->name);
    for (size_t i = 0; i < c->n_options; i++)
        llb__buf_printf(out, "--%s ", c->options[i].name);
    llb__buf_adds(out, "--help' ;;\n");
}

void cmd__completion(llb__buf *out)
{
    llb__buf_adds(out, "# Completion of llb for bash, made by "
                       "`llb help --completion`.\n"
                       "_llb() {\n"
                       "    local cur=${COMP_WORDS[COMP_CWORD]}\n"
                       "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                       "    local cmd=${COMP_WORDS[1]} words=\n"
                       "    [ \"$cmd\" = engine ] && cmd=\"engine "
                       "${COMP_WORDS[2]}\"\n"
                       "    case $COMP_CWORD:$cmd in\n    1:*) words='");
    for (size_t i = 0; i < cmd__n_commands; i++)
        if (!strchr(cmd__commands[i]->name, ' '))
            llb__buf_printf(out, "%s ", cmd__commands[i]->name);
    llb__buf_adds(out, "engine --help --version' ;;\n"
                       "    2:engine*) words='start stop status' ;;\n"
                       "    *) case $cmd:$prev in\n");
    for (size_t i = 0; i < cmd__n_commands; i++)
        complete_values(out, cmd__commands[i]);
    llb__buf_adds(out, "    esac ;;\n    esac\n"
                       "    COMPREPLY=($(compgen -W \"$words\" -- "
                       "\"$cur\"))\n"
                       "}\n"
                       "complete -o default -F _llb llb\n");
}
