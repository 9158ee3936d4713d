/* Everything between a path and compiled targets, said to people. */
#include "project.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dockerfile.h"
#include "error.h"
#include "file.h"
#include "report.h"

const char *const cmd__network_words[] = {"default", "host", "none", NULL};

void cmd__project_show(const cmd__project *p)
{
    bool colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
    char *text;
    size_t len;

    if (llbc_diags_render(p->diags,
                          colour ? LLBC_RENDER_COLOR : LLBC_RENDER_PLAIN, &text,
                          &len) != LLB_OK) {
        cmd__error("out of memory");
        return;
    }
    (void)llb__write_full(STDERR_FILENO, text, len);
    free(text);
}

/* Says why something failed: the diagnostics do, or else err does. */
static int failed(const cmd__project *p, const llb_error *err)
{
    if (!p->quiet)
        cmd__project_show(p);
    if (err->status != LLB_EINVAL || llbc_diags_n_errors(p->diags) == 0)
        return cmd__fail(err);
    return CMD__FAILED;
}

/* Whether the file has an argument of type fs by that name. */
static bool is_context(const llbc_project *p, const char *name)
{
    for (size_t i = 0; i < llbc_n_args(p); i++) {
        const llbc_arg *arg = llbc_arg_at(p, i);
        if (strcmp(arg->name, name) == 0)
            return strcmp(arg->type, "fs") == 0;
    }
    return false;
}

static int set_args(cmd__project *p, const cmd__list *args, bool contexts,
                    llb_error *err)
{
    const char *option = contexts ? "--context" : "--arg";

    for (size_t i = 0; i < args->n; i++) {
        const char *eq = strchr(args->items[i], '=');
        char *name = strndup(args->items[i], (size_t)(eq - args->items[i]));
        if (!name) {
            llb__fail_nomem(err);
            return cmd__fail(err);
        }
        llb_status st = llbc_set_arg(p->project, name, eq + 1, err);
        bool other = st == LLB_OK && is_context(p->project, name) != contexts;
        free(name);
        if (st == LLB_ENOMEM)
            return cmd__fail(err);
        if (other)
            return cmd__usage(
                p->command, "%s %s: this argument %s", option, args->items[i],
                contexts ? "is no fs; use --arg" : "is an fs; use --context");
        if (st != LLB_OK)
            return cmd__usage(p->command, "%s %s: %s", option, args->items[i],
                              err->message);
    }
    return CMD__DONE;
}

/* The folders that --allow names; the caller frees the list. */
static llb_status read_allow(const cmd__list *allow, llbc_open_opts *open,
                             llb_error *err)
{
    const char **list = calloc(allow ? allow->n + 1 : 1, sizeof(*list));

    if (!list)
        return llb__fail_nomem(err);
    for (size_t i = 0; allow && i < allow->n; i++) {
        if (strncmp(allow->items[i], "fs=", 3) == 0)
            list[open->n_allow++] = allow->items[i] + 3;
    }
    open->allow = list;
    return LLB_OK;
}

/* "DIR/NAME.lock" beside "DIR/NAME.llb"; standard input has none. */
static char *lock_path(const char *file)
{
    size_t n = strlen(file);
    char *path = NULL;

    if (n > 4 && strcmp(file + n - 4, ".llb") == 0)
        n -= 4;
    return asprintf(&path, "%.*s.lock", (int)n, file) < 0 ? NULL : path;
}

/* Reads the lock file, where there is one. */
static llb_status read_lock(cmd__project *p, const char *file, llb_error *err)
{
    llb_error why = {0};
    char *text;
    size_t len;

    if (strcmp(file, "-") == 0)
        return LLB_OK;
    p->lock_path = lock_path(file);
    if (!p->lock_path || asprintf(&p->vendor, "%s.d", p->lock_path) < 0) {
        p->vendor = NULL;
        return llb__fail_nomem(err);
    }
    llb_status st =
        llb__file_read(p->lock_path, (size_t)64 << 20, &text, &len, &why);
    if (st == LLB_ENOENT)
        return LLB_OK;
    if (st == LLB_OK) {
        st = llbc_lock_parse(text, len, &p->lock, &why);
        free(text);
    }
    return st == LLB_OK ? st
                        : llb__fail(err, st, LLB__NOWHERE, "%s: %s",
                                    p->lock_path, why.message);
}

