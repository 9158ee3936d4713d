/* Frontends that run while a file is compiled. */
#ifndef LLB__CLI_FRONTENDS_H
#define LLB__CLI_FRONTENDS_H

#include <llb/compiler.h>
#include <llb/gateway.h>

/* A name for the request, "FRONTEND SUM": equal requests have equal ones. For
 * free(); NULL: no memory. */
char *cmd__frontend_name(const llbc_frontend *req);

/* Has the daemon run it. The bundle that it gives, without anything of this
 * build in it, is for free(). */
llb_status cmd__frontend_run(bk_client *c, const llbc_frontend *req,
                             char **ret_bundle, size_t *ret_len,
                             llb_error *err);

/* The definition and config in a bundle of one result. */
llb_status cmd__frontend_read(const char *bundle, size_t len,
                              llbc_frontend_result *ret, llb_error *err);

#endif
