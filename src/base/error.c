/* Status names, and the one way to fill in an llb_error. */
#include "error.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

const char *llb_status_name(llb_status status)
{
    switch (status) {
    case LLB_OK:
        return "LLB_OK";
    case LLB_ENOMEM:
        return "LLB_ENOMEM";
    case LLB_EINVAL:
        return "LLB_EINVAL";
    case LLB_ELIMIT:
        return "LLB_ELIMIT";
    case LLB_ENOENT:
        return "LLB_ENOENT";
    case LLB_EIO:
        return "LLB_EIO";
    case LLB_EBUSY:
        return "LLB_EBUSY";
    case LLB_ECANCELED:
        return "LLB_ECANCELED";
    case LLB_EUNAVAILABLE:
        return "LLB_EUNAVAILABLE";
    case LLB_EUNSUPPORTED:
        return "LLB_EUNSUPPORTED";
    case LLB_EBUILD:
        return "LLB_EBUILD";
    }
    return "unknown status";
}

llb_status llb__vfail(llb_error *err, llb_status status, llb_span at,
                      const char *fmt, va_list ap)
{
    if (!err)
        return status;
    err->status = status;
    err->at = at;
    int n = vsnprintf(err->message, sizeof err->message, fmt, ap);
    size_t len = n < 0 ? 0 : strlen(err->message);
    if (n >= (int)sizeof err->message)
        len = llb__utf8_clip(err->message, len);
    err->message[len] = '\0';
    for (char *p = err->message; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?'; /* one line, and nothing a terminal would obey */
    }
    return status;
}

llb_status llb__fail(llb_error *err, llb_status status, llb_span at,
                     const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    llb__vfail(err, status, at, fmt, ap);
    va_end(ap);
    return status;
}

llb_status llb__fail_null(llb_error *err, const char *call, const char *what)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s: %s is NULL", call,
                     what);
}

llb_status llb__fail_nomem(llb_error *err)
{
    return llb__fail(err, LLB_ENOMEM, LLB__NOWHERE, "out of memory");
}
