/* Whether bytes are a well-formed message, before anybody reads them. */
#ifndef LLB__DEF_CHECK_MESSAGE_H
#define LLB__DEF_CHECK_MESSAGE_H

#include "schema.h"
#include "wire.h"

typedef struct llb__message_error {
    const uint8_t *at; /* where in the bytes */
    char text[160];
} llb__message_error;

/* Checks a message and all in it against the tables: wire types, lengths,
 * singular fields and oneofs at most once, nesting up to LLB__MAX_NESTING,
 * and with utf8 that strings are UTF-8. Unknown fields only need to be
 * well-formed. Later readers of b then need no checks of their own.
 * False: *ret_error says why. */
bool llb__check_message(llb__bytes b, const llb__message *m, bool utf8,
                        llb__message_error *ret_error);

#endif
