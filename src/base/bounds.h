/* Every bound on what comes from outside, in one place. */
#ifndef LLB__BASE_BOUNDS_H
#define LLB__BASE_BOUNDS_H

#include <stddef.h>

#define LLB__MAX_SOURCE_FILE ((size_t)16 << 20) /* one .llb file */
#define LLB__MAX_DEFINITION ((size_t)1 << 30)   /* a definition read by us */
#define LLB__MAX_GRAPH ((size_t)8 << 30)        /* default bytes of a graph */
#define LLB__MAX_MESSAGE ((size_t)16 << 20)     /* one message of the daemon */
#define LLB__MAX_NESTING 64                     /* messages within messages */
#define LLB__MAX_CONFIG ((size_t)8 << 20)       /* one image config */
#define LLB__MAX_SECRET ((size_t)500 * 1024)    /* BuildKit's own limit */

#endif
