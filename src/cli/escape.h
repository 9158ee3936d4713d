/* Text from outside, made safe for a terminal. */
#ifndef LLB__CLI_ESCAPE_H
#define LLB__CLI_ESCAPE_H

#include <stddef.h>

#include "buf.h"

/* Adds s[0..len) to out with nothing in it that a terminal obeys: colour
 * sequences are dropped, other control characters, characters that turn the
 * direction of text and bytes that are no UTF-8 become \xNN or \u{N}. Tabs
 * stay. A newline is a control character here: split lines first. */
void cmd__escape(llb__buf *out, const char *s, size_t len);

#endif
