/* Statements that run commands and take what they leave. */
#include "driver.h"

#include <string.h>

/* The options of a run being collected, in list order. */
struct run {
    llb_run_opts o;
    llb_constraints *c;
    const llb_state *with;
    llb_mount *mounts;
    llb_secret *secrets;
    llb_ssh *ssh;
    llb_cdi_device *devices;
};

static void take_cache(struct play *p, json_t *o, llb_mount *m)
{
    json_t *cache = take_object(p, o, "cache");

    if (!cache)
        return;
    const char *word = need_text(p, cache, "sharing");
    m->cache_id = need_text(p, cache, "id");
    if (strcmp(word, "private") == 0)
        m->sharing = LLB_CACHE_PRIVATE;
    else if (strcmp(word, "locked") == 0)
        m->sharing = LLB_CACHE_LOCKED;
    else if (strcmp(word, "shared") != 0 && *word)
        play_fail(p, "sharing: unknown word \"%s\"", word);
    done(p, cache, "cache");
}

static void take_content_cache(struct play *p, json_t *o, llb_mount *m)
{
    const char *word = take_text(p, o, "content_cache");

    if (!word || strcmp(word, "default") == 0)
        m->content_cache = LLB_CONTENT_CACHE_DEFAULT;
    else if (strcmp(word, "on") == 0)
        m->content_cache = LLB_CONTENT_CACHE_ON;
    else if (strcmp(word, "off") == 0)
        m->content_cache = LLB_CONTENT_CACHE_OFF;
    else
        play_fail(p, "content_cache: unknown word \"%s\"", word);
}

static llb_mount mount_of(struct play *p, json_t *o)
{
    llb_mount m = LLB_MOUNT_INIT;
    json_t *tmpfs = take_object(p, o, "tmpfs");

    m.dest = need_text(p, o, "dest");
    m.source = take_state(p, o, "source");
    m.readonly = take_bool(p, o, "readonly");
    m.selector = take_text(p, o, "selector");
    m.no_output = take_bool(p, o, "no_output");
    take_cache(p, o, &m);
    if (tmpfs) {
        m.tmpfs = 1;
        m.tmpfs_size = take_int(p, tmpfs, "size");
        done(p, tmpfs, "tmpfs");
    }
    take_content_cache(p, o, &m);
    done(p, o, "mount");
    return m;
}

static uint32_t *mode_ptr(struct play *p, json_t *o)
{
    uint32_t *mode = play_alloc(p, 1, sizeof *mode);

    *mode = (uint32_t)take_int(p, o, "mode");
    return mode;
}

static llb_secret secret_of(struct play *p, json_t *o)
{
    llb_secret s = LLB_SECRET_INIT;
    const char *dest = need_text(p, o, "dest");
    const char *env_name = take_text(p, o, "env_name");
    json_t *file = take_object(p, o, "file");
    bool as_env = take_bool(p, o, "env");

    s.id = take_text(p, o, "id");
    bool no_dest = take_bool(p, o, "no_dest");
    if (as_env && !no_dest)
        s.env = dest;
    if (env_name)
        s.env = env_name;
    if (!no_dest && !as_env)
        s.dest = dest;
    if (!s.id && s.dest != dest && s.env != dest)
        s.id = dest; /* a name that is neither file nor variable now */
    s.optional = take_bool(p, o, "optional");
    if (file) {
        s.uid = (uint32_t)take_int(p, file, "uid");
        s.gid = (uint32_t)take_int(p, file, "gid");
        s.mode = mode_ptr(p, file);
        done(p, file, "file");
    }
    done(p, o, "secret");
    return s;
}

static llb_ssh ssh_of(struct play *p, json_t *o)
{
    llb_ssh s = LLB_SSH_INIT;
    json_t *socket = take_object(p, o, "socket");

    s.id = take_text(p, o, "id");
    s.target = take_text(p, o, "target");
    if (socket) {
        s.target = need_text(p, socket, "target");
        s.uid = (uint32_t)take_int(p, socket, "uid");
        s.gid = (uint32_t)take_int(p, socket, "gid");
        s.mode = mode_ptr(p, socket);
        done(p, socket, "socket");
    }
    s.optional = take_bool(p, o, "optional");
    done(p, o, "ssh");
    return s;
}

static const llb_proxy *proxy_of(struct play *p, json_t *o)
{
    llb_proxy *x = play_alloc(p, 1, sizeof *x);

    *x = (llb_proxy)LLB_PROXY_INIT;
    x->http_proxy = take_text(p, o, "http_proxy");
    x->https_proxy = take_text(p, o, "https_proxy");
    x->ftp_proxy = take_text(p, o, "ftp_proxy");
    x->no_proxy = take_text(p, o, "no_proxy");
    x->all_proxy = take_text(p, o, "all_proxy");
    done(p, o, "proxy");
    return x;
}

static void set_exit_codes(struct play *p, llb_run_opts *o, json_t *list)
{
    size_t n = json_array_size(list);
    int32_t *codes = play_alloc(p, n, sizeof *codes);

    for (size_t i = 0; i < n; i++)
        codes[i] = (int32_t)int_of(p, json_array_get(list, i));
    o->valid_exit_codes = codes;
    o->n_valid_exit_codes = n;
}

