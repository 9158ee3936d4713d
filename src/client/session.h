/* A session: the daemon's way back to us while it builds. */
#ifndef LLB__CLIENT_SESSION_H
#define LLB__CLIENT_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "svc.h"

typedef struct bk__session bk__session;

/* Opens a session on conn that serves these services (borrowed, the array
 * too, until bk__session_free()). shared_key as of bk__project_key().
 * LLB_ENOMEM, LLB_EIO. */
llb_status bk__session_new(bk__conn *conn, bk__service *const *services,
                           size_t n, const char *shared_key, bk__session **ret,
                           llb_error *err);

/* Its id, new for each. Borrowed. */
const char *bk__session_id(const bk__session *s);

/* When the daemon last asked for something, by bk__now_ms(). Any thread. */
int64_t bk__session_heard_ms(bk__session *s);

/* Stops serving, says goodbye and frees; NULL is fine. No service is called
 * any more when it returns. */
void bk__session_free(bk__session *s);

#endif
