/* llb compile: from a build file to a definition. */
#include "commands.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "error.h"
#include "input.h"
#include "interrupt.h"
#include "project.h"
#include "report.h"

enum {
    FORMAT_AUTO,
    FORMAT_PB,
    FORMAT_BUNDLE,
    FORMAT_JSON,
    FORMAT_DOT,
    FORMAT_TREE
};

static const char *const formats[] = {"auto", "pb",   "bundle", "json",
                                      "dot",  "tree", NULL};

struct opts {
    cmd__file_opts file;
    cmd__list allow;
    const char *output, *platform, *build_platform;
    cmd__daemon_opts daemon;
    bool no_resolve, no_source, no_cache, bundle;
    int format, network;
};

/* Names a member of the config that a definition has no room for. */
static void warn_of_config(const bk_meta *config)
{
    static const char *const members[] = {
        "Entrypoint", "Cmd",    "User",    "ExposedPorts", "Volumes",
        "WorkingDir", "Labels", "OnBuild", "StopSignal",   "Healthcheck"};
    json_t *o = config ? json_loadb(config->value, config->len, 0, NULL) : NULL;
    const json_t *inner = json_object_get(o, "config");

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        const json_t *value = json_object_get(inner, members[i]);
        if (!value || (json_is_string(value) &&
                       (json_string_length(value) == 0 ||
                        strcmp(json_string_value(value), "/") == 0)))
            continue;
        cmd__warn("a definition holds no image config: %s and the like are "
                  "lost; --bundle keeps them",
                  members[i]);
        break;
    }
    json_decref(o);
}

static int write_bundle(const struct opts *o, const bk_refs *refs,
                        llb_error *err)
{
    char *data;
    size_t len;

    if (bk_refs_marshal(refs, &data, &len, err) != LLB_OK)
        return cmd__fail(err);
    int rc = cmd__write_out(o->output, data, len);
    free(data);
    return rc;
}

/* Writes the result in that format. */
static int write_result(const struct opts *o, int format, const bk_refs *refs,
                        llb_error *err)
{
    static const llb_def_format by_format[] = {
        [FORMAT_JSON] = LLB_DEF_JSON,
        [FORMAT_DOT] = LLB_DEF_DOT,
        [FORMAT_TREE] = LLB_DEF_TREE,
    };
    const llb_def *def = refs->list[0].def;
    char *text;
    size_t len;

    if (format == FORMAT_BUNDLE)
        return write_bundle(o, refs, err);
    if (refs->n > 1)
        return cmd__usage("compile",
                          "a definition is for one platform, and this makes "
                          "%zu; say --bundle, or name one with --platform",
                          refs->n);
    if (format == FORMAT_PB) {
        const uint8_t *bytes = llb_def_bytes(def, &len);
        if (len == 0)
            cmd__warn("the target is an empty file system, whose definition "
                      "has no bytes");
        warn_of_config(bk_refs_meta(refs, "containerimage.config"));
        return cmd__write_out(o->output, bytes, len);
    }
    if (llb_def_print(def, by_format[format], &text, &len, err) != LLB_OK)
        return cmd__fail(err);
    int rc = cmd__write_out(o->output, text, len);
    free(text);
    return rc;
}

