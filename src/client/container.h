/* Containers within a build, between container.c and process.c. */
#ifndef LLB__CLIENT_CONTAINER_H
#define LLB__CLIENT_CONTAINER_H

#include <ops.pb-c.h>

#include "gateway.h"
#include "ident.h"

struct bk_container {
    bk_build *build;
    char id[BK__ID_LEN + 1];
    ProtobufCMessage *op; /* of the failed step, or NULL */
    char *root;           /* ref at "/"; NULL: not known */
    bool covered;         /* something else is mounted, too */
};

/* The failed step's exec, or NULL. */
const Bk__Pb__ExecOp *bk__container_exec(const bk_container *c);

#endif
