/* `run`: the command, what it sees, and what it leaves. */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"

static const char *const default_shell[] = {"/bin/sh", "-e", "-c"};

llbc__texts llbc__shell_of(const llbc__fs *fs)
{
    if (fs->config->shell.n)
        return fs->config->shell;
    return (llbc__texts){default_shell, 3};
}

const char *const *llbc__command(llbc__eval *e, const llbc__actuals *a,
                                 const char *param, llbc__texts shell,
                                 size_t *ret_n)
{
    llbc__value v = llbc__value_of(a, param);

    if (v.kind == LLBC__LIST) {
        if (v.n)
            return llbc__strings_of(e, a, param, ret_n);
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, param),
                     "the list is empty, and names no program");
        return NULL;
    }
    if (v.n >= 2 && memcmp(v.u.str, "#!", 2) == 0) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_SHEBANG, llbc__at_of(a, param),
                         "the text goes to the shell, which takes its first "
                         "line for a comment");
        llbc__help(n, "say what runs it: shell=[\"/usr/bin/python3\", "
                      "\"-c\"]");
        return NULL;
    }
    const char **argv = llbc__eval_alloc(e, shell.n + 1, sizeof(*argv));
    if (!argv)
        return NULL;
    for (size_t i = 0; i < shell.n; i++)
        argv[i] = shell.items[i];
    argv[shell.n] = v.u.str;
    *ret_n = shell.n + 1;
    return argv;
}

/* --- options -------------------------------------------------------- */

static bool read_proxy(llbc__eval *e, const llbc__actuals *a, llb_proxy *p)
{
    llbc__value map = llbc__value_of(a, "proxy");
    const struct {
        const char *key;
        const char **to;
    } keys[] = {{"http", &p->http_proxy},
                {"https", &p->https_proxy},
                {"ftp", &p->ftp_proxy},
                {"no", &p->no_proxy},
                {"all", &p->all_proxy}};

    for (size_t i = 0; i < map.n; i++) {
        size_t k = 0;
        while (k < 5 && strcmp(keys[k].key, map.u.map[i].key) != 0)
            k++;
        if (k == 5) {
            llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "proxy"),
                         "proxy has the keys http, https, ftp, no and all, "
                         "and not \"%s\"",
                         map.u.map[i].key);
            return false;
        }
        *keys[k].to = map.u.map[i].value.u.str;
    }
    return true;
}

static bool read_exit(llbc__eval *e, const llbc__actuals *a, llb_run_opts *o)
{
    llbc__value list = llbc__value_of(a, "exit");

    if (list.kind != LLBC__LIST)
        return true;
    int32_t *codes = llbc__eval_alloc(e, list.n, sizeof(*codes));
    if (!codes)
        return false;
    for (size_t i = 0; i < list.n; i++) {
        int64_t code = list.u.list[i].u.num;
        if (code < 0 || code > 255) {
            llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "exit"),
                         "an exit code is from 0 to 255, and this is %lld",
                         (long long)code);
            return false;
        }
        codes[i] = (int32_t)code;
    }
    if (!list.n) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "exit"),
                     "the list is empty, so no exit code would be success");
        return false;
    }
    o->valid_exit_codes = codes;
    o->n_valid_exit_codes = list.n;
    return true;
}

/* "1.5" processors as microseconds of each tenth of a second. */
static bool read_cpus(llbc__eval *e, const llbc__actuals *a,
                      llb_linux_resources *r)
{
    const char *s = llbc__str_of(a, "cpus");
    int64_t whole = 0, milli = 0, unit = 100;

    if (!s)
        return true;
    const char *p = s;
    for (; *p >= '0' && *p <= '9' && whole < 100000; p++)
        whole = whole * 10 + (*p - '0');
    if (p != s && *p == '.') {
        for (p++; *p >= '0' && *p <= '9' && unit; p++, unit /= 10)
            milli += (*p - '0') * unit;
    }
    if (*p || p == s || (whole == 0 && milli == 0)) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "cpus"),
                     "\"%s\" is no number of processors, such as 2 or \"1.5\"",
                     s);
        return false;
    }
    r->cpu_period = 100000;
    r->cpu_quota = (whole * 1000 + milli) * 100;
    return true;
}

static bool read_resources(llbc__eval *e, const llbc__actuals *a,
                           llb_linux_resources *r)
{
    r->size = (uint32_t)sizeof(*r);
    r->cpu_shares =
        (uint64_t)llbc__bounded_of(e, a, "cpu_shares", 2, 262144, 0);
    r->cpuset_cpus = llbc__str_of(a, "cpuset_cpus");
    r->cpuset_mems = llbc__str_of(a, "cpuset_mems");
    return llbc__size_of(e, a, "memory", &r->memory) &&
           llbc__size_of(e, a, "memory_swap", &r->memory_swap) &&
           read_cpus(e, a, r);
}

