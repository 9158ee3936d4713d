/* Programs in containers: one stream of messages both ways. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>

#include <gateway.pb-c.h>

#include "bounds.h"
#include "cancel.h"
#include "container.h"
#include "error.h"
#include "opts.h"
#include "wire.h"

typedef Bk__Gw__ExecMessage message;

struct bk_process {
    bk_container *container;
    bk__call *call;
    char id[BK__ID_LEN + 1];
    void (*output)(void *ctx, int fd, const void *data, size_t len);
    void *ctx;
    bool cancelled; /* atomic */
    pthread_mutex_t sending;
};

static bool send(bk_process *p, message *m)
{
    uint8_t *data;
    size_t len;

    m->processid = p->id;
    if (bk__pack(&m->base, &data, &len, NULL) != LLB_OK)
        return false;
    pthread_mutex_lock(&p->sending);
    bool ok = bk__call_send(p->call, bk__buffer(data, len));
    pthread_mutex_unlock(&p->sending);
    free(data);
    return ok;
}

/* ---- starting ---- */

static void take_list(const char *const *list, size_t n, char ***ret,
                      size_t *ret_n)
{
    union {
        const char *const *in;
        char **out;
    } u = {list};

    *ret = u.out;
    *ret_n = n;
}

/* What the options say, else what the failed step had. */
static void fill_meta(const bk_process_opts *o, const Bk__Pb__Meta *of_step,
                      Bk__Pb__Meta *meta)
{
    take_list(o->args, o->n_args, &meta->args, &meta->n_args);
    meta->cwd = bk__mutable("/");
    if (of_step) {
        meta->env = of_step->env;
        meta->n_env = of_step->n_env;
        meta->user = of_step->user;
        meta->ulimit = of_step->ulimit;
        meta->n_ulimit = of_step->n_ulimit;
        meta->proxy_env = of_step->proxy_env;
        if (*bk__text(of_step->cwd))
            meta->cwd = of_step->cwd;
    }
    if (o->env)
        take_list(o->env, o->n_env, &meta->env, &meta->n_env);
    if (o->cwd)
        meta->cwd = bk__mutable(o->cwd);
    if (o->user)
        meta->user = bk__mutable(o->user);
}

static bool send_init(bk_process *p, const bk_process_opts *o)
{
    const Bk__Pb__ExecOp *exec = bk__container_exec(p->container);
    message m = BK__GW__EXEC_MESSAGE__INIT;
    Bk__Gw__InitMessage init = BK__GW__INIT_MESSAGE__INIT;
    Bk__Pb__Meta meta = BK__PB__META__INIT;
    uint32_t fds[] = {0, 1, 2};

    fill_meta(o, exec ? exec->meta : NULL, &meta);
    init.containerid = p->container->id;
    init.meta = &meta;
    init.fds = fds;
    init.n_fds = 3;
    init.tty = o->tty != 0;
    if (exec) {
        init.security = exec->security;
        init.secretenv = exec->secretenv;
        init.n_secretenv = exec->n_secretenv;
    }
    m.input_case = BK__GW__EXEC_MESSAGE__INPUT_INIT;
    m.init = &init;
    return send(p, &m) &&
           (!o->rows || bk_process_resize(p, o->rows, o->columns));
}

/* Whether a program that is missing can be told as that: a daemon only runs it
 * and has its words among what it writes. */
static llb_status look_for(const bk_container *c, const char *program,
                           llb_error *err)
{
    bk_files *found = NULL;
    llb_error why = {0};

    if (!c->root || c->covered || *program != '/')
        return LLB_OK;
    llb_status st =
        bk_build_stat_file(c->build, c->root, program, &found, &why);
    bk_files_free(found);
    if (st != LLB_OK && strstr(why.message, "no such file"))
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "there is no %.200s in it", program);
    return LLB_OK;
}

llb_status bk_process_start(bk_container *c, const bk_process_opts *opts,
                            bk_process **ret_process, llb_error *err)
{
    bk_process_opts o = BK_PROCESS_OPTS_INIT;
    bk_pair meta = {"buildkit-controlapi-buildid", c->build->job.ref};
    llb_status st = llb__opts_read(&o, sizeof o, opts,
                                   LLB__FIRST(bk_process_opts, ctx), err);

    if (st == LLB_OK && o.n_args == 0)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "bk_process_start: no program is named");
    if (st == LLB_OK)
        st = look_for(c, o.args[0], err);
    if (st != LLB_OK)
        return st;
    bk_process *p = calloc(1, sizeof *p);
    if (!p)
        return llb__fail_nomem(err);
    pthread_mutex_init(&p->sending, NULL);
    p->container = c;
    p->output = o.output;
    p->ctx = o.ctx;
    st = bk__random_id(p->id, err);
    if (st == LLB_OK)
        st = bk__call_new(c->build->job.conn, BK__BRIDGE "ExecProcess", &meta,
                          1, 0, &p->call, err);
    if (st != LLB_OK) {
        bk_process_free(p);
        return st;
    }
    send_init(p, &o); /* a call that is over tells why when it is waited for */
    *ret_process = p;
    return LLB_OK;
}

/* ---- while it runs ---- */

static bool send_file(bk_process *p, const void *data, size_t len, bool eof)
{
    message m = BK__GW__EXEC_MESSAGE__INIT;
    Bk__Gw__FdMessage file = BK__GW__FD_MESSAGE__INIT;
    union {
        const void *in;
        uint8_t *out;
    } u = {data};

    file.eof = eof;
    file.data.data = u.out;
    file.data.len = len;
    m.input_case = BK__GW__EXEC_MESSAGE__INPUT_FILE;
    m.file = &file;
    return send(p, &m);
}

