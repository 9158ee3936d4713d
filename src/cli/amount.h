/* Sizes and times as people write and read them. */
#ifndef LLB__CLI_AMOUNT_H
#define LLB__CLI_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* "10", "10GB" (thousands), "10GiB" (1024s) as bytes. False: it is no size. */
bool cmd__size_parse(const char *text, int64_t *ret);

/* "24h", "1h30m", "7d", "0" as nanoseconds. False: it is no duration, or one
 * without a unit, or negative. */
bool cmd__duration_parse(const char *text, int64_t *ret);

/* "1.25GB"; out needs 16 bytes. */
void cmd__size_text(int64_t size, char out[16]);

/* "3 hours", the largest unit of a time; out needs 24 bytes. */
void cmd__ago_text(int64_t ns, char out[24]);

/* RFC 3339 with as many decimals as it needs; null for 0. */
json_t *cmd__time_json(int64_t ns);

/* Now, nanoseconds since 1970. */
int64_t cmd__now_ns(void);

#endif
