/* Remotes of git repositories, as BuildKit's util/gitutil reads them. */
#ifndef LLB__LLB_GITURL_H
#define LLB__LLB_GITURL_H

#include <stdbool.h>

#include "buf.h"

typedef struct llb__giturl {
    bool ok;         /* false: no URL; then only remote is set */
    bool ssh;        /* scheme ssh, or scp form */
    llb__buf remote; /* without query and fragment, written anew */
    llb__buf host;   /* with port, without user, decoded */
    llb__buf path;   /* decoded, starts with "/", cleaned */
} llb__giturl;

/* Reads a remote: a URL, the form user@host:path, or, with "https://" put in
 * front, anything else. Memory that runs out shows as a failed buffer. */
void llb__giturl_parse(const char *text, llb__giturl *ret);
void llb__giturl_clear(llb__giturl *u);

#endif