int cmd__project_open(cmd__project *p, const char *command,
                      const cmd__file_opts *o, llb_error *err)
{
    const char *file = o->file ? o->file : CMD__DEFAULT_FILE;
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    llbc_resolver resolver;

    open.lint = o->lint;
    *p = (cmd__project){
        .command = command, .diags = llbc_diags_new(), .quiet = o->quiet};
    if (!p->diags) {
        llb__fail_nomem(err);
        return cmd__fail(err);
    }
    /* those who can build one have gone another way */
    if (cmd__is_dockerfile(o->file))
        return cmd__usage(command,
                          "%s is a Dockerfile: llb build, compile and debug "
                          "take one, through the daemon",
                          o->file);
    for (size_t i = 0; o->only_fs && i < o->allow->n; i++) {
        if (strncmp(o->allow->items[i], "fs=", 3) != 0)
            return cmd__usage(command,
                              "--allow %s: all that this command allows is "
                              "fs=FOLDER",
                              o->allow->items[i]);
    }
    if (read_lock(p, file, err) != LLB_OK)
        return cmd__fail(err);
    if (o->resolver) {
        o->resolver->lock = p->lock;
        o->resolver->vendor = p->vendor;
        resolver = cmd__resolver_of(o->resolver);
        open.resolver = &resolver;
    }
    llb_status st = read_allow(o->allow, &open, err);
    if (st == LLB_OK)
        st = llbc_open(file, &open, p->diags, &p->project, err);
    free((void *)open.allow);
    if (st == LLB_ENOENT && !o->file) {
        llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                  "there is no " CMD__DEFAULT_FILE " here; %s",
                  access("Dockerfile", F_OK) == 0
                      ? "the Dockerfile is built with -f Dockerfile"
                      : "name the build file with -f");
        return cmd__fail(err);
    }
    if (st == LLB_EINVAL && llbc_diags_n_errors(p->diags) == 0 && open.n_allow)
        return cmd__usage(command, "--allow fs: %s", err->message);
    if (st != LLB_OK)
        return failed(p, err);
    int rc = set_args(p, &o->args, false, err);
    return rc == CMD__DONE ? set_args(p, &o->contexts, true, err) : rc;
}

int cmd__project_select(cmd__project *p, const char *const *names, size_t n,
                        llb_error *err)
{
    llb_status st =
        llbc_select(p->project, names, n, &p->targets, &p->n_targets, err);

    /* a file without targets is wrong, whatever was named */
    if (st == LLB_ENOENT && llbc_n_targets(p->project) > 0)
        return cmd__usage(p->command, "%s", err->message);
    return st == LLB_OK ? CMD__DONE : cmd__fail(err);
}

/* The platforms to compile a target for, as pointers into text (a copy of what
 * was asked for) or the target's own; a NULL is what the compiler chooses. The
 * caller frees the list. NULL: no memory. */
static const char **platforms_of(const llbc_target *t, char *text,
                                 size_t *ret_n)
{
    size_t n = 1, most = t->n_platforms + 1;
    char *rest;

    for (const char *p = text; p && *p; p++)
        most += *p == ',';
    const char **list = calloc(most, sizeof(*list));
    if (list && text) {
        n = 0;
        for (char *p = strtok_r(text, ",", &rest); p;
             p = strtok_r(NULL, ",", &rest))
            list[n++] = p;
    } else if (list && t->n_platforms > 1) {
        n = t->n_platforms;
        memcpy(list, t->platforms, n * sizeof(*list));
    }
    *ret_n = n;
    return list;
}

/* Compiles target number i of the chosen ones for each of its platforms. */
static llb_status compile_set(cmd__project *p, size_t i,
                              const llbc_compile_opts *opts, llb_error *err)
{
    const llbc_target *t = llbc_target_at(p->project, p->targets[i]);
    char *text = opts->platform ? strdup(opts->platform) : NULL;
    llbc_compile_opts one = *opts;
    cmd__set *set = &p->sets[i];
    llb_status st = LLB_OK;
    size_t n = 0;

    const char **list = platforms_of(t, text, &n);
    set->list = calloc(n + 1, sizeof(llbc_result *));
    if (!list || !set->list || (opts->platform && !text))
        st = llb__fail_nomem(err);
    if (st == LLB_OK && n == 0)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "--platform \"%s\" names none", opts->platform);
    for (size_t k = 0; k < n && st == LLB_OK; k++) {
        one.platform = list[k];
        st = llbc_compile(p->project, p->targets[i], &one, &set->list[k], err);
        set->n += st == LLB_OK;
    }
    free(list);
    free(text);
    return st;
}

