/* Agents named on the command line. */
#include "ssh.h"

#include <string.h>

#include "error.h"

static llb_status read_raw(const char *text, const char *word, bool *ret,
                           llb_error *err)
{
    *ret = strcmp(word, "true") == 0 || strcmp(word, "1") == 0;
    if (*ret || strcmp(word, "false") == 0 || strcmp(word, "0") == 0)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "--ssh %s: raw is true or false, not \"%s\"", text, word);
}

/* Splits the list behind the id in place. */
static llb_status read_paths(llb__arena *a, const char *text, char *list,
                             bk_ssh *r, llb_error *err)
{
    size_t n = 1;

    for (const char *p = list; (p = strchr(p, ',')); p++)
        n++;
    const char **paths = llb__arena_array(a, n, sizeof *paths);
    if (!paths)
        return llb__fail_nomem(err);
    r->paths = paths;
    for (char *word; (word = strsep(&list, ","));) {
        if (!*word)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "--ssh %s: there is no path behind \"=\" or \",\"",
                             text);
        if (strncmp(word, "raw=", 4) != 0)
            paths[r->n_paths++] = word;
        else if (read_raw(text, word + 4, &r->raw, err) != LLB_OK)
            return err->status;
    }
    return LLB_OK;
}

llb_status cmd__ssh_parse(llb__arena *a, const char *text, bk_ssh *ret,
                          llb_error *err)
{
    char *list = llb__arena_strdup(a, text);
    char *id = list ? strsep(&list, "=") : NULL;
    bk_ssh r = {.id = id};

    if (!id)
        return llb__fail_nomem(err);
    if (!*id || strchr(id, ','))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "--ssh %s: say ID, ID=SOCKET, or ID=KEYFILE[,KEYFILE]",
                         text);
    if (list && read_paths(a, text, list, &r, err) != LLB_OK)
        return err->status;
    if (r.raw && r.n_paths != 1)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "--ssh %s: raw=true needs exactly one socket", text);
    llb_status st = bk_ssh_check(&r, err);
    if (st == LLB_OK)
        *ret = r;
    return st;
}
