/* llb solve: from a definition or a bundle to its results. */
#include "commands.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "input.h"
#include "report.h"
#include "solve.h"

struct opts {
    cmd__solve_opts solve;
    cmd__list locals, layouts, uploads;
};

/* The folders of an option NAME=PATH. */
static int set_folders(cmd__solve *s, const char *option, const cmd__list *l,
                       const bk_local **ret)
{
    bk_local *locals = llb__arena_array(s->a, l->n + 1, sizeof(*locals));
    struct stat st;

    for (size_t i = 0; locals && i < l->n; i++) {
        char *name = llb__arena_strdup(s->a, l->items[i]);
        if (!name) {
            locals = NULL;
            break;
        }
        char *path = strchr(name, '=');
        *path++ = '\0';
        bool is_there = stat(path, &st) == 0;
        if (!is_there || !S_ISDIR(st.st_mode)) {
            llb__fail(&s->err, LLB_ENOENT, LLB__NOWHERE,
                      "--%s %s=%s: cannot read the folder %s: %s", option, name,
                      path, path, strerror(is_there ? ENOTDIR : errno));
            return cmd__solve_usage(s);
        }
        locals[i] = (bk_local){name, path};
    }
    if (!locals) {
        llb__fail_nomem(&s->err);
        return cmd__solve_fail(s);
    }
    *ret = locals;
    return CMD__DONE;
}

/* The files of --upload; the client looks at them. */
static int set_uploads(cmd__solve *s, const cmd__args *args, const cmd__list *l,
                       cmd__job *job)
{
    bk_upload *list = llb__arena_array(s->a, l->n + 1, sizeof(*list));
    bool reads_stdin =
        args->n_operands == 0 || strcmp(args->operands[0], "-") == 0;

    for (size_t i = 0; list && i < l->n; i++) {
        char *name = llb__arena_strdup(s->a, l->items[i]);
        if (!name) {
            list = NULL;
            break;
        }
        char *path = strchr(name, '=');
        *path++ = '\0';
        if (reads_stdin && strcmp(path, "-") == 0) {
            llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                      "--upload %s: standard input has the definition",
                      l->items[i]);
            return cmd__solve_usage(s);
        }
        list[i] = (bk_upload){name, path};
    }
    if (!list) {
        llb__fail_nomem(&s->err);
        return cmd__solve_fail(s);
    }
    job->uploads = list;
    job->n_uploads = l->n;
    return CMD__DONE;
}

static int solve(cmd__solve *s, const cmd__args *args, const bk_refs *refs)
{
    const struct opts *o = args->opts;
    cmd__job job = {
        .name = args->n_operands ? args->operands[0] : "the definition",
        .refs = refs,
        .outputs = s->outputs,
        .n_outputs = s->n_outputs,
    };
    job.n_locals = o->locals.n;
    job.n_stores = o->layouts.n;
    int rc = set_folders(s, "local", &o->locals, &job.locals);

    if (rc == CMD__DONE)
        rc = set_folders(s, "oci-layout", &o->layouts, &job.stores);
    if (rc == CMD__DONE)
        rc = set_uploads(s, args, &o->uploads, &job);
    if (rc == CMD__DONE)
        rc = cmd__solve_check(s, &job);
    if (rc == CMD__DONE)
        rc = cmd__solve_connect(s);
    return rc == CMD__DONE ? cmd__solve_run(s, &job, true) : rc;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__solve s;
    bk_refs *refs = NULL;
    bool usage = false;
    int rc = cmd__solve_begin(&s, args, &o->solve);

    if (rc == CMD__DONE &&
        cmd__read_refs(args->n_operands ? args->operands[0] : NULL, &refs,
                       &usage, &s.err) != LLB_OK)
        rc = usage ? cmd__solve_usage(&s) : cmd__solve_fail(&s);
    if (rc == CMD__DONE)
        rc = solve(&s, args, refs);
    rc = cmd__solve_end(&s, rc, NULL);
    bk_refs_free(refs);
    return rc;
}

static const cmd__option options[] = {
    {.name = "local",
     .kind = CMD__PAIRS,
     .offset = offsetof(struct opts, locals),
     .value = "NAME=PATH",
     .help = "a folder that the definition may read by that name"},
    {.name = "oci-layout",
     .kind = CMD__PAIRS,
     .offset = offsetof(struct opts, layouts),
     .value = "NAME=PATH",
     .help = "an image layout folder that the definition's store of that name "
             "is"},
    {.name = "upload",
     .kind = CMD__PAIRS,
     .offset = offsetof(struct opts, uploads),
     .value = "NAME=FILE",
     .help = "a file that the definition may read as "
             "http://buildkit-session/NAME, - for standard input"},
    CMD__SOLVE_OPTIONS(struct opts, solve),
};

const cmd__command cmd_solve = {
    .name = "solve",
    .operands = "[FILE]",
    .max_operands = 1,
    .summary = "have a daemon build a definition",
    .about = "Feeds a definition or a bundle, from a file or standard input, "
             "straight to a BuildKit daemon. It is checked with the daemon's "
             "own rules first. Nothing of this machine is sent but what "
             "--local, --oci-layout, --upload, --secret and --ssh name.",
    .examples = "    llb solve app.pb -o out\n"
                "    llb solve app.bundle --local context=. -o "
                "type=image,name=app\n"
                "    llb compile app | llb solve --local .=. -o "
                "type=oci,dest=app.tar\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
