/* The options of a command as one table, from which come parsing, --help, the
 * manual, the documentation and completion; so none of them can drift. */
#ifndef LLB__CLI_OPTIONS_H
#define LLB__CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* What an option takes, and so the type of its member in the options struct,
 * which starts all zero. */
typedef enum cmd__opt_kind {
    CMD__FLAG,   /* bool: true once given */
    CMD__TEXT,   /* const char *: the last one given, NULL: none */
    CMD__CHOICE, /* int: index of the word in choices, 0 is the default */
    CMD__NUMBER, /* long: decimal, 0 to 1e9; 0 is the default */
    CMD__LIST,   /* cmd__list: each one given, in order */
    CMD__PAIRS,  /* the same, each of the form NAME=VALUE */
} cmd__opt_kind;

/* Borrowed from the command line; the array is in the arena of cmd__args. */
typedef struct cmd__list {
    const char **items;
    size_t n;
} cmd__list;

typedef struct cmd__option {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    cmd__opt_kind kind;
    size_t offset;     /* of the member in the options struct */
    const char *value; /* what help calls the value; NULL for a flag */
    const char *help;  /* a phrase; what happens without it in brackets */
    const char *const *choices; /* CMD__CHOICE: the words, then NULL */
} cmd__option;

typedef struct cmd__args cmd__args;

typedef struct cmd__command {
    const char *name;     /* one word, or two as in "engine start" */
    const char *operands; /* as help shows them: "[TARGET...]" */
    size_t min_operands, max_operands;
    const char *summary;  /* one line */
    const char *about;    /* paragraphs, an empty line between them */
    const char *examples; /* lines of shell, or NULL */
    const cmd__option *options;
    size_t n_options;
    size_t opts_size; /* of the options struct */
    int (*run)(const cmd__args *args);
} cmd__command;

/* A parsed command line. */
struct cmd__args {
    const cmd__command *command;
    llb__arena *arena; /* lives as long as the command runs */
    void *opts;        /* the command's options struct */
    const char **operands;
    size_t n_operands;
    bool help; /* --help was given: show it, do nothing */
};

#define CMD__ANY_NUMBER ((size_t)-1)

/* Parses argv[first..argc) by the command's table into args, whose command
 * and arena are set. Strings are borrowed from argv, which getopt_long may
 * reorder. Returns CMD__DONE, or CMD__USAGE after saying what is wrong. */
int cmd__parse(cmd__args *args, int argc, char **argv, int first);

#endif
