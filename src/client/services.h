/* Which services a build's session offers. */
#ifndef LLB__CLIENT_SERVICES_H
#define LLB__CLIENT_SERVICES_H

#include "job.h"

/* Makes the services that read: files, secrets, logins. With a definition, or
 * a result of several, only what they name is offered, and a local source that
 * they name must be given; with neither (NULL) all that was given is.
 * LLB_EINVAL and the errors of the services. */
llb_status bk__services_read(bk__job *j, const llb_def *def,
                             const bk_refs *refs, llb_error *err);

/* Makes the services that write, for j->exports and j->contents. */
llb_status bk__services_write(bk__job *j, llb_error *err);

/* Let the daemon ask for logins at the registries of one more definition, of
 * one image, or (NULL) at any. Any thread. */
void bk__services_allow_def(bk__job *j, const llb_def *def);
void bk__services_allow_image(bk__job *j, const char *ref);

void bk__services_free(bk__job *j);

#endif
