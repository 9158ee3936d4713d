/* Having a daemon build definitions: what `llb build` and `llb solve` share
 * from their options to the files that they leave. */
#ifndef LLB__CLI_SOLVE_H
#define LLB__CLI_SOLVE_H

#include <jansson.h>

#include <llb/gateway.h>

#include "daemon.h"
#include "options.h"
#include "output.h"
#include "progress.h"

typedef struct cmd__solve_opts {
    cmd__list outputs, secrets, ssh, allow, cache_from, cache_to, attests;
    const char *sbom, *provenance, *epoch, *source_policy;
    bool allow_fs; /* "fs=FOLDER" is for the compiler */
    const char *metadata_file, *iidfile;
    cmd__daemon_opts daemon;
    int progress;
} cmd__solve_opts;

/* Rows of a command's table; member is the cmd__solve_opts in its struct. */
#define CMD__SOLVE_OPTIONS(type, member)                                       \
    {.name = "output",                                                         \
     .letter = 'o',                                                            \
     .kind = CMD__LIST,                                                        \
     .offset = offsetof(type, member.outputs),                                 \
     .value = "OUTPUT",                                                        \
     .help = "where the result goes: a folder, - for a tar on standard "       \
             "output, or type=local|tar|oci|docker|image|registry with "       \
             "dest= and name="},                                               \
        {.name = "secret",                                                     \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.secrets),                             \
         .value = "id=ID[,src=FILE|,env=NAME]",                                \
         .help = "a secret that steps may ask for (the variable or file "      \
                 "of the id's name); type=exec,src=COMMAND: what it prints"},  \
        {.name = "ssh",                                                        \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.ssh),                                 \
         .value = "ID[=SOCKET|=KEY[,KEY]][,raw=true]",                         \
         .help = "an ssh agent that steps may sign with (that of "             \
                 "SSH_AUTH_SOCK), or a socket for any use"},                   \
        {.name = "allow",                                                      \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.allow),                               \
         .value = "NAME",                                                      \
         .help = "allow steps network.host, security.insecure or device"},     \
        {.name = "cache-from",                                                 \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.cache_from),                          \
         .value = "CACHE",                                                     \
         .help = "use a cache: an image reference, type=registry,ref=REF, or " \
                 "type=local,src=FOLDER"},                                     \
        {.name = "cache-to",                                                   \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.cache_to),                            \
         .value = "CACHE",                                                     \
         .help = "write a cache: type=inline, type=registry,ref=REF, or "      \
                 "type=local,dest=FOLDER"},                                    \
        {.name = "provenance",                                                 \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.provenance),                          \
         .value = "min|max|false|KEY=VALUE,...",                               \
         .help = "attach to images how they were built (none)"},               \
        {.name = "sbom",                                                       \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.sbom),                                \
         .value = "true|false|generator=IMAGE",                                \
         .help = "attach what they are made of, as the scanner of IMAGE sees " \
                 "it (none)"},                                                 \
        {.name = "attest",                                                     \
         .kind = CMD__LIST,                                                    \
         .offset = offsetof(type, member.attests),                             \
         .value = "type=TYPE,KEY=VALUE,...",                                   \
         .help = "either of the two with all its attributes"},                 \
        {.name = "source-date-epoch",                                          \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.epoch),                               \
         .value = "SECONDS",                                                   \
         .help =                                                               \
             "the date of images, since 1970; with rewrite-timestamp=true "    \
             "of an output that of files too (SOURCE_DATE_EPOCH)"},            \
        {.name = "source-policy-file",                                         \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.source_policy),                       \
         .value = "FILE",                                                      \
         .help = "rules for what may be taken from outside, as BuildKit's "    \
                 "JSON"},                                                      \
        {.name = "metadata-file",                                              \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.metadata_file),                       \
         .value = "FILE",                                                      \
         .help = "write what the exporters say, as JSON"},                     \
        {.name = "iidfile",                                                    \
         .kind = CMD__TEXT,                                                    \
         .offset = offsetof(type, member.iidfile),                             \
         .value = "FILE",                                                      \
         .help = "write the image's id, the digest of its config"},            \
        {.name = "progress",                                                   \
         .kind = CMD__CHOICE,                                                  \
         .offset = offsetof(type, member.progress),                            \
         .value = "WORD",                                                      \
         .choices = cmd__progress_words,                                       \
         .help = "auto, tty, plain, json (on standard output) or quiet "       \
                 "(auto)"},                                                    \
        CMD__DAEMON_OPTIONS(                                                   \
            type, member.daemon,                                               \
            "the daemon (LLB_ADDR, BUILDKIT_HOST, the usual "                  \
            "sockets, the Docker context, the private engine)")

