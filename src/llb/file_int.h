/* File actions from the inside. */
#ifndef LLB__LLB_FILE_INT_H
#define LLB__LLB_FILE_INT_H

#include <llb/file.h>

#include "state_int.h"

typedef struct llb__chain llb__chain;

/* An owner with a name in it, which needs an input of the op to look the name
 * up. A name is NULL where the id counts. */
typedef struct llb__owner {
    const char *user, *group;
    uint32_t uid, gid;
    bool has_group;
} llb__owner;

/* What of an action depends on the state that its chain is put on. */
typedef struct llb__late {
    const char *rel_path;    /* NULL: the path is absolute and in the head */
    const llb__owner *owner; /* NULL: none, or by id and in the head */
    uint32_t mid_len, tail_len;
    uint8_t path_field; /* number of rel_path's member */
} llb__late;

/* One action, with all before it. Behind it stand encoded members of its
 * message: [head] [rel_path] [mid] [owner] [tail]. Most actions have neither a
 * relative path nor an owner by name, and all is in the head. Small, as graphs
 * consist of them. */
struct llb_actions {
    llb_graph *g;
    const llb_actions *prev; /* NULL: nothing before it */
    union {
        const llb_state *state;  /* NULL: scratch, or no copy */
        const llb__chain *chain; /* if from_chain */
        const llb_state *failed; /* if n is 0: what came in; NULL: did not */
    } from;
    union {
        const llb__late *late;  /* NULL: nothing */
        const llb_error *error; /* if n is 0; NULL: it did not fail */
    };
    uint32_t n : 26;             /* actions up to here; 0: an empty chain */
    uint32_t field : 4;          /* of pb.FileAction: 4 copy to 8 symlink */
    uint32_t from_chain : 1;     /* what from is */
    uint32_t any_from_chain : 1; /* the same of this or one before it */
    uint32_t head_len : 31;
    uint32_t usual : 1; /* llb__usual_tail follows what is kept */
};

/* More than a definition has room for, at 24 bytes or more for each. */
enum { LLB__MAX_ACTIONS = (1 << 26) - 1 };

/* Why a chain failed; NULL: it did not. */
static inline const llb_error *llb__actions_error(const llb_actions *a)
{
    return a->n ? NULL : a->error;
}

static inline const uint8_t *llb__action_fields(const llb_actions *a)
{
    return (const uint8_t *)(a + 1);
}

/* Actions on a state. */
struct llb__chain {
    const llb_actions *last;
    const llb_state *base;
    uint32_t id; /* dense, for the tables of a marshal */
};

/* A chain that others may copy from. */
struct llb_bound_actions {
    llb_graph *g;
    const llb_error *error;  /* NULL: it did not fail */
    const llb_state *failed; /* the failed state that came in, or NULL */
    llb__chain chain;
};

typedef struct llb__file_node {
    llb__node node;
    llb__chain chain;
    llb_state state;
} llb__file_node;

enum {
    LLB__ACTION_COPY = 4,
    LLB__ACTION_MKFILE = 5,
    LLB__ACTION_MKDIR = 6,
    LLB__ACTION_RM = 7,
    LLB__ACTION_SYMLINK = 8
};

/* How nearly all actions of a kind end: without a time, and copies without a
 * mode. So it is not kept with each of them. */
llb__bytes llb__usual_tail(uint32_t field);

/* Writes the path p of an action on a state of dir as member field: cleaned,
 * joined to dir if it is relative; with keep_slash a "/" or "/." at the end
 * stays. scratch has room for strlen(dir) + strlen(p) + 6 bytes. */
void llb__path_encode(llb__enc *e, uint32_t field, const char *dir,
                      const char *p, bool keep_slash, char *scratch);

/* Reads an owner as it was given; names are in the graph. False: the call has
 * failed. */
bool llb__owner_parse(llb__call *c, const llb_owner *given, llb__owner *o);

/* Writes pb.ChownOpt as member field; input is the index of the state that
 * names are looked up in, -1 for scratch. */
void llb__owner_encode(llb__enc *e, uint32_t field, const llb__owner *o,
                       int64_t input);

#endif
