/* IP addresses as Go's net.IP writes them. */
#ifndef LLB__LLB_IP_H
#define LLB__LLB_IP_H

#include <stdbool.h>

enum { LLB__IP_TEXT = 48 };

/* Reads an IPv4 or IPv6 address and writes its normal form: dotted for IPv4
 * (also when mapped into IPv6), RFC 5952 for the rest. False: s is neither. */
bool llb__ip_normalize(const char *s, char out[LLB__IP_TEXT]);

#endif
