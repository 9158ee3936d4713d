/* The graph, the calls that build it, and how a call fails. */
#ifndef LLB__LLB_GRAPH_INT_H
#define LLB__LLB_GRAPH_INT_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/constraints.h>
#include <llb/def.h>
#include <llb/file.h>
#include <llb/state.h>

#include "arena.h"
#include "encode.h"
#include "opts.h"
#include "sha256.h"

/* Definitions that nodes point into. */
typedef struct llb__held_def {
    struct llb__held_def *next;
    llb_def *def;
} llb__held_def;

struct llb_graph {
    llb__arena *arena;
    const llb_error *error; /* the first, see llb_graph_error */
    llb__enc enc;           /* scratch of the call that is running */
    llb__sha256 *sha;       /* made by the first marshal */
    llb__held_def *held;
    const llb_state *scratch;      /* made by the first llb_scratch */
    const llb_actions *no_actions; /* by the first llb_actions_new */
    uint32_t n_calls;
    uint32_t n_nodes;  /* ids of llb__node */
    uint32_t n_chains; /* ids of llb_bound_actions */
    uint32_t n_maps;   /* ids of llb_source_map */
};

/* One public call on its way: what to name when it fails. The first failure
 * stays; c->error says whether there was one. */
typedef struct llb__call {
    llb_graph *g; /* NULL: the caller gave none, and the call has failed */
    const char *name;
    uint32_t number;
    const llb_constraints *constraints; /* for a location; may be NULL */
    const llb_error *error;
    const llb_state *failed; /* the failed state that was handed in */
} llb__call;

/* Why a call failed that was given NULL for its graph, state or what else it
 * begins with, and why one did that got no memory. Static; nowhere.h has the
 * objects that carry them. */
const llb_error *llb__null_error(const char *call);
const llb_error *llb__no_memory(void);

/* What a call does first, and what it checks, is in line where it comes to
 * nothing: that halves the cost of making a file op. */

/* Begins a call; NULL for g fails it. */
static inline llb__call llb__call_begin(llb_graph *g, const char *name)
{
    llb__call c = {.g = g, .name = name};

    if (g) {
        c.number = ++g->n_calls;
        llb__enc_reset(&g->enc);
    } else {
        c.error = llb__null_error(name);
    }
    return c;
}

/* Fails the call unless it has failed before: "llb_copy (call 17): ...". */
void llb__call_fail(llb__call *c, llb_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void llb__call_nomem(llb__call *c);

/* Lets the call fail with an error that an object handed in carries. */
void llb__call_inherit(llb__call *c, const llb_error *error);

/* The failed state of a failed call; the state handed in, if one was. */
const llb_state *llb__failed(llb__call *c);

/* What is left of the checks below; the call has not failed. */
bool llb__check_text(llb__call *c, const char *what, const char *s);
bool llb__check_list(llb__call *c, const char *what, const void *list,
                     size_t n);

/* Checks of arguments. Each is false when the call has failed, now or before.
 */
bool llb__need_state(llb__call *c, const char *what, const llb_state *s);

static inline bool llb__need_text(llb__call *c, const char *what, const char *s)
{
    return !c->error && llb__check_text(c, what, s);
}

static inline bool llb__opt_text(llb__call *c, const char *what, const char *s)
{
    return !c->error && (!s || llb__check_text(c, what, s));
}

static inline bool llb__need_list(llb__call *c, const char *what,
                                  const void *list, size_t n)
{
    return !c->error && (!n || llb__check_list(c, what, list, n));
}

bool llb__need_texts(llb__call *c, const char *what, const char *const *list,
                     size_t n);

/* 0 <= value < n. */
bool llb__need_enum(llb__call *c, const char *what, int value, int n);

/* Copies the options at src, which may have another layout, over the defaults
 * at dst: llb__opts_read. False: the call has failed. */
bool llb__opts_other(llb__call *c, void *dst, size_t dst_size, const void *src,
                     llb__opts_kind kind);

/* The same; of our own layout they are copied in place, as nearly all are. */
static inline bool llb__opts(llb__call *c, void *dst, size_t dst_size,
                             const void *src, llb__opts_kind kind)
{
    uint32_t size;

    if (c->error)
        return false;
    if (!src)
        return true;
    memcpy(&size, src, sizeof size);
    if (size != dst_size)
        return llb__opts_other(c, dst, dst_size, src, kind);
    memcpy(dst, src, dst_size);
    return true;
}

/* The same for element i of a list whose elements all have the size that the
 * first one says. */
bool llb__opts_at(llb__call *c, void *dst, size_t dst_size, const void *list,
                  size_t i, llb__opts_kind kind);

/* Memory of the graph; NULL: the call has failed. */
static inline void *llb__alloc(llb__call *c, size_t size)
{
    void *p = c->error ? NULL : llb__arena_alloc(c->g->arena, size);

    if (!p)
        llb__call_nomem(c);
    return p;
}
void *llb__alloc_array(llb__call *c, size_t n, size_t size);
char *llb__copy_text(llb__call *c, const char *s); /* NULL gives "" */
uint8_t *llb__copy_bytes(llb__call *c, const void *data, size_t len);

/* What the call has written into g->enc, copied into the graph; the scratch is
 * empty then. NULL: the call has failed (never for lack of content). */
static inline const uint8_t *llb__take_enc(llb__call *c, size_t *ret_len)
{
    llb__enc *e = &c->g->enc;
    size_t len = llb__enc_len(e);
    bool good = !c->error && !e->failed;
    uint8_t *p = good ? llb__arena_bytes(c->g->arena, len) : NULL;

    if (!p) {
        llb__call_nomem(c);
    } else {
        if (len)
            memcpy(p, llb__enc_data(e), len);
        *ret_len = len;
    }
    llb__enc_reset(e);
    return p;
}

/* Memory for an object of size bytes, not zeroed, with what the call has
 * written behind it; the scratch is empty then. NULL: the call has failed. */
static inline void *llb__take_object(llb__call *c, size_t size)
{
    llb__enc *e = &c->g->enc;
    size_t len = llb__enc_len(e);
    bool good = !c->error && !e->failed;
    char *p = good ? llb__arena_raw(c->g->arena, size + len) : NULL;

    if (!p)
        llb__call_nomem(c);
    else if (len)
        memcpy(p + size, llb__enc_data(e), len);
    llb__enc_reset(e);
    return p;
}

#endif
