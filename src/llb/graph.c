/* Graphs: memory, errors, arguments. */
#include "graph_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "bounds.h"
#include "nowhere.h"
#include "places.h"
#include "state_int.h"
#include "utf8.h"

llb_graph *llb_graph_new(const llb_graph_opts *opts)
{
    llb_graph_opts o = LLB_GRAPH_OPTS_INIT;
    llb_graph dummy = {0};
    llb__call c = {.g = &dummy, .name = "llb_graph_new"};

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_graph_opts, max_bytes)))
        return NULL;
    llb_graph *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    size_t limit = LLB__MAX_GRAPH;
    if (o.max_bytes)
        limit = o.max_bytes > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)o.max_bytes;
    g->arena = llb__arena_new(limit);
    if (!g->arena) {
        free(g);
        return NULL;
    }
    return g;
}

static void drop_held(llb_graph *g)
{
    for (llb__held_def *h = g->held; h; h = h->next)
        llb_def_free(h->def);
    g->held = NULL;
}

void llb_graph_free(llb_graph *g)
{
    if (!g)
        return;
    drop_held(g);
    llb__enc_clear(&g->enc);
    llb__sha256_free(g->sha);
    llb__arena_free(g->arena);
    free(g);
}

void llb_graph_clear(llb_graph *g)
{
    if (!g)
        return;
    drop_held(g);
    llb__arena_clear(g->arena);
    llb__enc_reset(&g->enc);
    g->error = NULL;
    g->scratch = NULL;
    g->no_actions = NULL;
    g->n_calls = g->n_nodes = g->n_chains = g->n_maps = 0;
}

const llb_error *llb_graph_error(const llb_graph *g)
{
    return g ? g->error : llb__null_error("llb_graph_error");
}

uint64_t llb_graph_bytes(const llb_graph *g)
{
    return g ? llb__arena_used(g->arena) : 0;
}

static void set_error(llb__call *c, const llb_error *error)
{
    c->error = error;
    if (c->g && !c->g->error)
        c->g->error = error;
}

void llb__call_nomem(llb__call *c)
{
    if (!c->error)
        set_error(c, llb__no_memory());
}

void llb__call_inherit(llb__call *c, const llb_error *error)
{
    if (!c->error)
        c->error = error;
}

enum {
    LOCATIONS_END = offsetof(llb_constraints, n_locations) + sizeof(size_t)
};

/* The first location of c that has a line, NULL if there is none. The call may
 * have failed before its constraints were looked at. */
static const llb_location *find_place(const llb__call *c)
{
    const llb_constraints *k = c->constraints;

    if (!k || (k->size && k->size < LOCATIONS_END) || !k->locations ||
        k->n_locations > LLB__MAX_DEFINITION)
        return NULL;
    for (size_t i = 0; i < k->n_locations; i++) {
        const llb_location *l = &k->locations[i];
        if (l->map && l->ranges && l->n_ranges && !l->map->error)
            return l;
    }
    return NULL;
}

/* "app.llb:7: llb_copy" if we know where, else "llb_copy (call 17)". */
static void write_where(const llb__call *c, char *out, size_t size)
{
    const llb_location *l = find_place(c);

    if (l)
        snprintf(out, size, "%.200s:%d: %s", l->map->filename,
                 (int)l->ranges[0].start_line, c->name);
    else if (c->number)
        snprintf(out, size, "%s (call %u)", c->name, (unsigned)c->number);
    else
        snprintf(out, size, "%s", c->name);
}

void llb__call_fail(llb__call *c, llb_status status, const char *fmt, ...)
{
    char where[300], text[400];
    va_list ap;

    if (c->error)
        return;
    llb_error *e =
        c->g->arena ? llb__arena_alloc(c->g->arena, sizeof *e) : NULL;
    if (!e) {
        set_error(c, llb__no_memory());
        return;
    }
    write_where(c, where, sizeof where);
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    llb__fail(e, status, LLB__NOWHERE, "%s: %s", where, text);
    set_error(c, e);
}

