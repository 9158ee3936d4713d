/* llb debug: a shell on what a target is made of, or where it fails. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "error.h"
#include "failure.h"
#include "interrupt.h"
#include "report.h"
#include "shell.h"

struct opts {
    cmd__build_opts build;
    const char *shell;
};

/* What is built, and what it starts with. */
struct target {
    bk_refs *made; /* by a frontend; NULL: the job has it */
    llb_def *def;
    const char *config;
    char *ref; /* once it is built */
};

/* The environment, folder and user of an image config, in the arena. */
static void read_config(llb__arena *a, const char *text, bk_process_opts *o)
{
    json_t *root = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *config = json_object_get(root, "config");
    const json_t *env = json_object_get(config, "Env");
    const char *cwd = json_string_value(json_object_get(config, "WorkingDir"));
    const char *user = json_string_value(json_object_get(config, "User"));
    const char **list =
        llb__arena_array(a, json_array_size(env) + 1, sizeof(*list));

    for (size_t i = 0; list && i < json_array_size(env); i++) {
        const char *one = json_string_value(json_array_get(env, i));
        if (one && (one = llb__arena_strdup(a, one)) != NULL)
            list[o->n_env++] = one;
    }
    o->env = list;
    o->cwd = cwd && *cwd ? llb__arena_strdup(a, cwd) : NULL;
    o->user = user && *user ? llb__arena_strdup(a, user) : NULL;
    json_decref(root);
}

/* Asks the frontend of a Dockerfile, if that is what the job is. */
static llb_status find_target(bk_build *b, const cmd__job *job,
                              const bk_solve_opts *o, struct target *t,
                              bk_failure **failure, llb_error *err)
{
    bk_frontend_opts f = BK_FRONTEND_OPTS_INIT;
    const bk_refs *refs = job->refs;

    t->def = job->def;
    t->config = job->image_config;
    if (job->frontend) {
        f.frontend = job->frontend;
        f.attrs = o->frontend_attrs;
        f.n_attrs = o->n_frontend_attrs;
        llb_status st = bk_build_frontend(b, &f, &t->made, failure, err);
        if (st != LLB_OK)
            return st;
        refs = t->made;
    }
    if (!refs)
        return LLB_OK;
    if (refs->n > 1)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is made for %zu platforms; say which with "
                         "--platform",
                         job->name, refs->n);
    const bk_meta *config = bk_refs_meta(refs, "containerimage.config");
    t->def = refs->list[0].def;
    t->config = config ? config->value : NULL;
    return t->def ? LLB_OK
                  : llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                              "the daemon does not say what it is made of");
}

/* A shell with the target's result as its root. */
static int enter(cmd__shell *sh, bk_build *b, const struct target *t)
{
    bk_mount root = {"/", t->ref, NULL, false};
    bk_container_opts o = BK_CONTAINER_OPTS_INIT;
    bk_process_opts p = BK_PROCESS_OPTS_INIT;
    bk_container *c;
    cmd__solve *s = sh->s;

    for (size_t i = 0; i < s->n_allow; i++)
        if (strcmp(s->allow[i], "network.host") == 0)
            o.network = BK_NETWORK_HOST;
    o.mounts = &root;
    o.n_mounts = 1;
    read_config(s->a, t->config, &p);
    cmd__gate_close(&sh->gate);
    cmd__progress_end(s->progress);
    if (bk_container_new(b, &o, &c, &s->err) != LLB_OK)
        return cmd__solve_fail(s);
    int rc = cmd__shell_run(sh, c, &p);
    bk_container_free(c);
    return rc == CMD__DONE ? (int)sh->code : rc;
}

static int fail(cmd__shell *sh, llb_status st, bk_failure *failure)
{
    cmd__solve *s = sh->s;
    int rc = cmd__exit_code(st);

    if (!sh->opened)
        cmd__progress_end(s->progress);
    if (sh->opened)
        rc = sh->ran ? (int)sh->code : rc; /* of the shell where it failed */
    else if (st == LLB_ECANCELED)
        cmd__error("cancelled");
    else if (failure)
        cmd__failure_show(failure, s->daemon.kind);
    else
        cmd__solve_fail(s);
    return rc;
}

