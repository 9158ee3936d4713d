/* Names that nobody else has. */
#ifndef LLB__CLIENT_IDENT_H
#define LLB__CLIENT_IDENT_H

#include <llb/error.h>

enum { BK__ID_LEN = 25 };

/* A random id of lower-case letters and digits, with a NUL. LLB_EIO. */
llb_status bk__random_id(char out[BK__ID_LEN + 1], llb_error *err);

/* Says which project a session belongs to: 64 hex digits and a NUL, of the
 * machine's id and the real path of root. Empty when root is NULL or is not
 * there. */
void bk__project_key(const char *root, char out[65]);

#endif