static llb_cdi_device device_of(struct play *p, json_t *o)
{
    llb_cdi_device d = LLB_CDI_DEVICE_INIT;

    d.name = need_text(p, o, "name");
    d.optional = take_bool(p, o, "optional");
    done(p, o, "cdi_device");
    return d;
}

/* Args and Shlex set one value, so the later one wins. */
static bool add_command(struct play *p, llb_run_opts *o, const char *name,
                        json_t *value)
{
    if (strcmp(name, "args") == 0) {
        o->args = texts_of(p, value, &o->n_args);
        o->shlex = NULL;
    } else if (strcmp(name, "shlex") == 0) {
        o->shlex = text_of(p, value);
        o->args = NULL;
        o->n_args = 0;
    } else {
        return false;
    }
    return true;
}

/* In Go these are values of the state too, so a reset behind them takes them
 * away. */
static void forget_command(llb_run_opts *o)
{
    o->args = NULL;
    o->shlex = NULL;
    o->valid_exit_codes = NULL;
    o->n_args = o->n_valid_exit_codes = 0;
}

static void add_run_option(struct play *p, struct run *r, const char *name,
                           json_t *value)
{
    const llb_state *with;

    if (add_command(p, &r->o, name, value) ||
        add_constraint(p, r->c, name, value))
        return;
    if (strcmp(name, "readonly_root") == 0)
        r->o.readonly_root = json_is_true(value);
    else if (strcmp(name, "mount") == 0)
        r->mounts[r->o.n_mounts++] = mount_of(p, value);
    else if (strcmp(name, "secret") == 0)
        r->secrets[r->o.n_secrets++] = secret_of(p, value);
    else if (strcmp(name, "ssh") == 0)
        r->ssh[r->o.n_ssh++] = ssh_of(p, value);
    else if (strcmp(name, "proxy") == 0)
        r->o.proxy = proxy_of(p, value);
    else if (strcmp(name, "valid_exit_codes") == 0)
        set_exit_codes(p, &r->o, value);
    else if (strcmp(name, "cdi_device") == 0)
        r->devices[r->o.n_cdi_devices++] = device_of(p, value);
    else if ((with = apply_option(p, r->with, name, value)))
        r->with = with;
    else
        play_fail(p, "unknown run option \"%s\"", name);
    if (strcmp(name, "reset") == 0)
        forget_command(&r->o);
}

static bool ends_open(llb_exec *e)
{
    const llb_error *err = llb_state_error(llb_exec_root(e));

    return err && strstr(err->message, "shlex ends");
}

/* Go's Shlex drops a word that is not closed and all behind it, in silence;
 * ours refuses the text. So that the rest of such a case is compared, give it
 * the longest beginning that it takes, which is the same words. */
static llb_exec *run_beginning(struct play *p, const llb_state *base,
                               llb_run_opts *o)
{
    size_t len = strlen(o->shlex);
    char *text = play_alloc(p, len + 1, 1);
    llb_exec *e;

    memcpy(text, o->shlex, len);
    o->shlex = text;
    do {
        text[len] = '\0';
        e = llb_run(base, o);
    } while (ends_open(e) && len-- > 0);
    return e;
}

static llb_exec *run(struct play *p, json_t *st)
{
    const llb_state *base = take_state(p, st, "base");
    json_t *options = take_list(p, st, "options"), *value;
    size_t n = json_array_size(options);
    struct run r = {
        .o = LLB_RUN_OPTS_INIT,
        .c = play_alloc(p, 1, sizeof *r.c),
        .with = base,
        .mounts = play_alloc(p, n, sizeof *r.mounts),
        .secrets = play_alloc(p, n, sizeof *r.secrets),
        .ssh = play_alloc(p, n, sizeof *r.ssh),
        .devices = play_alloc(p, n, sizeof *r.devices),
    };

    *r.c = (llb_constraints)LLB_CONSTRAINTS_INIT;
    for (size_t i = 0; i < n; i++) {
        const char *name = only_member(p, json_array_get(options, i), &value);
        add_run_option(p, &r, name, value);
    }
    r.o.with = r.with != base ? r.with : NULL;
    r.o.mounts = r.mounts;
    r.o.secrets = r.secrets;
    r.o.ssh = r.ssh;
    r.o.cdi_devices = r.devices;
    r.o.constraints = r.c;
    llb_exec *e = llb_run(base, &r.o);
    if (ends_open(e))
        return run_beginning(p, base, &r.o);
    return e;
}

static llb_exec *take_exec(struct play *p, json_t *st)
{
    const struct value *v = value_of(p, need_text(p, st, "exec"));

    if (!v->exec)
        play_fail(p, "%s is no run", v->id);
    return v->exec;
}

bool play_exec(struct play *p, const char *op, json_t *st, struct value *v)
{
    if (strcmp(op, "run") == 0) {
        v->exec = run(p, st);
        v->state = llb_exec_root(v->exec);
    } else if (strcmp(op, "add_mount") == 0) {
        llb_exec *e = take_exec(p, st);
        llb_mount m = mount_of(p, take_object(p, st, "mount"));
        v->state = llb_exec_add_mount(e, &m);
    } else if (strcmp(op, "get_mount") == 0) {
        llb_exec *e = take_exec(p, st);
        v->state = llb_exec_mount(e, need_text(p, st, "dest"));
    } else {
        return false;
    }
    return true;
}
