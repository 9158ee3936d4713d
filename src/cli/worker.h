/* Workers of a daemon, as JSON. */
#ifndef LLB__CLI_WORKER_H
#define LLB__CLI_WORKER_H

#include <jansson.h>

#include <llb/client.h>

/* A list of objects; NULL: no memory. */
json_t *cmd__workers_json(const bk_daemon_info *info);

#endif
