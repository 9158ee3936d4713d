/* Progress for programs: an object a line, as BuildKit's rawjson. */
#ifndef LLB__CLI_PROGRESS_JSON_H
#define LLB__CLI_PROGRESS_JSON_H

#include <jansson.h>

#include <llb/client.h>

/* Each gives a new object, or NULL without memory. */
json_t *cmd__json_vertex(const bk_vertex *v);
json_t *cmd__json_status(const bk_vertex_status *s);
json_t *cmd__json_log(const bk_vertex_log *l);
json_t *cmd__json_warning(const bk_vertex_warning *w);

#endif
