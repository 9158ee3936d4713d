/* Marshal: options, the walk, the terminal, and what follows the ops. */
#include "marshal_int.h"

#include <stdarg.h>
#include <stdlib.h>

#include "error.h"
#include "bounds.h"
#include "metadata.h"
#include "order.h"
#include "pages.h"

/* Source maps whose file comes from a state that has source maps and so on:
 * each level is a definition inside of a definition. */
enum { MAX_NESTED = 8 };

bool llb__marshal_fail(llb__marshal *m, llb_status status, const char *fmt, ...)
{
    va_list ap;

    if (m->status != LLB_OK)
        return false;
    m->status = status;
    va_start(ap, fmt);
    llb__vfail(m->err, status, LLB__NOWHERE, fmt, ap);
    va_end(ap);
    return false;
}

bool llb__marshal_nomem(llb__marshal *m)
{
    if (m->status == LLB_OK)
        m->status = llb__fail_nomem(m->err);
    return false;
}

void *llb__vec_grow(llb__marshal *m, llb__vec *v, size_t n, size_t size)
{
    size_t cap = v->cap ? v->cap : 16;

    while (cap - v->n < n && cap <= SIZE_MAX / 4 / size)
        cap *= 2;
    void *items = cap - v->n < n ? NULL : realloc(v->items, cap * size);
    if (!items) {
        llb__marshal_nomem(m);
        return NULL;
    }
    v->items = items;
    v->cap = cap;
    return (char *)items + v->n * size;
}

void *llb__scratch(llb__marshal *m, size_t size)
{
    void *p = llb__arena_alloc(m->scratch, size);

    if (!p)
        llb__marshal_nomem(m);
    return p;
}

/* Frees what is of no use once all ops are there: it makes room for metadata.
 */
static void clear_walk(llb__marshal *m)
{
    llb__vec *vecs[] = {&m->frames, &m->kids, &m->chain_frames, &m->actions,
                        &m->steps,  &m->ins,  &m->in_slots,     &m->mount_ins};

    for (size_t i = 0; i < sizeof vecs / sizeof *vecs; i++) {
        free(vecs[i]->items);
        *vecs[i] = (llb__vec){NULL, 0, 0};
    }
    free(m->chains);
    free(m->slots);
    m->chains = NULL;
    m->slots = NULL;
    llb__enc_clear(&m->enc);
    llb__buf_clear(&m->path);
}

static void clear(llb__marshal *m)
{
    clear_walk(m);
    free(m->descs.items);
    free(m->shared.items);
    free(m->shared_keys.items);
    free(m->vertex_of);
    free(m->infos.items);
    free(m->info_slots.items);
    free(m->vertices);
    free(m->info_of);
    free(m->ops);
    free(m->out);
    llb__arena_free(m->scratch);
}

/* ---- Options ------------------------------------------------------------- */

static void read_caps(llb__marshal *m, llb__call *c, const llb_marshal_opts *o,
                      const char *os)
{
    bool sets_path = false;

    if (!llb__need_texts(c, "caps", o->caps, o->n_caps) || !o->caps)
        return;
    for (size_t i = 0; i < o->n_caps; i++)
        sets_path |= strcmp(o->caps[i], "exec.meta.setsdefaultpath") == 0 ||
                     strcmp(o->caps[i], "*") == 0;
    m->sets_path = sets_path;
    m->default_path = !sets_path && strcmp(os, "windows") != 0;
}

/* Reads the options into the scratch memory, through a graph that holds
 * nothing but that. */
static bool read_opts(llb__marshal *m, const llb_marshal_opts *opts)
{
    llb_graph g = {.arena = m->scratch};
    llb__call c = {.g = &g, .name = "llb_marshal"};
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_platform local;

    if (llb__opts(&c, &o, sizeof o, opts, LLB__FIRST(llb_marshal_opts, n_caps)))
        llb__cons_new(&c, o.constraints, LLB__CONS_MARSHAL, &m->base);
    if (m->base)
        m->platform = m->base->platform;
    if (!c.error && !m->platform) {
        llb__platform_local(&local);
        m->platform = llb__platform_new(&c, "platform", &local);
        if (m->platform)
            m->platform = m->platform->normal;
    }
    if (!c.error)
        read_caps(m, &c, &o, m->platform->p.os);
    llb__enc_clear(&g.enc);
    if (c.error)
        return llb__marshal_fail(m, c.error->status, "%s", c.error->message);
    return true;
}

/* ---- The definition ------------------------------------------------------ */