/* One run of the command. */
typedef struct cmd__solve {
    const cmd__solve_opts *o;
    const char *command;
    llb__arena *a;
    cmd__output *outputs; /* of -o */
    size_t n_outputs;
    bk_secret *secrets;
    size_t n_secrets;
    bk_ssh *ssh;
    size_t n_ssh;
    bk_cache *cache_from, *cache_to;
    bk_pair *attrs; /* of a frontend, and of the daemon where there is none */
    size_t n_attrs;
    const char *policy; /* JSON */
    const char **allow;
    size_t n_allow;
    cmd__progress *progress;
    bk_cancel *cancel;
    cmd__daemon daemon;
    llb_error err;       /* of the first thing that failed */
    bk_failure *failure; /* likewise, if it was a build */
    json_t *metadata;    /* by target if there are several */
    char iid[128];
    int n_failed;
    const char *shell; /* to run where a step fails; NULL: none */
} cmd__solve;

/* One thing to build: a definition, a result of several, or what a frontend
 * makes. All is borrowed. */
typedef struct cmd__job {
    const char *name; /* target or file, for messages */
    llb_def *def;
    const bk_refs *refs;
    const char *frontend;
    const bk_pair *frontend_attrs;
    size_t n_frontend_attrs;
    const bk_local *locals;
    size_t n_locals;
    const bk_local *stores; /* image layouts, by the name of their store */
    size_t n_stores;
    const bk_upload *uploads;
    size_t n_uploads;
    const cmd__output *outputs;
    size_t n_outputs;
    const char *image_config;              /* NULL: none */
    const char *project_root;              /* NULL: the first local */
    const bk_cache *cache_from, *cache_to; /* beside those of the options */
    size_t n_cache_from, n_cache_to;
} cmd__job;

/* Reads the options and looks at what they name. Returns an exit code; in any
 * case cmd__solve_end() must follow. */
int cmd__solve_begin(cmd__solve *s, const cmd__args *args,
                     const cmd__solve_opts *o);

int cmd__solve_connect(cmd__solve *s);

/* Whether the definition asks for what was not given or allowed, and whether
 * the destinations will do: before anything is sent. */
int cmd__solve_check(cmd__solve *s, const cmd__job *job);

/* What a build of the job is told; in the arena. LLB_ENOMEM, in s->err too. */
llb_status cmd__solve_make_opts(cmd__solve *s, const cmd__job *job,
                                bk_solve_opts *o);

/* Builds; on failure the closing block has been shown. is_one: it is the only
 * job, so its metadata needs no name. */
int cmd__solve_run(cmd__solve *s, const cmd__job *job, bool is_one);

/* Writes the files and the last JSON object; rc is how the command fares so
 * far, extra a member of that object about a failure (taken, may be NULL).
 * The exit code of the command. */
int cmd__solve_end(cmd__solve *s, int rc, json_t *extra);

/* Reads the options into s; part of cmd__solve_begin(). LLB_EINVAL and the
 * like name the option's part that is wrong. */
llb_status cmd__solve_parse(cmd__solve *s);

/* The part of it for attestations, the date and the source policy. */
llb_status cmd__solve_parse_attrs(cmd__solve *s);

/* The attributes of a frontend with ours behind them, in the arena. NULL: no
 * memory. */
const bk_pair *cmd__solve_join_attrs(cmd__solve *s, const bk_pair *given,
                                     size_t n_given, size_t *ret_n);

/* cmd__usage() or cmd__fail() of s->err, which is kept for the end. */
int cmd__solve_usage(cmd__solve *s);
int cmd__solve_fail(cmd__solve *s);

#endif
