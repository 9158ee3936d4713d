/* Addresses of a host, within a time. */
#ifndef LLB__CLIENT_LOOKUP_H
#define LLB__CLIENT_LOOKUP_H

#include <stdint.h>

#include <netdb.h>

/* As getaddrinfo() for a stream socket, until deadline (by bk__now_ms): 0 and
 * *ret for freeaddrinfo(), or an error of gai_strerror(); EAI_AGAIN when the
 * time is over. Any thread. */
int bk__lookup(const char *host, const char *port, int64_t deadline,
               struct addrinfo **ret);

#endif
