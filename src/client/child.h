/* A helper program that brings us to a daemon: its standard input and output
 * are one end of a socketpair. */
#ifndef LLB__CLIENT_CHILD_H
#define LLB__CLIENT_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

typedef struct bk__child bk__child;

/* Starts argv (borrowed, NULL behind the last), found on PATH, in a session
 * of its own. On success the caller owns *ret_fd (close-on-exec,
 * non-blocking), our end, and *ret.
 *
 * LLB_EUNAVAILABLE: it cannot be run; the message is the reason alone. */
llb_status bk__child_start(const char *const *argv, int *ret_fd,
                           bk__child **ret, llb_error *err);

/* What became of it and what it said last on standard error, in one line;
 * waits a moment for one that is about to exit. False, and nothing is
 * written, if it runs and has said nothing. Any thread. */
bool bk__child_why(bk__child *c, char *buf, size_t size);

/* Ends it: TERM for it and its children, KILL after three seconds. NULL is
 * fine. */
void bk__child_free(bk__child *c);

#endif
