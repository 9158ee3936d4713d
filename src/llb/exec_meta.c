/* What of an exec does not depend on its inputs, encoded when it is made. */
#include "exec_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "cons.h"
#include "bounds.h"

enum { MOUNT_SECRET = 1, MOUNT_SSH = 2 }; /* pb.MountType */

const llb__cells *llb__args_new(llb__call *c, const char *const *args,
                                size_t n_args)
{
    llb__cells *cell = llb__alloc(c, sizeof *cell);

    if (!cell)
        return NULL;
    for (size_t i = n_args; i-- > 0;)
        llb__enc_elem(&c->g->enc, 1, args[i], strlen(args[i]));
    cell->data = llb__take_enc(c, &cell->len);
    return cell->data ? cell : NULL;
}

static bool encode_devices(llb__call *c, llb_exec *x, const llb_run_opts *o)
{
    llb__enc *e = &c->g->enc;

    if (!llb__need_list(c, "cdi_devices", o->cdi_devices, o->n_cdi_devices))
        return false;
    for (size_t i = o->n_cdi_devices; i-- > 0;) {
        llb_cdi_device d = LLB_CDI_DEVICE_INIT;
        size_t mark = llb__enc_len(e);
        if (!llb__opts_at(c, &d, sizeof d, o->cdi_devices, i,
                          LLB__FIRST(llb_cdi_device, name)) ||
            !llb__need_text(c, "name of a device", d.name))
            return false;
        llb__enc_u64(e, 2, d.optional != 0);
        llb__enc_str(e, 1, d.name);
        llb__enc_wrap(e, 6, mark);
        x->node.caps |= LLB__CAP(EXEC_META_CDI);
    }
    return true;
}

/* The daemon takes whatever is mounted there for the root, and refuses it. */
static void check_not_root(llb__call *c, const char *what, size_t i,
                           const char *dest)
{
    if (strcmp(dest, "/") == 0)
        llb__call_fail(c, LLB_EINVAL, "%s %zu is at \"/\", where the root is",
                       what, i);
}

static bool secret_at(llb__call *c, const llb_run_opts *o, size_t i,
                      llb_secret *ret)
{
    *ret = (llb_secret)LLB_SECRET_INIT;
    if (!llb__opts_at(c, ret, sizeof *ret, o->secrets, i,
                      LLB__FIRST(llb_secret, mode)) ||
        !llb__opt_text(c, "dest of a secret", ret->dest) ||
        !llb__opt_text(c, "env of a secret", ret->env) ||
        !llb__opt_text(c, "id of a secret", ret->id))
        return false;
    if (!ret->id)
        ret->id = ret->dest ? ret->dest : ret->env;
    if (!ret->id || !*ret->id)
        llb__call_fail(c, LLB_EINVAL, "secret %zu has no id, dest or env", i);
    else if (ret->dest)
        check_not_root(c, "secret", i, ret->dest);
    return !c->error;
}

static bool encode_secret_env(llb__call *c, llb_exec *x, const llb_run_opts *o)
{
    llb__enc *e = &c->g->enc;

    if (!llb__need_list(c, "secrets", o->secrets, o->n_secrets))
        return false;
    for (size_t i = o->n_secrets; i-- > 0;) {
        llb_secret s;
        size_t mark = llb__enc_len(e);
        if (!secret_at(c, o, i, &s))
            return false;
        x->node.caps |= LLB__CAP(EXEC_MOUNT_SECRET);
        if (!s.env)
            continue;
        llb__enc_u64(e, 3, s.optional != 0);
        llb__enc_str(e, 2, s.env);
        llb__enc_str(e, 1, s.id);
        llb__enc_wrap(e, 5, mark);
        x->node.caps |= LLB__CAP(EXEC_SECRETENV);
    }
    return true;
}

struct special {
    uint32_t type, field; /* pb.MountType; the member with the options */
    const char *dest, *id;
    uint32_t uid, gid, mode;
    bool optional;
};

/* A secret or an ssh socket. Their output is 0, which is left out: unlike all
 * other mounts without an output they do not say -1. */
