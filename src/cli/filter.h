/* Filters of a daemon's cache, checked before they are sent: a daemon takes
 * some wrong ones for filters that match nothing. */
#ifndef LLB__CLI_FILTER_H
#define LLB__CLI_FILTER_H

#include <llb/error.h>

#include "options.h"

typedef struct cmd__filters {
    const char **items; /* for the daemon */
    size_t n;
    int64_t age_ns; /* "until=DURATION": only what is older; else -1 */
} cmd__filters;

/* LLB_EINVAL names the filter, the place in it and what there is. */
llb_status cmd__filters_read(llb__arena *a, const cmd__list *l,
                             cmd__filters *ret, llb_error *err);

#endif
