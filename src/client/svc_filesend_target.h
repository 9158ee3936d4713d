/* The place of one exporter's output, from before the build to its end. */
#ifndef LLB__CLIENT_SVC_FILESEND_TARGET_H
#define LLB__CLIENT_SVC_FILESEND_TARGET_H

#include <pthread.h>
#include <stdbool.h>

#include "file.h"
#include "receive_mirror.h"
#include "svc_filesend.h"

typedef struct bk__place {
    bk__target_kind kind;
    char *path;      /* without slashes at the end; for messages too */
    size_t made_len; /* path up to here is the first folder that we made */
    int fd; /* DIR: the folder; FD: borrowed; FILE: a device or pipe, or -1 */
    bool fresh;   /* DIR: it is new, and still called temp */
    bool deletes; /* DIR: what is not among seen goes */
    bk__seen seen;
    char *temp;             /* DIR */
    llb__file_writer file;  /* FILE */
    bool writing, renamed;  /* file is open; all has its name */
    pthread_mutex_t lock;   /* guards what follows */
    unsigned started, done; /* calls */
} bk__place;

/* Makes ready what t says. On failure p holds nothing but what
 * bk__place_clear() removes. */
llb_status bk__place_init(bk__place *p, const bk__target *t, llb_error *err);

/* Opens a device or pipe that is the target; for FILE without writing. */
llb_status bk__place_open_special(bk__place *p, llb_error *err);

/* Writes bytes of a FILE or FD that came by s. LLB_ECANCELED, and no message:
 * the call is over. */
llb_status bk__place_write(bk__place *p, const void *data, size_t len,
                           bk__stream *s, llb_error *err);

/* Gives a complete output its name. */
llb_status bk__place_commit(bk__place *p, llb_error *err);

/* Removes what did not get its name, and frees p's memory. */
void bk__place_clear(bk__place *p);

#endif
