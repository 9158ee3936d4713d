/* One marshal: from a state to the bytes of a definition. */
#ifndef LLB__LLB_MARSHAL_INT_H
#define LLB__LLB_MARSHAL_INT_H

#include <llb/marshal.h>

#include "buf.h"
#include "cons.h"
#include "def_make.h"
#include "exec_int.h"
#include "file_int.h"
#include "loaded.h"
#include "merge_int.h"
#include "source_int.h"

/* An input of the op being encoded. */
typedef struct llb__in {
    uint32_t vertex;
    uint64_t index;
} llb__in;

/* What one call says about a vertex. Calls of equal bytes are one vertex, and
 * what they say is put together when the metadata is written. */
typedef struct llb__said {
    struct llb__said *next; /* in visiting order */
    llb__caps caps;
    const llb__cons *cons;          /* NULL: nothing */
    const llb__loaded_node *loaded; /* NULL: the op was made, not loaded */
    /* When the marshal has a description: it is what the first so many pairs
     * of shared.c say. 0: the description is that of cons or loaded. */
    uint32_t n_shared;
} llb__said;

/* A location of a vertex: a numbered map and encoded ranges. */
typedef struct llb__spot {
    struct llb__spot *next;
    uint32_t info;
    const uint8_t *ranges;
    size_t ranges_len;
} llb__spot;

/* What few vertices have. */
typedef struct llb__more {
    llb__said first; /* by the first call */
    llb__said *last; /* == &first while there is one */
    llb__spot *spots, *last_spot;
} llb__more;

/* What is known of a vertex beside llb__def_op: what the first call says, and
 * more if that is not all. Small, as a marshal has one for each op. */
typedef struct llb__vertex {
    llb__caps caps;
    union {
        const llb__cons *cons;
        llb__more *more; /* if desc_at is LLB__HAS_MORE */
    };
    /* The description, in m->descs: metadata is written in random order, for
     * which the constraints lie too far apart. */
    uint32_t desc_at, desc_len;
} llb__vertex;

/* desc_at of a vertex whose one call says more than caps and a description, and
 * of one that has more. */
#define LLB__NOT_PLAIN UINT32_MAX
#define LLB__HAS_MORE (UINT32_MAX - 1)

/* What few vertices have, or NULL. */
static inline llb__more *llb__vertex_more(const llb__vertex *v)
{
    return v->desc_at == LLB__HAS_MORE ? v->more : NULL;
}

/* A node on the way: its inputs are visited from kids[next] on. */
typedef struct llb__frame {
    llb__node *node;
    size_t first_kid, next_kid;
} llb__frame;

/* A slot of the table of vertices: number + 1 (0: free) and hash. */
typedef struct llb__slot {
    uint32_t vertex, hash;
} llb__slot;

/* A bound chain while a file op is encoded or walked. */
typedef struct llb__chain_frame {
    const llb__chain *chain;
    const llb_actions *at; /* walk: the action that comes next */
    size_t first, next;    /* encoding: into steps_of */
    uint32_t prev;         /* encoding: number of the action before */
} llb__chain_frame;

/* Encoded caps of an op. Graphs have few sets of them, so a marshal keeps some
 * as they were written. */
typedef struct llb__kept_caps {
    llb__caps caps;
    uint32_t len;
    uint8_t bytes[116];
} llb__kept_caps;

enum { LLB__N_KEPT = 16 };

/* A growing array in malloc'ed memory. */
typedef struct llb__vec {
    void *items;
    size_t n, cap;
} llb__vec;

typedef struct llb__marshal {
    llb_graph *g;
    llb__arena *scratch;
    llb_error *err;
    llb_status status; /* the first failure */
    unsigned nesting;  /* definitions within definitions */

    /* What the call says about all ops. */
    const llb__cons *base; /* NULL: nothing */
    const llb__platform *platform;
    bool sets_path;    /* the daemon sets PATH, and execs ask for that */
    bool default_path; /* it does not, and execs without PATH get one */

    /* The walk. */
    /* By node id: 0 new, LLB__OPEN, else vertex + 1. After the walk it holds
     * the order of the metadata. */
    uint32_t *vertex_of;
    llb__vec frames;  /* llb__frame */
    llb__vec kids;    /* llb__node * */
    uint32_t *chains; /* by chain id, two numbers each, see file_walk.c */
    uint32_t chain_epoch;
    llb__vec chain_frames, actions, steps;

    /* The op being encoded. */
    llb__enc enc;
    llb__vec ins; /* llb__in */
    llb__vec in_slots;
    llb__vec mount_ins;
    llb__buf path;

    /* The definition. */
    uint8_t *out;
    size_t out_len, out_cap;
    size_t metadata_at; /* where the entries of Definition.metadata begin */
    llb__def_op *ops;   /* n_ops of them */
    llb__vertex *vertices;
    size_t n_ops, cap_ops;
    size_t n_again; /* times that an op was one of them */
    llb__slot *slots;
    size_t mask;
    uint64_t seed;
    llb__vec descs;       /* bytes, see llb__vertex */
    llb__vec shared;      /* llb__desc_pair, see shared.c */
    llb__vec shared_keys; /* size_t: where each key begins in it */
    llb__vec infos;       /* const llb_source_map * */
    uint32_t *info_of;    /* by map id, number + 1 */
    llb__vec info_slots;
    bool any_ignore, any_desc, any_export;
    llb__kept_caps kept_caps[LLB__N_KEPT];
} llb__marshal;

