/* From values to operations: filesystems, what they carry, and the block in
 * which steps follow each other. */
#ifndef LLB__COMPILER_LOWER_H
#define LLB__COMPILER_LOWER_H

#include <llb/exec.h>
#include <llb/file.h>
#include <llb/state.h>

#include "config.h"
#include "scope.h"

/* What made the files of a filesystem, and from what: kept beside the graph to
 * tell which runs the result does not reach. */
typedef struct llbc__node {
    struct llbc__node **needs; /* NULL entries are scratch */
    size_t n_needs;
    size_t run; /* 1 + number of the run it belongs to; 0: it is no run */
    struct llbc__node *mark_next; /* for the walk from the result */
    bool marked;
} llbc__node;

/* A filesystem. Immutable, so that a value never changes. */
struct llbc__fs {
    const llb_state *state; /* files, env, dir, user, platform */
    const llbc__config *config;
    const llbc__platform *platform; /* NULL: for any */
    llbc__node *node;               /* NULL: scratch */
    bool unknown;                   /* the config of its image is not known */
    bool bare; /* made from scratch, and nothing in it can run yet */
};

/* How the steps of a block run. Ends with its block and never travels. */
typedef struct llbc__settings {
    int network;                   /* llb_network_mode, -1: not said */
    int security;                  /* llb_security_mode, -1: not said */
    int network_max, security_max; /* what a caller allows; -1: anything */
    const char *hostname, *cgroup_parent; /* NULL: not said */
    const struct llbc__host *hosts;       /* newest first */
    const struct llbc__ulimit *ulimits;
    const char *name, *group; /* of `option`; NULL: not said */
    bool no_cache;
    llb_export_cache export_cache;
} llbc__settings;

/* Nothing said, everything allowed. */
extern const llbc__settings llbc__no_settings;

typedef struct llbc__host {
    const struct llbc__host *next;
    const char *name, *address;
    size_t n; /* of the list from here on */
} llbc__host;

typedef struct llbc__ulimit {
    const struct llbc__ulimit *next;
    const char *name;
    int64_t soft, hard;
    size_t n;
} llbc__ulimit;

/* One statement of the body of a run. */
typedef enum llbc__in_kind {
    LLBC__IN_MOUNT,
    LLBC__IN_SECRET,
    LLBC__IN_SSH,
    LLBC__IN_DEVICE,
} llbc__in_kind;

typedef struct llbc__in_item {
    struct llbc__in_item *next;
    llbc__in_kind kind;
    llb_span at;
    llb_mount mount;
    llb_secret secret;
    llb_ssh ssh;
    llb_cdi_device device;
    const llbc__fs *source; /* of a mount */
    const char *as;         /* the name its result gets; NULL: none */
    llb_span as_at;
    uint32_t mode; /* what secret.mode or ssh.mode points to */
} llbc__in_item;

/* The body of a run while it is collected. */
typedef struct llbc__run_body {
    llbc__in_item *first, *last;
    size_t n;
    const char *dir;       /* where relative paths start */
    const llb_state *with; /* base with what env, host and ulimit say */
    bool failed;           /* a statement of it is wrong: no run */
} llbc__run_body;

/* The block that is carried out: exactly one of fs and body matters. */
typedef struct llbc__block_state {
    const llbc__fs *fs;
    llbc__settings set;
    llbc__run_body *body; /* in the block of a run */
} llbc__block_state;

#endif