static void encode_special(llb__enc *e, const struct special *s)
{
    size_t mark = llb__enc_len(e);

    llb__enc_u64(e, 5, s->optional);
    llb__enc_u64(e, 4, s->mode);
    llb__enc_u64(e, 3, s->gid);
    llb__enc_u64(e, 2, s->uid);
    llb__enc_str(e, 1, s->id);
    llb__enc_wrap(e, s->field, mark);
    llb__enc_u64(e, 6, s->type);
    llb__enc_str(e, 3, s->dest);
    llb__enc_i64(e, 1, -1);
    llb__enc_wrap(e, 2, mark);
}

enum { SSH_TARGET = 48 };

/* Reads ssh element i; its target may be put into buf. */
static bool ssh_at(llb__call *c, const llb_run_opts *o, size_t i, llb_ssh *ret,
                   char buf[SSH_TARGET])
{
    *ret = (llb_ssh)LLB_SSH_INIT;
    if (!llb__opts_at(c, ret, sizeof *ret, o->ssh, i,
                      LLB__FIRST(llb_ssh, mode)) ||
        !llb__opt_text(c, "id of an ssh socket", ret->id) ||
        !llb__opt_text(c, "target of an ssh socket", ret->target))
        return false;
    if (!ret->target || !*ret->target) {
        snprintf(buf, SSH_TARGET, "/run/buildkit/ssh_agent.%zu", i);
        ret->target = buf;
    }
    check_not_root(c, "ssh socket", i, ret->target);
    return !c->error;
}

static bool encode_ssh(llb__call *c, llb_exec *x, const llb_run_opts *o)
{
    char buf[SSH_TARGET];
    llb_ssh s;

    if (!llb__need_list(c, "ssh", o->ssh, o->n_ssh))
        return false;
    for (size_t i = o->n_ssh; i-- > 0;) {
        if (!ssh_at(c, o, i, &s, buf))
            return false;
        encode_special(&c->g->enc,
                       &(struct special){MOUNT_SSH, 22, s.target, s.id, s.uid,
                                         s.gid, s.mode ? *s.mode : 0600,
                                         s.optional != 0});
        x->node.caps |= LLB__CAP(EXEC_MOUNT_SSH);
    }
    return true;
}

static bool encode_secrets(llb__call *c, const llb_run_opts *o)
{
    llb_secret s;

    for (size_t i = o->n_secrets; i-- > 0;) {
        if (!secret_at(c, o, i, &s))
            return false;
        if (s.dest)
            encode_special(
                &c->g->enc,
                &(struct special){MOUNT_SECRET, 21, s.dest, s.id, s.uid, s.gid,
                                  s.mode ? *s.mode : 0400, s.optional != 0});
    }
    return true;
}

static bool encode_tail(llb__call *c, llb_exec *x, const llb__values *v,
                        const llb_run_opts *o)
{
    llb__enc *e = &c->g->enc;

    if (!encode_devices(c, x, o) || !encode_secret_env(c, x, o))
        return false;
    llb__enc_u64(e, 4, (uint64_t)v->rare->security);
    llb__enc_u64(e, 3, (uint64_t)v->rare->network);
    if (v->rare->security != LLB_SECURITY_SANDBOX)
        x->node.caps |= LLB__CAP(EXEC_META_SECURITY);
    if (v->rare->network != LLB_NETWORK_SANDBOX)
        x->node.caps |= LLB__CAP(EXEC_META_NETWORK);
    return encode_ssh(c, x, o) && encode_secrets(c, o);
}

static bool encode_proxy(llb__call *c, llb_exec *x, const llb_proxy *given)
{
    llb__enc *e = &c->g->enc;
    llb_proxy p = LLB_PROXY_INIT;
    size_t mark = llb__enc_len(e);

    if (!given)
        return true;
    if (!llb__opts(c, &p, sizeof p, given, LLB__FIRST(llb_proxy, all_proxy)))
        return false;
    const char *list[] = {p.http_proxy, p.https_proxy, p.ftp_proxy, p.no_proxy,
                          p.all_proxy};
    for (uint32_t i = 5; i-- > 0;) {
        if (!llb__opt_text(c, "a proxy variable", list[i]))
            return false;
        llb__enc_str(e, i + 1, list[i]);
    }
    llb__enc_wrap(e, 5, mark);
    x->node.caps |= LLB__CAP(EXEC_META_PROXY);
    return true;
}

static void encode_cells(llb__enc *e, const llb__cells *list)
{
    for (; list; list = list->prev)
        llb__enc_bytes(e, list->data, list->len);
}

