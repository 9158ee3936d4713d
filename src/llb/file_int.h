/* File actions from the inside. */
#ifndef LLB__LLB_FILE_INT_H
#define LLB__LLB_FILE_INT_H

#include <llb/file.h>

#include "state_int.h"

/* An owner with a name in it, which needs an input of the op to look the name
 * up. A name is NULL where the id counts. */
typedef struct llb__owner {
    const char *user, *group;
    uint32_t uid, gid;
    bool has_group;
} llb__owner;

/* One action, with all before it. fields are encoded members of its message:
 * [head] [rel_path] [mid] [owner] [tail]. Most actions have neither a relative
 * path nor an owner by name, and all is in head. */
struct llb_actions {
    llb_graph *g;
    const llb_error *error;  /* NULL: it did not fail */
    const llb_state *failed; /* the failed state that came in, or NULL */
    const llb_actions *prev; /* NULL: nothing before it */
    uint32_t n;              /* actions up to here; 0: the empty chain */
    uint8_t field;           /* of pb.FileAction: 4 copy to 8 symlink */
    uint8_t path_field;      /* number of rel_path's member */
    bool from_chain;         /* what from is */
    union {
        const llb_state *state; /* NULL: scratch, or no copy */
        const llb_bound_actions *chain;
    } from;
    const char *rel_path;    /* NULL: the path is absolute and in head */
    const llb__owner *owner; /* NULL: none, or by id and in head */
    const uint8_t *fields;
    uint32_t head_len, mid_len, tail_len;
};

/* A chain on its own state. */
struct llb_bound_actions {
    llb_graph *g;
    const llb_error *error; /* NULL: it did not fail */
    const llb_state *failed;
    const llb_actions *last;
    const llb_state *base;
    uint32_t id; /* dense, for the tables of a marshal */
};

typedef struct llb__file_node {
    llb__node node;
    llb_bound_actions chain;
    llb_state state;
} llb__file_node;

enum {
    LLB__ACTION_COPY = 4,
    LLB__ACTION_MKFILE = 5,
    LLB__ACTION_MKDIR = 6,
    LLB__ACTION_RM = 7,
    LLB__ACTION_SYMLINK = 8
};

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
