/* Making source ops: identifier and attributes. */
#ifndef LLB__LLB_SOURCE_INT_H
#define LLB__LLB_SOURCE_INT_H

#include "cons.h"
#include "state_int.h"

/* A source op. Members 2 (attrs) of pb.SourceOp are sorted by key; where
 * local.unique belongs, body is in two parts. */
typedef struct llb__source_node {
    llb__node node;
    bool has_platform; /* the op carries one */
    bool is_local;     /* without a session: takes local.unique */
    uint32_t head_len, tail_len;
    const uint8_t *body;
    const char *unique; /* attribute given by hand; NULL: none */
    llb_state state;
} llb__source_node;

typedef struct llb__attr {
    const char *key, *value;
} llb__attr;

enum { LLB__MAX_ATTRS = 24 }; /* of the sources that have calls of their own */

/* A source being made. */
typedef struct llb__source {
    llb__call *c;
    const char *identifier;
    llb__caps caps;
    const llb__cons *cons;
    llb__attr attrs[LLB__MAX_ATTRS];
    size_t n_attrs;
} llb__source;

/* Adds an attribute; value is borrowed until the state is made. */
void llb__source_attr(llb__source *s, const char *key, const char *value);

/* The same for a number, and for text that is not NULL or "". The latter says
 * whether it was added. */
void llb__source_attr_int(llb__source *s, const char *key, int64_t value);
bool llb__source_attr_opt(llb__source *s, const char *key, const char *value);

/* The fresh state of the source, failed if the call has. */
const llb_state *llb__source_state(llb__source *s);

/* http.filename, http.perm, http.uid and http.gid; returns which of the caps
 * HTTP_PERM and HTTP_UIDGID that asks for. */
llb__caps llb__source_file_attrs(llb__source *s, const char *filename,
                                 uint32_t chmod, int32_t uid, int32_t gid);

/* Text put together in the graph; NULL: the call has failed. */
char *llb__text_printf(llb__call *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
