/* --secret: what it names, read far enough to fail before anything is sent. */
#ifndef LLB__CLI_SECRET_H
#define LLB__CLI_SECRET_H

#include <llb/client.h>

#include "arena.h"

/* One of path, env, program and data is set. Strings as in cmd__spec, data in
 * the arena. */
typedef struct cmd__secret {
    const char *id;
    const char *path;    /* a file that could be looked at */
    const char *env;     /* a variable that is set */
    const char *program; /* a command for the shell, which prints it */
    const void *data; /* what came out of a pipe or device: it comes once, and
                         more than one step or target may ask for it */
    size_t len;
} cmd__secret;

/* Parses id=ID[,src=FILE | ,env=NAME][,type=file|env|exec]. With the id alone
 * it is the variable of that name, else the file of that name. LLB_EINVAL or
 * LLB_ENOENT name the part, the file or the variable. */
llb_status cmd__secret_parse(llb__arena *a, const char *text, cmd__secret *ret,
                             llb_error *err);

/* Runs s->program, whose output becomes s->data; an interrupt sets cancel and
 * ends it. LLB_EINVAL: it failed; LLB_ECANCELED; the errors of llb__run(). */
llb_status cmd__secret_run(llb__arena *a, cmd__secret *s, bk_cancel *cancel,
                           llb_error *err);

#endif
