/* Every bound on what comes from outside, in one place. */

/* Whoever sees this folder and asks for the system's header gets this one, and
 * gcc's own, on its way to libc's, comes by again: so before the guard. */
#include_next <limits.h>

#ifndef LLB__BASE_LIMITS_H
#define LLB__BASE_LIMITS_H

#define LLB__MAX_SOURCE_FILE ((size_t)16 << 20) /* one .llb file */
#define LLB__MAX_DEFINITION ((size_t)1 << 30)   /* a definition read by us */
#define LLB__MAX_GRAPH ((size_t)8 << 30)        /* default bytes of a graph */
#define LLB__MAX_MESSAGE ((size_t)16 << 20)     /* one message of the daemon */
#define LLB__MAX_NESTING 64                     /* messages within messages */
#define LLB__MAX_CONFIG ((size_t)8 << 20)       /* one image config */
#define LLB__MAX_SECRET ((size_t)500 * 1024)    /* BuildKit's own limit */

#endif
