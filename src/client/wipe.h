/* Secrets that nobody needs any more. */
#ifndef LLB__CLIENT_WIPE_H
#define LLB__CLIENT_WIPE_H

#include <jansson.h>

#include "buf.h"

/* Overwrites a text that is ours, though others may only read it. NULL and
 * literals that are empty are fine. */
void bk__wipe_text(const char *text);

/* Overwrites and clears. */
void bk__wipe_buf(llb__buf *b);

/* Lets go of o (NULL is fine), and overwrites each text in it first. It must
 * come from jansson's parser, which bounds its depth. */
void bk__wipe_json(json_t *o);

#endif
