/* llb compile: from a build file to a definition. */
#include "commands.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "input.h"
#include "interrupt.h"
#include "project.h"
#include "report.h"

enum { FORMAT_PB, FORMAT_JSON, FORMAT_DOT, FORMAT_TREE };

static const char *const formats[] = {"pb", "json", "dot", "tree", NULL};

struct opts {
    cmd__file_opts file;
    cmd__list allow;
    const char *output, *platform, *build_platform;
    cmd__daemon_opts daemon;
    bool no_resolve, no_source, no_cache;
    int format, network;
};

/* Names of the config's members that a definition has no room for. */
static void warn_of_config(const llbc_result *r)
{
    static const char *const members[] = {
        "Entrypoint", "Cmd",    "User",    "ExposedPorts", "Volumes",
        "WorkingDir", "Labels", "OnBuild", "StopSignal",   "Healthcheck"};
    size_t len;
    const char *text = llbc_result_config(r, &len);
    json_t *o = json_loadb(text, len, 0, NULL);
    const json_t *config = json_object_get(o, "config");

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        const json_t *value = json_object_get(config, members[i]);
        if (!value || (json_is_string(value) &&
                       (json_string_length(value) == 0 ||
                        strcmp(json_string_value(value), "/") == 0)))
            continue;
        cmd__warn("a definition holds no image config: %s and the like are "
                  "lost; llb build keeps them",
                  members[i]);
        break;
    }
    json_decref(o);
}

/* Writes the result in the format that was asked for. */
static int write_result(const struct opts *o, const llbc_result *r,
                        llb_error *err)
{
    static const llb_def_format by_format[] = {
        [FORMAT_JSON] = LLB_DEF_JSON,
        [FORMAT_DOT] = LLB_DEF_DOT,
        [FORMAT_TREE] = LLB_DEF_TREE,
    };
    const llb_def *def = llbc_result_def(r);
    char *text;
    size_t len;

    if (o->format == FORMAT_PB) {
        const uint8_t *bytes = llb_def_bytes(def, &len);
        if (len == 0)
            cmd__warn("the target is an empty file system, whose definition "
                      "has no bytes");
        warn_of_config(r);
        return cmd__write_out(o->output, bytes, len);
    }
    if (llb_def_print(def, by_format[o->format], &text, &len, err) != LLB_OK)
        return cmd__fail(err);
    int rc = cmd__write_out(o->output, text, len);
    free(text);
    return rc;
}

static bool goes_to_terminal(const struct opts *o)
{
    return o->format == FORMAT_PB &&
           (!o->output || strcmp(o->output, "-") == 0) && isatty(STDOUT_FILENO);
}

/* The daemon's platform where one is there, unless the lock file has it;
 * without, the compiler takes this machine's and warns if that matters. */
static int find_platform(const struct opts *o, const llbc_lock *lock,
                         cmd__daemon *d, llb_error *err)
{
    llb_error ignored = {0};

    if (o->build_platform || o->no_resolve ||
        (lock && llbc_lock_build_platform(lock)))
        return CMD__DONE;
    if (o->daemon.addr) {
        if (cmd__daemon_open(d, &o->daemon, err) != LLB_OK)
            return err->status == LLB_EINVAL
                       ? cmd__usage("compile", "%s", err->message)
                       : cmd__fail(err);
    } else if (!cmd__daemon_try(d, &o->daemon))
        return CMD__DONE; /* whoever needs it will say why */
    if (cmd__daemon_platform(d, &ignored) != LLB_OK)
        d->platform[0] = '\0';
    return CMD__DONE;
}

static int check_one(const cmd__project *p)
{
    if (p->n_targets == 1)
        return CMD__DONE;
    return cmd__usage("compile",
                      "a definition is one target, and %zu were named; "
                      "compile them one by one",
                      p->n_targets);
}

