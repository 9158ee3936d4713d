/* Compiling a target: evaluating it, and making its definition. */
#include "compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <llb/marshal.h>

#include "error.h"
#include "opts.h"

/* The caller's options, whichever layout it knows, over our defaults; the
 * resolver among them is copied to *ret_resolver. */
static llb_status read_opts(const llbc_compile_opts *opts,
                            llbc_compile_opts *ret, llbc_resolver *ret_resolver,
                            llb_error *err)
{
    *ret = (llbc_compile_opts)LLBC_COMPILE_OPTS_INIT;
    *ret_resolver = (llbc_resolver)LLBC_RESOLVER_INIT;
    llb_status st = llb__opts_read(
        ret, sizeof *ret, opts, LLB__FIRST(llbc_compile_opts, resolver), err);
    if (st == LLB_OK)
        st = llb__opts_read(ret_resolver, sizeof *ret_resolver, ret->resolver,
                            LLB__FIRST(llbc_resolver, resolve_image), err);
    if (st != LLB_OK)
        return st;
    if (ret->network_default > LLBC_NETWORK_NONE)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "llbc_compile: network_default cannot be %d: 0 to %d "
                         "are known",
                         (int)ret->network_default, (int)LLBC_NETWORK_NONE);
    ret->resolver = ret_resolver->resolve_image ? ret_resolver : NULL;
    return LLB_OK;
}

void llbc_machine_platform(char out[64])
{
    static const char *const pairs[][2] = {
        {"i686", "386"},      {"i586", "386"},    {"armv7l", "arm/v7"},
        {"armv6l", "arm/v6"}, {"ppc64", "ppc64"}, {"loongarch64", "loong64"},
    };
    struct utsname u;
    const char *arch = uname(&u) == 0 ? u.machine : "x86_64";

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (strcmp(pairs[i][0], arch) == 0)
            arch = pairs[i][1];
    }
    snprintf(out, 64, "linux/%.50s", arch);
}

/* A guess at the daemon's platform. */
static const llbc__platform *machine_platform(llbc__eval *e)
{
    char text[64];

    llbc_machine_platform(text);
    return llbc__platform_make(e->arena, e->diags, text, (llb_span){0, 0, 0});
}

/* A platform from an option: wrong ones are the caller's mistake. */
static llb_status option_platform(llbc__eval *e, const char *text,
                                  const llbc__platform **ret, llb_error *err)
{
    llbc_diags *own = llbc_diags_new();
    llb_status st = LLB_OK;

    if (!own)
        return llb__fail_nomem(err);
    *ret = llbc__platform_make(e->arena, own, text, (llb_span){0, 0, 0});
    const llbc_diag *d = *ret ? NULL : llbc_diags_get(own, 0);
    if (!*ret && d)
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s%s%s", d->message,
                       d->help ? "; " : "", d->help ? d->help : "");
    else if (!*ret)
        st = llb__fail_nomem(err);
    llbc_diags_free(own);
    return st;
}

static llb_status find_platforms(llbc__eval *e, const llbc_target *t,
                                 llb_error *err)
{
    const llbc_compile_opts *o = e->opts;
    llb_status st = LLB_OK;

    if (o->build_platform)
        st = option_platform(e, o->build_platform, &e->build_platform, err);
    else
        e->build_platform = machine_platform(e);
    if (st != LLB_OK)
        return st;
    if (!e->build_platform)
        return llb__fail_nomem(err);
    e->is_guessed = !o->build_platform;
    if (o->platform)
        return option_platform(e, o->platform, &e->target_platform, err);
    if (t->n_platforms)
        return option_platform(e, t->platforms[0], &e->target_platform, err);
    e->target_platform = e->build_platform;
    if (e->is_guessed) {
        llbc__note *n = llbc__report(
            e->diags, LLBC__W_BUILD_PLATFORM, t->at,
            "no daemon says its platform, so the target is compiled for that "
            "of this machine");
        llbc__help(n, "say it with --platform or --build-platform");
    }
    return LLB_OK;
}

