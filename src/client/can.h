/* What only younger daemons can do. */
#ifndef LLB__CLIENT_CAN_H
#define LLB__CLIENT_CAN_H

#include <llb/client.h>

/* Whether c's daemon can build def (borrowed): it is asked for its
 * capabilities, once for a client, if def uses something that not every
 * daemon since BuildKit v0.8 knows.
 *
 * LLB_EUNSUPPORTED: it cannot; the message names the place in the source, what
 * it is and the first BuildKit that can. Otherwise as bk_build_ping(). */
llb_status bk__daemon_can(bk_client *c, const llb_def *def, llb_error *err);

#endif