const llb_state *llb__failed(llb__call *c)
{
    if (c->failed)
        return c->failed;
    if (!c->g)
        return &llb__nowhere_of(c->error)->state;
    llb_state *s = llb__arena_alloc(c->g->arena, sizeof *s);
    if (!s) {
        if (!c->g->error)
            c->g->error = llb__no_memory();
        return &llb__nowhere_of(llb__no_memory())->state;
    }
    s->g = c->g;
    s->error = c->error;
    return s;
}

bool llb__need_state(llb__call *c, const char *what, const llb_state *s)
{
    if (c->error)
        return false;
    if (!s) {
        llb__call_fail(c, LLB_EINVAL, "%s is NULL", what);
    } else if (s->error) {
        c->error = s->error;
        c->failed = s;
    } else if (s->g != c->g) {
        llb__call_fail(c, LLB_EINVAL,
                       "%s belongs to another graph; a definition can be "
                       "carried over with llb_state_from_def",
                       what);
    }
    return !c->error;
}

bool llb__check_text(llb__call *c, const char *what, const char *s)
{
    if (!s) {
        llb__call_fail(c, LLB_EINVAL, "%s is NULL", what);
        return false;
    }
    size_t len = strlen(s), bad = llb__utf8_check(s, len);
    if (bad < len)
        llb__call_fail(c, LLB_EINVAL, "%s is not UTF-8 at byte %zu", what, bad);
    else if (len > LLB__MAX_DEFINITION)
        llb__call_fail(c, LLB_ELIMIT, "%s is longer than a definition", what);
    return !c->error;
}

bool llb__check_list(llb__call *c, const char *what, const void *list, size_t n)
{
    if (!list)
        llb__call_fail(c, LLB_EINVAL, "%s is NULL but has %zu elements", what,
                       n);
    else if (n > LLB__MAX_DEFINITION)
        llb__call_fail(c, LLB_ELIMIT,
                       "%s has %zu elements, more than a definition can hold",
                       what, n);
    return !c->error;
}

bool llb__need_texts(llb__call *c, const char *what, const char *const *list,
                     size_t n)
{
    if (!llb__need_list(c, what, list, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!llb__need_text(c, what, list[i]))
            return false;
    return true;
}

bool llb__need_enum(llb__call *c, const char *what, int value, int n)
{
    if (!c->error && (value < 0 || value >= n))
        llb__call_fail(c, LLB_EINVAL, "%s cannot be %d: 0 to %d are known",
                       what, value, n - 1);
    return !c->error;
}

bool llb__opts_at(llb__call *c, void *dst, size_t dst_size, const void *list,
                  size_t i, llb__opts_kind kind)
{
    size_t stride = 0;
    uint32_t size = 0;
    llb_error err;

    if (c->error)
        return false;
    if (llb__opts_stride(list, kind, &stride, &err) != LLB_OK) {
        llb__call_fail(c, err.status, "%s", err.message);
        return false;
    }
    const char *src = (const char *)list + i * stride;
    memcpy(&size, src, sizeof size);
    if (size && size != stride) {
        llb__call_fail(c, LLB_EINVAL,
                       "element %zu of a list of %s has size %u, the first "
                       "one %zu: set all up with one macro",
                       i, kind.name, (unsigned)size, stride);
        return false;
    }
    return llb__opts(c, dst, dst_size, src, kind);
}

bool llb__opts_other(llb__call *c, void *dst, size_t dst_size, const void *src,
                     llb__opts_kind kind)
{
    llb_error err;

    if (llb__opts_read(dst, dst_size, src, kind, &err) != LLB_OK)
        llb__call_fail(c, err.status, "%s", err.message);
    return !c->error;
}

void *llb__alloc_array(llb__call *c, size_t n, size_t size)
{
    void *p = c->error ? NULL : llb__arena_array(c->g->arena, n, size);

    if (!p)
        llb__call_nomem(c);
    return p;
}

uint8_t *llb__copy_bytes(llb__call *c, const void *data, size_t len)
{
    uint8_t *p = c->error ? NULL : llb__arena_bytes(c->g->arena, len);

    if (!p)
        llb__call_nomem(c);
    else if (len)
        memcpy(p, data, len);
    return p;
}

char *llb__copy_text(llb__call *c, const char *s)
{
    size_t len = s ? strlen(s) : 0;
    uint8_t *p = llb__copy_bytes(c, s ? s : "", len + 1);

    return (char *)p;
}
