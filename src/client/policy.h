/* Source policies: rules for what a build may take from outside. */
#ifndef LLB__CLIENT_POLICY_H
#define LLB__CLIENT_POLICY_H

#include <llb/error.h>

#include <sourcepolicy.pb-c.h>

#include "arena.h"

/* Reads a policy from JSON, as BuildKit's sourcepolicy/pb/json.go does: the
 * names of the fields in any case of letters, enums as names or numbers. What
 * it does not know it refuses, since a rule that is misspelt would protect
 * nobody. All of *ret is in the arena. LLB_EINVAL names the place in it. */
llb_status bk__policy_read(llb__arena *a, const char *json,
                           Bk__Policy__Policy **ret, llb_error *err);

#endif
