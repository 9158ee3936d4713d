/* Options by getopt_long, which is fed from a command's table. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "suggest.h"

enum {
    LONG = 256, /* getopt's value of option i is LONG + i, or its letter */
    HELP = LONG - 1,
    MAX_OPTIONS = 64,
};

/* getopt's own form of a table. */
struct tables {
    struct option longs[MAX_OPTIONS + 2];
    char shorts[2 * MAX_OPTIONS + 3];
};

static void make_tables(const cmd__command *c, struct tables *t)
{
    char *s = t->shorts;

    *s++ = ':'; /* tell a missing value from an unknown option */
    *s++ = 'h';
    for (size_t i = 0; i < c->n_options && i < MAX_OPTIONS; i++) {
        const cmd__option *o = &c->options[i];
        int has_value = o->kind == CMD__FLAG ? no_argument : required_argument;
        t->longs[i] = (struct option){o->name, has_value, NULL, LONG + (int)i};
        if (o->letter) {
            *s++ = o->letter;
            if (has_value)
                *s++ = ':';
        }
    }
    *s = '\0';
    t->longs[c->n_options] = (struct option){"help", no_argument, NULL, HELP};
    t->longs[c->n_options + 1] = (struct option){NULL, 0, NULL, 0};
}

static const cmd__option *option_of(const cmd__command *c, int value)
{
    if (value >= LONG)
        return &c->options[value - LONG];
    for (size_t i = 0; i < c->n_options; i++)
        if (c->options[i].letter && c->options[i].letter == value)
            return &c->options[i];
    return NULL;
}

/* arg is "--NAME" or "--NAME=VALUE". */
static int unknown(const cmd__command *c, const char *arg)
{
    size_t len = strcspn(arg, "=");
    cmd__nearest near = cmd__nearest_to(arg + 2, len - 2);

    for (size_t i = 0; i < c->n_options; i++)
        cmd__nearest_offer(&near, c->options[i].name);
    cmd__nearest_offer(&near, "help");
    if (near.best)
        return cmd__usage(c->name,
                          "unknown option \"%.*s\"; did you mean \"--%s\"?",
                          (int)len, arg, near.best);
    return cmd__usage(c->name, "unknown option \"%.*s\"", (int)len, arg);
}

static int set_choice(const cmd__command *c, const cmd__option *o, int *member,
                      const char *value)
{
    llb__arena *a = llb__arena_new(1 << 12);
    char *known = a ? llb__arena_strdup(a, "") : NULL;
    int found = -1;

    for (int i = 0; o->choices[i] && found < 0; i++)
        if (strcmp(o->choices[i], value) == 0)
            found = i;
    for (int i = 0; o->choices[i] && known && found < 0; i++)
        known =
            llb__arena_printf(a, "%s%s%s", known, i ? ", " : "", o->choices[i]);
    if (found >= 0)
        *member = found;
    else
        cmd__usage(c->name, "--%s: \"%s\" is none of %s", o->name, value,
                   known ? known : "its values");
    llb__arena_free(a);
    return found >= 0 ? CMD__DONE : CMD__USAGE;
}

static int set_number(const cmd__command *c, const cmd__option *o, long *member,
                      const char *value)
{
    char *end;

    errno = 0;
    long n = strtol(value, &end, 10);
    if (errno || end == value || *end || n < 0 || n > 1000000000)
        return cmd__usage(c->name,
                          "--%s: \"%s\" is no number from 0 to 1000000000",
                          o->name, value);
    *member = n;
    return CMD__DONE;
}

/* The array doubles: its length is a power of two whenever it must grow. */
static int add_to(cmd__args *args, cmd__list *list, const char *value)
{
    if ((list->n & (list->n - 1)) == 0) {
        size_t cap = list->n ? 2 * list->n : 1;
        const char **items = llb__arena_array(args->arena, cap, sizeof(*items));
        if (!items) {
            cmd__error("out of memory");
            return CMD__FAILED;
        }
        if (list->n)
            memcpy(items, list->items, list->n * sizeof(*items));
        list->items = items;
    }
    list->items[list->n++] = value;
    return CMD__DONE;
}

static int set(cmd__args *args, const cmd__option *o, const char *value)
{
    void *member = (char *)args->opts + o->offset;

    switch (o->kind) {
    case CMD__FLAG:
        *(bool *)member = true;
        return CMD__DONE;
    case CMD__TEXT:
        *(const char **)member = value;
        return CMD__DONE;
    case CMD__CHOICE:
        return set_choice(args->command, o, member, value);
    case CMD__NUMBER:
        return set_number(args->command, o, member, value);
    case CMD__PAIRS:
        if (value[0] == '=' || !strchr(value, '='))
            return cmd__usage(args->command->name, "--%s: \"%s\" is not %s",
                              o->name, value, o->value);
        return add_to(args, member, value);
    case CMD__LIST:
        return add_to(args, member, value);
    }
    return CMD__DONE;
}

/* getopt_long takes "--plat" for "--platform"; then a later option could
 * change what an old script means. The argument itself is in argv before
 * optind, one further if its value stands apart. */
static bool is_whole_name(char **argv, const cmd__option *o)
{
    const char *arg = argv[optind - 1];

    if (o->kind != CMD__FLAG && optarg == arg)
        arg = argv[optind - 2];
    size_t len = strcspn(arg + 2, "=");
    return strlen(o->name) == len && memcmp(o->name, arg + 2, len) == 0;
}

static int parse_one(cmd__args *args, char **argv, int value)
{
    const cmd__command *c = args->command;
    const char *arg = argv[optind - 1];
    const cmd__option *o =
        option_of(c, value == ':' || value == '?' ? optopt : value);

    if (value == HELP || value == 'h') {
        args->help = true;
        return CMD__DONE;
    }
    if (value == '?' && optopt == HELP)
        return cmd__usage(c->name, "--help takes no value");
    if (value == '?' && o)
        return cmd__usage(c->name, "--%s takes no value", o->name);
    if (value == '?' && optopt)
        return cmd__usage(c->name, "unknown option \"-%c\"", optopt);
    if (value == '?' || !o)
        return unknown(c, arg);
    if (value == ':')
        return cmd__usage(c->name, "--%s needs a value: %s", o->name, o->value);
    if (value >= LONG && !is_whole_name(argv, o))
        return unknown(c, optarg == arg ? argv[optind - 2] : arg);
    return set(args, o, optarg);
}

static int check_operands(const cmd__args *args)
{
    const cmd__command *c = args->command;

    if (args->help)
        return CMD__DONE;
    if (args->n_operands < c->min_operands)
        return cmd__usage(c->name, "llb %s needs %s", c->name, c->operands);
    if (args->n_operands > c->max_operands)
        return cmd__usage(c->name, "unexpected \"%s\"",
                          args->operands[c->max_operands]);
    return CMD__DONE;
}

int cmd__parse(cmd__args *args, int argc, char **argv, int first)
{
    struct tables t;
    int rest = argc - first + 1, value;
    char **av = argv + first - 1; /* getopt wants a name in front */

    make_tables(args->command, &t);
    args->opts = llb__arena_alloc(args->arena, args->command->opts_size);
    if (!args->opts) {
        cmd__error("out of memory");
        return CMD__FAILED;
    }
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    while ((value = getopt_long(rest, av, t.shorts, t.longs, NULL)) != -1) {
        int rc = parse_one(args, av, value);
        if (rc != CMD__DONE)
            return rc;
    }
    args->operands = (const char **)(av + optind);
    args->n_operands = (size_t)(rest - optind);
    return check_operands(args);
}
