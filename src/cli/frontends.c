#include "frontends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "content.h"
#include "error.h"

/* ---- names --------------------------------------------------------- */

/* A text that cannot run into the next one. */
static void add_text(llb__buf *b, const char *s)
{
    llb__buf_printf(b, "%zu:%s,", strlen(s), s);
}

static void add_input(llb__buf *b, const llbc_input *in)
{
    size_t len;
    const uint8_t *data = llb_def_bytes(in->def, &len);
    char *digest = cmd__content_digest(data, len);

    add_text(b, in->name);
    add_text(b, digest ? digest : "");
    b->failed = b->failed || !digest;
    free(digest);
}

char *cmd__frontend_name(const llbc_frontend *req)
{
    llb__buf b = LLB__BUF_INIT;
    char *digest = NULL, *name = NULL;

    add_text(&b, req->frontend);
    for (size_t i = 0; i < req->n_attrs; i++) {
        add_text(&b, req->attrs[i].key);
        add_text(&b, req->attrs[i].value);
    }
    llb__buf_addc(&b, ';');
    for (size_t i = 0; i < req->n_inputs; i++)
        add_input(&b, &req->inputs[i]);
    if (!b.failed)
        digest = cmd__content_digest(b.data, b.len);
    llb__buf_clear(&b);
    if (digest &&
        asprintf(&name, "%s %s", req->frontend, digest + strlen("sha256:")) < 0)
        name = NULL;
    free(digest);
    return name;
}

/* ---- running ------------------------------------------------------- */

/* The lists of a request as the client takes them. */
typedef struct lists {
    bk_local *locals;
    bk_pair *attrs;
    bk_input *inputs;
} lists;

static bool make_lists(const llbc_frontend *req, lists *l)
{
    l->locals = calloc(req->n_locals + 1, sizeof(*l->locals));
    l->attrs = calloc(req->n_attrs + 1, sizeof(*l->attrs));
    l->inputs = calloc(req->n_inputs + 1, sizeof(*l->inputs));
    if (!l->locals || !l->attrs || !l->inputs)
        return false;
    for (size_t i = 0; i < req->n_locals; i++)
        l->locals[i] = (bk_local){req->locals[i].name, req->locals[i].path};
    for (size_t i = 0; i < req->n_attrs; i++)
        l->attrs[i] = (bk_pair){req->attrs[i].key, req->attrs[i].value};
    for (size_t i = 0; i < req->n_inputs; i++)
        l->inputs[i] = (bk_input){req->inputs[i].name, req->inputs[i].def};
    return true;
}

/* What a failure says, as an error: it has no step of ours. */
static llb_status said(const bk_failure *f, llb_status st, llb_error *err)
{
    return f && f->message && *f->message
               ? llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s", f->message)
               : st;
}

static llb_status run(bk_build *b, const llbc_frontend *req, const lists *l,
                      char **ret_bundle, size_t *ret_len, llb_error *err)
{
    bk_frontend_opts o = BK_FRONTEND_OPTS_INIT;
    bk_failure *failure = NULL;
    bk_refs *refs = NULL;

    o.frontend = req->frontend;
    o.attrs = l->attrs;
    o.n_attrs = req->n_attrs;
    o.inputs = l->inputs;
    o.n_inputs = req->n_inputs;
    llb_status st = bk_build_frontend(b, &o, &refs, &failure, err);
    if (st == LLB_OK)
        st = bk_refs_marshal(refs, ret_bundle, ret_len, err);
    else
        st = said(failure, st, err);
    bk_refs_free(refs);
    bk_failure_free(failure);
    return st;
}

llb_status cmd__frontend_run(bk_client *c, const llbc_frontend *req,
                             char **ret_bundle, size_t *ret_len, llb_error *err)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    lists l = {0};
    bk_build *b = NULL;
    llb_status st = make_lists(req, &l) ? LLB_OK : llb__fail_nomem(err);

    o.locals = l.locals;
    o.n_locals = req->n_locals;
    o.internal = true;
    if (st == LLB_OK)
        st = bk_build_new(c, &o, &b, err);
    if (st == LLB_OK)
        st = run(b, req, &l, ret_bundle, ret_len, err);
    bk_build_free(b);
    free(l.locals);
    free(l.attrs);
    free(l.inputs);
    return st;
}

/* ---- results ------------------------------------------------------- */

llb_status cmd__frontend_read(const char *bundle, size_t len,
                              llbc_frontend_result *ret, llb_error *err)
{
    bk_refs *refs = NULL;
    llb_status st = bk_refs_parse(bundle, len, &refs, err);

    if (st != LLB_OK)
        return st;
    if (refs->n != 1)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "it gave %zu results, and one was asked for", refs->n);
    const bk_meta *config = bk_refs_meta(refs, "containerimage.config");
    char key[256];
    if (st == LLB_OK && !config) {
        snprintf(key, sizeof(key), "containerimage.config/%s",
                 refs->list[0].platform);
        config = bk_refs_meta(refs, key);
    }
    if (st == LLB_OK && config) {
        ret->config = strdup(config->value);
        ret->config_len = config->len;
        if (!ret->config)
            st = llb__fail_nomem(err);
    }
    if (st == LLB_OK)
        ret->def = llb_def_ref(refs->list[0].def);
    bk_refs_free(refs);
    return st;
}
