/* Option structs that grow. */
#include "opts.h"

#include <string.h>

#include "error.h"

llb_status bk__opts_copy(void *own, size_t own_size, const void *given,
                         const char *call, llb_error *err)
{
    uint32_t size;

    if (!given)
        return LLB_OK;
    memcpy(&size, given, sizeof size);
    /* Zero is a struct of this version whose maker forgot the macro. */
    if (size == 0)
        size = (uint32_t)own_size;
    for (size_t i = own_size; i < size; i++) {
        if (((const char *)given)[i])
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "%s: an option is set that this version of the "
                             "library does not know",
                             call);
    }
    memcpy(own, given, size < own_size ? size : own_size);
    return LLB_OK;
}
