/* Looking at the patterns of local sources before anything is sent. */
#ifndef LLB__CLIENT_SVC_FILESYNC_CHECK_H
#define LLB__CLIENT_SVC_FILESYNC_CHECK_H

#include <llb/def.h>

/* Whether the include and exclude patterns of each local source of def can be
 * used, as the daemon will ask for them. LLB_EINVAL names the place, the source
 * and the pattern. */
llb_status bk__filesync_check(const llb_def *def, llb_error *err);

#endif