/* Whether that target is among those that ignore the cache. */
static bool is_fresh(const cmd__project *p, size_t i)
{
    const char *name = llbc_target_at(p->project, p->targets[i])->name;

    for (size_t k = 0; p->fresh && k < p->fresh->n; k++)
        if (strcmp(p->fresh->items[k], name) == 0)
            return true;
    return false;
}

/* Each of them is one that is compiled. */
static llb_status check_fresh(const cmd__project *p, llb_error *err)
{
    for (size_t k = 0; p->fresh && k < p->fresh->n; k++) {
        size_t i = 0;
        while (i < p->n_targets &&
               strcmp(p->fresh->items[k],
                      llbc_target_at(p->project, p->targets[i])->name) != 0)
            i++;
        if (i == p->n_targets)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "--no-cache-filter %s: that is no target of this "
                             "build",
                             p->fresh->items[k]);
    }
    return LLB_OK;
}

int cmd__project_compile(cmd__project *p, const llbc_compile_opts *opts,
                         llb_error *err)
{
    llb_status st = check_fresh(p, err);

    if (st != LLB_OK)
        return cmd__usage(p->command, "%s", err->message);
    p->sets = calloc(p->n_targets + 1, sizeof(*p->sets));
    if (!p->sets) {
        llb__fail_nomem(err);
        return cmd__fail(err);
    }
    /* all of them, so that one run shows what is wrong with any */
    for (size_t i = 0; i < p->n_targets; i++) {
        llb_error why = {0};
        llbc_compile_opts o = *opts;
        if (is_fresh(p, i))
            o.no_cache = true;
        llb_status one = compile_set(p, i, &o, &why);
        if (one != LLB_OK && st == LLB_OK) {
            st = one;
            *err = why;
        }
        if (one == LLB_EUNAVAILABLE || one == LLB_ECANCELED)
            break;
    }
    if (st == LLB_OK) {
        cmd__project_show(p);
        return CMD__DONE;
    }
    if (st == LLB_EINVAL && llbc_diags_n_errors(p->diags) == 0)
        return cmd__usage(p->command, "%s", err->message); /* the options */
    return failed(p, err);
}

llb_status cmd__project_try(cmd__project *p, const llbc_compile_opts *opts,
                            llb_error *err)
{
    size_t n = p->targets ? p->n_targets : llbc_n_targets(p->project);
    llb_status st = LLB_OK;

    for (size_t i = 0; st == LLB_OK && i < n; i++) {
        size_t target = p->targets ? p->targets[i] : i;
        const llbc_target *t = llbc_target_at(p->project, target);
        for (size_t k = 0; st == LLB_OK && (k == 0 || k < t->n_platforms);
             k++) {
            llbc_compile_opts o = *opts;
            llbc_result *r = NULL;
            if (!o.platform && t->n_platforms)
                o.platform = t->platforms[k];
            st = llbc_compile(p->project, target, &o, &r, err);
            llbc_result_free(r);
            if (st == LLB_EINVAL && llbc_diags_n_errors(p->diags))
                st = LLB_OK; /* the next one may have errors, too */
        }
    }
    return st;
}

void cmd__project_close(cmd__project *p)
{
    for (size_t i = 0; p->sets && i < p->n_targets; i++) {
        for (size_t k = 0; k < p->sets[i].n; k++)
            llbc_result_free(p->sets[i].list[k]);
        free(p->sets[i].list);
    }
    free(p->sets);
    free(p->targets);
    llbc_project_free(p->project);
    llbc_lock_free(p->lock);
    free(p->lock_path);
    free(p->vendor);
    llbc_diags_free(p->diags);
    *p = (cmd__project){0};
}

const char *cmd__project_place(const cmd__project *p, llb__arena *a,
                               llb_span at)
{
    const char *name = llbc_diags_file_name(p->diags, at.file), *text = NULL;
    uint32_t line, column;

    if (name && llbc_diags_place(p->diags, at.file, at.start, &line, &column))
        text = llb__arena_printf(a, "%s:%u:%u: ", name, line, column);
    return text ? text : "";
}
