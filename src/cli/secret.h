/* --secret: what it names, read far enough to fail before anything is sent. */
#ifndef LLB__CLI_SECRET_H
#define LLB__CLI_SECRET_H

#include <llb/error.h>

#include "arena.h"

/* One of path and env is set. Strings as in cmd__spec. */
typedef struct cmd__secret {
    const char *id;
    const char *path; /* a file that could be looked at */
    const char *env;  /* a variable that is set */
} cmd__secret;

/* Parses id=ID[,src=FILE | ,env=NAME][,type=file|env]. With the id alone it
 * is the variable of that name, else the file of that name. LLB_EINVAL or
 * LLB_ENOENT name the part, the file or the variable. */
llb_status cmd__secret_parse(llb__arena *a, const char *text, cmd__secret *ret,
                             llb_error *err);

#endif