static bool prepare(llb__marshal *m, llb_graph *g)
{
    m->g = g;
    m->enc = LLB__ENC_INIT;
    m->path = LLB__BUF_INIT;
    m->seed = (uint64_t)(uintptr_t)g;
    m->scratch = llb__arena_new(LLB__MAX_GRAPH);
    m->vertex_of =
        llb__pages_zeroed((size_t)g->n_nodes + 1, sizeof *m->vertex_of);
    if (!g->sha)
        g->sha = llb__sha256_new();
    if (!m->scratch || !m->vertex_of || !g->sha)
        return llb__marshal_nomem(m);
    return true;
}

/* The last op: names the result and says nothing else. */
static bool add_terminal(llb__marshal *m, const llb_state *s)
{
    llb__enc *e = &m->enc;
    bool is_new;

    llb__enc_reset(e);
    m->ins.n = 0;
    if (!llb__input_add(m, s))
        return false;
    llb__inputs_encode(m);
    if (e->failed)
        return llb__marshal_nomem(m);
    llb__bytes op = {llb__enc_data(e), llb__enc_len(e)};
    if (llb__vertex_of(m, op, NULL, &is_new) == LLB__OPEN)
        return false;
    if (!is_new)
        return llb__marshal_fail(m, LLB_EINVAL,
                                 "an op of a loaded definition is a terminal");
    return true;
}

/* The ops in the order of their digests. Memory that is there costs less than
 * new: the walk is over, whose table has a number for each op, and the metadata
 * will take more of the definition than sorting does now. */
static const uint32_t *sort_ops(llb__marshal *m)
{
    llb__order_item *items;
    size_t pad = -m->out_len % sizeof *items;

    if (!llb__out_room(m, pad + 2 * m->n_ops * sizeof *items))
        return NULL;
    items = (void *)(m->out + m->out_len + pad);
    llb__order_by_sum(m->ops, m->n_ops, items, m->vertex_of);
    return m->vertex_of;
}

/* Makes all bytes of the definition of s in m->out. */
static bool make(llb__marshal *m, const llb_state *s)
{
    if (!s->node)
        return true;
    if (!llb__visit(m, s->node) || !add_terminal(m, s))
        return false;
    const uint32_t *order = sort_ops(m);
    clear_walk(m);
    return order && llb__shared_sort(m) && llb__metadata_write(m, order) &&
           llb__source_write(m, order);
}

bool llb__marshal_nested(llb__marshal *m, const llb_state *s, uint8_t **ret,
                         size_t *ret_len)
{
    llb__marshal in = {.nesting = m->nesting + 1, .err = m->err};

    if (in.nesting > MAX_NESTED)
        return llb__marshal_fail(
            m, LLB_ELIMIT,
            "source maps whose files come from source maps, %d deep",
            MAX_NESTED);
    in.base = m->base;
    in.platform = m->platform;
    in.sets_path = m->sets_path;
    in.default_path = m->default_path;
    bool ok = prepare(&in, m->g) && make(&in, s);
    if (ok) {
        /* An empty definition is there too: never NULL. */
        *ret = in.out ? in.out : malloc(1);
        *ret_len = in.out_len;
        in.out = NULL;
        if (!*ret)
            ok = llb__marshal_nomem(&in);
    }
    m->status = in.status;
    clear(&in);
    return ok;
}

/* The first len bytes of p, which has room for cap; the rest is given back if
 * it is nearly all. Of blocks that have a mapping of their own it was never
 * written to, so it takes no memory, and malloc learns from the sizes that are
 * freed what it should keep for the next time. */
static void *fit(void *p, size_t len, size_t cap)
{
    enum { MAPPED_FROM = 128 << 10, NEARLY = 8 };
    bool cut = p && len && (cap < MAPPED_FROM || len < cap / NEARLY);
    void *smaller = cut ? realloc(p, len) : NULL;

    return smaller ? smaller : p;
}

/* Hands bytes and ops over to a new definition. */
static llb_status take(llb__marshal *m, llb_def **ret_def)
{
    uint8_t *out = fit(m->out, m->out_len, m->out_cap);
    llb__def_op *ops = m->ops;

    m->out = NULL;
    m->ops = NULL;
    return llb__def_take(out, m->out_len, ops, m->n_ops, m->infos.n, ret_def,
                         m->err);
}

llb_status llb_marshal(const llb_state *s, const llb_marshal_opts *opts,
                       llb_def **ret_def, llb_error *err)
{
    llb__marshal m = {.err = err};

    if (!s || !ret_def)
        return llb__fail_null(err, "llb_marshal", s ? "ret_def" : "s");
    if (s->error) {
        if (err)
            *err = *s->error;
        return s->error->status;
    }
    if (prepare(&m, s->g) && read_opts(&m, opts) && make(&m, s))
        m.status = take(&m, ret_def);
    clear(&m);
    return m.status;
}
