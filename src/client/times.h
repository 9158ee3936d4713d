/* Times of the daemon. */
#ifndef LLB__CLIENT_TIMES_H
#define LLB__CLIENT_TIMES_H

#include <stdint.h>

#include <wellknown.pb-c.h>

/* Nanoseconds since 1970; Go's zero time and what does not fit are 0. */
static inline int64_t bk__time_ns(const Bk__Wk__Timestamp *t)
{
    const int64_t max = INT64_MAX / 1000000000 - 1;

    if (!t || t->seconds <= 0 || t->seconds > max)
        return 0;
    return t->seconds * 1000000000 + t->nanos;
}

#endif
