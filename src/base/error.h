/* Filling in an llb_error: the one way in which a library call fails. */
#ifndef LLB__BASE_ERROR_H
#define LLB__BASE_ERROR_H

#include <stdarg.h>
#include <llb/error.h>

#define LLB__NOWHERE ((llb_span){0, 0, 0})

/* Writes status, place and message into err (may be NULL) and returns status,
 * so that a failing line reads `return llb__fail(err, ...)`. A message that
 * is too long is cut at a UTF-8 boundary; control characters become '?'. */
llb_status llb__fail(llb_error *err, llb_status status, llb_span at,
                     const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

llb_status llb__vfail(llb_error *err, llb_status status, llb_span at,
                      const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

/* LLB_EINVAL: that argument of that call is NULL. */
llb_status llb__fail_null(llb_error *err, const char *call, const char *what);

/* LLB_ENOMEM with the one text that it always has. */
llb_status llb__fail_nomem(llb_error *err);

#endif
