/* Option structs that grow. */
#include "opts.h"

#include <string.h>

#include "error.h"

llb_status llb__opts_stride(const void *list, llb__opts_kind kind,
                            size_t *ret_stride, llb_error *err)
{
    uint32_t size;

    memcpy(&size, list, sizeof size);
    if (size && size < kind.first)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s of %u bytes is smaller than any layout: set it "
                         "up with its _INIT macro",
                         kind.name, (unsigned)size);
    if (size > LLB__MAX_OPTS)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s of %u bytes is larger than any layout: set it up "
                         "with its _INIT macro",
                         kind.name, (unsigned)size);
    *ret_stride = size ? size : kind.first;
    return LLB_OK;
}

llb_status llb__opts_read(void *own, size_t own_size, const void *given,
                          llb__opts_kind kind, llb_error *err)
{
    size_t size;

    if (!given)
        return LLB_OK;
    llb_status st = llb__opts_stride(given, kind, &size, err);
    if (st != LLB_OK)
        return st;
    for (size_t i = own_size; i < size; i++) {
        if (((const char *)given)[i])
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "byte %zu of %s is set, but this library knows "
                             "%zu bytes: it is older than the program",
                             i, kind.name, own_size);
    }
    memcpy(own, given, size < own_size ? size : own_size);
    return LLB_OK;
}
