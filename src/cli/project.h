/* A build file on its way to definitions: opened, its arguments set, the
 * targets chosen, and each of them compiled. */
#ifndef LLB__CLI_PROJECT_H
#define LLB__CLI_PROJECT_H

#include <jansson.h>

#include <llb/compiler.h>

#include "daemon.h"
#include "resolver.h"
#include "options.h"

/* Options that all commands on a build file share; see the rows below. */
typedef struct cmd__file_opts {
    const char *file;
    cmd__list args, contexts;
    bool lint;               /* look for what is most often a mistake */
    bool quiet;              /* leave the diagnostics to the caller */
    cmd__resolver *resolver; /* reads modules; takes the lock that is there */
    bool only_fs;            /* --allow takes nothing else */
    const cmd__list *allow;  /* of --allow; those that start with "fs=" count */
} cmd__file_opts;

#define CMD__DEFAULT_FILE "build.llb"

/* Rows of a command's table; member is the cmd__file_opts in its struct. */
#define CMD__FILE_OPTIONS(type, member)                                        \
    {.name = "file",                                                           \
     .letter = 'f',                                                            \
     .kind = CMD__TEXT,                                                        \
     .offset = offsetof(type, member.file),                                    \
     .value = "FILE",                                                          \
     .help = "the build file, - for standard input (" CMD__DEFAULT_FILE ")"},  \
        {.name = "arg",                                                        \
         .kind = CMD__PAIRS,                                                   \
         .offset = offsetof(type, member.args),                                \
         .value = "NAME=VALUE",                                                \
         .help = "set an arg of the file; repeat it for more elements of a "   \
                 "list"},                                                      \
    {                                                                          \
        .name = "context", .kind = CMD__PAIRS,                                 \
        .offset = offsetof(type, member.contexts), .value = "NAME=WHERE",      \
        .help = "what an arg of type fs is: a folder, docker-image://REF, "    \
                "oci-layout://FOLDER:TAG, or a git or http URL"                \
    }

/* What a target compiles to, once for each platform that is asked for. */
typedef struct cmd__set {
    llbc_result **list;
    size_t n;
} cmd__set;

/* The row of --allow for commands that build nothing. */
#define CMD__ALLOW_FS(type, member)                                            \
    {                                                                          \
        .name = "allow", .kind = CMD__LIST, .offset = offsetof(type, member),  \
        .value = "fs=FOLDER",                                                  \
        .help = "let the file name folders below this one, outside of its own" \
    }

typedef struct cmd__project {
    bool quiet;          /* see cmd__file_opts */
    const char *command; /* whose help a usage error points to */
    llbc_diags *diags;
    llbc_project *project;
    size_t *targets; /* chosen ones */
    size_t n_targets;
    cmd__set *sets;         /* one a target, once compiled */
    char *lock_path;        /* NULL: the file is standard input */
    llbc_lock *lock;        /* NULL: there is none */
    char *vendor;           /* folder of vendored texts, beside the lock file */
    const cmd__list *fresh; /* targets that ignore the cache; or NULL */
} cmd__project;

/* Opens the file and sets its arguments. Returns an exit code; what is wrong
 * has been said, and is in err. cmd__project_close() must follow. */
int cmd__project_open(cmd__project *p, const char *command,
                      const cmd__file_opts *o, llb_error *err);

/* Shows errors and warnings to people. */
void cmd__project_show(const cmd__project *p);

/* Chooses the targets that names mean. */
int cmd__project_select(cmd__project *p, const char *const *names, size_t n,
                        llb_error *err);

/* Compiles all chosen targets, then shows errors and warnings once. The
 * platform of opts may be several, with commas; without one each target is
 * compiled for all that it names. */
int cmd__project_compile(cmd__project *p, const llbc_compile_opts *opts,
                         llb_error *err);

/* Compiles the chosen targets (all, when none were chosen) for each of their
 * platforms and keeps nothing: what is wrong is in the diagnostics, and not
 * shown. LLB_OK also with errors there; else why it could not go on. */
llb_status cmd__project_try(cmd__project *p, const llbc_compile_opts *opts,
                            llb_error *err);

void cmd__project_close(cmd__project *p);

/* "FILE:LINE:COLUMN: " of a place, or "" for no place; in the arena. */
const char *cmd__project_place(const cmd__project *p, llb__arena *a,
                               llb_span at);

/* Words of --network-default, in the order of llbc_network. */
extern const char *const cmd__network_words[];

#endif
