/* Which services a build's session offers. Only what the definition asks for
 * and the caller has given is ever handed out. */
#include "services.h"

#include <stdio.h>
#include <string.h>

#include "auth_hosts.h"
#include "error.h"
#include "svc_auth.h"
#include "svc_filesend.h"
#include "svc_filesync.h"
#include "svc_filesync_check.h"
#include "svc_secrets.h"
#include "svc_ssh.h"
#include "svc_upload.h"

static void add(bk__job *j, bk__service *svc)
{
    j->services[j->n_services++] = svc;
}

/* What the definitions of a build name. None at all: we do not know them, and
 * all that was given is offered. */
struct wants {
    llb_def_needs **list;
    size_t n;
};

static bool wanted(const struct wants *w, llb_need_kind kind, const char *name)
{
    for (size_t i = 0; i < w->n; i++) {
        if (llb_def_needs_find(w->list[i], kind, name, strlen(name)))
            return true;
    }
    return w->n == 0;
}

static bool is_given(const bk__job *j, const char *name)
{
    for (size_t i = 0; i < j->o.n_locals; i++) {
        if (strcmp(j->o.locals[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Every local source of a definition has a folder. */
static llb_status check_locals(const bk__job *j, const llb_def_needs *needs,
                               llb_error *err)
{
    for (size_t i = 0; i < needs->n; i++) {
        const llb_def_need *need = &needs->list[i];
        if (need->kind == LLB_NEED_LOCAL && !is_given(j, need->name))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "the definition reads the local source \"%.100s\","
                             " but no folder was given for it (--local "
                             "NAME=PATH)",
                             need->name);
    }
    return LLB_OK;
}

static llb_status make_files(bk__job *j, const struct wants *needs,
                             llb_error *err)
{
    size_t n = 0;
    bk__mount *mounts =
        llb__arena_array(j->arena, j->o.n_locals + 1, sizeof *mounts);

    if (!mounts)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < j->o.n_locals; i++) {
        const bk_local *l = &j->o.locals[i];
        if (wanted(needs, LLB_NEED_LOCAL, l->name))
            mounts[n++] = (bk__mount){l->name, l->path};
    }
    if (n == 0)
        return LLB_OK;
    llb_status st = bk__svc_filesync_new(mounts, n, &j->filesync, err);
    if (st == LLB_OK)
        add(j, j->filesync);
    return st;
}

/* Files by http: a source names one by its URL, so what was given is served. */
static llb_status make_uploads(bk__job *j, llb_error *err)
{
    if (j->o.n_uploads == 0)
        return LLB_OK;
    llb_status st =
        bk__svc_upload_new(j->o.uploads, j->o.n_uploads, &j->upload, err);
    if (st == LLB_OK)
        add(j, j->upload);
    return st;
}

static llb_status fill_secret(const bk_secret *given, bk__secret *s,
                              llb_error *err)
{
    int sources =
        (given->file != NULL) + (given->env != NULL) + (given->data != NULL);

    if (sources != 1)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%.100s\": exactly one of file, variable and "
                         "data must be given",
                         given->id);
    s->id = given->id;
    s->kind = given->file  ? BK__SECRET_FILE
              : given->env ? BK__SECRET_ENV
                           : BK__SECRET_DATA;
    s->path = given->file;
    s->env = given->env;
    s->data = (llb__bytes){given->data, given->data_len};
    return LLB_OK;
}

static llb_status make_secrets(bk__job *j, const struct wants *needs,
                               llb_error *err)
{
    size_t n = 0;
    bk__service *svc;
    bk__secret *list =
        llb__arena_array(j->arena, j->o.n_secrets + 1, sizeof *list);
    llb_status st = list ? LLB_OK : llb__fail_nomem(err);

    for (size_t i = 0; i < j->o.n_secrets && st == LLB_OK; i++) {
        if (wanted(needs, LLB_NEED_SECRET, j->o.secrets[i].id))
            st = fill_secret(&j->o.secrets[i], &list[n++], err);
    }
    /* Without any, the service answers "not found", as it should. */
    if (st == LLB_OK)
        st = bk__svc_secrets_new(list, n, &svc, err);
    if (st == LLB_OK)
        add(j, svc);
    return st;
}

static llb_status make_ssh(bk__job *j, const struct wants *needs,
                           llb_error *err)
{
    size_t n = 0;
    bk__service *svc;
    bk_ssh *list = llb__arena_array(j->arena, j->o.n_ssh + 1, sizeof *list);
    llb_status st = list ? LLB_OK : llb__fail_nomem(err);

    for (size_t i = 0; i < j->o.n_ssh && st == LLB_OK; i++) {
        const bk_ssh *given = &j->o.ssh[i];
        const char *id = given->id && *given->id ? given->id : "default";
        if (wanted(needs, LLB_NEED_SSH, id))
            list[n++] = *given;
    }
    if (st == LLB_OK)
        st = bk__svc_ssh_new(list, n, &svc, err);
    if (st == LLB_OK)
        add(j, svc);
    return st;
}

static llb_status add_wants(bk__job *j, const llb_def *def, struct wants *w,
                            llb_error *err)
{
    llb_status st = llb_def_needs_of(def, &w->list[w->n], err);

    if (st == LLB_OK)
        st = check_locals(j, w->list[w->n++], err);
    return st == LLB_OK ? bk__filesync_check(def, err) : st;
}

/* The needs of def, or of all that refs are made of. */
static llb_status find_wants(bk__job *j, const llb_def *def,
                             const bk_refs *refs, struct wants *w,
                             llb_error *err)
{
    size_t n = refs ? refs->n : 0;
    llb_status st = LLB_OK;

    w->list = llb__arena_array(j->arena, n + 1, sizeof *w->list);
    if (!w->list)
        return llb__fail_nomem(err);
    if (def)
        st = add_wants(j, def, w, err);
    for (size_t i = 0; i < n && st == LLB_OK; i++)
        st = add_wants(j, refs->list[i].def, w, err);
    return st;
}

static void note_refused(void *record, const char *host)
{
    char text[512];

    snprintf(text, sizeof text,
             "the daemon asked for a login at %.200s, which nothing in the "
             "build names, and got none; --auth-host %.200s allows it",
             host, host);
    bk__record_note(record, text);
}

/* Logins at the registries that the build names; a frontend may come to any.
 * What a build that we steer names comes later. */
static llb_status make_auth(bk__job *j, const struct wants *needs,
                            llb_error *err)
{
    const bk_client_opts *given = bk__client_opts(j->client);
    bk__hosts hosts = {NULL, 0, 0};
    bk__service *svc;
    bool ok = bk__hosts_of_opts(j->arena, &j->o, &hosts);

    for (size_t i = 0; i < needs->n && ok; i++)
        ok = bk__hosts_of_needs(j->arena, needs->list[i], &hosts);
    if (!ok)
        return llb__fail_nomem(err);
    bk__auth_opts o = {.config_dir = given->docker_config,
                       .hosts = hosts.list,
                       .n_hosts = hosts.n,
                       .any_host = j->o.frontend != NULL,
                       .refused = note_refused,
                       .arg = j->record};
    llb_status st = bk__svc_auth_new(&o, &svc, err);
    if (st == LLB_OK) {
        j->auth = svc;
        add(j, svc);
        for (size_t i = 0; i < given->n_auth_hosts; i++)
            bk__svc_auth_allow(svc, given->auth_hosts[i]);
    }
    return st;
}

llb_status bk__services_read(bk__job *j, const llb_def *def,
                             const bk_refs *refs, llb_error *err)
{
    struct wants needs = {NULL, 0};
    llb_status st = find_wants(j, def, refs, &needs, err);

    if (st == LLB_OK)
        st = make_files(j, &needs, err);
    if (st == LLB_OK)
        st = bk__contents_make(j->arena, &j->o, needs.list, needs.n,
                               &j->contents, err);
    if (st == LLB_OK)
        st = make_uploads(j, err);
    if (st == LLB_OK)
        st = make_secrets(j, &needs, err);
    if (st == LLB_OK)
        st = make_ssh(j, &needs, err);
    if (st == LLB_OK)
        st = make_auth(j, &needs, err);
    for (size_t i = 0; i < needs.n; i++)
        llb_def_needs_free(needs.list[i]);
    return st;
}

void bk__services_allow_def(bk__job *j, const llb_def *def)
{
    llb_def_needs *needs = NULL;

    if (llb_def_needs_of(def, &needs, NULL) != LLB_OK)
        return;
    for (size_t i = 0; i < needs->n; i++)
        if (needs->list[i].kind == LLB_NEED_REGISTRY)
            bk__svc_auth_allow(j->auth, needs->list[i].name);
    llb_def_needs_free(needs);
}

void bk__services_allow_image(bk__job *j, const char *ref)
{
    bk__hosts hosts = {NULL, 0, 0};
    llb__arena *a = llb__arena_new(64 * 1024);

    if (!ref)
        bk__svc_auth_allow(j->auth, NULL);
    else if (a && bk__hosts_of_image(a, ref, &hosts))
        bk__svc_auth_allow(j->auth, hosts.list[0]);
    llb__arena_free(a);
}

llb_status bk__services_write(bk__job *j, llb_error *err)
{
    llb_status st = LLB_OK;

    if (j->exports.to_client)
        st = bk__svc_filesend_new(j->exports.targets, j->exports.n,
                                  &j->filesend, err);
    if (j->filesend)
        add(j, j->filesend);
    bk__contents_add_export(&j->contents, &j->exports);
    if (st == LLB_OK && j->contents.n_stores > 0)
        st = bk__svc_content_new(j->contents.stores, j->contents.n_stores,
                                 &j->content, err);
    if (j->content)
        add(j, j->content);
    return st;
}

void bk__services_free(bk__job *j)
{
    while (j->n_services > 0) {
        bk__service *svc = j->services[--j->n_services];
        svc->free(svc);
    }
    j->filesync = j->filesend = j->content = j->upload = NULL;
}
