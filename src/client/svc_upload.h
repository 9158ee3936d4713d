/* The Upload service: files that the daemon fetches from us by http. */
#ifndef LLB__CLIENT_SVC_UPLOAD_H
#define LLB__CLIENT_SVC_UPLOAD_H

#include <llb/client.h>

#include "svc.h"

/* A service that answers Upload.Pull for n files: BuildKit's daemon asks for
 * them where a source is http://buildkit-session/NAME. Each is opened now; one
 * that can only be read once (a pipe) is served once. The caller owns *ret and
 * ends it by (*ret)->free(*ret). LLB_ENOENT, LLB_EIO, LLB_EINVAL (a folder, a
 * name that no URL has, one that is given twice). */
llb_status bk__svc_upload_new(const bk_upload *files, size_t n,
                              bk__service **ret, llb_error *err);

/* The first error that we met with a file. Any thread. */
llb_status bk__svc_upload_failed(bk__service *svc, llb_error *err);

#endif
