/* The stream of Control.Status beside a build. */
#ifndef LLB__CLIENT_PROGRESS_H
#define LLB__CLIENT_PROGRESS_H

#include <stdint.h>

#include <llb/client.h>

#include "conn.h"
#include "maps.h"
#include "record.h"
#include "session.h"

typedef struct bk__progress bk__progress;

/* Follows the build ref on a thread of its own, which notes into record and
 * calls the caller's functions (to may be NULL). session (NULL for none) tells
 * a quiet build from a silent daemon. All borrowed until bk__progress_end().
 * LLB_ENOMEM. */
llb_status bk__progress_new(bk__conn *conn, const char *ref,
                            bk__session *session, bk__record *record,
                            bk__maps *maps, const bk_progress *to,
                            bk__progress **ret, llb_error *err);

/* When something came last, by bk__now_ms(). Any thread. */
int64_t bk__progress_heard_ms(bk__progress *p);

/* The build has ended: waits for the rest of the stream, but not longer than
 * some seconds of silence, and frees. NULL is fine. No function is called any
 * more when it returns. */
void bk__progress_end(bk__progress *p);

#endif
