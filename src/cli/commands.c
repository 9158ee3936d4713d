/* One table of commands: help, manual and completion are made from it too. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "help.h"
#include "report.h"
#include "suggest.h"

const cmd__command *const cmd__commands[] = {
    &cmd_build,        &cmd_compile,       &cmd_solve,       &cmd_debug,
    &cmd_targets,      &cmd_check,         &cmd_lock,        &cmd_fmt,
    &cmd_inspect,      &cmd_diff,          &cmd_info,        &cmd_workers,
    &cmd_du,           &cmd_prune,         &cmd_history,     &cmd_logs,
    &cmd_engine_start, &cmd_engine_status, &cmd_engine_stop, &cmd_help,
};
const size_t cmd__n_commands = sizeof(cmd__commands) / sizeof(*cmd__commands);

/* Whether name, one word or two, is how words begin; *ret_used: how many. */
static bool matches(const char *name, int n, char *const *words, int *ret_used)
{
    size_t len = strcspn(name, " ");

    if (strlen(words[0]) != len || memcmp(name, words[0], len) != 0)
        return false;
    *ret_used = name[len] ? 2 : 1;
    return !name[len] || (n > 1 && strcmp(name + len + 1, words[1]) == 0);
}

bool cmd__is_command(const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i < cmd__n_commands; i++) {
        const char *name = cmd__commands[i]->name;
        if (strncmp(name, word, len) == 0 && (!name[len] || name[len] == ' '))
            return true;
    }
    return false;
}

const cmd__command *cmd__command_named(int n, char *const *words, int *ret_used)
{
    cmd__nearest near = cmd__nearest_to(words[0], strlen(words[0]));
    bool first_word = false;
    int used;

    for (size_t i = 0; i < cmd__n_commands; i++) {
        const char *name = cmd__commands[i]->name;
        if (matches(name, n, words, ret_used))
            return cmd__commands[i];
        first_word = first_word || matches(name, 1, words, &used) ||
                     (strchr(name, ' ') &&
                      strncmp(name, words[0], strlen(words[0])) == 0 &&
                      name[strlen(words[0])] == ' ');
        if (!strchr(name, ' '))
            cmd__nearest_offer(&near, name);
    }
    cmd__nearest_offer(&near, "engine");
    if (first_word && n > 1)
        cmd__usage(NULL, "llb %s has start, status and stop, but no \"%s\"",
                   words[0], words[1]);
    else if (first_word)
        cmd__usage(NULL, "llb %s needs one of start, status and stop",
                   words[0]);
    else if (near.best)
        cmd__usage(NULL, "there is no command \"%s\"; did you mean \"%s\"?",
                   words[0], near.best);
    else
        cmd__usage(NULL, "there is no command \"%s\"", words[0]);
    return NULL;
}

static int show(void (*write)(llb__buf *out))
{
    llb__buf out = LLB__BUF_INIT;

    write(&out);
    int rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

static int show_help(const cmd__command *c)
{
    llb__buf out = LLB__BUF_INIT;

    cmd__help_one(&out, c);
    int rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

static int run(const cmd__command *c, int argc, char **argv, int first)
{
    cmd__args args = {.command = c, .arena = llb__arena_new((size_t)1 << 30)};
    int rc;

    if (!args.arena) {
        cmd__error("out of memory");
        return CMD__FAILED;
    }
    rc = cmd__parse(&args, argc, argv, first);
    if (rc == CMD__DONE)
        rc = args.help ? show_help(c) : c->run(&args);
    llb__arena_free(args.arena);
    return rc;
}

int cmd__main(int argc, char **argv)
{
    static const char version[] = "llb " LLB_VERSION "\n";
    int used;

    if (argc < 2) {
        llb__buf out = LLB__BUF_INIT;
        cmd__help_all(&out);
        cmd__say("%s", out.data ? out.data : "");
        llb__buf_clear(&out);
        return CMD__USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return show(cmd__help_all);
    if (strcmp(argv[1], "--version") == 0)
        return cmd__print(version, sizeof(version) - 1);
    const cmd__command *c = cmd__command_named(argc - 1, argv + 1, &used);
    return c ? run(c, argc, argv, 1 + used) : CMD__USAGE;
}