bool bk_process_write(bk_process *p, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        size_t n = len < 32768 ? len : 32768;
        if (!send_file(p, at, n, false))
            return false;
        at += n;
        len -= n;
    }
    return true;
}

bool bk_process_close_input(bk_process *p)
{
    return send_file(p, NULL, 0, true);
}

bool bk_process_resize(bk_process *p, uint32_t rows, uint32_t columns)
{
    message m = BK__GW__EXEC_MESSAGE__INIT;
    Bk__Gw__ResizeMessage resize = BK__GW__RESIZE_MESSAGE__INIT;

    resize.rows = rows;
    resize.cols = columns;
    m.input_case = BK__GW__EXEC_MESSAGE__INPUT_RESIZE;
    m.resize = &resize;
    return send(p, &m);
}

bool bk_process_signal(bk_process *p, const char *name)
{
    message m = BK__GW__EXEC_MESSAGE__INIT;
    Bk__Gw__SignalMessage signal = BK__GW__SIGNAL_MESSAGE__INIT;

    signal.name = bk__mutable(name);
    m.input_case = BK__GW__EXEC_MESSAGE__INPUT_SIGNAL;
    m.signal = &signal;
    return send(p, &m);
}

void bk_process_cancel(bk_process *p)
{
    __atomic_store_n(&p->cancelled, true, __ATOMIC_RELAXED);
    bk__call_cancel(p->call);
}

/* ---- waiting ---- */

/* What Exit says: the program's code, or why there was none. */
static llb_status read_exit(const Bk__Gw__ExitMessage *e, unsigned *ret_code,
                            llb_error *err)
{
    const char *words = e->error ? bk__text(e->error->message) : "";

    *ret_code = e->code;
    if (!*words || strstr(words, "exit code"))
        return LLB_OK;
    return llb__fail(err, LLB_EBUILD, LLB__NOWHERE, "%s", words);
}

struct seen {
    bool exited, done;
    bool ended[3]; /* its streams */
};

/* A daemon says Done only when our side of the input has ended, too. */
static bool is_over(const struct seen *s)
{
    return s->done || (s->exited && s->ended[1] && s->ended[2]);
}

static llb_status take(bk_process *p, const message *m, struct seen *seen,
                       unsigned *ret_code, llb_error *err)
{
    switch (m->input_case) {
    case BK__GW__EXEC_MESSAGE__INPUT_FILE:
        if (p->output && m->file->data.len)
            p->output(p->ctx, m->file->fd == 2 ? 2 : 1, m->file->data.data,
                      m->file->data.len);
        if (m->file->fd < 3 && m->file->eof)
            seen->ended[m->file->fd] = true;
        break;
    case BK__GW__EXEC_MESSAGE__INPUT_EXIT:
        seen->exited = true;
        bk_process_close_input(p);
        return read_exit(m->exit, ret_code, err);
    case BK__GW__EXEC_MESSAGE__INPUT_DONE:
        seen->done = true;
        break;
    case BK__GW__EXEC_MESSAGE__INPUT__NOT_SET:
    case BK__GW__EXEC_MESSAGE__INPUT_INIT:
    case BK__GW__EXEC_MESSAGE__INPUT_RESIZE:
    case BK__GW__EXEC_MESSAGE__INPUT_SIGNAL:
    case BK__GW__EXEC_MESSAGE__INPUT_STARTED: /* said before it is tried */
    default:                                  /* ours, or of a later daemon */
        break;
    }
    return LLB_OK;
}

/* The stream ended without a word of the program's end. */
static llb_status broken(bk_process *p, llb_error *err)
{
    bk__rpc rpc = {0};

    bk__call_cancel(p->call);
    bk__call_status(p->call, -1, &rpc);
    bk_cancel *cancel = p->container->build->job.o.cancel;
    llb_status st;
    if (__atomic_load_n(&p->cancelled, __ATOMIC_RELAXED) ||
        (cancel && bk_cancel_is_set(cancel)))
        st = llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "cancelled");
    else if (rpc.code == GRPC_STATUS_OK || rpc.code == GRPC_STATUS_CANCELLED)
        st = llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                       "the daemon ended the program's connection");
    else
        st = bk__fail_rpc(err, "program", &rpc);
    bk__rpc_clear(&rpc);
    return st;
}

static void cancel_call(void *arg) { bk__call_cancel(arg); }

/* The next message; BK__END also when the daemon is dead. A program may be
 * silent for ever. */
static int next(bk_process *p, llb__bytes *ret)
{
    int got;

    while ((got = bk__call_recv(p->call, BK__QUIET_MS, ret)) == BK__TIMEOUT)
        if (!bk__conn_alive(p->container->build->job.conn))
            bk__call_cancel(p->call);
    return got;
}

llb_status bk_process_wait(bk_process *p, unsigned *ret_code, llb_error *err)
{
    bk_cancel *cancel = p->container->build->job.o.cancel;
    bk__watch w = {cancel_call, p->call, NULL, NULL};
    struct seen seen = {0};
    llb__bytes bytes;
    llb_status st = LLB_OK;

    bk__cancel_watch(cancel, &w);
    while (st == LLB_OK && !is_over(&seen) && next(p, &bytes) == BK__MESSAGE) {
        ProtobufCMessage *m;
        st = bk__unpack(&bk__gw__exec_message__descriptor, bytes, "message", &m,
                        err);
        if (st != LLB_OK)
            break;
        st = take(p, (const message *)m, &seen, ret_code, err);
        bk__free(m);
    }
    bk__cancel_unwatch(cancel, &w);
    return st == LLB_OK && !seen.exited ? broken(p, err) : st;
}

void bk_process_free(bk_process *p)
{
    if (!p)
        return;
    bk__call_free(p->call);
    pthread_mutex_destroy(&p->sending);
    free(p);
}
