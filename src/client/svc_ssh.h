/* The SSH service: lets steps speak to an agent of the user's. */
#ifndef LLB__CLIENT_SVC_SSH_H
#define LLB__CLIENT_SVC_SSH_H

#include <llb/client.h>

#include "svc.h"

/* A service that answers CheckAgent and ForwardAgent for these ids (all
 * copied), and for no other. What can be known to fail is found now: a
 * variable that is not set, a socket that nobody listens on, a file that is no
 * key or is locked, an id given twice. Of an agent only listing and signing is
 * passed on; a raw socket gets every byte. LLB_EINVAL, LLB_ENOENT, LLB_EIO,
 * LLB_ENOMEM. The caller ends *ret by (*ret)->free(*ret). */
llb_status bk__svc_ssh_new(const bk_ssh *list, size_t n, bk__service **ret,
                           llb_error *err);

#endif