static int build(cmd__build *b, cmd__shell *sh, bk_build *build,
                 const bk_solve_opts *o)
{
    const cmd__job *job = &b->jobs[0];
    struct target t = {0};
    bk_failure *failure = NULL;
    llb_error *err = &b->s.err;
    llb_status st = find_target(build, job, o, &t, &failure, err);

    if (st == LLB_OK)
        st = bk_build_solve(build, t.def, true, &t.ref, &failure, err);
    if (st == LLB_OK)
        st = bk_build_evaluate(build, t.ref, &failure, err);
    if (st == LLB_EBUILD && failure)
        cmd__shell_failed(sh, build, failure);
    int rc = st == LLB_OK ? enter(sh, build, &t) : fail(sh, st, failure);
    bk_failure_free(failure);
    bk_refs_free(t.made);
    free(t.ref);
    return rc;
}

static int debug(cmd__build *b)
{
    const struct opts *given = (const struct opts *)(const void *)b->o;
    bk_solve_opts o;
    bk_build *running;
    cmd__shell sh;

    if (b->p.n_targets != 1)
        return cmd__usage("debug",
                          "one target is looked into, and %zu are "
                          "named",
                          b->p.n_targets);
    if (cmd__solve_make_opts(&b->s, &b->jobs[0], &o) != LLB_OK)
        return cmd__solve_fail(&b->s);
    cmd__shell_begin(&sh, &b->s, given->shell ? given->shell : CMD__SHELL, &o);
    o.failed = NULL; /* we see it ourselves */
    o.frontend = NULL;
    o.image_config = NULL;
    cmd__interrupt_cancels(b->s.cancel, true);
    int rc;
    if (bk_build_new(b->s.daemon.client, &o, &running, &b->s.err) == LLB_OK) {
        o.frontend_attrs = b->jobs[0].frontend ? o.frontend_attrs : NULL;
        rc = build(b, &sh, running, &o);
        bk_build_free(running);
    } else {
        rc = cmd__solve_fail(&b->s);
    }
    cmd__shell_end(&sh);
    return rc;
}

static int run(const cmd__args *args)
{
    struct opts *o = args->opts;

    o->build.no_outputs = true;
    o->build.needs_terminal = "llb debug";
    return cmd__build_run(args, &o->build, debug);
}

#define MEMBER(name) offsetof(struct opts, build.name)

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(struct opts, build.file),
    {.name = "shell",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, shell),
     .value = "PROGRAM",
     .help = "what to run (" CMD__SHELL ")"},
    {.name = "platform",
     .kind = CMD__TEXT,
     .offset = MEMBER(platform),
     .value = "OS/ARCH",
     .help = "build for this platform (the daemon's)"},
    {.name = "no-cache",
     .kind = CMD__FLAG,
     .offset = MEMBER(no_cache),
     .help = "run every step again"},
    {.name = "network-default",
     .kind = CMD__CHOICE,
     .offset = MEMBER(network),
     .value = "WORD",
     .choices = cmd__network_words,
     .help = "network of each run that names none: default, host or none "
             "(what the daemon gives)"},
    {.name = "secret",
     .kind = CMD__LIST,
     .offset = MEMBER(solve.secrets),
     .value = "id=ID[,src=FILE|,env=NAME]",
     .help = "a secret that steps may ask for"},
    {.name = "ssh",
     .kind = CMD__LIST,
     .offset = MEMBER(solve.ssh),
     .value = "ID[=SOCKET|=KEY[,KEY]][,raw=true]",
     .help = "an ssh agent that steps may sign with"},
    {.name = "allow",
     .kind = CMD__LIST,
     .offset = MEMBER(solve.allow),
     .value = "NAME",
     .help = "allow network.host, which the shell has then, too, "
             "security.insecure, device or fs=FOLDER"},
    {.name = "cache-from",
     .kind = CMD__LIST,
     .offset = MEMBER(solve.cache_from),
     .value = "CACHE",
     .help = "use a cache, as llb build does"},
    {.name = "progress",
     .kind = CMD__CHOICE,
     .offset = MEMBER(solve.progress),
     .value = "WORD",
     .choices = cmd__progress_words,
     .help = "of the build: auto, tty, plain or quiet (auto)"},
    CMD__DAEMON_OPTIONS(struct opts, build.solve.daemon,
                        "the daemon (found as llb build finds it)"),
};

const cmd__command cmd_debug = {
    .name = "debug",
    .operands = "[TARGET]",
    .max_operands = 1,
    .summary = "run a shell on a target, or where it fails",
    .about = "Builds a target and runs a shell in it, on this terminal. When a "
             "step fails, the shell runs in that step's container as it left "
             "it: its files, mounts, environment, folder and user. Nothing is "
             "exported, and what the shell changes is lost. Ctrl-P Ctrl-Q "
             "leaves it. The exit code is the shell's.",
    .examples = "    llb debug test\n"
                "    llb debug -f Dockerfile builder --shell /bin/bash\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
