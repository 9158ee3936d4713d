/* llb build: from a build file to its results. */
#include "commands.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "build.h"
#include "bundle.h"
#include "dockerfile.h"
#include "error.h"
#include "report.h"
#include "shell.h"

/* ---- jobs ---- */

/* Adds a folder, unless one of that name is there: a name is one folder in
 * all of a project. */
static int add_folder(cmd__build *b, const llbc_local *l, bk_local *list,
                      size_t *n)
{
    struct stat st;

    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i].name, l->name) == 0)
            return CMD__DONE;
    bool is_there = stat(l->path, &st) == 0;
    if (!is_there || !S_ISDIR(st.st_mode)) {
        llb__fail(&b->s.err, LLB_ENOENT, LLB__NOWHERE,
                  "%scannot read the folder %s: %s",
                  cmd__project_place(&b->p, b->a, l->at), l->path,
                  strerror(is_there ? ENOTDIR : errno));
        return cmd__solve_fail(&b->s);
    }
    list[(*n)++] = (bk_local){l->name, l->path};
    return CMD__DONE;
}

/* The folders of one kind of all platforms. */
static int set_folders(cmd__build *b, const cmd__set *set,
                       size_t (*count)(const llbc_result *),
                       const llbc_local *(*at)(const llbc_result *, size_t),
                       const bk_local **ret, size_t *ret_n)
{
    size_t most = 0;
    int rc = CMD__DONE;

    for (size_t k = 0; k < set->n; k++)
        most += count(set->list[k]);
    bk_local *list = llb__arena_array(b->a, most + 1, sizeof(*list));
    if (!list) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    for (size_t k = 0; k < set->n; k++)
        for (size_t i = 0; i < count(set->list[k]) && rc == CMD__DONE; i++)
            rc = add_folder(b, at(set->list[k], i), list, ret_n);
    *ret = list;
    return rc;
}

static int set_caches(cmd__build *b, const llbc_result *r, cmd__job *job)
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

/* A definition with its image's config, or one of each for each platform. */
static int set_result(cmd__build *b, const cmd__set *set, cmd__job *job)
{
    size_t len;

    if (set->n == 1) {
        job->def = llbc_result_def(set->list[0]);
        job->image_config = llbc_result_config(set->list[0], &len);
        return CMD__DONE;
    }
    if (cmd__refs_of(set, &b->refs[b->n_refs], &b->s.err) != LLB_OK)
        return b->s.err.status == LLB_EINVAL ? cmd__solve_usage(&b->s)
                                             : cmd__solve_fail(&b->s);
    job->refs = b->refs[b->n_refs++];
    return CMD__DONE;
}

/* Exports and caches are those of the first platform. */
static int make_job(cmd__build *b, size_t i)
{
    const cmd__set *set = &b->p.sets[i];
    cmd__job *job = &b->jobs[i];

    job->name = llbc_target_at(b->p.project, b->p.targets[i])->name;
    job->project_root = b->root;
    int rc = set_result(b, set, job);
    if (rc == CMD__DONE)
        rc = set_folders(b, set, llbc_result_n_locals, llbc_result_local,
                         &job->locals, &job->n_locals);
    if (rc == CMD__DONE)
        rc = set_folders(b, set, llbc_result_n_stores, llbc_result_store,
                         &job->stores, &job->n_stores);
    if (rc == CMD__DONE)
        rc = set_caches(b, set->list[0], job);
    if (rc == CMD__DONE)
        rc = cmd__build_outputs(b, set->list[0], job);
    return rc == CMD__DONE ? cmd__solve_check(&b->s, job) : rc;
}

static int compile(cmd__build *b)
{
    llbc_resolver resolver = cmd__resolver_of(&b->asks);
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;

    if (cmd__daemon_platform(&b->s.daemon, &b->s.err) != LLB_OK)
        return cmd__solve_fail(&b->s);
    o.network_default = (llbc_network)b->o->network;
    o.no_cache = b->o->no_cache;
    b->p.fresh = &b->o->fresh;
    o.build_platform = *b->s.daemon.platform ? b->s.daemon.platform : NULL;
    o.platform = b->o->platform;
    o.resolver = &resolver;
    return cmd__project_compile(&b->p, &o, &b->s.err);
}

/* The folder that tells the daemon this project from others. */
static void find_root(cmd__build *b)
{
    const char *file = b->o->file.file ? b->o->file.file : CMD__DEFAULT_FILE;
    char *copy = strdup(file);

    if (copy)
        b->root = realpath(strcmp(file, "-") == 0 ? "." : dirname(copy), NULL);
    free(copy);
}

