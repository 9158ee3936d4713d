/* Reading definitions, and writing what was made of them. */
#include "input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "bounds.h"
#include "report.h"

llb_status cmd__read_def(const char *path, llb_def **ret_def, bool *ret_usage,
                         llb_error *err)
{
    bool is_stdin = !path || strcmp(path, "-") == 0;
    char *data;
    size_t len;
    llb_error why = {0};

    *ret_usage = is_stdin && isatty(STDIN_FILENO);
    if (*ret_usage)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a definition is read from standard input, and that "
                         "is a terminal; name a file, or pipe llb compile "
                         "into this");
    const char *name = is_stdin ? "standard input" : path;
    llb_status st = llb__file_read(is_stdin ? "-" : path, LLB__MAX_DEFINITION,
                                   &data, &len, err);
    if (st != LLB_OK)
        return st;
    if (len == 0) {
        free(data);
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is empty and holds no ops; llb compile writes a "
                         "definition",
                         name);
    }
    st = llb_def_parse(data, len, LLB_DEF_TAKE, ret_def, &why);
    if (st == LLB_OK)
        return LLB_OK;
    free(data); /* taken on success only */
    return llb__fail(err, st, LLB__NOWHERE, "%s: %s", name, why.message);
}

int cmd__write_out(const char *path, const void *data, size_t len)
{
    llb_error err = {0};

    if (!path || strcmp(path, "-") == 0)
        return cmd__print(data, len);
    if (llb__file_write_all(path, data, len, 0666, &err) != LLB_OK)
        return cmd__fail(&err);
    return CMD__DONE;
}
