/* llb build: from a build file to its results. */
#include "commands.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "project.h"
#include "report.h"
#include "solve.h"

struct opts {
    cmd__file_opts file;
    cmd__solve_opts solve;
    const char *platform;
    bool push, no_cache;
    int network;
};

struct build {
    const struct opts *o;
    llb__arena *a;
    cmd__solve s;
    cmd__project p;
    cmd__job *jobs; /* one a target */
    char *root;     /* folder of the file, for free() */
};

/* ---- outputs ----------------------------------------------------------------
 */

/* Asks on the terminal; without one the answer is no. */
static bool agrees(const char *question)
{
    char answer[8] = "";

    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    dprintf(STDERR_FILENO, "%s [y/N] ", question);
    return fgets(answer, sizeof(answer), stdin) &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

/* What leaves the project only because its file says so needs a yes. */
static int consent(struct build *b, const cmd__output *o, const llbc_export *e)
{
    const char *question = NULL;

    if (b->o->push || (!o->push && !e->outside_root))
        return CMD__DONE;
    const char *at = cmd__project_place(&b->p, b->a, e->at);
    question =
        o->push
            ? llb__arena_printf(b->a, "%sthe file wants to push an image", at)
            : llb__arena_printf(b->a,
                                "%sthe file wants to write %s, "
                                "outside its folder",
                                at, e->dest);
    if (!question) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    if (agrees(question))
        return CMD__DONE;
    llb__fail(&b->s.err, LLB_EINVAL, LLB__NOWHERE,
              "%s; say --push to allow it, or -o to put the result elsewhere",
              question);
    return cmd__solve_usage(&b->s);
}

/* The exports of the file, as if -o had said them. */
static int file_outputs(struct build *b, const llbc_result *r, cmd__job *job)
{
    size_t n = llbc_result_n_exports(r);
    cmd__output *list = llb__arena_array(b->a, n + 1, sizeof(*list));

    for (size_t i = 0; list && i < n; i++) {
        const llbc_export *e = llbc_result_export(r, i);
        const char *at = cmd__project_place(&b->p, b->a, e->at);
        cmd__attr *attrs =
            llb__arena_array(b->a, e->n_attrs + 1, sizeof(*attrs));
        if (!attrs)
            break;
        for (size_t j = 0; j < e->n_attrs; j++)
            attrs[j] = (cmd__attr){e->attrs[j].key, e->attrs[j].value};
        if (cmd__output_make(b->a, e->type, e->type, e->dest, attrs, e->n_attrs,
                             &list[i], &b->s.err) != LLB_OK) {
            cmd__error("%s%s", at, b->s.err.message);
            return CMD__FAILED;
        }
        int rc = consent(b, &list[i], e);
        if (rc != CMD__DONE)
            return rc;
    }
    job->outputs = list;
    job->n_outputs = n;
    if (list)
        return CMD__DONE;
    llb__fail_nomem(&b->s.err);
    return cmd__solve_fail(&b->s);
}

/* --push: every image output of the job is pushed. */
static int push_outputs(struct build *b, cmd__job *job)
{
    cmd__output *list =
        llb__arena_array(b->a, job->n_outputs + 1, sizeof(*list));
    size_t n_images = 0;

    for (size_t i = 0; list && i < job->n_outputs; i++) {
        const cmd__output *o = &job->outputs[i];
        list[i] = *o;
        if (strcmp(o->type, "image") != 0)
            continue;
        n_images++;
        if (o->push)
            continue;
        /* the last one of a key counts, so push=false gives way */
        cmd__attr *attrs =
            llb__arena_array(b->a, o->n_attrs + 1, sizeof(*attrs));
        if (!attrs)
            break;
        size_t n = 0;
        for (size_t j = 0; j < o->n_attrs; j++)
            if (strcmp(o->attrs[j].key, "push") != 0)
                attrs[n++] = o->attrs[j];
        attrs[n++] = (cmd__attr){"push", "true"};
        if (cmd__output_make(b->a, "--push", "image", NULL, attrs, n, &list[i],
                             &b->s.err) != LLB_OK)
            return cmd__solve_usage(&b->s);
    }
    if (n_images == 0) {
        llb__fail(&b->s.err, LLB_EINVAL, LLB__NOWHERE,
                  "--push: %s exports no image; say -o type=image,name=NAME",
                  job->name);
        return cmd__solve_usage(&b->s);
    }
    job->outputs = list;
    return CMD__DONE;
}

static int set_outputs(struct build *b, const llbc_result *r, cmd__job *job)
{
    int rc = CMD__DONE;

    job->outputs = b->s.outputs;
    job->n_outputs = b->s.n_outputs;
    if (b->s.n_outputs == 0)
        rc = file_outputs(b, r, job);
    if (rc == CMD__DONE && b->o->push)
        rc = push_outputs(b, job);
    return rc;
}

/* ---- jobs -------------------------------------------------------------------
 */

static int set_locals(struct build *b, const llbc_result *r, cmd__job *job)
{
    size_t n = llbc_result_n_locals(r);
    bk_local *locals = llb__arena_array(b->a, n + 1, sizeof(*locals));
    struct stat st;

    if (!locals) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    for (size_t i = 0; i < n; i++) {
        const llbc_local *l = llbc_result_local(r, i);
        bool is_there = stat(l->path, &st) == 0;
        if (!is_there || !S_ISDIR(st.st_mode)) {
            llb__fail(&b->s.err, LLB_ENOENT, LLB__NOWHERE,
                      "%scannot read the folder %s: %s",
                      cmd__project_place(&b->p, b->a, l->at), l->path,
                      strerror(is_there ? ENOTDIR : errno));
            return cmd__solve_fail(&b->s);
        }
        locals[i] = (bk_local){l->name, l->path};
    }
    job->locals = locals;
    job->n_locals = n;
    return CMD__DONE;
}

static int set_caches(struct build *b, const llbc_result *r, cmd__job *job)
{
    size_t n = llbc_result_n_caches(r);
    bk_cache *from = llb__arena_array(b->a, n + 1, sizeof(*from));
    bk_cache *to = llb__arena_array(b->a, n + 1, sizeof(*to));

    for (size_t i = 0; from && to && i < n; i++) {
        const llbc_cache *c = llbc_result_cache(r, i);
        bk_pair *attrs = llb__arena_array(b->a, c->n_attrs + 1, sizeof(*attrs));
        if (!attrs)
            to = NULL;
        for (size_t j = 0; attrs && j < c->n_attrs; j++)
            attrs[j] = (bk_pair){c->attrs[j].key, c->attrs[j].value};
        bk_cache one = {c->type, attrs, c->n_attrs};
        if (to && c->to)
            to[job->n_cache_to++] = one;
        else
            from[job->n_cache_from++] = one;
    }
    if (!from || !to) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    job->cache_from = from;
    job->cache_to = to;
    return CMD__DONE;
}

static int make_job(struct build *b, size_t i)
{
    const llbc_result *r = b->p.results[i];
    cmd__job *job = &b->jobs[i];
    size_t len;

    job->name = llbc_target_at(b->p.project, b->p.targets[i])->name;
    job->def = llbc_result_def(r);
    job->image_config = llbc_result_config(r, &len);
    job->project_root = b->root;
    int rc = set_locals(b, r, job);
    if (rc == CMD__DONE)
        rc = set_caches(b, r, job);
    if (rc == CMD__DONE)
        rc = set_outputs(b, r, job);
    return rc == CMD__DONE ? cmd__solve_check(&b->s, job) : rc;
}

/* One platform a run: say so where the file names more. */
static void warn_of_platforms(const struct build *b)
{
    for (size_t i = 0; i < b->p.n_targets && !b->o->platform; i++) {
        const llbc_target *t = llbc_target_at(b->p.project, b->p.targets[i]);
        if (t->n_platforms > 1)
            cmd__warn("%s is built for %s alone, the first of its %zu "
                      "platforms; --platform names another",
                      t->name, t->platforms[0], t->n_platforms);
    }
}

/* Two targets would write over each other's files. */
static int check_shared_outputs(struct build *b)
{
    for (size_t i = 0; i < b->s.n_outputs && b->p.n_targets > 1; i++)
        if (b->s.outputs[i].kind != CMD__DEST_NONE) {
            llb__fail(&b->s.err, LLB_EINVAL, LLB__NOWHERE,
                      "-o takes the result of one target, and %zu are "
                      "built; build them one by one, or let each export",
                      b->p.n_targets);
            return cmd__solve_usage(&b->s);
        }
    return CMD__DONE;
}

static int compile(struct build *b)
{
    cmd__resolver asks = {&b->s.daemon, b->o->solve.addr};
    llbc_resolver resolver = cmd__resolver_of(&asks);
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;

    if (cmd__daemon_platform(&b->s.daemon, &b->s.err) != LLB_OK)
        return cmd__solve_fail(&b->s);
    o.network_default = (llbc_network)b->o->network;
    o.no_cache = b->o->no_cache;
    o.build_platform = *b->s.daemon.platform ? b->s.daemon.platform : NULL;
    o.platform = b->o->platform;
    o.resolver = &resolver;
    int rc = cmd__project_compile(&b->p, &o, &b->s.err);
    if (rc == CMD__DONE)
        warn_of_platforms(b);
    return rc;
}

/* The folder that tells the daemon this project from others. */
static void find_root(struct build *b)
{
    const char *file = b->o->file.file ? b->o->file.file : CMD__DEFAULT_FILE;
    char *copy = strdup(file);

    if (copy)
        b->root = realpath(strcmp(file, "-") == 0 ? "." : dirname(copy), NULL);
    free(copy);
}

static int prepare(struct build *b, const cmd__args *args)
{
    int rc = cmd__project_open(&b->p, "build", &b->o->file, &b->s.err);

    if (rc == CMD__DONE)
        rc = cmd__project_select(&b->p, args->operands, args->n_operands,
                                 &b->s.err);
    if (rc == CMD__DONE)
        rc = check_shared_outputs(b);
    if (rc == CMD__DONE)
        rc = cmd__solve_connect(&b->s);
    if (rc == CMD__DONE)
        rc = compile(b);
    if (rc != CMD__DONE)
        return rc;
    find_root(b);
    b->jobs = llb__arena_array(b->a, b->p.n_targets + 1, sizeof(*b->jobs));
    if (!b->jobs) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    /* asking for the host's network for all steps allows it */
    if (b->o->network == LLBC_NETWORK_HOST)
        b->s.allow[b->s.n_allow++] = "network.host";
    for (size_t i = 0; i < b->p.n_targets && rc == CMD__DONE; i++)
        rc = make_job(b, i);
    return rc;
}

/* Each target has its turn, whatever becomes of the others. */
static int build_all(struct build *b)
{
    int rc = CMD__DONE;

    for (size_t i = 0; i < b->p.n_targets; i++) {
        int one = cmd__solve_run(&b->s, &b->jobs[i], b->p.n_targets == 1);
        if (rc == CMD__DONE)
            rc = one;
        if (one == CMD__INTERRUPTED || one == CMD__NO_DAEMON)
            return one;
    }
    return rc;
}

static json_t *diagnostics(const struct build *b)
{
    char *text;
    json_t *list;

    if (!b->p.diags || llbc_diags_count(b->p.diags) == 0 ||
        llbc_diags_json(b->p.diags, &text, NULL) != LLB_OK)
        return NULL;
    list = json_loads(text, 0, NULL);
    free(text);
    return list;
}

static int run(const cmd__args *args)
{
    struct build b = {.o = args->opts, .a = args->arena};
    int rc = cmd__solve_begin(&b.s, args, &b.o->solve);

    if (rc == CMD__DONE)
        rc = prepare(&b, args);
    if (rc == CMD__DONE)
        rc = build_all(&b);
    rc = cmd__solve_end(&b.s, rc, diagnostics(&b));
    cmd__project_close(&b.p);
    free(b.root);
    return rc;
}

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(struct opts, file),
    CMD__SOLVE_OPTIONS(struct opts, solve),
    {.name = "push",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, push),
     .help = "push the images that are exported, and let the file write "
             "outside its folder"},
    {.name = "platform",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, platform),
     .value = "OS/ARCH",
     .help = "build for this platform (the target's first, else the "
             "daemon's)"},
    {.name = "no-cache",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, no_cache),
     .help = "run every step again"},
    {.name = "network-default",
     .kind = CMD__CHOICE,
     .offset = offsetof(struct opts, network),
     .value = "WORD",
     .choices = cmd__network_words,
     .help = "network of each run that names none: default, host or none "
             "(what the daemon gives)"},
};

const cmd__command cmd_build = {
    .name = "build",
    .operands = "[TARGET...]",
    .max_operands = CMD__ANY_NUMBER,
    .summary = "compile targets and have a daemon build them",
    .about =
        "Compiles targets of a build file, has a BuildKit daemon build them, "
        "and puts the results where -o or the file's own export statements "
        "say. Without a name the target or group \"default\" is built, or the "
        "only target. A group builds each of its targets.\n\n"
        "Paths of -o are relative to the current folder, those of export "
        "statements to the file's.\n\n"
        "What a file pushes or writes outside its folder needs --push, -o or "
        "a yes on the terminal. Ctrl-C cancels the build and waits for the "
        "daemon; a second one leaves at once.",
    .examples =
        "    llb build\n"
        "    llb build app -o out --arg version=1.2\n"
        "    llb build app -o type=oci,dest=app.tar,name=example.org/app:1\n"
        "    llb build test --secret id=token,env=TOKEN --progress json\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
