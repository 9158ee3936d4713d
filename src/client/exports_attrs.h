/* What exporters and caches of BuildKit may be told, and in which words. */
#ifndef LLB__CLIENT_EXPORTS_ATTRS_H
#define LLB__CLIENT_EXPORTS_ATTRS_H

#include <stdbool.h>

#include <llb/client.h>

/* Go's words for true, and "", which is true too. NULL is false. */
bool bk__attr_is_true(const char *value);

#endif
