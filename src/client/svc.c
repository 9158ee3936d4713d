/* Statuses that services answer with. */
#include "svc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

bk__rpc_status bk__rpc_fail(int code, const char *fmt, ...)
{
    bk__rpc_status st = {.code = code};
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(st.message, sizeof st.message, fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof st.message) {
        size_t len = llb__utf8_clip(st.message, sizeof st.message - 1);
        st.message[len] = '\0';
    }
    return st;
}
