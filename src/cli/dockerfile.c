/* Dockerfiles are not read here: BuildKit's own frontend, which runs in the
 * daemon, gets the folders and the options in its words. */
#include "dockerfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "error.h"
#include "file.h"
#include "report.h"

enum { MAX_LOOK = 1 << 20 };

/* ---- recognising one ---- */

static bool starts(const char *s, const char *prefix)
{
    return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);

    return n >= m && strcasecmp(s + n - m, suffix) == 0;
}

static bool is_named_so(const char *name)
{
    return strcasecmp(name, "Dockerfile") == 0 ||
           strcasecmp(name, "Containerfile") == 0 ||
           starts(name, "Dockerfile.") || starts(name, "Containerfile.") ||
           ends(name, ".Dockerfile") || ends(name, ".Containerfile");
}

/* Whether "# syntax=" stands among the directives, which are the comments that
 * a file begins with. */
static bool has_syntax(const char *text)
{
    while (*text == '#') {
        const char *p = text + 1 + strspn(text + 1, " \t");
        if (starts(p, "syntax")) {
            p += strlen("syntax");
            p += strspn(p, " \t");
            if (*p == '=')
                return true;
        }
        text = strchr(text, '\n');
        if (!text++)
            return false;
    }
    return false;
}

bool cmd__is_dockerfile(const char *path)
{
    char *text;
    size_t len;

    if (!path || strcmp(path, "-") == 0)
        return false;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (is_named_so(name))
        return true;
    struct stat st;
    if (ends(name, ".llb") || stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
        llb__file_read(path, MAX_LOOK, &text, &len, NULL) != LLB_OK)
        return false; /* whoever reads it says why it cannot be read */
    bool yes = has_syntax(text);
    free(text);
    return yes;
}

/* ---- the frontend's words ---- */

struct reader {
    llb__arena *a;
    const cmd__dockerfile_opts *o;
    cmd__dockerfile *d;
    llb_error *err;
    const char *folder, *name; /* of the file */
};

static bool add_attr(struct reader *r, const char *key, const char *value)
{
    r->d->attrs[r->d->n_attrs++] = (bk_pair){key, value};
    return key && value;
}

/* Offers a folder to the frontend by that name. */
static llb_status add_local(struct reader *r, const char *option,
                            const char *name, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return llb__fail(r->err, LLB_ENOENT, LLB__NOWHERE,
                         "%s: cannot read the folder %s: %s", option, path,
                         stat(path, &st) == 0 ? strerror(ENOTDIR)
                                              : strerror(errno));
    r->d->locals[r->d->n_locals++] = (bk_local){name, path};
    return LLB_OK;
}

/* What BuildKit fetches itself. */
static bool is_remote(const char *where)
{
    static const char *const schemes[] = {"http://", "https://", "git://",
                                          "ssh://",  "git@",     "github.com/"};

    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (starts(where, schemes[i]))
            return true;
    return false;
}

/* --context NAME=WHERE, and the main one, which has the name "context". */
static llb_status add_context(struct reader *r, const char *item)
{
    const char *eq = strchr(item, '=');
    const char *name = llb__arena_strndup(r->a, item, (size_t)(eq - item));
    const char *option = llb__arena_printf(r->a, "--context %s", item);
    const char *where = eq + 1;

    if (!name || !option)
        return llb__fail_nomem(r->err);
    bool main = strcmp(name, "context") == 0;
    if (starts(where, "oci-layout://"))
        return llb__fail(r->err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                         "%s: a Dockerfile takes no image layout here; give a "
                         "folder, docker-image://REF, or a git or http URL",
                         option);
    if (main && is_remote(where))
        return add_attr(r, "context", where) ? LLB_OK : llb__fail_nomem(r->err);
    if (main && !starts(where, "docker-image://"))
        return add_local(r, option, name, where);
    if (main)
        return llb__fail(r->err, LLB_EINVAL, LLB__NOWHERE,
                         "%s: the main context is a folder, or a git or http "
                         "URL",
                         option);
    const char *key = llb__arena_printf(r->a, "context:%s", name);
    if (is_remote(where) || starts(where, "docker-image://"))
        return add_attr(r, key, where) ? LLB_OK : llb__fail_nomem(r->err);
    const char *local = llb__arena_printf(r->a, "_%s", name);
    const char *value = llb__arena_printf(r->a, "local:%s", local);
    if (!local || !add_attr(r, key, value))
        return llb__fail_nomem(r->err);
    return add_local(r, option, local, where);
}

static bool has_main_context(const cmd__list *contexts)
{
    for (size_t i = 0; i < contexts->n; i++)
        if (strncmp(contexts->items[i], "context=", 8) == 0)
            return true;
    return false;
}

static llb_status add_contexts(struct reader *r)
{
    const cmd__list *l = &r->o->file->contexts;
    llb_status st = LLB_OK;

    if (!has_main_context(l))
        st = add_local(r, "the current folder", "context", ".");
    for (size_t i = 0; i < l->n && st == LLB_OK; i++)
        st = add_context(r, l->items[i]);
    return st;
}

