/* What the compiler asks of the world: answered by the lock file where one is
 * there, else by a daemon. */
#ifndef LLB__CLI_RESOLVER_H
#define LLB__CLI_RESOLVER_H

#include <llb/compiler.h>
#include <llb/lock.h>

#include "daemon.h"
#include "options.h"

/* Borrows all that it points to; starts with what is not needed all zero. */
typedef struct cmd__resolver {
    cmd__daemon *daemon; /* connected when the first question needs it */
    const cmd__daemon_opts *where;
    const llbc_lock *lock; /* NULL: there is none */
    const char *vendor;    /* folder of vendored texts; NULL: none */
    llbc_lock *record;     /* llb lock: takes every answer; else NULL */
    const cmd__list *anew; /* names of which the lock is not to be trusted */
    bool all_anew;
    bool offline; /* no daemon is asked: what the lock has not is not known */
    bk_build *build; /* in which we ask for refs and files */
} cmd__resolver;

llbc_resolver cmd__resolver_of(cmd__resolver *r);

/* Ends what it has begun; before the daemon is closed. */
void cmd__resolver_close(cmd__resolver *r);

#endif
