/* Records of a daemon's cache, shown. */
#ifndef LLB__CLI_USAGE_H
#define LLB__CLI_USAGE_H

#include <jansson.h>

#include <llb/daemon.h>

#include "buf.h"

/* Sums over records. */
typedef struct cmd__sums {
    int64_t total, reclaimable, shared;
} cmd__sums;

void cmd__sums_add(cmd__sums *s, const bk_usage *u);

void cmd__usage_heading(llb__buf *out);
void cmd__usage_row(llb__buf *out, const bk_usage *u, int64_t now_ns);

/* An object with sizes in bytes and times of RFC 3339. */
json_t *cmd__usage_json(const bk_usage *u);

#endif