/* Members of pb.Meta from cwd on. */
static bool encode_rest(llb__call *c, llb_exec *x, const llb__values *v,
                        const llb_run_opts *o)
{
    llb__enc *e = &c->g->enc;

    if (!llb__need_list(c, "valid_exit_codes", o->valid_exit_codes,
                        o->n_valid_exit_codes))
        return false;
    if (o->valid_exit_codes) {
        size_t mark = llb__enc_len(e);
        for (size_t i = o->n_valid_exit_codes; i-- > 0;)
            llb__enc_varint(e, (uint64_t)(int64_t)o->valid_exit_codes[i]);
        if (llb__enc_len(e) != mark)
            llb__enc_wrap(e, 12, mark);
        x->node.caps |= LLB__CAP(EXEC_EXITCODE);
    }
    llb__enc_u64(e, 11, 1); /* removeMountStubsRecursive */
    llb__enc_str(e, 10, v->rare->cgroup_parent);
    encode_cells(e, v->rare->ulimits);
    if (v->rare->ulimits)
        x->node.caps |= LLB__CAP(EXEC_META_ULIMIT);
    llb__enc_str(e, 7, v->rare->hostname);
    encode_cells(e, v->rare->hosts);
    if (!encode_proxy(c, x, o->proxy))
        return false;
    llb__enc_str(e, 4, v->user);
    llb__enc_str(e, 3, v->dir);
    return true;
}

static bool encode_env(llb__call *c, llb_exec *x, const llb__values *v,
                       const llb_run_opts *o)
{
    static const char sock[] = "SSH_AUTH_SOCK=";
    const llb__env *few[LLB__ENV_FEW];
    llb__enc *e = &c->g->enc;
    size_t n;

    if (o->n_ssh && !llb__env_find(v->env, sock, sizeof sock - 2)) {
        char buf[SSH_TARGET];
        llb_ssh s;
        size_t mark = llb__enc_len(e);
        if (!ssh_at(c, o, 0, &s, buf))
            return false;
        llb__enc_bytes(e, s.target, strlen(s.target));
        llb__enc_bytes(e, sock, sizeof sock - 1);
        llb__enc_wrap(e, 2, mark);
    }
    const llb__env **list = llb__env_list(v->env, few, &n);
    if (!list && n) {
        llb__call_nomem(c);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        llb__enc_elem(e, 2, list[i]->text, list[i]->len);
    llb__env_list_free(list, few);
    x->has_path = llb__env_find(v->env, "PATH", 4) != NULL;
    return true;
}

static bool encode_args(llb__call *c, const llb__values *v,
                        const llb_run_opts *o)
{
    llb__enc *e = &c->g->enc;
    const char *const *args = o->args;
    size_t n = o->n_args, mark = llb__enc_len(e);

    if (o->args && o->shlex)
        llb__call_fail(c, LLB_EINVAL, "args and shlex are both given");
    if (o->shlex)
        llb__shlex(c, o->shlex, &args, &n);
    else if (o->args || n)
        llb__need_texts(c, "args", args, n);
    else if (v->args)
        llb__enc_bytes(e, v->args->data, v->args->len);
    if (c->error)
        return false;
    for (size_t i = n; i-- > 0;)
        llb__enc_elem(e, 1, args[i], strlen(args[i]));
    if (!e->failed && llb__enc_len(e) == mark)
        llb__call_fail(c, LLB_EINVAL, "no arguments: there is nothing to run");
    return !c->error;
}

bool llb__exec_encode(llb__call *c, llb_exec *x, const llb__values *v,
                      const llb_run_opts *o)
{
    llb__enc *e = &c->g->enc;
    size_t at[2];

    if (!encode_tail(c, x, v, o))
        return false;
    at[0] = llb__enc_len(e);
    if (!encode_rest(c, x, v, o))
        return false;
    at[1] = llb__enc_len(e);
    if (!encode_env(c, x, v, o) || !encode_args(c, v, o))
        return false;
    size_t len = llb__enc_len(e);
    if (len > LLB__MAX_DEFINITION)
        llb__call_fail(c, LLB_ELIMIT, "an exec of %zu bytes", len);
    x->tail_len = (uint32_t)at[0];
    x->rest_len = (uint32_t)(at[1] - at[0]);
    x->env_len = (uint32_t)(len - at[1]);
    return !c->error;
}
