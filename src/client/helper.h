/* Addresses that are reached through a program of somebody else's. */
#ifndef LLB__CLIENT_HELPER_H
#define LLB__CLIENT_HELPER_H

#include <stdbool.h>

#include "addr.h"

/* Fills in argv of an address with such a scheme; *ret_known: it has one.
 * LLB_EINVAL: something is wrong behind the scheme. */
llb_status bk__helper_parse(bk__addr *a, bool *ret_known, llb_error *err);

#endif
