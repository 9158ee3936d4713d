/* One pattern of file names, compiled to a row of items and run over a path
 * one character at a time, all alternatives side by side: the work is bounded
 * by the length of the path times that of the pattern, whatever they hold. */
#ifndef LLB__CLIENT_MATCH_GLOB_H
#define LLB__CLIENT_MATCH_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

typedef struct bk__glob bk__glob;

/* Longer patterns are refused, which also bounds the scratch memory. */
#define BK__MAX_PATTERN ((size_t)8 << 10)

/* The reason that is no fault of the pattern; compared by address. */
extern const char bk__no_memory[];

/* Compiles a cleaned pattern without its "!" (borrowed, must outlive the
 * glob, which lives in arena a). The rules are those of the patternmatcher
 * package that BuildKit uses: * and ? stop at slashes, "**" does not, [..] is a
 * class, backslash escapes, and the oddities that follow from its way over
 * regular expressions. NULL, or why not (static text). */
const char *bk__glob_new(llb__arena *a, llb__bytes pattern, bk__glob **ret);

/* The same for one component of a path, by the rules of Go's path.Match. */
const char *bk__glob_component_new(llb__arena *a, llb__bytes pattern,
                                   bk__glob **ret);

/* Whether all of path matches. Not for two threads at once. */
bool bk__glob_match(bk__glob *g, llb__bytes path);

/* Whether text holds any of the characters that make it more than a name. */
bool bk__glob_has_meta(llb__bytes text);

#endif
