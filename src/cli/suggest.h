/* "did you mean": the known name nearest to a misspelt one. */
#ifndef LLB__CLI_SUGGEST_H
#define LLB__CLI_SUGGEST_H

#include <stddef.h>

/* What of a name is compared with what was typed. */
typedef struct cmd__nearest {
    const char *typed;
    size_t typed_len;
    const char *best; /* NULL: nothing near enough so far; borrowed */
    size_t distance;
} cmd__nearest;

cmd__nearest cmd__nearest_to(const char *typed, size_t len);

/* Offers one known name (borrowed); the nearest offered stays in best. */
void cmd__nearest_offer(cmd__nearest *n, const char *name);

#endif