static int compile(const struct opts *o, cmd__project *p, cmd__daemon *d,
                   llb_error *err)
{
    cmd__resolver asks = {d, &o->daemon, .lock = p->lock};
    llbc_resolver resolver = cmd__resolver_of(&asks);
    llbc_compile_opts c = LLBC_COMPILE_OPTS_INIT;

    int rc = find_platform(o, p->lock, d, err);
    if (rc != CMD__DONE)
        return rc;
    c.no_resolve = o->no_resolve;
    c.no_source = o->no_source;
    c.no_cache = o->no_cache;
    c.network_default = (llbc_network)o->network;
    c.platform = o->platform;
    c.build_platform = o->build_platform ? o->build_platform
                       : *d->platform    ? d->platform
                       : p->lock         ? llbc_lock_build_platform(p->lock)
                                         : NULL;
    c.resolver = &resolver;
    rc = cmd__project_compile(p, &c, err);
    if (rc != CMD__DONE)
        return rc;
    for (size_t i = 0; i < llbc_result_n_unresolved(p->results[0]); i++)
        cmd__say("left unresolved: %s",
                 llbc_result_unresolved(p->results[0], i));
    return write_result(o, p->results[0], err);
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__project p = {0};
    cmd__daemon d = {0};
    llb_error err = {0};

    if (goes_to_terminal(o))
        return cmd__usage("compile",
                          "a definition is bytes, and standard output is a "
                          "terminal; say -o FILE, redirect it, or --format "
                          "tree");
    for (size_t i = 0; i < o->allow.n; i++) {
        if (strncmp(o->allow.items[i], "fs=", 3) != 0)
            return cmd__usage("compile",
                              "--allow %s: a compilation allows fs=FOLDER",
                              o->allow.items[i]);
    }
    cmd__interrupt_begin(NULL);
    cmd__file_opts file = o->file;
    file.allow = &o->allow;
    int rc = cmd__project_open(&p, "compile", &file, &err);
    if (rc == CMD__DONE)
        rc = cmd__project_select(&p, args->operands, args->n_operands, &err);
    if (rc == CMD__DONE)
        rc = check_one(&p);
    if (rc == CMD__DONE)
        rc = compile(o, &p, &d, &err);
    cmd__project_close(&p);
    cmd__daemon_close(&d);
    cmd__interrupt_end();
    return rc;
}

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(struct opts, file),
    {.name = "allow",
     .kind = CMD__LIST,
     .offset = offsetof(struct opts, allow),
     .value = "fs=FOLDER",
     .help = "let the file name folders below this one, outside of its own"},
    {.name = "output",
     .letter = 'o',
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, output),
     .value = "FILE",
     .help = "write to this file (standard output, unless it is a terminal)"},
    {.name = "format",
     .kind = CMD__CHOICE,
     .offset = offsetof(struct opts, format),
     .value = "WORD",
     .choices = formats,
     .help = "pb, which daemons take, or json, dot or tree to look at (pb)"},
    {.name = "platform",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, platform),
     .value = "OS/ARCH",
     .help = "compile for this platform (the target's first, else the build "
             "platform)"},
    {.name = "build-platform",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, build_platform),
     .value = "OS/ARCH",
     .help = "platform of the daemon that will build (asked from the daemon, "
             "else this machine's)"},
    {.name = "no-resolve",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, no_resolve),
     .help = "ask no daemon: images stay as they are written, and their "
             "configs are not inherited"},
    {.name = "no-source",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, no_source),
     .help = "leave the file's text and places out"},
    {.name = "no-cache",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, no_cache),
     .help = "let every step ignore the cache"},
    {.name = "network-default",
     .kind = CMD__CHOICE,
     .offset = offsetof(struct opts, network),
     .value = "WORD",
     .choices = cmd__network_words,
     .help = "network of each run that names none: default, host or none "
             "(what the daemon gives)"},
    CMD__DAEMON_OPTIONS(struct opts, daemon,
                        "the daemon that is asked for images (found as llb "
                        "build finds it, and only if the file names any)"),
};

const cmd__command cmd_compile = {
    .name = "compile",
    .operands = "[TARGET]",
    .max_operands = CMD__ANY_NUMBER,
    .summary = "compile a target to a definition",
    .about = "Compiles a target of a build file to a BuildKit definition, as "
             "llb solve and buildctl build read it. The same file, arguments, "
             "platforms and image configs give the same bytes everywhere.\n\n"
             "Images are looked up through the daemon, for their digests and "
             "configs; a file without images needs no daemon.",
    .examples = "    llb compile app -o app.pb\n"
                "    llb compile app | llb solve -o out --local .=.\n"
                "    llb compile app | buildctl build --local .=. "
                "--output type=local,dest=out\n"
                "    llb compile app --no-resolve --format tree\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
