/* The rules that names and links from outside must keep. */
#ifndef LLB__CLIENT_RECEIVE_CHECK_H
#define LLB__CLIENT_RECEIVE_CHECK_H

#include "packet.h"
#include "receive_write.h"
#include "walk.h"

/* What was received so far; start from {0}. */
typedef struct bk__order {
    char last[BK__MAX_PATH + 1]; /* the path received last */
    size_t last_len;
    size_t folders[BK__MAX_PATH / 2 + 2]; /* lengths of last's folders */
    size_t n_folders;
} bk__order;

/* Takes the next entry's path: relative and clean, behind the last one, in a
 * folder that was received. NULL, or why not (static text). */
const char *bk__order_add(bk__order *o, const bk__stat *st);

/* Entries that hard links may point to, in the order of their paths. */
typedef struct bk__targets {
    bk__entry **items;
    size_t n, cap;
} bk__targets;

/* The entry of that path, or NULL. */
const bk__entry *bk__targets_find(const bk__targets *t, llb__bytes path);

/* NULL, or what is wrong with mode, size, numbers or link of an entry. */
const char *bk__check_stat(const bk__stat *st);

#endif
