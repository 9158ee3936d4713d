/* A list of include or exclude patterns, as BuildKit's patternmatcher has
 * them: "!" makes an exception, the last match wins, and what holds for a
 * folder holds for what is below it. */
#ifndef LLB__CLIENT_MATCH_H
#define LLB__CLIENT_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

#include "arena.h"

typedef struct bk__matcher bk__matcher;

/* Compiles n patterns (copied). Space around one is cut, an empty one skipped;
 * all are anchored at the root: without a slash means the top folder, not any
 * depth. LLB_EINVAL names the pattern that is wrong, LLB_ELIMIT: too many. The
 * caller frees *ret. */
llb_status bk__matcher_new(const llb__bytes *patterns, size_t n,
                           bk__matcher **ret, llb_error *err);
void bk__matcher_free(bk__matcher *m);

/* Bytes of what is known of one folder: whether each pattern matches it or
 * one of its parents. */
size_t bk__matcher_info_len(const bk__matcher *m);

/* Whether the list selects path. parent is its folder's info, NULL at the top;
 * info receives its own and may not be parent. Not for two threads at once. */
bool bk__match(bk__matcher *m, llb__bytes path, const uint8_t *parent,
               uint8_t *info);

/* Whether a folder that an include list does not select (an exclude list
 * does select) may hold an entry for which that is different. Never false when
 * there is one, so that a walk may skip the folder. */
bool bk__match_may_include_below(const bk__matcher *m, llb__bytes dir);
bool bk__match_may_except_below(const bk__matcher *m, llb__bytes dir);

#endif