llbc__eval *llbc__eval_new(llbc_project *p, const llbc_compile_opts *opts)
{
    llb__arena *a = llb__arena_new(LLBC__MAX_EVAL_MEMORY);
    llbc__eval *e = a ? llb__arena_alloc(a, sizeof(*e)) : NULL;

    if (!e) {
        llb__arena_free(a);
        return NULL;
    }
    e->project = p;
    e->arena = a;
    e->diags = p->diags;
    e->sigs = p->sigs;
    e->opts = opts;
    llb_graph_opts graph = LLB_GRAPH_OPTS_INIT;
    graph.max_bytes = LLBC__MAX_GRAPH_MEMORY;
    e->graph = llb_graph_new(&graph);
    e->n_maps = (size_t)p->last_file + 1;
    e->maps = llb__arena_array(a, e->n_maps, sizeof(*e->maps));
    e->cells = llb__arena_array(a, p->n_globals + 1, sizeof(*e->cells));
    if (e->graph && e->maps && e->cells)
        return e;
    llbc__eval_free(e);
    return NULL;
}

void llbc__eval_free(llbc__eval *e)
{
    if (!e)
        return;
    llb_graph_free(e->graph);
    llb__arena_free(e->arena);
}

/* Parameters of a target: what the matrix says, or their defaults. */
static void bind_params(llbc__eval *e, const llbc__global *g,
                        const llbc__value *values)
{
    const llbc__param *p = g->decl->u.target.params.first;

    for (size_t i = 0; p && !e->stopped; p = p->next, i++) {
        llbc__value v = values ? values[i] : llbc__no_value();
        if (!llbc__known(v) && p->value)
            v = llbc__eval_convert(e, llbc__eval_expr(e, p->value),
                                   g->sig->formals[i].type, p->value->span);
        llbc__eval_bind(e, p->name.text, p->name.span, v);
    }
}

/* What the command line says is looked at even where no step reads it: a typing
 * error must not build something else. */
static void check_given(llbc__eval *e)
{
    const llbc_project *p = e->project;

    for (size_t i = 0; i < p->n_args && !e->stopped; i++) {
        llbc__global *g = p->arg_globals[i];
        if (g->n_given && g->type->kind != LLBC__FS)
            llbc__eval_global(e, g);
    }
}

/* The steps of the target; NULL: stopped. */
static const llbc__fs *eval_target(llbc__eval *e, const llbc__global *g,
                                   const llbc__value *values)
{
    llbc__block_state block = {.set = llbc__no_settings};
    llbc__frame frame = {.unit = g->unit,
                         .platform = e->target_platform,
                         .stmt = g->decl->head,
                         .block = &block};

    block.fs = llbc__fs_scratch(e);
    if (!block.fs)
        return NULL;
    e->frame = &frame;
    check_given(e);
    bind_params(e, g, values);
    llbc__eval_block(e, g->decl->u.target.block);
    e->frame = NULL;
    return e->stopped ? NULL : block.fs;
}

static int by_place(const void *a, const void *b)
{
    const llbc__run *x = a, *y = b;

    if (x->at.file != y->at.file)
        return x->at.file < y->at.file ? -1 : 1;
    return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

/* By place, which is the order that most of them come in. */
static void sort_runs(llbc__run *runs, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (by_place(&runs[i - 1], &runs[i]) > 0) {
            qsort(runs, n, sizeof(*runs), by_place);
            return;
        }
    }
}

/* Everybody expects each run to happen: say which will not. A run in a def
 * that is called twice counts as reached when one of its calls is. */
