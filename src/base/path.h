/* Slash paths as Go's package path cleans and joins them. */
#ifndef LLB__BASE_PATH_H
#define LLB__BASE_PATH_H

#include <stddef.h>

/* Cleans the path "base/rest" (base "" is rest alone) into out, which has room
 * for strlen(base) + 1 + rest_len + 2 bytes, and returns its length; no NUL.
 * Empty is ".". "." and empty parts go, ".." takes away the part before it and
 * stops at the root. */
size_t llb__path_clean(const char *base, const char *rest, size_t rest_len,
                       char *out);

#endif
