/* States and nodes from the inside. */
#ifndef LLB__LLB_STATE_INT_H
#define LLB__LLB_STATE_INT_H

#include <stdlib.h>

#include "caps.h"
#include "graph_int.h"

typedef enum llb__kind {
    LLB__SOURCE_NODE,
    LLB__EXEC_NODE,
    LLB__FILE_NODE,
    LLB__MERGE_NODE,
    LLB__DIFF_NODE,
    LLB__BUILD_NODE,
    LLB__PASS_NODE,
    LLB__LOADED_NODE
} llb__kind;

typedef struct llb__cons llb__cons;         /* cons.h */
typedef struct llb__platform llb__platform; /* platform.h */
typedef struct llb__mount llb__mount;       /* exec_int.h */

/* What every operation has. Nodes do not change, but that execs take mounts
 * until they are closed. */
typedef struct llb__node {
    const llb__cons *cons; /* NULL: none were given */
    llb__caps caps;
    uint32_t id; /* dense, for the tables of a marshal */
    llb__kind kind;
} llb__node;

/* Environment, newest first; older cells may hide behind newer ones of the
 * same key. */
typedef struct llb__env {
    const struct llb__env *prev;
    uint32_t n_cells;  /* from here on down */
    uint32_t n_packed; /* of which no key was twice when they were packed */
    uint32_t key_len;
    uint32_t len; /* of text; UINT32_MAX: the key is unset */
    char text[];  /* "KEY=VALUE", NUL, "KEY", NUL */
} llb__env;

/* A list that grows at its end, newest first: encoded messages. */
typedef struct llb__cells {
    const struct llb__cells *prev;
    size_t len;
    const uint8_t *data;
} llb__cells;

/* Values that few states have. */
typedef struct llb__rare {
    const char *hostname, *cgroup_parent; /* NULL: not set */
    const llb__cells *hosts, *ulimits;    /* pb.HostIP, pb.Ulimit */
    llb_network_mode network;
    llb_security_mode security;
} llb__rare;

/* What operations inherit. Shared by states, copied on change. */
typedef struct llb__values {
    const char *dir; /* never NULL */
    const llb__env *env;
    const llb__cells *args; /* one cell: members 1 of pb.Meta; NULL: not set */
    const char *user;       /* NULL: not set */
    const llb__platform *platform; /* normalized; NULL: not set */
    const llb__rare *rare;         /* never NULL */
} llb__values;

/* An output of a node, and the values. */
struct llb_state {
    llb_graph *g;           /* NULL in the static failed states */
    const llb_error *error; /* NULL: it did not fail */
    llb__node *node;        /* NULL: scratch */
    union {
        const llb__mount *mount; /* of an exec */
        uint64_t index;          /* of all others */
    } out;
    const llb__values *values;
};

/* Begins a call on a state: llb__call_begin, and llb__need_state. */
static inline llb__call llb__call_on(const llb_state *s, const char *name)
{
    llb__call c = llb__call_begin(s ? s->g : NULL, name);

    if (s && s->error) {
        c.error = s->error;
        c.failed = s;
    }
    return c;
}

/* The values of a fresh state. */
extern const llb__values llb__no_values;

/* Makes *s the output index of node, with values; if the output carries a
 * platform (NULL: it does not), that wins. False: the call has failed. */
bool llb__state_set(llb__call *c, llb_state *s, llb__node *node,
                    const llb__values *values, const llb__platform *platform);

/* The platform that the output of a state carries, normalized; NULL: none. */
const llb__platform *llb__output_platform(const llb_state *s);

/* loaded.c: the platform of a loaded op; NULL: none. */
const llb__platform *llb__loaded_platform(const llb__node *n);

/* The output of s under other values, as a new state. */
const llb_state *llb__state_with(llb__call *c, const llb_state *s,
                                 const llb__values *values);

/* Gives a node its number. */
void llb__node_init(llb__call *c, llb__node *n, llb__kind kind,
                    const llb__cons *cons);

/* Appends a variable; value NULL hides it. NULL: the call has failed. */
const llb__env *llb__env_add(llb__call *c, const llb__env *env, const char *key,
                             size_t key_len, const char *value);

/* The newest cell of a key that is set, or NULL. */
const llb__env *llb__env_find(const llb__env *env, const char *key,
                              size_t key_len);

enum { LLB__ENV_FEW = 16 };

/* Cells that no newer one hides and that are set, newest first, in a list that
 * the caller frees with llb__env_list_free: in few, or malloc'ed for more
 * than that. NULL with *ret_n 0: there are none; NULL with *ret_n 1: no
 * memory. */
const llb__env **llb__env_list(const llb__env *env,
                               const llb__env *few[LLB__ENV_FEW],
                               size_t *ret_n);

static inline void llb__env_list_free(const llb__env **list,
                                      const llb__env **few)
{
    if (list != few)
        free(list);
}

/* The dir that setting path on a state of dir gives: in the graph. */
const char *llb__dir_join(llb__call *c, const char *dir, const char *path);

#endif
