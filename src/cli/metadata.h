/* What a build gave, written into files for the programs that come after. */
#ifndef LLB__CLI_METADATA_H
#define LLB__CLI_METADATA_H

#include <jansson.h>

#include <llb/client.h>

/* Whether a file could be made at path; nothing is left there. To be asked
 * before a build that would otherwise fail at its end. */
llb_status cmd__check_writable(const char *option, const char *path,
                               llb_error *err);

/* The exporter's answer as an object. Values that are a JSON object in base64
 * become that object, as buildctl writes them. NULL: no memory. */
json_t *cmd__metadata(const bk_result *r);

/* Writes o as the content of path, beside and renamed. */
llb_status cmd__metadata_write(const char *path, const json_t *o,
                               llb_error *err);

#endif