static int prepare(cmd__build *b, const cmd__args *args)
{
    cmd__file_opts file = b->o->file;
    file.allow = &b->o->solve.allow;
    b->asks =
        (cmd__resolver){.daemon = &b->s.daemon, .where = &b->o->solve.daemon};
    file.resolver = &b->asks;
    int rc = cmd__project_open(&b->p, b->s.command, &file, &b->s.err);

    if (rc == CMD__DONE)
        rc = cmd__project_select(&b->p, args->operands, args->n_operands,
                                 &b->s.err);
    if (rc == CMD__DONE)
        rc = cmd__build_check_outputs(b);
    if (rc == CMD__DONE)
        rc = cmd__solve_connect(&b->s);
    if (rc == CMD__DONE)
        rc = compile(b);
    if (rc != CMD__DONE)
        return rc;
    find_root(b);
    b->jobs = llb__arena_array(b->a, b->p.n_targets + 1, sizeof(*b->jobs));
    b->refs = llb__arena_array(b->a, b->p.n_targets + 1, sizeof(*b->refs));
    if (!b->jobs || !b->refs) {
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

/* Which ones failed, where the blocks above say only why. */
static void say_failed(const cmd__build *b, const bool *failed)
{
    llb__buf names = LLB__BUF_INIT;
    size_t n = 0;

    for (size_t i = 0; i < b->p.n_targets; i++)
        if (failed[i])
            llb__buf_printf(&names, "%s%s", n++ ? ", " : "", b->jobs[i].name);
    if (n > 0 && b->p.n_targets > 1 && !names.failed)
        cmd__say("%zu of %zu targets failed: %s", n, b->p.n_targets,
                 names.data);
    llb__buf_clear(&names);
}

/* Each target has its turn, whatever becomes of the others. */
static int build_all(cmd__build *b)
{
    bool *failed = llb__arena_array(b->a, b->p.n_targets + 1, sizeof(*failed));
    int rc = CMD__DONE;

    if (!failed) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    for (size_t i = 0; i < b->p.n_targets; i++) {
        int one = cmd__solve_run(&b->s, &b->jobs[i], b->p.n_targets == 1);
        if (one == CMD__INTERRUPTED || one == CMD__NO_DAEMON)
            return one;
        failed[i] = one != CMD__DONE;
        if (rc == CMD__DONE)
            rc = one;
    }
    say_failed(b, failed);
    return rc;
}

static json_t *diagnostics(const cmd__build *b)
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

/* Who needs a terminal is told before anything is read. */
static int check_terminal(cmd__build *b)
{
    const char *what = b->o->needs_terminal;

    if (b->o->on_error) {
        what = "--on-error shell";
        b->s.shell = CMD__SHELL;
    }
    return what ? cmd__shell_check(&b->s, what) : CMD__DONE;
}

int cmd__build_run(const cmd__args *args, cmd__build_opts *o,
                   int (*build)(cmd__build *b))
{
    cmd__build b = {.o = o, .a = args->arena};
    o->solve.allow_fs = true;
    int rc = cmd__solve_begin(&b.s, args, &b.o->solve);

    if (rc == CMD__DONE)
        rc = check_terminal(&b);
    if (rc == CMD__DONE)
        rc = cmd__is_dockerfile(o->file.file)
                 ? cmd__dockerfile_prepare(&b, args)
                 : prepare(&b, args);
    if (rc == CMD__DONE)
        rc = build(&b);
    cmd__resolver_close(&b.asks);
    rc = cmd__solve_end(&b.s, rc, diagnostics(&b));
    cmd__project_close(&b.p);
    for (size_t i = 0; i < b.n_refs; i++)
        bk_refs_free(b.refs[i]);
    free(b.root);
    return rc;
}

static int run(const cmd__args *args)
{
    return cmd__build_run(args, args->opts, build_all);
}

static const char *const on_error_words[] = {"fail", "shell", NULL};

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(cmd__build_opts, file),
    CMD__SOLVE_OPTIONS(cmd__build_opts, solve),
    {.name = "on-error",
     .kind = CMD__CHOICE,
     .offset = offsetof(cmd__build_opts, on_error),
     .value = "WORD",
     .choices = on_error_words,
     .help = "when a step fails: fail, or shell, which runs " CMD__SHELL " in "
             "its container first (fail)"},
    {.name = "push",
     .kind = CMD__FLAG,
     .offset = offsetof(cmd__build_opts, push),
     .help = "push the images that are exported, and let the file write "
             "outside its folder"},
    {.name = "platform",
     .kind = CMD__TEXT,
     .offset = offsetof(cmd__build_opts, platform),
     .value = "OS/ARCH[,...]",
     .help = "build for these platforms (all that the target names, else the "
             "daemon's)"},
    {.name = "no-cache",
     .kind = CMD__FLAG,
     .offset = offsetof(cmd__build_opts, no_cache),
     .help = "run every step again"},
    {.name = "no-cache-filter",
     .kind = CMD__LIST,
     .offset = offsetof(cmd__build_opts, fresh),
     .value = "NAME",
     .help = "run the steps of that target again, or of that stage of a "
             "Dockerfile"},
    {.name = "network-default",
     .kind = CMD__CHOICE,
     .offset = offsetof(cmd__build_opts, network),
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
        "With -f a Dockerfile (by its name, or a \"# syntax=\" in front) is "
        "built by the daemon's own frontend: TARGET is a stage, --arg sets a "
        "build argument, and the context is the current folder, or what "
        "--context context=WHERE names.\n\n"
        "Paths of -o are relative to the current folder, those of export "
        "statements to the file's.\n\n"
        "What a file pushes or writes outside its folder needs --push, -o or "
        "a yes on the terminal. Ctrl-C cancels the build and waits for the "
        "daemon; a second one leaves at once.",
    .examples =
        "    llb build\n"
        "    llb build app -o out --arg version=1.2\n"
        "    llb build app -o type=oci,dest=app.tar,name=example.org/app:1\n"
        "    llb build test --secret id=token,env=TOKEN --progress json\n"
        "    llb build -f Dockerfile -o type=image,name=example.org/app:1\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(cmd__build_opts),
    .run = run,
};
