/* Commands and their mounts. */
#include "graph_program.h"

static void fill_mount(struct program *p, llb_mount *m)
{
    uint8_t b = byte(p);

    m->dest = text(p);
    m->readonly = b & 1;
    m->no_output = b >> 1 & 1;
    m->tmpfs = b >> 2 & 1;
    if (b & 8)
        m->source = pick_state(p);
    if (b & 16)
        m->selector = opt_text(p);
    if (b & 32) {
        m->cache_id = opt_text(p);
        m->sharing = (llb_cache_sharing)(byte(p) % 5);
    }
    if (b & 64)
        m->content_cache = (llb_content_cache)(byte(p) % 5);
    if (b & 128)
        m->tmpfs_size = (int64_t)number(p);
}

static void add_mounts(struct program *p, llb_run_opts *o)
{
    size_t n = byte(p) % 4;
    llb_mount *list = option_list(p, sizeof *list, n);

    for (size_t i = 0; i < n; i++)
        fill_mount(p, &list[i]);
    o->mounts = list;
    o->n_mounts = n;
}

static const uint32_t *mode(struct program *p)
{
    uint32_t *m = temp(p, sizeof *m);

    *m = (uint32_t)number(p);
    return byte(p) % 2 ? m : NULL;
}

static void add_secrets(struct program *p, llb_run_opts *o)
{
    size_t n = byte(p) % 3, n_ssh = byte(p) % 3;
    llb_secret *list = option_list(p, sizeof *list, n);
    llb_ssh *ssh = option_list(p, sizeof *ssh, n_ssh);

    for (size_t i = 0; i < n; i++) {
        list[i].optional = byte(p) % 2;
        list[i].dest = opt_text(p);
        list[i].env = opt_text(p);
        list[i].id = opt_text(p);
        list[i].uid = byte(p);
        list[i].mode = mode(p);
    }
    for (size_t i = 0; i < n_ssh; i++) {
        ssh[i].id = opt_text(p);
        ssh[i].target = opt_text(p);
        ssh[i].mode = mode(p);
    }
    o->secrets = list;
    o->n_secrets = n;
    o->ssh = ssh;
    o->n_ssh = n_ssh;
}

static void add_rest(struct program *p, llb_run_opts *o)
{
    llb_proxy *proxy = options(p, sizeof *proxy);
    size_t n = byte(p) % 4, n_devices = byte(p) % 3;
    int32_t *codes = temp(p, n * sizeof *codes);
    llb_cdi_device *devices = option_list(p, sizeof *devices, n_devices);

    proxy->http_proxy = opt_text(p);
    proxy->no_proxy = opt_text(p);
    for (size_t i = 0; i < n; i++)
        codes[i] = (int32_t)number(p);
    for (size_t i = 0; i < n_devices; i++)
        devices[i].name = text(p);
    o->proxy = byte(p) % 2 ? proxy : NULL;
    o->valid_exit_codes = byte(p) % 2 ? codes : NULL;
    o->n_valid_exit_codes = n;
    o->cdi_devices = devices;
    o->n_cdi_devices = n_devices;
}

const llb_state *call_run(struct program *p)
{
    const llb_state *base = pick_state(p);
    llb_run_opts *o = options(p, sizeof *o);
    uint8_t b = byte(p);

    o->readonly_root = b & 1;
    if (b & 2)
        o->args = texts(p, &o->n_args);
    if (b & 4)
        o->shlex = text(p);
    if (b & 8)
        o->with = pick_state(p);
    if (b & 16)
        add_mounts(p, o);
    if (b & 32)
        add_secrets(p, o);
    if (b & 64)
        add_rest(p, o);
    o->constraints = constraints(p);
    llb_exec *e = llb_run(base, b & 128 ? NULL : o);
    check(e != NULL);
    p->execs[p->n_execs++ % MAX_OTHERS] = e;
    return llb_exec_root(e);
}

const llb_state *call_exec_mount(struct program *p)
{
    llb_exec *e = p->execs[byte(p) % MAX_OTHERS];

    return byte(p) % 4 ? llb_exec_mount(e, text(p)) : llb_exec_root(e);
}

const llb_state *call_exec_add_mount(struct program *p)
{
    llb_exec *e = p->execs[byte(p) % MAX_OTHERS];
    llb_mount *m = options(p, sizeof *m);

    fill_mount(p, m);
    return llb_exec_add_mount(e, byte(p) == 255 ? NULL : m);
}
