/* Printing answers. */
#include "show.h"

#include <stdlib.h>

#include "report.h"

int cmd__show_open(cmd__daemon *d, const char *command,
                   const cmd__daemon_opts *o)
{
    llb_error err = {0};

    if (cmd__daemon_open(d, o, &err) == LLB_OK)
        return CMD__DONE;
    return err.status == LLB_EINVAL ? cmd__usage(command, "%s", err.message)
                                    : cmd__fail(&err);
}

int cmd__show_text(llb__buf *out)
{
    if (out->failed)
        cmd__error("out of memory");
    int rc = out->failed ? CMD__FAILED
                         : cmd__print(out->data ? out->data : "", out->len);
    llb__buf_clear(out);
    return rc;
}

int cmd__show_json(json_t *o)
{
    llb__buf out = LLB__BUF_INIT;
    char *dump = o ? json_dumps(o, JSON_INDENT(2)) : NULL;

    llb__buf_adds(&out, dump ? dump : "");
    llb__buf_addc(&out, '\n');
    out.failed = out.failed || !dump;
    free(dump);
    json_decref(o);
    return cmd__show_text(&out);
}