static bool has_resources(const llb_linux_resources *r)
{
    return r->memory || r->memory_swap || r->cpu_shares || r->cpu_quota ||
           r->cpuset_cpus || r->cpuset_mems;
}

/* --- mounts --------------------------------------------------------- */

/* Where an item appears in the command's files; NULL: nowhere. */
static const char *dest_of(const llbc__in_item *item)
{
    switch (item->kind) {
    case LLBC__IN_MOUNT:
        return item->mount.dest;
    case LLBC__IN_SECRET:
        return item->secret.dest;
    case LLBC__IN_SSH:
        return item->ssh.target;
    case LLBC__IN_DEVICE:
        return NULL;
    }
    return NULL;
}

static bool check_dests(llbc__eval *e, const llbc__run_body *b)
{
    if (b->n > 1000) {
        llbc__report(e->diags, LLBC__E_TOO_LARGE, e->frame->stmt,
                     "a run with more than 1000 mounts");
        return false;
    }
    for (const llbc__in_item *x = b->first; x; x = x->next) {
        const char *dest = dest_of(x);
        for (const llbc__in_item *y = b->first; dest && y != x; y = y->next) {
            const char *other = dest_of(y);
            if (!other || strcmp(other, dest) != 0)
                continue;
            llbc__note *n = llbc__report(e->diags, LLBC__E_MOUNT, x->at,
                                         "two mounts at \"%s\"", dest);
            llbc__related(n, y->at, "the other one");
            return false;
        }
    }
    return true;
}

/* The items as libllb takes them: each kind in a list of its own. */
static bool split_items(llbc__eval *e, const llbc__run_body *b, llb_run_opts *o)
{
    if (!b->n)
        return true;
    llb_mount *mounts = llbc__eval_alloc(e, b->n, sizeof(*mounts));
    llb_secret *secrets = llbc__eval_alloc(e, b->n, sizeof(*secrets));
    llb_ssh *ssh = llbc__eval_alloc(e, b->n, sizeof(*ssh));
    llb_cdi_device *devices = llbc__eval_alloc(e, b->n, sizeof(*devices));

    if (!mounts || !secrets || !ssh || !devices)
        return false;
    for (const llbc__in_item *x = b->first; x; x = x->next) {
        switch (x->kind) {
        case LLBC__IN_MOUNT:
            mounts[o->n_mounts++] = x->mount;
            break;
        case LLBC__IN_SECRET:
            secrets[o->n_secrets++] = x->secret;
            break;
        case LLBC__IN_SSH:
            ssh[o->n_ssh++] = x->ssh;
            break;
        case LLBC__IN_DEVICE:
            devices[o->n_cdi_devices++] = x->device;
            break;
        }
    }
    o->mounts = mounts;
    o->secrets = secrets;
    o->ssh = ssh;
    o->cdi_devices = devices;
    return true;
}

/* --- the whole ------------------------------------------------------ */

static llbc__node *run_node(llbc__eval *e, const llbc__actuals *a,
                            const llbc__run_body *b)
{
    llbc__found *f = &e->found;
    llbc__node *node = llbc__node_new(e, 1 + b->n);
    size_t i = 0;

    if (!node)
        return NULL;
    node->needs[i++] = e->frame->block->fs->node;
    for (const llbc__in_item *x = b->first; x; x = x->next)
        node->needs[i++] = x->source ? x->source->node : NULL;
    llbc__run *run = LLBC__PUSH(e, f->runs, f->n_runs, f->cap_runs);
    if (!run)
        return NULL;
    *run = (llbc__run){.at = a->whole, .node = node};
    return node;
}

/* Names for what the writable mounts hold now. */
static void bind_results(llbc__eval *e, llb_exec *exec, const llbc__run_body *b,
                         llbc__node *node)
{
    for (const llbc__in_item *x = b->first; x; x = x->next) {
        if (!x->as)
            continue;
        llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
        if (!fs)
            return;
        *fs = (llbc__fs){.state = llb_exec_mount(exec, x->mount.dest),
                         .config = &llbc__no_config,
                         .node = node};
        llbc__eval_bind(e, x->as, x->as_at,
                        llbc__state_ok(e, fs->state, x->at) ? llbc__fs_value(fs)
                                                            : llbc__no_value());
    }
}

