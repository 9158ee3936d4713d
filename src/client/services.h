/* Which services a build's session offers. */
#ifndef LLB__CLIENT_SERVICES_H
#define LLB__CLIENT_SERVICES_H

#include "job.h"

/* Makes the services that read: files, secrets, logins. With a definition only
 * what it names is offered, and a local source it names must be given.
 * LLB_EINVAL and the errors of the services. */
llb_status bk__services_read(bk__job *j, const llb_def *def, llb_error *err);

/* Makes the service that writes, for j->exports. */
llb_status bk__services_write(bk__job *j, llb_error *err);

void bk__services_free(bk__job *j);

#endif
