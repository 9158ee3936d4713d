/* The end of a build that failed, for people and for programs. */
#ifndef LLB__CLI_FAILURE_H
#define LLB__CLI_FAILURE_H

#include <jansson.h>

#include <llb/client.h>

/* The closing block: the step's last lines, the statement it comes from and
 * the calls that led there, one line "error: ...", and help where we know
 * some. */
void cmd__failure_show(const bk_failure *f, bk_kind kind);

/* The same as an object; NULL: no memory. */
json_t *cmd__failure_json(const bk_failure *f);

/* {"error": {...}} of any failed call; failure may be NULL. */
json_t *cmd__error_json(const llb_error *err, const bk_failure *failure,
                        int exit_code);

#endif