/* Binds the names of a run that failed, so that nobody misses them. */
static void bind_nothing(llbc__eval *e, const llbc__run_body *b)
{
    for (const llbc__in_item *x = b->first; x; x = x->next) {
        if (x->as)
            llbc__eval_bind(e, x->as, x->as_at, llbc__no_value());
    }
}

/* Carries out the block of the run, collecting what it holds. */
static void collect(llbc__eval *e, const llbc__actuals *a, llbc__run_body *b)
{
    const llbc__block *block = a->stmt->u.call.block;
    llbc__block_state *outer = e->frame->block;
    llbc__block_state inner = *outer;

    inner.body = b;
    b->dir = llb_state_dir(b->with);
    if (!block)
        return;
    e->frame->block = &inner;
    llbc__eval_block(e, block);
    e->frame->block = outer;
}

/* What llb_run() takes, with the memory that it points into. */
typedef struct run_opts {
    llb_run_opts o;
    llb_constraints c;
    llb_linux_resources res;
    llb_proxy proxy;
    llb_platform platform;
    llbc__op_places places;
} run_opts;

/* Name, caching, limits and platform of the operation. */
static void run_constraints(llbc__eval *e, const llbc__actuals *a, run_opts *r)
{
    const llbc__fs *here = e->frame->block->fs;
    llbc__value cmd = llbc__value_of(a, "CMD");

    r->c = llbc__constraints(e, &r->places);
    r->platform = llbc__platform_llb(e->frame->platform);
    if (llbc__str_of(a, "name"))
        r->c.custom_name = llbc__str_of(a, "name");
    else if (!r->c.custom_name && cmd.kind == LLBC__STRING)
        r->c.custom_name = llbc__step_name(e, cmd.u.str, cmd.n);
    if (llbc__bool_of(a, "no_cache", false))
        r->c.ignore_cache = 1;
    if (has_resources(&r->res))
        r->c.linux_resources = &r->res;
    /* Files of no platform run on the one at hand. */
    if (!llb_state_platform(here->state) && !here->platform &&
        strcmp(e->frame->platform->text, e->target_platform->text) != 0)
        r->c.platform = &r->platform;
    r->o.constraints = &r->c;
}

/* False after a reported error. */
static bool read_opts(llbc__eval *e, const llbc__actuals *a,
                      const llbc__run_body *b, run_opts *r)
{
    llbc__texts shell = llbc__shell_of(e->frame->block->fs);

    *r = (run_opts){.o = LLB_RUN_OPTS_INIT, .proxy = LLB_PROXY_INIT};
    if (llbc__given(a, "shell"))
        shell.items = llbc__strings_of(e, a, "shell", &shell.n);
    r->o.args = llbc__command(e, a, "CMD", shell, &r->o.n_args);
    if (!r->o.args || !check_dests(e, b) || !split_items(e, b, &r->o) ||
        !read_exit(e, a, &r->o) || !read_resources(e, a, &r->res) ||
        !read_proxy(e, a, &r->proxy))
        return false;
    r->o.with = b->with;
    r->o.readonly_root = llbc__bool_of(a, "readonly", false);
    if (llbc__given(a, "proxy"))
        r->o.proxy = &r->proxy;
    run_constraints(e, a, r);
    return !e->stopped;
}

static void run(llbc__eval *e, const llbc__actuals *a, const llbc__run_body *b)
{
    llbc__block_state *block = e->frame->block;
    run_opts r;

    if (!read_opts(e, a, b, &r)) {
        bind_nothing(e, b);
        return;
    }
    llbc__node *node = run_node(e, a, b);
    llb_exec *exec = llb_run(block->fs->state, &r.o);
    const llb_state *root = llb_exec_root(exec);
    if (!node || !llbc__state_ok(e, root, e->frame->stmt)) {
        bind_nothing(e, b);
        return;
    }
    bind_results(e, exec, b, node);
    if (r.o.readonly_root)
        return;
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    if (!fs)
        return;
    *fs = *block->fs;
    fs->state = root;
    fs->node = node;
    fs->bare = false;
    block->fs = fs;
}

void llbc__do_run(llbc__eval *e, const llbc__actuals *a)
{
    llbc__run_body b = {0};

    b.with = a->failed ? e->frame->block->fs->state : llbc__with_settings(e, a);
    if (!b.with || !llbc__state_ok(e, b.with, a->whole))
        return;
    collect(e, a, &b);
    if (a->failed || b.failed || e->stopped)
        bind_nothing(e, &b);
    else if (llbc__state_ok(e, b.with, a->whole))
        run(e, a, &b);
}
