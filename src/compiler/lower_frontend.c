/* Filesystems that a frontend makes: the daemon runs it while we compile, and
 * its definition becomes part of ours. */
#include <stdlib.h>
#include <string.h>

#include <llb/marshal.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"

/* A request while it is put together. */
typedef struct request {
    llbc__eval *e;
    const llbc__actuals *a;
    llbc_frontend out;
    llbc_pair *attrs;
    llbc_input *inputs;
    llbc__node *node; /* of what it gives: needs the inputs */
    const llbc__platform *platform;
    bool failed;
} request;

static bool begin(request *r, llbc__eval *e, const llbc__actuals *a,
                  const char *frontend, size_t max_attrs, size_t max_inputs)
{
    llbc__value asked = llbc__value_of(a, "platform");

    *r = (request){.e = e, .a = a};
    r->platform =
        asked.kind == LLBC__PLATFORM ? asked.u.platform : e->frame->platform;
    r->attrs = llbc__eval_alloc(e, max_attrs + 1, sizeof(*r->attrs));
    r->inputs = llbc__eval_alloc(e, max_inputs, sizeof(*r->inputs));
    r->node = llbc__node_new(e, max_inputs);
    r->out = (llbc_frontend){.size = (uint32_t)sizeof(r->out),
                             .frontend = frontend,
                             .attrs = r->attrs,
                             .inputs = r->inputs,
                             .locals = e->found.locals,
                             .n_locals = e->found.n_locals};
    return r->attrs && r->inputs && r->node;
}

static void add_attr(request *r, const char *key, const char *value)
{
    if (value)
        r->attrs[r->out.n_attrs++] = (llbc_pair){key, value};
}

/* Texts of a map, behind a prefix. */
static void add_texts(request *r, const char *prefix, llbc__value map)
{
    for (size_t i = 0; map.kind == LLBC__MAP && i < map.n; i++) {
        size_t len;
        const char *key =
            llbc__eval_printf(r->e, "%s%s", prefix, map.u.map[i].key);
        const char *text =
            llbc__value_text(r->e->arena, map.u.map[i].value, &len);
        if (!key || !text) {
            r->failed = true;
            return;
        }
        add_attr(r, key, text);
    }
}

/* The definition of a filesystem, for the platform that is asked for. */
static void add_input(request *r, const char *name, const llbc__fs *fs)
{
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_platform p = llbc__platform_llb(r->platform);
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    llb_def *def = NULL;

    c.platform = &p;
    o.constraints = &c;
    llb_status st = llb_marshal(fs->state, &o, &def, &err);
    if (st != LLB_OK) {
        r->failed = true;
        if (st == LLB_ENOMEM)
            llbc__eval_nomem(r->e);
        else
            llbc__report(r->e->diags, LLBC__E_GRAPH, r->a->whole, "%s",
                         err.message);
        return;
    }
    r->node->needs[r->out.n_inputs] = fs->node;
    r->inputs[r->out.n_inputs++] = (llbc_input){name, def};
}

static void add_inputs(request *r, llbc__value map)
{
    for (size_t i = 0; map.kind == LLBC__MAP && i < map.n && !r->failed; i++)
        add_input(r, map.u.map[i].key, map.u.map[i].value.u.fs);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const llbc_pair *)a)->key, ((const llbc_pair *)b)->key);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const llbc_input *)a)->name, ((const llbc_input *)b)->name);
}

/* Equal requests are equal bytes, for the lock file's sake. */
static void sort(request *r)
{
    if (r->out.n_attrs)
        qsort(r->attrs, r->out.n_attrs, sizeof(*r->attrs), by_key);
    if (r->out.n_inputs)
        qsort(r->inputs, r->out.n_inputs, sizeof(*r->inputs), by_name);
}

static void fail(request *r, llb_status st, const char *message)
{
    llbc__note *n =
        llbc__report(r->e->diags, LLBC__E_FRONTEND, r->a->whole,
                     "frontend \"%s\": %s", r->out.frontend, message);
    if (st == LLB_EUNSUPPORTED)
        llbc__help(n, "compile with a daemon, or with a lock file that has "
                      "the result");
    if (st == LLB_EUNAVAILABLE || st == LLB_ECANCELED) {
        r->e->status = st;
        llbc__eval_stop(r->e);
    }
}

