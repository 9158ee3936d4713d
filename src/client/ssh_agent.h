/* The part of the ssh agent's protocol that a build may use: asking which keys
 * there are, and signing with one. */
#ifndef LLB__CLIENT_SSH_AGENT_H
#define LLB__CLIENT_SSH_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "buf.h"
#include "ssh_key.h"

/* A message is its length, a type and the rest; this is the largest. */
enum { BK__SSH_AGENT_MAX = 256 * 1024 };

/* Whether this request (without its length) lists keys or signs. All else
 * would change what the agent holds, or is unknown to us. */
bool bk__ssh_agent_allows(llb__bytes request);

/* Appends the answer "failure", length included. */
void bk__ssh_agent_refuse(llb__buf *out);

/* Appends the answer of an agent that holds these keys; any thread. */
void bk__ssh_agent_answer(bk__ssh_key *const *keys, size_t n,
                          llb__bytes request, llb__buf *out);

#endif
