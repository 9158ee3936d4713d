/* Connecting to sockets within a time. */
#ifndef LLB__CLIENT_CONNECT_H
#define LLB__CLIENT_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"

/* Connects to the socket of a, which names one, until deadline (by
 * bk__now_ms). The caller owns *ret_fd (close-on-exec, non-blocking).
 * LLB_EUNAVAILABLE: the message has the address and the system's reason. */
llb_status bk__connect(const bk__addr *a, int64_t deadline, int *ret_fd,
                       llb_error *err);

/* Waits for events (of poll) on fd; false when the time is over first. */
bool bk__wait_for(int fd, short events, int64_t deadline);

/* Milliseconds of a clock that never goes back. */
int64_t bk__now_ms(void);

#endif