static bool goes_to_terminal(const struct opts *o)
{
    return o->format <= FORMAT_BUNDLE &&
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

/* The format that was asked for, or what suits the file. */
static int format_of(const struct opts *o, int suits)
{
    if (o->bundle)
        return FORMAT_BUNDLE;
    return o->format == FORMAT_AUTO ? suits : o->format;
}

static int compile(const struct opts *o, cmd__project *p, cmd__daemon *d,
                   cmd__resolver *asks, llb_error *err)
{
    llbc_resolver resolver = cmd__resolver_of(asks);
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
    for (size_t i = 0; i < llbc_result_n_unresolved(p->sets[0].list[0]); i++)
        cmd__say("left unresolved: %s",
                 llbc_result_unresolved(p->sets[0].list[0], i));
    bk_refs *refs;
    if (cmd__refs_of(&p->sets[0], &refs, err) != LLB_OK)
        return err->status == LLB_EINVAL
                   ? cmd__usage("compile", "%s", err->message)
                   : cmd__fail(err);
    rc = write_result(o, format_of(o, FORMAT_PB), refs, err);
    bk_refs_free(refs);
    return rc;
}

/* -f Dockerfile: what the daemon's frontend makes of it. */
static int capture(const struct opts *o, const cmd__args *args, cmd__daemon *d,
                   llb_error *err)
{
    cmd__dockerfile_opts file = {
        .file = &o->file,
        .target = args->n_operands ? args->operands[0] : NULL,
        .platform = o->platform,
        .no_cache = o->no_cache,
        .network = o->network,
    };
    cmd__dockerfile dockerfile;
    bk_refs *refs;

    if (args->n_operands > 1)
        return cmd__usage("compile",
                          "one stage is captured at a time, and %zu "
                          "were named",
                          args->n_operands);
    if (o->no_resolve || o->no_source || o->build_platform)
        return cmd__usage("compile",
                          "--%s is for build files; a Dockerfile is compiled "
                          "by the daemon",
                          o->no_resolve  ? "no-resolve"
                          : o->no_source ? "no-source"
                                         : "build-platform");
    if (cmd__dockerfile_read(args->arena, &file, &dockerfile, err) != LLB_OK)
        return err->status == LLB_EINVAL
                   ? cmd__usage("compile", "%s", err->message)
                   : cmd__fail(err);
    if (cmd__daemon_open(d, &o->daemon, err) != LLB_OK)
        return err->status == LLB_EINVAL
                   ? cmd__usage("compile", "%s", err->message)
                   : cmd__fail(err);
    int rc = cmd__capture(d, &dockerfile, &refs);
    if (rc == CMD__DONE)
        rc = write_result(o, format_of(o, FORMAT_BUNDLE), refs, err);
    bk_refs_free(refs);
    return rc;
}

/* From a build file. */
static int compile_file(const struct opts *o, const cmd__args *args,
                        cmd__daemon *d, llb_error *err)
{
    cmd__project p = {0};
    cmd__file_opts file = o->file;
    cmd__resolver asks = {.daemon = d, .where = &o->daemon};

    file.allow = &o->allow;
    file.only_fs = true;
    file.resolver = &asks;
    int rc = cmd__project_open(&p, "compile", &file, err);
    if (rc == CMD__DONE)
        rc = cmd__project_select(&p, args->operands, args->n_operands, err);
    if (rc == CMD__DONE)
        rc = check_one(&p);
    if (rc == CMD__DONE)
        rc = compile(o, &p, d, &asks, err);
    cmd__resolver_close(&asks);
    cmd__project_close(&p);
    return rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__daemon d = {0};
    llb_error err = {0};

    if (o->bundle && o->format != FORMAT_AUTO && o->format != FORMAT_BUNDLE)
        return cmd__usage("compile", "--bundle and --format %s are two things",
                          formats[o->format]);
    if (goes_to_terminal(o))
        return cmd__usage("compile",
                          "a definition is bytes, and standard output is a "
                          "terminal; say -o FILE, redirect it, or --format "
                          "tree");
    cmd__interrupt_begin(NULL);
    int rc = cmd__is_dockerfile(o->file.file) ? capture(o, args, &d, &err)
                                              : compile_file(o, args, &d, &err);
    cmd__daemon_close(&d);
    cmd__interrupt_end();
    return rc;
}

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(struct opts, file),
    CMD__ALLOW_FS(struct opts, allow),
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
     .help = "pb, which daemons take, bundle, or json, dot or tree to look at "
             "(pb, and bundle for a Dockerfile)"},
    {.name = "bundle",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, bundle),
     .help = "write a bundle: definitions for all platforms, with their image "
             "configs, as llb solve takes them"},
    {.name = "platform",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, platform),
     .value = "OS/ARCH[,...]",
     .help = "compile for these platforms (all that the target names, else the "
             "build platform)"},
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
             "configs; a file without images needs no daemon.\n\n"
             "A definition is for one platform and has no image config; a "
             "bundle has all of it. A Dockerfile becomes a bundle: the "
             "daemon's frontend is asked for its definition once, and llb "
             "solve builds that from then on, with the files of then.",
    .examples = "    llb compile app -o app.pb\n"
                "    llb compile app | llb solve -o out --local .=.\n"
                "    llb compile app | buildctl build --local .=. "
                "--output type=local,dest=out\n"
                "    llb compile app --no-resolve --format tree\n"
                "    llb compile -f Dockerfile -o app.bundle\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