static void warn_lost(llbc__eval *e, const llbc__fs *result, const char *name)
{
    llbc__run *runs = e->found.runs;
    size_t n = e->found.n_runs;

    llbc__node_mark(result->node);
    sort_runs(runs, n);
    for (size_t i = 0, next; i < n; i = next) {
        bool reached = false;
        for (next = i; next < n && !by_place(&runs[i], &runs[next]); next++)
            reached = reached || runs[next].node->marked;
        if (reached)
            continue;
        llbc__note *note =
            llbc__report(e->diags, LLBC__W_LOST_RUN, runs[i].at,
                         "this run is not part of target \"%s\"", name);
        if (runs[i].lost_by.file)
            llbc__related(note, runs[i].lost_by, "this from drops it");
        else
            llbc__help(note, "nothing of what it makes reaches the result");
    }
}

static void warn_platform(llbc__eval *e, const llbc__fs *result,
                          const llbc__global *g)
{
    const llb_platform *own = llb_state_platform(result->state);
    const llbc__platform *asked = e->target_platform;

    if (!own || !own->os || !own->arch ||
        (strcmp(own->os, asked->os) == 0 &&
         strcmp(own->arch, asked->arch) == 0))
        return;
    llbc__report(e->diags, LLBC__W_PLATFORM, g->decl->head,
                 "the result is made for %s/%s, and the image says %s", own->os,
                 own->arch, asked->text);
}

static llb_status marshal(llbc__eval *e, const llbc__fs *result,
                          llb_def **ret_def, llb_error *err)
{
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_platform p = llbc__platform_llb(e->target_platform);

    c.platform = &p;
    c.ignore_cache = e->opts->no_cache;
    o.constraints = &c;
    return llb_marshal(result->state, &o, ret_def, err);
}

static llb_status make_result(llbc__eval *e, const llbc__fs *result,
                              llbc_result **ret_result, llb_error *err)
{
    size_t config_len;
    llb_def *def = NULL;
    llb_status st = marshal(e, result, &def, err);

    if (st != LLB_OK)
        return st;
    const char *config =
        llbc__config_write(e->arena, result->config, result->state,
                           e->target_platform, &config_len);
    if (config)
        *ret_result = llbc__result_new(e, def, config, config_len);
    llb_def_free(def);
    return config && *ret_result ? LLB_OK : llb__fail_nomem(err);
}

static llb_status compile(llbc__eval *e, size_t target,
                          llbc_result **ret_result, llb_error *err)
{
    llbc_project *p = e->project;
    const llbc_target *t = &p->targets[target];
    const llbc__global *g = p->target_globals[target];
    size_t n_before = llbc_diags_n_errors(p->diags);
    llb_status st = find_platforms(e, t, err);

    if (st != LLB_OK)
        return st;
    const llbc__fs *result = eval_target(e, g, p->target_values[target]);
    if (e->status != LLB_OK && e->status != LLB_ENOMEM)
        return llb__fail(err, e->status, LLB__NOWHERE,
                         "target \"%s\" cannot be compiled", t->name);
    st = llbc__outcome(p->diags, n_before, p->unit->source->name, err);
    if (st != LLB_OK)
        return st;
    if (!result)
        return llb__fail_nomem(err);
    warn_lost(e, result, t->name);
    warn_platform(e, result, g);
    return make_result(e, result, ret_result, err);
}

llb_status llbc_compile(llbc_project *p, size_t target,
                        const llbc_compile_opts *opts, llbc_result **ret_result,
                        llb_error *err)
{
    llbc_compile_opts o;
    llbc_resolver resolver;

    if (!p || !ret_result || target >= p->n_targets)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "llbc_compile: no such target");
    llb_status st = read_opts(opts, &o, &resolver, err);
    if (st != LLB_OK)
        return st;
    p->compiled = true;
    llbc__eval *e = llbc__eval_new(p, &o);
    if (!e)
        return llb__fail_nomem(err);
    llbc_result *result = NULL;
    st = compile(e, target, &result, err);
    if (st == LLB_OK)
        *ret_result = result;
    llbc__eval_free(e);
    return st;
}