#define LLB__OPEN UINT32_MAX

/* Starts to load a sum, which may lie in two lines. */
static inline void llb__fetch_sum(const llb__marshal *m, uint32_t vertex)
{
    const uint8_t *sum = m->ops[vertex].sum;

    __builtin_prefetch(sum);
    __builtin_prefetch(sum + LLB__SHA256_LEN - 1);
}

/* Fails the marshal unless it has failed; false for `return`. */
bool llb__marshal_fail(llb__marshal *m, llb_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool llb__marshal_nomem(llb__marshal *m);

/* Room for n more items of a size; NULL: no memory, and m has failed. Points
 * behind the last item; the caller counts v->n up. */
void *llb__vec_grow(llb__marshal *m, llb__vec *v, size_t n, size_t size);

static inline void *llb__vec_room(llb__marshal *m, llb__vec *v, size_t n,
                                  size_t size)
{
    if (n > v->cap - v->n)
        return llb__vec_grow(m, v, n, size);
    return (char *)v->items + v->n * size;
}

/* Memory until the end of the marshal; NULL: m has failed. */
void *llb__scratch(llb__marshal *m, size_t size);

/* Room for n more bytes of the definition; false: m has failed. */
bool llb__out_room(llb__marshal *m, size_t n);
void llb__out_bytes(llb__marshal *m, const void *data, size_t len);

/* walk.c: makes vertices of a node and all below it. */
bool llb__visit(llb__marshal *m, llb__node *root);

/* Adds a node to the inputs of the frame on top; NULL does nothing. */
bool llb__kid(llb__marshal *m, llb__node *node);

/* file_walk.c */
bool llb__file_kids(llb__marshal *m, const llb__file_node *n);
bool llb__file_encode(llb__marshal *m, const llb__file_node *n);

/* exec_walk.c */
bool llb__exec_kids(llb__marshal *m, llb_exec *e);
bool llb__exec_op_encode(llb__marshal *m, llb_exec *e, llb__caps *caps);

/* encode_op.c: encodes the op of a node, whose inputs have their vertices,
 * into m->enc; *caps are those that it asks for. */
bool llb__op_encode(llb__marshal *m, llb__node *n, llb__caps *caps);

/* Number of an input of the op, added unless an equal one is there. -1 for
 * scratch (NULL), -2 when m has failed. */
int64_t llb__input(llb__marshal *m, const llb_state *s);

/* Adds an input even if an equal one is there. */
bool llb__input_add(llb__marshal *m, const llb_state *s);

/* Writes what comes before the oneof member in m->enc: filters, platform (an
 * encoded field; len 0: none) and the inputs. */
void llb__op_finish(llb__marshal *m, const llb__cons *cons,
                    llb__bytes platform);

/* Writes the inputs alone. */
void llb__inputs_encode(llb__marshal *m);

/* vertex.c: the vertex of the bytes in op, LLB__OPEN when m has failed. sum is
 * their SHA-256 if it is known, else NULL. *ret_new: there was none before. */
uint32_t llb__vertex_of(llb__marshal *m, llb__bytes op, const uint8_t *sum,
                        bool *ret_new);

/* describe.c: the rest of a vertex, made when it is asked for; NULL: m has
 * failed. */
llb__more *llb__more_of(llb__marshal *m, uint32_t vertex);

/* Notes what a call says about a vertex. */
bool llb__describe(llb__marshal *m, uint32_t vertex, bool is_new,
                   const llb__node *n, llb__caps caps);

/* metadata.c: appends Definition.metadata, entries in the order given. */
bool llb__metadata_write(llb__marshal *m, const uint32_t *order);

/* locate.c: notes the locations of a call. */
bool llb__locate(llb__marshal *m, uint32_t vertex, const llb__place *places,
                 size_t n);

/* Appends Definition.source. */
bool llb__source_write(llb__marshal *m, const uint32_t *order);

/* marshal.c: the bytes of the definition of a state, nested in m's; malloc'ed.
 * False: m has failed. */
bool llb__marshal_nested(llb__marshal *m, const llb_state *s, uint8_t **ret,
                         size_t *ret_len);

#endif