/* Asks; false after a reported error. */
static bool ask(request *r, llbc_frontend_result *ret)
{
    const llbc_resolver *resolver = r->e->opts->resolver;
    llb_error err = {LLB_OK, {0, 0, 0}, ""};

    if (!resolver || !resolver->run_frontend || r->e->opts->no_resolve) {
        fail(r, LLB_EUNSUPPORTED, "nobody is there to run it");
        return false;
    }
    llb_status st = resolver->run_frontend(resolver->ctx, &r->out, ret, &err);
    if (st == LLB_ENOMEM)
        llbc__eval_nomem(r->e);
    else if (st != LLB_OK)
        fail(r, st, err.message[0] ? err.message : llb_status_name(st));
    return st == LLB_OK;
}

/* A frontend is a program: which one must be said. */
static bool is_pinned(request *r, const llbc_frontend_result *got,
                      const char *ref)
{
    if (got->unlocked)
        llbc__help(llbc__report(r->e->diags, LLBC__W_UNLOCKED, r->a->whole,
                                "the result of frontend \"%s\" is not in the "
                                "lock file",
                                r->out.frontend),
                   "write it down with llb lock");
    if (!ref || strchr(ref, '@') || got->locked)
        return true;
    llbc__note *n =
        llbc__report(r->e->diags, LLBC__E_FRONTEND, llbc__at_of(r->a, "REF"),
                     "\"%s\" may be another program tomorrow", ref);
    llbc__help(n, "name its digest, @sha256:..., or write the result down with "
                  "llb lock");
    return false;
}

static llbc__value take(request *r, const llbc_frontend_result *got)
{
    const llbc__config *config = &llbc__no_config;
    const char *user = NULL;
    llbc__eval *e = r->e;

    if (got->config)
        config = llbc__image_config(e, got->config, got->config_len,
                                    r->a->whole, &user);
    if (!config)
        return llbc__no_value();
    llbc__eval_charge(e, llb_def_n_ops(got->def));
    const llb_state *s = llb_state_from_def(e->graph, got->def);
    if (got->config)
        s = llb_image_config(s, got->config, got->config_len);
    if (user)
        s = llb_user(s, user);
    llbc__value v = llbc__source_fs(e, s, config, r->platform);
    if (v.kind == LLBC__FS) {
        ((llbc__fs *)v.u.fs)->node = r->node;
        ((llbc__fs *)v.u.fs)->unknown = got->unknown != 0;
    }
    return v;
}

/* Sends the request and frees it. ref: of a frontend that is an image. */
static llbc__value finish(request *r, const char *ref)
{
    llbc_frontend_result got = {.size = (uint32_t)sizeof(got)};
    llbc__value v = llbc__no_value();

    sort(r);
    if (!r->failed && ask(r, &got) && is_pinned(r, &got, ref))
        v = take(r, &got);
    for (size_t i = 0; i < r->out.n_inputs; i++)
        llb_def_free(r->inputs[i].def);
    llb_def_free(got.def);
    free(got.config);
    return v;
}

static size_t size_of(llbc__value map)
{
    return map.kind == LLBC__MAP ? map.n : 0;
}

llbc__value llbc__fn_dockerfile(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value args = llbc__value_of(a, "args");
    llbc__value contexts = llbc__value_of(a, "contexts");
    const llbc__fs *fs = llbc__value_of(a, "FS").u.fs;
    size_t n_contexts = size_of(contexts);
    request r;

    if (!begin(&r, e, a, "dockerfile.v0", size_of(args) + n_contexts + 3,
               n_contexts + 2))
        return llbc__no_value();
    add_attr(&r, "filename", llbc__str_of(a, "file"));
    add_attr(&r, "target", llbc__str_of(a, "target"));
    add_attr(&r, "platform", r.platform->text);
    add_texts(&r, "build-arg:", args);
    for (size_t i = 0; i < n_contexts; i++) {
        const char *name = contexts.u.map[i].key;
        const char *key = llbc__eval_printf(e, "context:%s", name);
        add_attr(&r, key ? key : "", llbc__eval_printf(e, "input:%s", name));
    }
    add_input(&r, "context", fs);
    add_input(&r, "dockerfile", fs);
    add_inputs(&r, contexts);
    return finish(&r, NULL);
}

llbc__value llbc__fn_frontend(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value options = llbc__value_of(a, "OPTIONS");
    llbc__value inputs = llbc__value_of(a, "inputs");
    const char *ref = llbc__str_of(a, "REF");
    request r;

    if (!begin(&r, e, a, "gateway.v0", size_of(options) + 2, size_of(inputs)))
        return llbc__no_value();
    add_attr(&r, "source", ref);
    add_attr(&r, "platform", r.platform->text);
    add_texts(&r, "", options);
    add_inputs(&r, inputs);
    return finish(&r, ref);
}