static llb_status add_args(struct reader *r)
{
    const cmd__list *l = &r->o->file->args;

    for (size_t i = 0; i < l->n; i++) {
        const char *eq = strchr(l->items[i], '=');
        const char *key = llb__arena_printf(
            r->a, "build-arg:%.*s", (int)(eq - l->items[i]), l->items[i]);
        if (!add_attr(r, key, eq + 1))
            return llb__fail_nomem(r->err);
    }
    return LLB_OK;
}

/* The folder and the name of the file itself. */
static llb_status split(struct reader *r)
{
    const char *path = r->o->file->file;
    char *copy = llb__arena_strdup(r->a, path);
    char *slash = copy ? strrchr(copy, '/') : NULL;
    struct stat st;

    if (!copy)
        return llb__fail_nomem(r->err);
    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
        return llb__fail(
            r->err, LLB_ENOENT, LLB__NOWHERE, "cannot read %s: %s", path,
            stat(path, &st) == 0 ? strerror(EISDIR) : strerror(errno));
    r->name = slash ? slash + 1 : copy;
    r->folder = !slash ? "." : slash == copy ? "/" : copy;
    if (slash)
        *slash = '\0';
    return LLB_OK;
}

/* "no-cache" is a list of stages, and empty it is all. */
static bool add_fresh(struct reader *r)
{
    const cmd__list *l = r->o->fresh;
    const char *names = "";

    if (r->o->no_cache)
        return add_attr(r, "no-cache", "");
    if (!l || l->n == 0)
        return true;
    for (size_t i = 0; i < l->n && names; i++)
        names =
            llb__arena_printf(r->a, "%s%s%s", names, i ? "," : "", l->items[i]);
    return add_attr(r, "no-cache", names);
}

static bool add_flags(struct reader *r)
{
    static const char *const modes[] = {NULL, "host", "none"};
    const cmd__dockerfile_opts *o = r->o;

    return add_attr(r, "filename", r->name) &&
           (!o->target || add_attr(r, "target", o->target)) &&
           (!o->platform || add_attr(r, "platform", o->platform)) &&
           add_fresh(r) &&
           (!modes[o->network] ||
            add_attr(r, "force-network-mode", modes[o->network]));
}

llb_status cmd__dockerfile_read(llb__arena *a, const cmd__dockerfile_opts *o,
                                cmd__dockerfile *ret, llb_error *err)
{
    struct reader r = {.a = a, .o = o, .d = ret, .err = err};
    size_t n = o->file->args.n + o->file->contexts.n + 8;

    *ret = (cmd__dockerfile){
        .locals = llb__arena_array(a, n, sizeof(*ret->locals)),
        .attrs = llb__arena_array(a, n, sizeof(*ret->attrs)),
    };
    if (!ret->locals || !ret->attrs)
        return llb__fail_nomem(err);
    llb_status st = split(&r);
    if (st == LLB_OK)
        st = add_local(&r, o->file->file, "dockerfile", r.folder);
    if (st == LLB_OK)
        st = add_contexts(&r);
    if (st == LLB_OK)
        st = add_args(&r);
    if (st == LLB_OK && !add_flags(&r))
        st = llb__fail_nomem(err);
    return st;
}

/* ---- llb build ---- */

static int make_job(cmd__build *b, const char *target, cmd__job *job)
{
    cmd__dockerfile_opts o = {&b->o->file,    target,        b->o->platform,
                              b->o->no_cache, b->o->network, &b->o->fresh};
    cmd__dockerfile d;

    if (cmd__dockerfile_read(b->a, &o, &d, &b->s.err) != LLB_OK)
        return b->s.err.status == LLB_EINVAL ? cmd__solve_usage(&b->s)
                                             : cmd__solve_fail(&b->s);
    job->name = target ? target : b->o->file.file;
    job->frontend = CMD__DOCKERFILE_FRONTEND;
    job->frontend_attrs = d.attrs;
    job->n_frontend_attrs = d.n_attrs;
    job->locals = d.locals;
    job->n_locals = d.n_locals;
    int rc = cmd__build_outputs(b, NULL, job);
    return rc == CMD__DONE ? cmd__solve_check(&b->s, job) : rc;
}

int cmd__dockerfile_prepare(cmd__build *b, const cmd__args *args)
{
    size_t n = args->n_operands ? args->n_operands : 1;
    int rc;

    b->p.command = b->s.command;
    b->p.n_targets = n;
    b->jobs = llb__arena_array(b->a, n, sizeof(*b->jobs));
    if (!b->jobs) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    if (b->o->network == LLBC_NETWORK_HOST)
        b->s.allow[b->s.n_allow++] = "network.host";
    rc = cmd__build_check_outputs(b);
    for (size_t i = 0; i < n && rc == CMD__DONE; i++)
        rc = make_job(b, args->n_operands ? args->operands[i] : NULL,
                      &b->jobs[i]);
    return rc == CMD__DONE ? cmd__solve_connect(&b->s) : rc;
}
