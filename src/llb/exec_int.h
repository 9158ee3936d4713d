/* Execs from the inside. */
#ifndef LLB__LLB_EXEC_INT_H
#define LLB__LLB_EXEC_INT_H

#include <llb/exec.h>

#include "state_int.h"

/* What a mount gives back. */
typedef enum llb__mount_result {
    LLB__MOUNT_OUTPUT,  /* an output of the exec */
    LLB__MOUNT_SOURCE,  /* read-only: its source */
    LLB__MOUNT_NOTHING, /* cache, tmpfs, no_output */
} llb__mount_result;

struct llb__mount {
    const llb_state *source; /* NULL: scratch */
    /* Encoded members of pb.Mount: first selector and dest, then those from
     * readonly on. The text of dest ends where the first part does. */
    const uint8_t *fields;
    uint32_t head_len, tail_len, dest_len;
    uint32_t output : 30; /* its number, once the exec is closed */
    uint32_t result : 2;  /* llb__mount_result */
};

/* Small, as graphs consist of them: a failed exec is told by its root. Behind
 * it stand encoded members of pb.Meta, args and env, then those from cwd on,
 * then members of pb.ExecOp that follow the sorted mounts: secrets, ssh,
 * network and so on. */
struct llb_exec {
    llb__node node;
    const llb__platform *platform; /* own or inherited; NULL: the marshal's */
    uint32_t env_len, rest_len, tail_len;
    bool has_path; /* PATH is set */
    bool closed;   /* outputs are numbered, no mount can be added */
    uint32_t n_mounts, cap_mounts;
    union {
        llb__mount **mounts; /* sorted by dest; one of them is &root_mount */
        const llb_state *failed; /* if cap_mounts is 0: what came in, or NULL */
    };
    llb__mount root_mount;
    llb_state root; /* see llb_exec_root */
};

static inline const uint8_t *llb__exec_meta(const llb_exec *e)
{
    return (const uint8_t *)(e + 1);
}

static inline const char *llb__mount_dest(const llb__mount *m)
{
    return (const char *)m->fields + m->head_len - m->dest_len;
}

/* Encoded args, see llb__values. NULL: the call has failed. */
const llb__cells *llb__args_new(llb__call *c, const char *const *args,
                                size_t n_args);

/* Writes what belongs at the meta of an exec to the scratch of the graph, and
 * collects lengths and caps; opts have been checked for nothing. False: the
 * call has failed. */
bool llb__exec_encode(llb__call *c, llb_exec *e, const llb__values *v,
                      const llb_run_opts *o);

/* The words of a command line. False: the call has failed. The list and its
 * words are in the graph. */
bool llb__shlex(llb__call *c, const char *text, const char *const **ret_words,
                size_t *ret_n);

/* Numbers the outputs; nothing changes from then on. */
void llb__exec_close(llb_exec *e);

#endif
