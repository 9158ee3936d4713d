/* Finding and connecting, with the help that a message of one line lacks. */
#include "daemon.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "notice.h"
#include "report.h"

static void say_what_was_tried(const bk_found *f)
{
    for (size_t i = 0; i < f->n_tried; i++)
        cmd__say("  %s: %s: %s", f->tried[i].source, f->tried[i].addr,
                 *f->tried[i].why ? f->tried[i].why : "taken");
}

static llb_status none_found(const cmd__daemon *d, llb_status st)
{
    /* what is final is said in one line: nothing was looked for */
    if (!d->found || d->found->n_tried == 0 || d->found->is_final)
        return st;
    cmd__say("looked for a daemon at:");
    say_what_was_tried(d->found);
    cmd__say("llb engine start starts one; --addr names another");
    return st;
}

/* Connects, and says so when that takes long. */
static llb_status connect_to(cmd__daemon *d, llb_error *err)
{
    char text[256];
    cmd__notice notice;

    snprintf(text, sizeof(text), "waiting for a daemon to answer at %s",
             d->found->addr);
    cmd__notice_begin(&notice, text);
    llb_status st = bk_client_connect(d->client, &d->kind, err);
    cmd__notice_end(&notice);
    return st;
}

/* TLS as the options say, else as what was found says. */
static llb_status make_client(cmd__daemon *d, const cmd__daemon_opts *o,
                              llb_error *err)
{
    bk_client_opts opts = BK_CLIENT_OPTS_INIT;
    bk_tls tls = BK_TLS_INIT;

    tls.ca = o->ca;
    tls.cert = o->cert;
    tls.key = o->key;
    tls.server_name = o->server_name;
    tls.dir = o->dir;
    opts.tls = d->found->tls;
    if (o->ca || o->cert || o->key || o->server_name || o->dir)
        opts.tls = &tls;
    opts.auth_hosts = o->auth_hosts.items;
    opts.n_auth_hosts = o->auth_hosts.n;
    return bk_client_new(d->found->addr, &opts, &d->client, err);
}

llb_status cmd__daemon_open(cmd__daemon *d, const cmd__daemon_opts *o,
                            llb_error *err)
{
    if (d->client)
        return LLB_OK;
    for (size_t i = 0; i < o->auth_hosts.n; i++)
        if (!*o->auth_hosts.items[i] || strpbrk(o->auth_hosts.items[i], "/@ "))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "--auth-host %s: say HOST or HOST:PORT",
                             o->auth_hosts.items[i]);
    llb_status st = bk_find_daemon(o->addr, &d->found, err);
    if (st != LLB_OK)
        return none_found(d, st);
    st = make_client(d, o, err);
    if (st == LLB_OK)
        st = connect_to(d, err);
    if (st != LLB_OK)
        cmd__say("the address %s comes from %s", d->found->addr,
                 d->found->source);
    return st;
}

bool cmd__daemon_try(cmd__daemon *d, const cmd__daemon_opts *o)
{
    llb_error ignored = {0};

    if (d->client)
        return true;
    if (bk_find_daemon(o->addr, &d->found, &ignored) == LLB_OK &&
        make_client(d, o, &ignored) == LLB_OK &&
        connect_to(d, &ignored) == LLB_OK)
        return true;
    cmd__daemon_close(d);
    return false;
}

void cmd__daemon_close(cmd__daemon *d)
{
    bk_client_free(d->client);
    bk_found_free(d->found);
    *d = (cmd__daemon){0};
}

llb_status cmd__daemon_platform(cmd__daemon *d, llb_error *err)
{
    bk_daemon_info *info;

    if (*d->platform)
        return LLB_OK;
    llb_status st = bk_info(d->client, &info, err);
    if (st != LLB_OK)
        return st;
    if (info->n_workers > 0 && info->workers[0].n_platforms > 0)
        snprintf(d->platform, sizeof(d->platform), "%s",
                 info->workers[0].platforms[0]);
    bk_info_free(info);
    return LLB_OK;
}
